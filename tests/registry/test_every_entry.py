"""No entry of a bundle's journal can be altered, dropped, swapped or added, and the place is told.

Without waymarks a refusal names the entry that breaks a rule, or between which known heads the
fault lies; a second copy names the entry itself.
"""

import re
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.belief import needed_chain
from registry.bundle import make_full_bundle, open_bundle
from registry.errors import BundleError, ForkError, TrustDataError
from registry.journal import Journal, JournalEntry
from registry.operations.journal_check import check_copy, reference_of_file
from registry.trust_data import Floor
from registry.waymarks import waymarks_of
from tests.registry.test_waymarks import with_member
from tests.simulated_registries import end_recognition, move, recognise
from tests.simulator import SimulatedKey, Simulator


def lived() -> Simulator:
    """A registry with a checkpoint for each of its three sets of signers, the last after a move."""
    sim = Simulator()
    office = sim.office("A1")
    sim.anchor(sim.issue(office, {1: "王小明"}))
    rotate(sim, "second")
    recognise(sim, 5)
    sim.revoke(office, 1)
    move(sim, 7)
    end_recognition(sim, 1)
    sim.anchor(sim.issue(office, {1: "陳美麗"}))
    rotate(sim, "third")
    sim.rename(office, "新名", "New name")
    sim.checkpoint()
    return sim


def rotate(sim: Simulator, name: str) -> None:
    sim.set_signers(*(SimulatedKey(f"{name} {n}") for n in range(3)))
    sim.checkpoint()


SIM = lived()
ENTRIES = tuple(SIM.entries)
BUNDLE = SIM.full_bundle()
FLOOR = SIM.trust().floor
KNOWN = [checkpoint.statement.size for checkpoint in SIM.checkpoints]
PLACES = st.integers(0, len(ENTRIES) - 1)
HOW = ("altered", "dropped", "swapped", "added", "repeated", "at another time", "another kind")
MOVE = [entry.index for entry in ENTRIES if entry.kind in {0x90, 0x91}]


def edited(how: str, place: int, chance: int) -> list[JournalEntry]:
    """The entries with one of them edited; `chance` chooses among the ways to do it."""
    entry, before, after = ENTRIES[place], list(ENTRIES[:place]), list(ENTRIES[place + 1 :])
    bad = bytearray(entry.data)
    bad[chance % len(bad)] ^= 1 << chance % 8
    match how:
        case "altered":
            return [*before, entry._replace(data=bytes(bad)), *after]
        case "dropped":
            return [*before, *after]
        case "swapped":
            return [*before, *after[:1], entry, *after[1:]]
        case "added":
            return [*before, entry._replace(data=bytes(bad)), entry, *after]
        case "repeated":  # after itself and another, or it would be the one at its own place
            return [*before, entry, *after[:1], entry, *after[1:]]
        case "at another time":
            return [*before, entry._replace(time=entry.time + 1 - 2 * (chance % 2)), *after]
        case _:
            return [*before, entry._replace(kind=entry.kind ^ 1 << chance % 8), *after]


def journal_of(entries: Sequence[JournalEntry]) -> Journal:
    renumbered = tuple(entry._replace(index=index) for index, entry in enumerate(entries))
    return Journal(*SIM.first_home, renumbered)


def bundle_of(entries: Sequence[JournalEntry], *, waymarks: bool = False) -> bytes:
    """The bundle with these entries in place of its own; with the waymarks of those it had."""
    bundle = make_full_bundle(
        journal_of(entries),
        SIM.documents(),
        made_at=SIM.now,
        checkpoints=needed_chain(SIM.checkpoints, SIM.trust_anchor.signers),
        with_waymarks=waymarks,
    )
    return with_member(bundle, 11, waymarks_of(SIM.journal)) if waymarks else bundle


def test_the_twin_with_no_entry_edited_is_accepted() -> None:
    trust = open_bundle(bundle_of(ENTRIES), anchor=SIM.trust_anchor, floor=FLOOR)
    assert trust.state.head == SIM.state().head


def first_edited(entries: Sequence[JournalEntry]) -> int | None:
    """The first index at which the entries that count are others, None where none is."""
    pairs = zip(entries, ENTRIES, strict=False)
    parted = [index for index, (ours, theirs) in enumerate(pairs) if ours[1:] != theirs[1:]]
    return min(parted, default=len(entries) if len(entries) < len(ENTRIES) else None)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(HOW), PLACES, st.integers(0, 10**4))
def test_one_edited_entry_refuses_the_bundle_and_the_place_is_told(
    how: str, place: int, chance: int
) -> None:
    entries = edited(how, place, chance)
    index = first_edited(entries)
    if index is None:  # nothing that counts: entries behind the last checkpoint are ignored
        assert (
            open_bundle(bundle_of(entries), anchor=SIM.trust_anchor).state.head == SIM.state().head
        )
        return
    with pytest.raises(TrustDataError) as refusal:
        open_bundle(bundle_of(entries), anchor=SIM.trust_anchor)
    check_told(str(refusal.value), index, len(entries))


def check_told(told: str, index: int, size: int) -> None:
    """The refusal names the stretch with the edited entry, or where it breaks a rule."""
    between = re.search(r"one of entries (\d+) to (\d+) was changed", told)
    broken = re.search(r"journal entry (\d+)", told)
    missing = re.search(r"the journal has (\d+) entries", told)
    if between is not None:
        first, last = map(int, between.groups())
        assert first <= index <= last
        assert (first, last + 1) in zip([0, *KNOWN], KNOWN, strict=False)
    elif broken is not None:
        assert index <= int(broken.group(1)) <= size
    elif missing is not None:
        assert int(missing.group(1)) == size
    else:
        assert "tells of no move" in told
        assert index in MOVE


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(HOW), PLACES, st.integers(0, 10**4))
def test_waymarks_and_a_second_copy_name_the_edited_entry(
    how: str, place: int, chance: int
) -> None:
    entries = edited(how, place, chance)
    index = first_edited(entries)
    if index is None:
        return
    with pytest.raises(BundleError, match=f"entry {index} is the first that is not what it was"):
        open_bundle(bundle_of(entries, waymarks=True), anchor=SIM.trust_anchor)
    found = check_copy(journal_of(entries), reference_of_file("the bundle", BUNDLE))
    assert found.index == (index if index < len(entries) else None)


@pytest.mark.parametrize("place", range(len(ENTRIES)))
def test_a_store_names_the_stretch_in_which_a_forked_bundle_differs(place: int) -> None:
    head = bytes(32)
    seen = Floor(place + 1, head, FLOOR.as_of, FLOOR.homes)  # type: ignore[arg-type]  # no digest
    before = max([size for size in (0, *KNOWN) if size < place + 1])
    with pytest.raises(ForkError, match=f"one of entries {before} to {place} was changed"):
        open_bundle(BUNDLE, anchor=SIM.trust_anchor, floor=seen)


@pytest.mark.parametrize("size", range(len(ENTRIES)))
def test_a_bundle_cut_at_any_entry_is_refused_naming_what_is_missing(size: int) -> None:
    with pytest.raises(TrustDataError) as refusal:
        open_bundle(bundle_of(ENTRIES[:size]), anchor=SIM.trust_anchor)
    assert f"the journal has {size} entries" in str(refusal.value) or size <= MOVE[-1]
    with pytest.raises(BundleError, match=f"entry {size} is the first that is not what it was"):
        open_bundle(bundle_of(ENTRIES[:size], waymarks=True), anchor=SIM.trust_anchor)
