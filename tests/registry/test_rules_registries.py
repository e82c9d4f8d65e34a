"""Rules 12 and 13 of docs/formats/journal.md: each broken once, and kept once."""

from dataclasses import replace

import pytest

from credential.ids import UnixTime
from registry import payloads as p
from registry.errors import JournalError
from registry.journal import JournalEntry
from registry.kinds import Kind
from registry.lineage import Home, home_at, registries
from tests.registry.refusal import refuse, refuse_entry
from tests.simulated_registries import contract_of, end_recognition, move, recognise
from tests.simulator import CHAIN_ID, CONTRACT, Simulator

NEW = (7, contract_of(7))
NEXT = (8, contract_of(8))
THERE = contract_of(5)
GIVEN = p.RegistryRecognised(1, 5, THERE, UnixTime(0), b"\xa0")


@pytest.mark.parametrize(
    "payload",
    [p.SuccessorRegistrySet(*NEXT), p.RecognitionEnded(1), p.TypeRegistered(1, 2, bytes(32))],
    ids=["successor", "recognition", "type"],
)
def test_nothing_follows_the_successor_but_the_move_there(payload: p.Payload) -> None:
    sim = Simulator()
    sim.append(p.SuccessorRegistrySet(*NEW))
    refuse(sim, payload, "nothing may but journalCarried")


def test_the_journal_moves_only_after_a_successor_was_named() -> None:
    sim = Simulator()
    refuse(sim, p.JournalCarried(CHAIN_ID, CONTRACT), "has named no successor")


@pytest.mark.parametrize("named", [NEW, (CHAIN_ID + 1, CONTRACT), (CHAIN_ID, bytes(19) + b"\1")])
def test_the_move_names_the_registry_it_comes_from(named: tuple[int, bytes]) -> None:
    sim = Simulator()
    sim.append(p.SuccessorRegistrySet(*NEW))
    refuse(sim, p.JournalCarried(*named), "but the registry in force is 0x5fbdb231")


def test_the_journal_moves_once_for_each_successor() -> None:
    sim = Simulator()
    move(sim, 7)
    refuse(sim, p.JournalCarried(CHAIN_ID, CONTRACT), "has named no successor")
    refuse(sim, p.JournalCarried(*NEW), "has named no successor")


@pytest.mark.parametrize("home", [(CHAIN_ID, CONTRACT), NEW])
def test_a_journal_is_never_at_home_twice(home: tuple[int, bytes]) -> None:
    sim = Simulator()
    move(sim, 7)
    sim.append(p.SuccessorRegistrySet(*home))
    refuse(sim, p.JournalCarried(*NEW), "that it was at home in before")


def test_all_that_was_said_before_a_move_stays_said() -> None:
    sim = Simulator()
    office = sim.office("A1")
    sim.anchor(sim.issue(office, {1: "before"}))
    before = sim.state()
    move(sim, 7)
    after = sim.state()
    kept = replace(
        after.content,
        **{name: getattr(before.content, name) for name in ("chain_id", "contract", "size")},
        head=before.head,
        time=before.time,
        earlier_homes=(),
    )
    assert kept == before.content
    assert (after.chain_id, after.contract, after.successor) == (*NEW, None)
    sim.anchor(sim.issue(office, {1: "after"}))


def test_a_journal_may_move_more_than_once_and_even_at_once() -> None:
    sim = Simulator()
    start = len(sim.entries)
    move(sim, 7)
    move(sim, 8)
    homes = sim.state().homes
    assert homes == (
        Home(CHAIN_ID, CONTRACT, 0, start + 1),
        Home(*NEW, start + 1, start + 3),
        Home(*NEXT, start + 3, None),
    )
    assert registries(homes) == ((CHAIN_ID, CONTRACT), NEW, NEXT)


