"""What is wrong with a network, what each fault means for documents, and what to do about it."""

import json
import shutil
import stat
from collections.abc import Callable, Iterator, Sequence
from enum import Enum
from pathlib import Path
from typing import Final, NamedTuple

from network.errors import NetworkError, NodeSilentError
from network.founding import NODE_KEY
from network.plan import GENESIS_FILE, NetworkPlan
from network.rpc import Node
from network.status import NetworkStatus
from registry.finality import Engine

LEAST_FREE_BYTES: Final = 2 * 1024**3
GOOD_FREE_BYTES: Final = 20 * 1024**3
SKEW_SECONDS: Final = 2
QUIET_ROUNDS: Final = 3


class Level(Enum):
    """How bad a finding is."""

    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


class Finding(NamedTuple):
    """One thing that was looked at: what was found, what it means, and what to do."""

    level: Level
    found: str
    means: str = ""
    way_out: str = ""


def examine_files(folder: Path, plan: NetworkPlan) -> Iterator[Finding]:
    """Return what is found in the network's folder: keys, first block, disk."""
    yield from _keys(folder, plan)
    yield from _first_block_file(folder, plan)
    free = shutil.disk_usage(folder).free
    told = f"{free / 1024**3:.0f} GiB are free on the disk"
    if free < GOOD_FREE_BYTES:
        level = Level.BAD if free < LEAST_FREE_BYTES else Level.WARNING
        yield Finding(
            level,
            told,
            "A validator stops when its disk is full; with too many stopped nothing is anchored.",
            "Make room, or move the data folder to a larger disk. Allow 1 KB a block.",
        )
    else:
        yield Finding(Level.GOOD, told)


def examine_nodes(
    folder: Path,
    plan: NetworkPlan,
    nodes: Sequence[tuple[str, Node]],
    status: NetworkStatus,
    clock: Callable[[], float],
) -> Iterator[Finding]:
    """Return what is found by asking the nodes: quorum, halt, peers, first block, clocks.

    `clock` tells this machine's time, Unix seconds.
    """
    yield _quorum(status)
    yield from _halt(plan, status)
    yield from _silent_nodes(status)
    yield from _peers(status)
    yield from _lag(plan, status)
    for name, node in nodes:
        try:
            yield from _same_chain(folder, plan, name, node)
            yield from _clock(name, node, clock)
        except (NodeSilentError, KeyError, TypeError, ValueError):
            continue  # that it does not answer was said above
    yield from _one_history(nodes, status)


def nobody_asked() -> Finding:
    """Return what there is to say where no validator is known to run."""
    return Finding(
        Level.BAD,
        "no validator of this network runs on this machine, and none was named",
        "Nothing is known of the chain itself.",
        "Start it with `sealroot network up`, or name nodes with --rpc.",
    )


def _keys(folder: Path, plan: NetworkPlan) -> Iterator[Finding]:
    seen = 0
    for validator in plan.validators:
        path = folder / validator.name / NODE_KEY
        try:
            mode = path.stat().st_mode
        except FileNotFoundError:
            continue  # on its own host, and rightly nowhere else
        seen += 1
        if stat.S_IMODE(mode) & 0o077:
            yield Finding(
                Level.BAD,
                f"{path} can be read by others on this machine",
                "Who has the key can sign blocks as this validator.",
                f"chmod 600 {path}; if anybody may have read it, vote this validator out and a "
                "new one in.",
            )
    if seen > 1:
        yield Finding(
            Level.WARNING,
            f"the keys of {seen} validators lie on this machine",
            "Whoever takes this machine has a quorum. For trying out that is as it should be.",
            "For real use move each folder to its host, and delete the keys here.",
        )


def _first_block_file(folder: Path, plan: NetworkPlan) -> Iterator[Finding]:
    try:
        content = json.loads((folder / GENESIS_FILE).read_bytes())
        chain_id = content["config"]["chainId"]
    except (OSError, ValueError, KeyError, TypeError):
        chain_id = None
    if chain_id != plan.chain_id:
        yield Finding(
            Level.BAD,
            f"{folder / GENESIS_FILE} is damaged, or of another network",
            "A validator that starts with it would make or follow another chain.",
            "Copy genesis.json again from a host whose validator works.",
        )


def _quorum(status: NetworkStatus) -> Finding:
    count = len(status.validators)
    answer = sum(node.height is not None for node in status.nodes)
    told = (
        f"validators: {count}; {status.must_sign} must sign, {status.may_fail} may be away; "
        f"{answer} of {len(status.nodes)} nodes asked answer"
    )
    if status.may_fail == 0:
        return Finding(
            Level.WARNING,
            told,
            "One validator that stops is enough to stop anchoring.",
            "Run at least four.",
        )
    return Finding(Level.GOOD, told)


