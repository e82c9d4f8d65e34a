"""The replay as a whole: order, time, unknown kinds, and going on from where one stopped."""

import pytest

from registry.errors import JournalError
from registry.journal import JournalEntry, head_after
from registry.trust import TrustBuilder, replay
from tests.registry.refusal import refuse_entry
from tests.simulator import Simulator


def test_time_never_falls() -> None:
    sim = Simulator()
    entry = sim.entries[0]
    late = entry._replace(index=len(sim.entries), time=sim.now - 1)
    refuse_entry(sim, late, f"its time {sim.now - 1} is before {sim.now}")


def test_several_entries_may_share_a_block() -> None:
    sim = Simulator(block_seconds=0)
    sim.office("A1")
    assert {entry.time for entry in sim.entries} == {sim.now}


def test_a_dropped_entry_shows_at_the_gap() -> None:
    sim = Simulator()
    with pytest.raises(JournalError, match="an entry was dropped, added or moved") as refusal:
        replay(sim.chain_id, sim.contract, sim.entries[:2] + sim.entries[3:])
    assert refusal.value.index == 3


@pytest.mark.parametrize("kind", [0x00, 0x16, 0x33, 0x51, 0x92, 0xA2, 0xFF])
def test_an_unknown_kind_stops_a_reader_of_this_version(kind: int) -> None:
    sim = Simulator()
    entry = JournalEntry(len(sim.entries), sim.now, kind, b"")
    refuse_entry(sim, entry, "it must be renewed before it can say anything")


def test_a_builder_goes_on_where_it_stopped() -> None:
    sim = Simulator()
    sim.office("A1")
    builder = TrustBuilder(sim.chain_id, sim.contract)
    for entry in sim.entries:
        builder.apply(entry)
    assert builder.build().content == sim.state().content


def test_a_state_does_not_change_when_its_builder_goes_on() -> None:
    sim = Simulator()
    office = sim.office("A1")
    state = sim.state()
    sim.anchor(sim.issue(office, {1: "a"}))
    sim.compromise(office.key, since=sim.now)
    assert state.content == sim.state(state.size).content
    assert not state.content.anchors


def test_an_empty_journal_is_a_state_without_anything() -> None:
    sim = Simulator()
    state = replay(sim.chain_id, sim.contract, [])
    assert (state.size, state.time, state.head) == (
        0,
        0,
        head_after(sim.chain_id, sim.contract, []),
    )


def test_the_head_of_a_state_is_that_of_its_entries() -> None:
    sim = Simulator()
    sim.office("A1")
    assert sim.state().head == sim.journal.head()


def test_advance_to_takes_exactly_as_many_entries() -> None:
    sim = Simulator()
    builder = TrustBuilder(sim.chain_id, sim.contract)
    entries = iter(sim.entries)
    builder.advance_to(2, entries)
    assert builder.head == sim.journal.head(2)


@pytest.mark.parametrize("size", [9, 2**64 - 1])
def test_advance_to_refuses_a_journal_that_is_too_short(size: int) -> None:
    sim = Simulator()
    builder = TrustBuilder(sim.chain_id, sim.contract)
    with pytest.raises(JournalError, match=f"the journal has 4 entries; {size} are needed"):
        builder.advance_to(size, iter(sim.entries))
