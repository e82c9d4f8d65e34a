import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from registry.bundle import open_bundle
from registry.errors import ForeignRegistryError, ForkError, RollbackError
from tests.simulated_registries import move
from tests.simulator import Simulator
from verifier.errors import StoreError
from verifier.store import TrustStore


@pytest.fixture
def sim() -> Simulator:
    sim = Simulator()
    sim.checkpoint()
    return sim


def test_a_new_store_has_no_floor(tmp_path: Path, sim: Simulator) -> None:
    assert TrustStore(tmp_path / "new").floor_for([(sim.chain_id, sim.contract)]) is None


def test_what_was_accepted_is_the_floor_for_the_next_process(
    tmp_path: Path, sim: Simulator
) -> None:
    TrustStore(tmp_path).accept(sim.trust())

    assert TrustStore(tmp_path).floor_for([(sim.chain_id, sim.contract)]) == sim.trust().floor


def test_later_trust_data_raise_the_floor_and_earlier_are_refused(
    tmp_path: Path, sim: Simulator
) -> None:
    store = TrustStore(tmp_path)
    before = sim.trust()
    sim.office("A1")
    sim.checkpoint()
    after = sim.trust()
    store.accept(before)
    store.accept(after)

    with pytest.raises(RollbackError):
        store.accept(before)

    assert store.floor_for([(sim.chain_id, sim.contract)]) == after.floor


def test_an_earlier_time_with_the_same_size_is_refused(tmp_path: Path, sim: Simulator) -> None:
    store = TrustStore(tmp_path)
    trust = sim.trust()
    store.accept(trust)
    earlier = replace(trust, evidence=trust.evidence._replace(as_of=trust.evidence.as_of - 1))

    with pytest.raises(RollbackError):
        store.accept(earlier)


def test_another_head_at_the_same_size_is_a_fork(tmp_path: Path, sim: Simulator) -> None:
    other = Simulator(block_seconds=13, now=sim.now - 5 * 13)
    while len(other.entries) < len(sim.entries):
        other.register(f"F{len(other.entries)}")
    other.checkpoint(at=max(sim.now, other.now) + 1)
    store = TrustStore(tmp_path)
    store.accept(sim.trust())

    with pytest.raises(ForkError):
        store.accept(other.trust())


def test_a_store_is_of_one_registry(tmp_path: Path, sim: Simulator) -> None:
    foreign = Simulator(chain_id=5)
    foreign.checkpoint()
    store = TrustStore(tmp_path)
    store.accept(sim.trust())

    with pytest.raises(ForeignRegistryError):
        store.accept(foreign.trust())
    with pytest.raises(ForeignRegistryError):
        store.floor_for([(5, foreign.contract)])


@pytest.mark.parametrize(
    "damage",
    [
        *[{"size": "5"}, {"size": True}, {"size": None}, {"version": 2}, {"head": "00"}],
        *[{"head": "zz"}, {"more": 1}, {"contract": 5}],
        *[{"guests": 5}, {"guests": [{}]}, {"guests": ["a"]}, {"guests": None}],
    ],
)
def test_a_damaged_memory_is_not_taken_for_an_empty_one(
    tmp_path: Path, sim: Simulator, damage: dict[str, Any]
) -> None:
    store = TrustStore(tmp_path)
    store.accept(sim.trust())
    file = tmp_path / "floor.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | damage))

    with pytest.raises(StoreError, match="move the folder away"):
        store.floor_for([(sim.chain_id, sim.contract)])


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff"])
def test_a_memory_that_is_no_json_is_not_taken_for_an_empty_one(
    tmp_path: Path, sim: Simulator, content: bytes
) -> None:
    (tmp_path / "floor.json").write_bytes(content)

    with pytest.raises(StoreError):
        TrustStore(tmp_path).accept(sim.trust())


def test_a_store_that_cannot_be_made_says_so(tmp_path: Path, sim: Simulator) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(StoreError):
        TrustStore(tmp_path / "file" / "store").accept(sim.trust())


def test_nothing_but_the_memory_and_its_lock_is_left_behind(tmp_path: Path, sim: Simulator) -> None:
    TrustStore(tmp_path).accept(sim.trust())

    assert sorted(path.name for path in tmp_path.iterdir()) == [".lock", "floor.json"]


def test_a_store_goes_on_when_the_registry_has_moved(tmp_path: Path, sim: Simulator) -> None:
    sim.checkpoint()
    store, anchor = TrustStore(tmp_path), sim.trust_anchor
    store.accept(sim.trust())
    old = sim.lite_bundle()
    move(sim, 7)
    sim.checkpoint()
    store.accept(open_bundle(sim.lite_bundle(), anchor=anchor, floor=store.floor()))
    kept = TrustStore(tmp_path).floor()
    assert kept is not None
    assert kept == sim.trust().floor
    assert [chain_id for chain_id, _ in kept.homes] == [sim.first_home[0], 7]
    with pytest.raises(RollbackError):
        open_bundle(old, anchor=anchor, floor=kept)
    with pytest.raises(RollbackError):
        store.accept(open_bundle(old, anchor=anchor))


@pytest.mark.parametrize(
    "homes", ["7", {}, [[7]], [["7", "00" * 20]], [[7, "00" * 19]], [[True, "00" * 20]]]
)
def test_a_store_whose_homes_cannot_be_read_is_unusable(
    tmp_path: Path, sim: Simulator, homes: object
) -> None:
    sim.checkpoint()
    TrustStore(tmp_path).accept(sim.trust())
    file = tmp_path / "floor.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "homes": homes}))
    with pytest.raises(StoreError):
        TrustStore(tmp_path).floor()
