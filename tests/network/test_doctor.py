"""The doctor names each fault, what it means for documents, and what to do."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from network.doctor import Finding, Level, examine_files, examine_nodes
from network.errors import NodeSilentError
from network.founding import HostAddress, Wish, found_network
from network.plan import NetworkPlan
from network.rpc import Node
from network.software import Software
from network.status import network_status

NOW = 1_800_000_000
HOSTS = [HostAddress(f"192.0.2.{number}") for number in (1, 2, 3, 4)]


class ScriptedNode(Node):
    """A node that answers what it is told to, and is silent about the rest."""

    def __init__(self, url: str, answers: Mapping[str, object], clock_at: float = NOW) -> None:
        super().__init__(url)
        self._answers, self._clock_at = answers, clock_at

    def ask(self, method: str, *parameters: object) -> object:
        key = f"{method} {parameters[0]}" if parameters else method
        for name in (key, method):
            if name in self._answers:
                return self._answers[name]
        raise NodeSilentError(f"{self.url} is silent")

    def clock(self) -> float:
        return self._clock_at


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found_network(tmp_path, Wish(Software.GOQUORUM, 4_242, 1, 4, HOSTS))
    return tmp_path


def plan_of(folder: Path) -> NetworkPlan:
    return NetworkPlan.model_validate_json((folder / "network.json").read_bytes())


def healthy(folder: Path, **changed: object) -> dict[str, object]:
    plan = plan_of(folder)
    extra = json.loads((folder / "genesis.json").read_bytes())["extraData"]
    return {
        "eth_chainId": hex(plan.chain_id),
        "eth_getBlockByNumber latest": {"number": "0x64", "timestamp": hex(NOW - 1)},
        "eth_getBlockByNumber 0x0": {"extraData": extra},
        "eth_getBlockByNumber": {"hash": "0xaa"},
        "net_peerCount": "0x3",
        "istanbul_getValidators": list(plan.genesis_validators),
        "istanbul_getSignersFromBlock": {
            "Author": plan.genesis_validators[0],
            "Committers": list(plan.genesis_validators),
        },
        **changed,
    }


def findings(folder: Path, nodes: list[ScriptedNode]) -> list[Finding]:
    plan = plan_of(folder)
    named = [(f"validator-{number}", node) for number, node in enumerate(nodes, 1)]
    status = network_status(plan, named, NOW)
    found = examine_nodes(folder, plan, named, status, lambda: NOW)
    return [*examine_files(folder, plan), *found]


def four(folder: Path, last: ScriptedNode | None = None) -> list[ScriptedNode]:
    nodes = [ScriptedNode(f"http://192.0.2.{one}:8545", healthy(folder)) for one in (1, 2, 3, 4)]
    return nodes if last is None else [*nodes[:3], last]


def bad(found: list[Finding]) -> str:
    return " | ".join(one.found for one in found if one.level is Level.BAD)


def test_nothing_is_bad_on_a_healthy_network(folder: Path) -> None:
    assert bad(findings(folder, four(folder))) == ""


def test_a_clock_ahead_is_named(folder: Path) -> None:
    odd = ScriptedNode("http://192.0.2.4:8545", healthy(folder), clock_at=NOW + 30)

    assert "the clock of validator-4 is 30 s ahead" in bad(findings(folder, four(folder, odd)))


def test_another_first_block_is_named(folder: Path) -> None:
    changed = {"eth_getBlockByNumber 0x0": {"extraData": "0x00"}}
    odd = ScriptedNode("http://192.0.2.4:8545", healthy(folder, **changed))

    assert "validator-4 has another first block" in bad(findings(folder, four(folder, odd)))


def test_different_blocks_at_one_height_are_named(folder: Path) -> None:
    changed = {"eth_getBlockByNumber": {"hash": "0xbb"}}
    odd = ScriptedNode("http://192.0.2.4:8545", healthy(folder, **changed))

    assert "different blocks at height 98" in bad(findings(folder, four(folder, odd)))


def test_a_missing_peer_is_a_warning(folder: Path) -> None:
    odd = ScriptedNode("http://192.0.2.4:8545", healthy(folder, net_peerCount="0x2"))

    found = [one for one in findings(folder, four(folder, odd)) if "reaches 2 of 3" in one.found]

    assert [one.level for one in found] == [Level.WARNING]


def test_a_silent_node_is_named(folder: Path) -> None:
    silent = ScriptedNode("http://192.0.2.4:8545", {})

    assert "validator-4 at http://192.0.2.4:8545" in bad(findings(folder, four(folder, silent)))


@pytest.mark.parametrize(
    ("peers", "silent", "why"),
    [
        ("0x3", 2, "only 2 validators answer, and 3 must sign"),
        ("0x1", 0, "do not reach each other in a large enough group"),
        ("0x3", 0, "have not agreed on a round yet"),
    ],
)
def test_why_a_chain_stands_still(folder: Path, peers: str, silent: int, why: str) -> None:
    old = {"number": "0x64", "timestamp": hex(NOW - 60)}
    answers = healthy(folder, **{"eth_getBlockByNumber latest": old, "net_peerCount": peers})
    told = [answers] * (4 - silent) + [{}] * silent
    nodes = [ScriptedNode(f"http://n{number}", one) for number, one in enumerate(told)]

    found = findings(folder, nodes)

    halted = [one for one in found if "stands still" in one.found]
    assert [one.level for one in halted] == [Level.BAD]
    assert why in halted[0].found
    assert "signed, not yet anchored" in halted[0].means


def test_a_key_that_others_can_read_is_named(folder: Path) -> None:
    (folder / "validator-2" / "node.key").chmod(0o644)

    assert "validator-2/node.key can be read by others" in bad(findings(folder, four(folder)))


def test_a_first_block_of_another_network_is_named(folder: Path) -> None:
    (folder / "genesis.json").write_text('{"config": {"chainId": 1}, "extraData": "0x"}', "ascii")

    assert "of another network" in bad(findings(folder, four(folder)))