def _halt(plan: NetworkPlan, status: NetworkStatus) -> Iterator[Finding]:
    quiet = max(QUIET_ROUNDS * plan.round_seconds, QUIET_ROUNDS * plan.block_seconds)
    age = status.newest_block_seconds
    if age is not None and age <= quiet:
        yield Finding(Level.GOOD, f"blocks are made; the newest, {status.height}, is {age} s old")
        return
    answer = sum(node.height is not None for node in status.nodes)
    connected = sum(
        node.peers is not None and node.peers + 1 >= status.must_sign for node in status.nodes
    )
    if answer < status.must_sign:
        why = f"only {answer} validators answer, and {status.must_sign} must sign"
        way_out = "Start the others: `sealroot network up`, or on their hosts start.sh."
    elif connected < status.must_sign:
        why = "the validators do not reach each other in a large enough group"
        way_out = "Repair the network between their hosts; the chain goes on by itself."
    elif plan.engine is Engine.CLIQUE:
        why = "each validator has signed too recently on the branch it follows"
        way_out = "Start the validators that are away. Clique can stand still like this with one "
        way_out += "of four away; QBFT cannot."
    else:
        why = "enough validators run and reach each other, but have not agreed on a round yet"
        way_out = "Wait: the time of a round doubles while the chain stands still, so it takes up "
        way_out += "to as long as the halt lasted. Restarting all validators shortens it."
    since = "no node answers" if age is None else f"the newest block is {age} s old"
    yield Finding(
        Level.BAD,
        f"the chain stands still ({since}): {why}",
        "Nothing is anchored meanwhile; documents go out as signed, not yet anchored, and wait in "
        "the issuers' queues. Documents already issued are checked as ever.",
        way_out,
    )


def _silent_nodes(status: NetworkStatus) -> Iterator[Finding]:
    for node in status.nodes:
        if node.height is None:
            yield Finding(
                Level.BAD,
                f"{node.name} at {node.url} does not answer",
                "It does not sign, and nothing can be sent through it.",
                "See whether its process runs, and read its log.",
            )


def _peers(status: NetworkStatus) -> Iterator[Finding]:
    others = len(status.validators) - 1
    for node in status.nodes:
        if node.peers is not None and node.peers < others:
            yield Finding(
                Level.WARNING,
                f"{node.name} reaches {node.peers} of {others} other validators",
                "With fewer paths the network bears fewer faults.",
                "Start the missing ones; check firewalls, static peers and permitted nodes.",
            )


def _lag(plan: NetworkPlan, status: NetworkStatus) -> Iterator[Finding]:
    for node in status.nodes:
        if node.behind_blocks is not None and node.behind_blocks * plan.block_seconds > 10:
            yield Finding(
                Level.WARNING,
                f"{node.name} is {node.behind_blocks} blocks behind",
                "It still reads the chain; what it answers is old.",
                "Wait, and ask another node meanwhile.",
            )


def _same_chain(folder: Path, plan: NetworkPlan, name: str, node: Node) -> Iterator[Finding]:
    chain_id = node.number("eth_chainId")
    first = node.ask("eth_getBlockByNumber", "0x0", False)
    wanted = json.loads((folder / GENESIS_FILE).read_bytes())["extraData"]
    if chain_id != plan.chain_id or first["extraData"] != wanted:
        yield Finding(
            Level.BAD,
            f"{name} has another first block (its chain id is {chain_id})",
            "It follows another chain, and can neither sign nor read this one.",
            "Stop it, remove its data folder, and start it with this network's genesis.json.",
        )


def _clock(name: str, node: Node, clock: Callable[[], float]) -> Iterator[Finding]:
    ahead = node.clock() - clock()
    if abs(ahead) > SKEW_SECONDS:
        which = "ahead" if ahead > 0 else "behind"
        yield Finding(
            Level.BAD,
            f"the clock of {name} is {abs(ahead):.0f} s {which} of this machine's",
            "The others refuse blocks from the future, and the time of an anchor would be wrong.",
            "Keep all hosts' clocks in step (chrony, systemd-timesyncd).",
        )


def _one_history(nodes: Sequence[tuple[str, Node]], status: NetworkStatus) -> Iterator[Finding]:
    heights = [node.height for node in status.nodes if node.height is not None]
    if len(heights) < 2:
        return
    common = max(0, min(heights) - 2)
    told: dict[str, str] = {}
    for name, node in nodes:
        try:
            told[name] = str(node.ask("eth_getBlockByNumber", hex(common), False)["hash"])
        except (NetworkError, TypeError, KeyError):
            continue
    if len(set(told.values())) > 1:
        yield Finding(
            Level.BAD,
            f"nodes tell different blocks at height {common}: "
            + ", ".join(f"{name} {text[:12]}" for name, text in told.items()),
            "One of them follows another chain, or lies. Issuers that see it stop sending.",
            "Find the odd one; remove its data folder and let it read the chain again.",
        )
