"""Waymarks name the entry that was changed on the way, and nothing is believed because of them."""

import re
import zlib
from collections.abc import Callable, Sequence

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from credential.ids import UnixTime
from registry.bundle import make_full_bundle, open_bundle
from registry.bundle_file import ReadAt
from registry.errors import BundleError, TrustDataError
from registry.journal import Journal, JournalEntry, write_journal_file
from registry.waymarks import first_off_the_way, waymarks_of
from tests.simulator import Simulator


def _lived() -> Simulator:
    sim = Simulator()
    office = sim.office("A1")
    sim.anchor(sim.issue(office, {1: "王小明"}))
    sim.anchor(sim.issue(office, {1: "陳大文"}))
    sim.checkpoint()
    return sim


SIM = _lived()
ENTRIES = SIM.journal.entries
MARKED = make_full_bundle(
    SIM.journal,
    SIM.documents(),
    made_at=SIM.now,
    checkpoints=SIM.checkpoints,
    with_waymarks=True,
)
MARKED_UNPROVEN = make_full_bundle(
    SIM.journal,
    SIM.documents(),
    made_at=SIM.now,
    read_at=ReadAt(len(ENTRIES), UnixTime(SIM.now)),
    with_waymarks=True,
)


def with_member(bundle: bytes, member: int, value: bytes) -> bytes:
    """The bundle with another member in its body."""
    envelope = cbor2.loads(bundle)
    body = cbor2.loads(zlib.decompress(envelope[6]))
    body[member] = value
    packed = cbor2.dumps(body, canonical=True)
    return cbor2.dumps({**envelope, 5: len(packed), 6: zlib.compress(packed)}, canonical=True)


Edit = Callable[[Sequence[JournalEntry], int], list[JournalEntry]]


def _altered(entries: Sequence[JournalEntry], place: int) -> list[JournalEntry]:
    entry = entries[place]
    changed = entry._replace(data=entry.data[:-1] + bytes([entry.data[-1] ^ 1]))
    return [*entries[:place], changed, *entries[place + 1 :]]


def _dropped(entries: Sequence[JournalEntry], place: int) -> list[JournalEntry]:
    return [*entries[:place], *entries[place + 1 :]]


def _added(entries: Sequence[JournalEntry], place: int) -> list[JournalEntry]:
    return [*entries[:place], _altered(entries, place)[place], *entries[place:]]


def _swapped(entries: Sequence[JournalEntry], place: int) -> list[JournalEntry]:
    other = place + 1 if place + 1 < len(entries) else place - 1
    first, second = sorted((place, other))
    return [*entries[:first], entries[second], entries[first], *entries[second + 1 :]]


EDITS = {"altered": _altered, "dropped": _dropped, "added": _added, "swapped": _swapped}


def _edited(edit: Edit, place: int) -> bytes:
    entries = tuple(entry._replace(index=index) for index, entry in enumerate(edit(ENTRIES, place)))
    return write_journal_file(Journal(SIM.journal.chain_id, SIM.journal.contract, entries))


def _named(refusal: str) -> int:
    found = re.search(r"entry (\d+) is the first that is not what it was", refusal)
    assert found is not None, refusal
    return int(found.group(1))


@pytest.mark.parametrize("place", range(len(ENTRIES)))
@pytest.mark.parametrize("how", EDITS)
@pytest.mark.parametrize("bundle", [MARKED, MARKED_UNPROVEN], ids=["proven", "unproven"])
def test_the_refusal_of_a_bundle_names_the_one_entry_that_was_edited(
    bundle: bytes, how: str, place: int
) -> None:
    edited = with_member(bundle, 1, _edited(EDITS[how], place))

    with pytest.raises(BundleError) as refusal:
        open_bundle(edited)

    expected = place - 1 if how == "swapped" and place + 1 == len(ENTRIES) else place
    assert _named(str(refusal.value)) == expected


def test_a_bundle_with_waymarks_opens_as_one_without() -> None:
    with_them, without = (
        open_bundle(MARKED, anchor=SIM.trust_anchor),
        open_bundle(SIM.full_bundle(), anchor=SIM.trust_anchor),
    )

    assert with_them.state.head == without.state.head
    assert with_them.evidence == without.evidence


def test_waymarks_that_fit_a_changed_journal_make_nobody_believe_it() -> None:
    changed = _altered(ENTRIES, len(ENTRIES) - 1)
    journal = Journal(SIM.journal.chain_id, SIM.journal.contract, tuple(changed))
    lying = with_member(
        with_member(MARKED, 1, write_journal_file(journal)), 11, waymarks_of(journal)
    )

    with pytest.raises(TrustDataError):
        open_bundle(lying, anchor=SIM.trust_anchor)


@given(st.binary(max_size=80))
def test_any_bytes_as_waymarks_change_no_belief(marks: bytes) -> None:
    bundle = with_member(MARKED, 11, marks)

    assert open_bundle(bundle, anchor=SIM.trust_anchor).state.head == SIM.journal.head()


def test_missing_entries_at_the_end_are_named() -> None:
    journal = SIM.journal
    start = Journal(journal.chain_id, journal.contract, ()).head()

    assert first_off_the_way(waymarks_of(journal), start, ENTRIES[:-2]) == len(ENTRIES) - 2
    assert first_off_the_way(waymarks_of(journal), start, ENTRIES) is None
