"""The head, the journal file and the comparison of two copies."""

from collections.abc import Callable
from hashlib import sha256

import pytest

from credential.ids import AgencyCode
from registry import payloads as p
from registry.errors import JournalError
from registry.journal import (
    Journal,
    JournalEntry,
    describe_entry,
    first_difference,
    head_after,
    initial_head,
    make_entry,
    open_journal_file,
    read_journal_file,
    write_journal_file,
)
from registry.kinds import Kind
from tests.simulator import CHAIN_ID, CONTRACT, Simulator


def slow_head(journal: Journal) -> bytes:
    """The head word for word as docs/formats/journal.md writes it."""
    head = sha256(
        b"sealroot/journal/1" + journal.chain_id.to_bytes(32, "big") + journal.contract
    ).digest()
    for entry in journal.entries:
        head = sha256(
            head
            + entry.index.to_bytes(8, "big")
            + entry.time.to_bytes(8, "big")
            + bytes([entry.kind])
            + sha256(entry.data).digest()
        ).digest()
    return head


def busy() -> Simulator:
    sim = Simulator()
    office = sim.office("A1")
    sim.anchor(sim.issue(office, {1: "a"}))
    sim.anchor(sim.issue(office, {1: "b"}))
    return sim


def test_the_head_is_as_the_page_says() -> None:
    journal = busy().journal
    assert journal.head() == slow_head(journal)


def test_the_head_begins_with_chain_and_contract() -> None:
    heads = {initial_head(1, CONTRACT), initial_head(2, CONTRACT), initial_head(1, bytes(20))}
    assert len(heads) == 3


@pytest.mark.parametrize("field", ["time", "kind", "data"])
def test_every_part_of_an_entry_moves_the_head(field: str) -> None:
    entry = JournalEntry(0, 1, 0x70, b"x")
    other = entry._replace(**{field: {"time": 2, "kind": 0x71, "data": b"y"}[field]})
    assert head_after(1, CONTRACT, [entry]) != head_after(1, CONTRACT, [other])


def test_a_journal_survives_its_file() -> None:
    journal = busy().journal
    assert read_journal_file(write_journal_file(journal)) == journal


def test_an_empty_journal_survives_its_file() -> None:
    journal = Journal(CHAIN_ID, CONTRACT, ())
    assert read_journal_file(write_journal_file(journal)) == journal


@pytest.mark.parametrize("cut", range(1, 12))
def test_a_file_that_ends_inside_an_entry_is_refused(cut: int) -> None:
    entries = (JournalEntry(0, 1, 2, b"x"), JournalEntry(1, 1, 2, b"y"))
    file = write_journal_file(Journal(CHAIN_ID, CONTRACT, entries))
    with pytest.raises(JournalError, match="the file ends inside this entry") as refusal:
        read_journal_file(file[:-cut])
    assert refusal.value.index == 1


@pytest.mark.parametrize("source", [b"", b"SEALJNL1", b"SEALJNL2" + bytes(52), bytes(60)])
def test_bytes_that_are_no_journal_file_are_refused(source: bytes) -> None:
    with pytest.raises(JournalError, match="are not a journal file"):
        read_journal_file(source)


def test_a_journal_file_over_the_limit_is_refused() -> None:
    with pytest.raises(JournalError, match="at most 10 are read"):
        open_journal_file(bytes(11), max_bytes=10)


@pytest.mark.parametrize(
    "entries", [(JournalEntry(1, 0, 0, b""),), (JournalEntry(0, 0, 0, bytes(65536)),)]
)
def test_entries_that_do_not_fit_a_file_are_not_written(entries: tuple[JournalEntry, ...]) -> None:
    with pytest.raises(JournalError, match="cannot be written there"):
        write_journal_file(Journal(1, CONTRACT, entries))


def test_an_entry_is_described_in_words() -> None:
    payload = p.AgencyRegistered(AgencyCode("A1"), b"\1" * 20, b"\2" * 20, p.Names("名", "Name"))
    assert describe_entry(make_entry(3, 4, payload)) == {
        "index": 3,
        "time": 4,
        "kind": "agencyRegistered",
        "agency": "A1",
        "anchor_account": "01" * 20,
        "operations_account": "02" * 20,
        "name_zh_hant": "名",
        "name_en": "Name",
    }


def test_every_entry_of_a_journal_can_be_described() -> None:
    sim = busy()
    sim.close(sim.office("A2"))
    described = [describe_entry(entry) for entry in sim.entries]
    assert {entry["kind"] for entry in described} >= {"checkpointSignersSet", "agencyClosed"}


def test_an_entry_of_an_unknown_kind_cannot_be_described() -> None:
    with pytest.raises(JournalError, match="kind 0xee is not known"):
        describe_entry(JournalEntry(0, 0, 0xEE, b""))


def test_equal_journals_do_not_differ() -> None:
    entries = busy().entries
    assert first_difference(entries, list(entries)) is None


CHANGES: dict[str, Callable[[list[JournalEntry]], list[JournalEntry]]] = {
    "changed": lambda e: [*e[:4], e[4]._replace(data=b""), *e[5:]],
    "dropped": lambda e: [*e[:4], *e[5:]],
    "reordered": lambda e: [*e[:4], e[5], e[4], *e[6:]],
    "added": lambda e: [*e[:4], JournalEntry(4, 0, 0, b""), *e[4:]],
}


@pytest.mark.parametrize("what", CHANGES)
def test_the_first_difference_is_named(what: str) -> None:
    entries = busy().entries
    difference = first_difference(CHANGES[what](entries), entries)
    assert difference is not None
    assert (difference.index, difference.what) == (4, what)


def test_entries_missing_at_the_end_are_dropped() -> None:
    entries = busy().entries
    difference = first_difference(entries[:-2], entries)
    assert difference is not None
    assert (difference.index, difference.what) == (len(entries) - 2, "dropped")


def test_entries_more_at_the_end_are_added() -> None:
    entries = busy().entries
    difference = first_difference(entries, entries[:-1])
    assert difference is not None
    assert (difference.index, difference.what) == (len(entries) - 1, "added")


def test_the_names_of_the_kinds_are_those_of_the_page() -> None:
    assert Kind.CHECKPOINT_SIGNERS_SET.title == "checkpointSignersSet"
