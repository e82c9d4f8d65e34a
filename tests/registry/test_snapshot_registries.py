"""Members 19 and 20 of a snapshot: earlier homes and recognitions, in one form only."""

from collections.abc import Callable

import pytest

from credential import cbor
from registry import payloads as p
from registry.errors import SnapshotError
from registry.snapshot import decode_snapshot, encode_snapshot, snapshot_value
from tests.simulated_registries import contract_of, end_recognition, move, recognise
from tests.simulator import CHAIN_ID, CONTRACT, Simulator

Fault = Callable[[dict], None]  # type: ignore[type-arg]  # decoded CBOR, taken apart


def well_travelled() -> Simulator:
    """A registry that has moved twice and recognised four times, two of them still in force."""
    sim = Simulator()
    sim.anchor(sim.issue(sim.office("A1"), {1: "a"}))
    recognise(sim, 5)
    move(sim, 7)
    end_recognition(sim, 1)
    recognise(sim, 5, until=sim.now + 100)
    recognise(sim, 6)
    sim.wait(100)
    recognise(sim, 5)
    move(sim, 8)
    return sim


SIM = well_travelled()
STATE = SIM.state()
ENCODED = encode_snapshot(STATE)
SIZE, TIME = STATE.size, STATE.time


@pytest.mark.parametrize("size", range(len(SIM.entries) + 1))
def test_every_state_survives_its_snapshot(size: int) -> None:
    encoded = encode_snapshot(SIM.state(size))
    assert encode_snapshot(decode_snapshot(encoded)) == encoded


def test_a_lite_state_knows_every_home_and_recognition() -> None:
    lite = decode_snapshot(ENCODED)
    assert lite.homes == STATE.homes
    assert lite.recognitions == STATE.recognitions
    assert (lite.chain_id, lite.contract, lite.successor) == (8, contract_of(8), None)


def test_a_journal_that_never_moved_or_recognised_has_the_members_it_always_had() -> None:
    assert list(snapshot_value(Simulator().state())) == [*range(1, 7), *range(10, 19)]  # type: ignore[arg-type]  # a map


@pytest.mark.parametrize("member", [19, 20])
def test_each_member_may_stand_alone(member: int) -> None:
    sim = Simulator()
    if member == 19:
        move(sim, 7)
    else:
        recognise(sim, 5)
    encoded = encode_snapshot(sim.state())
    assert encode_snapshot(decode_snapshot(encoded)) == encoded


def put(path: list[int], new: object) -> Fault:
    """Replaces one part of a snapshot value."""

    def apply(value: dict) -> None:  # type: ignore[type-arg]
        for step in path[:-1]:
            value = value[step]
        value[path[-1]] = new

    return apply


FAULTS: dict[str, Fault] = {
    "no earlier homes, and yet the member": put([19], []),
    "no recognitions, and yet the member": put([20], []),
    "another member in between": lambda value: value.update({21: value.pop(20)}),
    "one member more": put([21], 0),
    "a home left at entry 0": put([19, 0, 2], 0),
    "homes that were left in another order": lambda value: value[19].reverse(),
    "a home left right after it was entered": lambda value: value[19][1].__setitem__(
        2, value[19][0][2] + 1
    ),
    "a home left after the last entry": put([19, 1, 2], SIZE),
    "a home at the zero address": put([19, 0, 1], bytes(20)),
    "a home of 19 bytes": put([19, 0, 1], bytes(19)),
    "a home without the size": put([19, 0], [CHAIN_ID, CONTRACT]),
    "a recognition of the first home": lambda value: value[20][0].__setitem__(
        slice(0, 2), [CHAIN_ID, CONTRACT]
    ),
    "a recognition of chain id 0": put([20, 2, 0], 0),
    "a recognition of the zero address": put([20, 2, 1], bytes(20)),
    "a recognition from the future": put([20, 3, 2], TIME + 1),
    "recognitions in another order": lambda value: value[20].reverse(),
    "a recognition over before it begins": lambda value: value[20][1].__setitem__(
        3, value[20][1][2]
    ),
    "a recognition that ended before it began": lambda value: value[20][0].__setitem__(
        4, value[20][0][2] - 1
    ),
    "a recognition that ends in the future": put([20, 3, 4], TIME + 1),
    "a recognition of a registry recognised already": put([20, 0, 4], None),
    "a recognition of a registry recognised until later": put([20, 1, 3], TIME + 10**6),
    "a recognition that holds nothing": put([20, 2, 5], b""),
    "a recognition that holds too much": put([20, 2, 5], bytes(8125)),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_snapshot_with_one_fault_is_refused(fault: str) -> None:
    value = cbor.decode(ENCODED, max_bytes=10**6)
    assert isinstance(value, dict)
    FAULTS[fault](value)
    with pytest.raises(SnapshotError):
        decode_snapshot(cbor.encode(value))


def test_the_first_home_is_the_registry_itself_where_there_was_no_move() -> None:
    sim = Simulator()
    recognise(sim, 5)
    value = snapshot_value(sim.state())
    assert isinstance(value, dict)
    decode_snapshot(cbor.encode(value))
    put([20, 0, 0], CHAIN_ID)(value)
    put([20, 0, 1], CONTRACT)(value)
    with pytest.raises(SnapshotError, match="is for this registry itself"):
        decode_snapshot(cbor.encode(value))


def test_the_successor_is_gone_from_the_snapshot_once_the_journal_has_moved() -> None:
    sim = Simulator()
    sim.append(p.SuccessorRegistrySet(7, contract_of(7)))
    named = snapshot_value(sim.state())
    sim.append(p.JournalCarried(CHAIN_ID, CONTRACT))
    moved = snapshot_value(sim.state())
    assert isinstance(named, dict)
    assert isinstance(moved, dict)
    assert (named[2], named[18], 19 in named) == (CHAIN_ID, [7, contract_of(7)], False)
    assert (moved[2], moved[18], moved[19]) == (7, None, [[CHAIN_ID, CONTRACT, SIZE_AFTER_MOVE]])


SIZE_AFTER_MOVE = len(Simulator().entries) + 1
