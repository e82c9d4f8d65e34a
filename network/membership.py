"""Changing who the validators are: enough of them vote, and the set changes in a later block."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final

from network.errors import NetworkError, NodeSilentError
from network.founding import HostAddress, add_host, drop_host
from network.lab import Lab
from network.plan import NetworkPlan, Validator
from network.rpc import Node
from network.voting import cast_vote, validators_now, withdraw_vote
from registry.plain_words import explained

SECONDS_TO_VOTE: Final = 120.0
SECONDS_TO_SYNC: Final = 300.0
PAUSE_SECONDS: Final = 0.2
Say = Callable[[str], None]


def candidate_of(plan: NetworkPlan, validators: Sequence[str]) -> Validator | None:
    """Return a validator that has files and no seat yet: an earlier run stopped halfway."""
    return next((one for one in plan.validators if one.address not in validators), None)


def seat(
    plan: NetworkPlan,
    nodes: Sequence[Node],
    address: str,
    *,
    wanted: bool,
    say: Say,
    watchers: Sequence[Node] = (),
) -> float:
    """Every node that answers counts the address as a validator, or does not; returns seconds.

    More than half of the validators must be among the nodes; `watchers` do not vote, and must see
    the change too. Running it again goes on. Raises
    `NetworkError` when the set has not changed in time; the votes then stay cast.
    """
    began = time.monotonic()
    before = _agreed_set(plan, nodes)
    if (address in before) == wanted and not watchers:
        return 0.0
    needed = len(before) // 2 + 1
    voters = [node for node in nodes if _votes(plan, node, address, wanted=wanted)]
    say(f"Votes: {len(voters)}; {needed} of {len(before)} are needed")
    if len(voters) < needed:
        raise explained(
            NetworkError(f"only {len(voters)} validators could be asked, and {needed} must vote"),
            means="The validators are the same as before. The votes that were cast stay cast.",
            way_out="Name the RPC addresses of more validators with --rpc, or start them.",
        )
    while time.monotonic() - began < SECONDS_TO_VOTE:
        sets = [_set_of(plan, node) for node in (*nodes, *watchers)]
        if all((address in found) == wanted for found in sets if found is not None):
            for node in voters:
                with suppress(NodeSilentError):  # a vote that has won does nothing any more
                    withdraw_vote(plan.software, node, address)
            return time.monotonic() - began
        time.sleep(PAUSE_SECONDS)
    raise explained(
        NetworkError(f"the validators did not change within {SECONDS_TO_VOTE:.0f} seconds"),
        means="The votes stay cast and may still win: each validator votes in the blocks it "
        "proposes.",
        way_out="See whether blocks are made: `sealroot network status`. Then run this again.",
    )


def add_to_lab(lab: Lab, host: HostAddress | None, say: Say) -> Validator:
    """A validator more runs on this machine, has all blocks, and has been voted in."""
    plan = lab.plan
    seated = _agreed_set(plan, [Node(url) for url in lab.urls()])
    added = candidate_of(plan, seated) or add_host(lab.folder, host)
    if added.number not in lab.numbers():
        lab.make_place(added.number)
    lab.start(added.number)
    lab.introduce()
    say(f"{added.name} runs and reads the chain")
    _wait_until_level(lab, added.number)
    newcomer = lab.node(added.number)
    others = [lab.node(number) for number in lab.numbers() if number != added.number]
    seat(lab.plan, others, added.address, wanted=True, say=say, watchers=[newcomer])
    return added


def remove_from_lab(lab: Lab, number: int, say: Say) -> NetworkPlan:
    """The validator has been voted out and no longer runs; its key stays in its own folder."""
    plan = lab.plan
    leaving = plan.named(number)
    require_another(plan)
    others = [lab.node(other) for other in lab.numbers() if other != number]
    seat(plan, others, leaving.address, wanted=False, say=say)
    lab.farewell(number)
    lab.forget_place(number)
    return drop_host(lab.folder, number)


def require_another(plan: NetworkPlan) -> None:
    """The network has more than one validator; else raises `NetworkError`."""
    if len(plan.validators) == 1:
        raise explained(
            NetworkError("the last validator cannot be removed"),
            means="Without it no block is ever made again.",
            way_out="Add another one first: `sealroot network validator add`.",
        )


def _agreed_set(plan: NetworkPlan, nodes: Sequence[Node]) -> tuple[str, ...]:
    for node in nodes:
        found = _set_of(plan, node)
        if found is not None:
            return found
    raise explained(
        NetworkError("no validator answers"),
        means="The validators are the same as before.",
        way_out="Start them, or name their RPC addresses with --rpc.",
    )


def _set_of(plan: NetworkPlan, node: Node) -> tuple[str, ...] | None:
    try:
        return validators_now(plan.software, node)
    except NodeSilentError:
        return None


def _votes(plan: NetworkPlan, node: Node, address: str, *, wanted: bool) -> bool:
    try:
        cast_vote(plan.software, node, address, wanted=wanted)
    except NodeSilentError:
        return False
    return True


def _wait_until_level(lab: Lab, number: int) -> None:
    """The validator has the newest block: voted in earlier, it would only be missing."""
    deadline = time.monotonic() + SECONDS_TO_SYNC
    while time.monotonic() < deadline:
        newest = lab.height() or 0
        with suppress(NodeSilentError):
            if newest and lab.node(number).number("eth_blockNumber") >= newest - 1:
                return
        time.sleep(PAUSE_SECONDS)
    raise explained(
        NetworkError(f"validator-{number} did not catch up within {SECONDS_TO_SYNC:.0f} seconds"),
        means="It has not been voted in; the network is as before.",
        way_out=f"Read {lab.log_file(number)}, then run the same command again.",
    )