def test_the_home_in_force_changes_with_the_entry_that_carries_the_journal() -> None:
    sim = Simulator()
    move(sim, 7)
    size = len(sim.entries)
    for known in range(size + 3):
        expected = sim.state(known).chain_id if known <= size else 7
        assert home_at(sim.state().homes, known).chain_id == expected
    assert sim.state(size - 1).homes[-1].registry == (CHAIN_ID, CONTRACT)
    assert sim.state(size - 1).successor == NEW


def test_the_replay_can_be_read_on_between_successor_and_move() -> None:
    sim = Simulator()
    sim.append(p.SuccessorRegistrySet(*NEW))
    refuse(sim, p.RecognitionEnded(1), "nothing may")
    sim.append(p.JournalCarried(CHAIN_ID, CONTRACT))
    assert sim.state().homes[0].end == len(sim.entries) - 1


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"recognition": 2}, "recognition 2 is given where 1 is next"),
        ({"recognition": 0}, "recognition 0 is given where 1 is next"),
        ({"chain_id": 0}, "which is not 1 to 2^64 - 1"),
        ({"chain_id": 1 << 64}, "which is not 1 to 2^64 - 1"),
        ({"chain_id": CHAIN_ID, "contract": CONTRACT}, "is for this registry itself"),
    ],
)
def test_a_recognition_is_of_another_registry_and_counted(
    change: dict[str, int], reason: str
) -> None:
    sim = Simulator()
    refuse(sim, replace(GIVEN, **change), reason)
    sim.append(GIVEN)


def test_a_recognition_lasts_beyond_its_beginning() -> None:
    sim = Simulator()
    at = sim.now + sim.block_seconds
    refuse(sim, replace(GIVEN, until=UnixTime(at)), "over before it begins")
    sim.append(replace(GIVEN, until=UnixTime(at + 1)))


def test_an_earlier_home_is_not_recognised() -> None:
    sim = Simulator()
    move(sim, 7)
    for registry in ((CHAIN_ID, CONTRACT), NEW):
        payload = p.RegistryRecognised(1, *registry, UnixTime(0), b"\xa0")
        refuse(sim, payload, "is for this registry itself")
    sim.append(p.RegistryRecognised(1, 7, THERE, UnixTime(0), b"\xa0"))


def test_a_registry_is_recognised_once_at_a_time() -> None:
    sim = Simulator()
    recognise(sim, 5)
    refuse(sim, replace(GIVEN, recognition=2), "a registry that recognition 1 covers")
    sim.append(replace(GIVEN, recognition=2, chain_id=6))
    end_recognition(sim, 1)
    sim.append(replace(GIVEN, recognition=3))


def test_a_registry_is_recognised_again_when_the_time_has_run_out() -> None:
    sim = Simulator()
    recognise(sim, 5, until=sim.now + sim.block_seconds + 5)
    sim.append(replace(GIVEN, recognition=2))


def test_a_recognition_ends_at_most_once() -> None:
    sim = Simulator()
    for number in (0, 1):
        refuse(sim, p.RecognitionEnded(number), f"no recognition {number} was given")
    end_recognition(sim, recognise(sim, 5))
    refuse(sim, p.RecognitionEnded(1), "has ended already")


def test_a_recognition_holds_at_most_8192_bytes_and_at_least_one_of_its_own() -> None:
    sim = Simulator()
    fixed = (1).to_bytes(8, "big") + (5).to_bytes(32, "big") + THERE + bytes(8)
    for data, reason in (
        (fixed, "a recognition holds 0 bytes"),
        (fixed + bytes(8193 - 68), "a recognition holds 8125 bytes"),
        (fixed[:-1], "has 67 bytes of data, not 68 or more"),
    ):
        entry = JournalEntry(len(sim.entries), sim.now, Kind.REGISTRY_RECOGNISED, data)
        refuse_entry(sim, entry, reason)
    sim.append(replace(GIVEN, tail=bytes(8192 - 68)))


def test_a_recognised_contract_is_never_the_zero_address() -> None:
    with pytest.raises(JournalError, match="zero address"):
        Simulator().append(replace(GIVEN, contract=bytes(20)))
