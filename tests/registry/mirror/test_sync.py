"""Syncing from folders: what is taken, what is refused and by which name, and what stays."""

import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.bundle import open_bundle
from registry.journal import JournalEntry
from registry.mirror.delta import apply_delta
from registry.mirror.folder import MirrorFolder, chunk_name, journal_path
from registry.mirror.range_file import CHUNK_ENTRIES, decode_range, encode_range
from registry.mirror.sources import FolderSource
from registry.mirror.sync import folder_for, sync
from registry.mirror.sync_report import SyncReport
from tests.registry.mirror.worlds import anchor_of, busy, mirror_of, registry_of
from tests.simulator import Simulator


def synced(
    sim: Simulator, into: Path, *sources: Path, after_seconds: int = 60, audit: bool = False
) -> SyncReport:
    return sync(
        [FolderSource(source) for source in sources],
        MirrorFolder(into),
        anchor_of(sim),
        now=sim.now + after_seconds,
        audit=audit,
    )


def edit_tail(
    mirror: Path, edit: Callable[[list[JournalEntry]], Sequence[JournalEntry]], size: int
) -> None:
    """Change the entries of a mirror's last range, and nothing else in it."""
    path = mirror / journal_path(size - size % CHUNK_ENTRIES, size)
    found = decode_range(path.read_bytes())
    entries = edit(list(found.entries))
    path.write_bytes(encode_range(found.registry, found.first, entries, found.head_after))


def changed(entries: list[JournalEntry], at: int) -> list[JournalEntry]:
    entry = entries[at]
    entries[at] = entry._replace(data=bytes([entry.data[0] ^ 1, *entry.data[1:]]))
    return entries


def later(entries: list[JournalEntry], at: int) -> list[JournalEntry]:
    entries[at] = entries[at]._replace(time=entries[at].time + 1)
    return entries


def of_another_kind(entries: list[JournalEntry], at: int) -> list[JournalEntry]:
    entries[at] = entries[at]._replace(kind=entries[at].kind ^ 1)
    return entries


def dropped(entries: list[JournalEntry], at: int) -> list[JournalEntry]:
    return entries[:at] + entries[at + 1 :]


def added(entries: list[JournalEntry], at: int) -> list[JournalEntry]:
    return [*entries[:at], entries[at]._replace(data=b"\x07" * 9), *entries[at:]]


def swapped(entries: list[JournalEntry], at: int) -> list[JournalEntry]:
    entries[at], entries[at + 1] = entries[at + 1], entries[at]
    return entries


EDITS = (changed, later, of_another_kind, dropped, added, swapped)
WORLD = busy()


@pytest.fixture
def honest(tmp_path: Path) -> Path:
    return mirror_of(WORLD, tmp_path / "honest").root


def test_empty_folder_becomes_a_mirror_of_the_same_journal(tmp_path: Path, honest: Path) -> None:
    report = synced(WORLD, tmp_path / "copy", honest)

    assert report.outcomes[0].result == "synced"
    assert MirrorFolder(tmp_path / "copy").held(registry_of(WORLD)).entries == WORLD.entries


def test_folder_that_was_synced_can_be_synced_from(tmp_path: Path, honest: Path) -> None:
    synced(WORLD, tmp_path / "copy", honest)
    shutil.rmtree(honest)

    report = synced(WORLD, tmp_path / "second", tmp_path / "copy")

    assert (report.size, report.missing) == (len(WORLD.entries), ())


@pytest.mark.parametrize("kind", ["full", "lite"])
def test_bundles_of_a_synced_mirror_open_from_the_trust_anchor(
    tmp_path: Path, honest: Path, kind: str
) -> None:
    synced(WORLD, tmp_path / "copy", honest)

    bundle = (tmp_path / "copy" / "bundles" / f"{kind}.srb").read_bytes()

    assert open_bundle(bundle, anchor=WORLD.trust_anchor).evidence.strength == 2


def test_second_sync_takes_only_what_is_new(tmp_path: Path) -> None:
    sim = busy()
    home = mirror_of(sim, tmp_path / "home")
    synced(sim, tmp_path / "copy", home.root)
    before = len(sim.entries)
    sim.office("C3")
    sim.checkpoint()
    mirror_of(sim, tmp_path / "home", old=before)

    report = synced(sim, tmp_path / "copy", home.root)

    assert (report.fresh, report.size) == (len(sim.entries) - before, len(sim.entries))


def test_delta_leads_from_the_bundle_held_before_to_the_newest(tmp_path: Path) -> None:
    sim = busy()
    mirror_of(sim, tmp_path / "home")
    synced(sim, tmp_path / "copy", tmp_path / "home")
    old, size = (tmp_path / "copy/bundles/lite.srb").read_bytes(), len(sim.entries)
    sim.office("C3")
    sim.checkpoint()
    mirror_of(sim, tmp_path / "home", old=size)
    synced(sim, tmp_path / "copy", tmp_path / "home")

    delta = (tmp_path / f"copy/bundles/lite-{size}.srd").read_bytes()

    assert open_bundle(apply_delta(old, delta)).state.size == len(sim.entries)


def test_sync_without_news_writes_nothing(tmp_path: Path, honest: Path) -> None:
    synced(WORLD, tmp_path / "copy", honest)
    before = (tmp_path / "copy/mirror.json").stat().st_mtime_ns

    report = synced(WORLD, tmp_path / "copy", honest)

    assert report.outcomes[0].result == "newest already"
    assert (tmp_path / "copy/mirror.json").stat().st_mtime_ns == before


def test_entries_that_nobody_vouches_for_are_not_taken_and_counted_as_lag(tmp_path: Path) -> None:
    sim = busy()
    vouched = len(sim.entries)
    sim.office("C3")
    mirror_of(sim, tmp_path / "home")

    report = synced(sim, tmp_path / "copy", tmp_path / "home", after_seconds=7)

    assert (report.size, report.lag_entries) == (vouched, len(sim.entries) - vouched)


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__)
@pytest.mark.parametrize("at", [0, 7, len(WORLD.entries) - 2])
def test_one_edited_entry_is_refused_and_named(
    tmp_path: Path,
    honest: Path,
    edit: Callable[[list[JournalEntry], int], list[JournalEntry]],
    at: int,
) -> None:
    edit_tail(honest, lambda entries: edit(entries, at), len(WORLD.entries))

    report = synced(WORLD, tmp_path / "copy", honest)

    assert (report.outcomes[0].result, report.outcomes[0].index) == ("refused", at)
    assert report.size == 0


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    edit=st.sampled_from(EDITS),
    at=st.integers(0, len(WORLD.entries) - 2),
    witnesses=st.sampled_from(("kept", "taken away")),
)
def test_no_single_edit_is_ever_served_on(
    tmp_path_factory: pytest.TempPathFactory,
    edit: Callable[[list[JournalEntry], int], list[JournalEntry]],
    at: int,
    witnesses: str,
) -> None:
    root = tmp_path_factory.mktemp("edit")
    mirror_of(WORLD, root / "liar")
    edit_tail(root / "liar", lambda entries: edit(entries, at), len(WORLD.entries))
    if witnesses == "taken away":
        shutil.rmtree(root / "liar" / "heads")

    report = synced(WORLD, root / "copy", root / "liar")

    assert report.refused
    assert not (root / "copy/mirror.json").exists()


def test_without_witnesses_a_second_honest_source_names_the_entry(
    tmp_path: Path, honest: Path
) -> None:
    liar = shutil.copytree(honest, tmp_path / "liar")
    shutil.rmtree(liar / "heads")
    edit_tail(liar, lambda entries: changed(entries, 17), len(WORLD.entries))

    report = synced(WORLD, tmp_path / "copy", liar, honest)

    assert [one.result for one in report.outcomes] == ["refused", "synced"]
    assert report.outcomes[0].index == 17


def test_evidence_of_a_refused_source_is_kept(tmp_path: Path, honest: Path) -> None:
    edit_tail(honest, lambda entries: changed(entries, 5), len(WORLD.entries))

    synced(WORLD, tmp_path / "copy", honest)

    (kept,) = (tmp_path / "copy/refused").iterdir()
    assert json.loads((kept / "why.json").read_text())["index"] == 5
    assert (kept / chunk_name(0)).read_bytes() == (honest / "journal/tail.bin").read_bytes()


def test_older_mirror_is_a_rollback(tmp_path: Path) -> None:
    sim = busy()
    mirror_of(sim, tmp_path / "old")
    sim.office("C3")
    sim.checkpoint()
    mirror_of(sim, tmp_path / "new")
    synced(sim, tmp_path / "copy", tmp_path / "new")

    report = synced(sim, tmp_path / "copy", tmp_path / "old")

    assert (report.outcomes[0].result, report.outcomes[0].code) == ("refused", "rollback")
    assert report.size == len(sim.entries)


def test_older_mirror_beside_a_newer_one_is_only_older(tmp_path: Path) -> None:
    sim = busy()
    mirror_of(sim, tmp_path / "old")
    sim.office("C3")
    sim.checkpoint()
    mirror_of(sim, tmp_path / "new")

    report = synced(sim, tmp_path / "copy", tmp_path / "old", tmp_path / "new")

    assert [one.result for one in report.outcomes] == ["synced", "older"]
    assert report.size == len(sim.entries)


def test_frozen_mirror_is_told_as_stale(tmp_path: Path, honest: Path) -> None:
    report = synced(WORLD, tmp_path / "copy", honest, after_seconds=8 * 24 * 3600)

    assert report.is_stale(7 * 24 * 3600)
    assert not report.is_stale(9 * 24 * 3600)


def test_fork_that_the_signers_themselves_signed_is_refused_with_its_index(tmp_path: Path) -> None:
    ours, theirs = busy(), busy()
    parted = len(ours.entries)
    ours.office("C3")
    theirs.office("D4")
    for sim in (ours, theirs):
        sim.checkpoint()
        sim.office("E5")
    theirs.checkpoint()
    mirror_of(ours, tmp_path / "ours")
    mirror_of(theirs, tmp_path / "theirs")
    synced(ours, tmp_path / "copy", tmp_path / "ours")

    report = synced(ours, tmp_path / "copy", tmp_path / "theirs")

    assert (report.outcomes[0].code, report.outcomes[0].index) == ("fork", parted)


def test_fork_of_the_same_size_is_refused(tmp_path: Path) -> None:
    ours, theirs = busy(), busy()
    ours.office("C3")
    theirs.office("D4")
    for sim in (ours, theirs):
        sim.checkpoint()
    mirror_of(ours, tmp_path / "ours")
    mirror_of(theirs, tmp_path / "theirs")
    synced(ours, tmp_path / "copy", tmp_path / "ours")

    report = synced(ours, tmp_path / "copy", tmp_path / "theirs")

    assert report.outcomes[0].code == "fork"


def test_another_registry_is_refused(tmp_path: Path) -> None:
    mirror_of(busy(chain_id=99), tmp_path / "foreign")

    report = synced(WORLD, tmp_path / "copy", tmp_path / "foreign")

    assert report.outcomes[0].code == "foreign"


def test_checkpoints_of_another_registry_are_refused(tmp_path: Path, honest: Path) -> None:
    foreign = mirror_of(busy(chain_id=99), tmp_path / "foreign").root
    shutil.copy(foreign / "checkpoints.cbor", honest / "checkpoints.cbor")

    report = synced(WORLD, tmp_path / "copy", honest)

    assert report.outcomes[0].code == "foreign"


def test_range_of_another_registry_is_refused(tmp_path: Path, honest: Path) -> None:
    foreign = mirror_of(busy(chain_id=99), tmp_path / "foreign").root
    shutil.copy(foreign / "journal/tail.bin", honest / "journal/tail.bin")

    report = synced(WORLD, tmp_path / "copy", honest)

    assert report.outcomes[0].code == "foreign"


def test_checkpoints_by_other_signers_are_not_believed(tmp_path: Path) -> None:
    mirror_of(WORLD, tmp_path / "mirror")
    stranger = Simulator(signers=2, threshold=2)
    stranger.set_signers(*stranger.signer_keys[::-1])
    report = sync(
        [FolderSource(tmp_path / "mirror")],
        MirrorFolder(tmp_path / "copy"),
        anchor_of(Simulator(signers=4, threshold=4)),
        now=WORLD.now,
    )

    assert report.outcomes[0].code == "unvouched"


def test_mirror_without_a_checkpoint_is_refused(tmp_path: Path, honest: Path) -> None:
    (honest / "checkpoints.cbor").write_bytes(b"\x80")

    report = synced(WORLD, tmp_path / "copy", honest)

    assert report.outcomes[0].code == "unvouched"


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{", b'{"version": 2}', b'{"version":1,"version":1}', b"\xff" * 9, b"[" * 9999],
)
def test_malformed_mirror_json_is_refused(tmp_path: Path, honest: Path, content: bytes) -> None:
    (honest / "mirror.json").write_bytes(content)

    report = synced(WORLD, tmp_path / "copy", honest)

    assert report.outcomes[0].code == "malformed"


def test_other_bytes_under_a_digest_are_not_taken(tmp_path: Path, honest: Path) -> None:
    for path in (honest / "status").glob("*.cbor"):
        path.write_bytes(b"\xa0")

    report = synced(WORLD, tmp_path / "copy", honest)

    assert report.outcomes[0].result == "synced"
    assert len(report.missing) == 2
    assert not list((tmp_path / "copy/status").glob("*"))


def test_missing_document_is_named_and_refuses_nothing(tmp_path: Path, honest: Path) -> None:
    shutil.rmtree(honest / "types")

    report = synced(WORLD, tmp_path / "copy", honest)

    assert report.outcomes[0].result == "synced"
    assert "type 1.1" in report.missing[0]


def test_range_left_by_a_killed_sync_is_taken_up(tmp_path: Path, honest: Path) -> None:
    incoming = tmp_path / "copy/incoming"
    incoming.mkdir(parents=True)
    shutil.copy(honest / "journal/tail.bin", incoming / chunk_name(0))
    shutil.rmtree(honest / "journal")

    report = synced(WORLD, tmp_path / "copy", honest)

    assert report.outcomes[0].result == "synced"
    assert not incoming.exists()


def test_wrong_range_left_by_a_killed_sync_harms_nobody(tmp_path: Path, honest: Path) -> None:
    liar = shutil.copytree(honest, tmp_path / "liar")
    edit_tail(liar, lambda entries: changed(entries, 3), len(WORLD.entries))
    incoming = tmp_path / "copy/incoming"
    incoming.mkdir(parents=True)
    shutil.copy(liar / "journal/tail.bin", incoming / chunk_name(0))

    report = synced(WORLD, tmp_path / "copy", honest)

    assert report.outcomes[0].result == "synced"


def test_damaged_chunk_is_fetched_again(tmp_path: Path, honest: Path) -> None:
    synced(WORLD, tmp_path / "copy", honest)
    edit_tail(tmp_path / "copy", lambda entries: changed(entries, 3), len(WORLD.entries))

    report = synced(WORLD, tmp_path / "copy", honest)

    assert report.size == len(WORLD.entries)


def test_audit_names_where_a_source_parts_from_what_is_held(tmp_path: Path, honest: Path) -> None:
    synced(WORLD, tmp_path / "copy", honest)
    edit_tail(honest, lambda entries: changed(entries, 4), len(WORLD.entries))

    report = synced(WORLD, tmp_path / "copy", honest, audit=True)

    assert (report.outcomes[0].result, report.outcomes[0].index) == ("refused", 4)


def test_another_nations_registry_is_kept_beside_ones_own(tmp_path: Path, honest: Path) -> None:
    neighbour = busy(chain_id=99)
    mirror_of(neighbour, tmp_path / "neighbour")
    synced(WORLD, tmp_path / "copy", honest)

    synced(neighbour, tmp_path / "copy", tmp_path / "neighbour")

    beside = folder_for(MirrorFolder(tmp_path / "copy"), registry_of(neighbour))
    assert beside.held(registry_of(neighbour)).entries == neighbour.entries
    assert json.loads((tmp_path / "copy/registries.json").read_text())["registries"] == [
        registry_of(neighbour).folder
    ]


def test_neighbour_is_found_beside_the_registry_of_a_source(tmp_path: Path, honest: Path) -> None:
    neighbour = busy(chain_id=99)
    mirror_of(neighbour, honest / "registries" / registry_of(neighbour).folder)

    report = synced(neighbour, tmp_path / "copy", honest)

    assert report.size == len(neighbour.entries)


@pytest.mark.parametrize("batches", [CHUNK_ENTRIES - 13, CHUNK_ENTRIES - 12, CHUNK_ENTRIES + 30])
def test_journal_around_a_chunk_border_is_synced_whole(tmp_path: Path, batches: int) -> None:
    sim = Simulator(block_seconds=0)
    office = sim.office("A1")
    batch = sim.issue(office, {1: "x"})
    for _ in range(batches - len(sim.entries) + 13):
        sim.anchor(batch)
    sim.checkpoint()
    mirror_of(sim, tmp_path / "home")

    report = synced(sim, tmp_path / "copy", tmp_path / "home")

    assert report.size == len(sim.entries)


def test_tail_that_fills_up_goes_on(tmp_path: Path) -> None:
    sim = Simulator(block_seconds=0)
    office = sim.office("A1")
    batch = sim.issue(office, {1: "x"})
    sizes = []
    for goal in (CHUNK_ENTRIES - 5, CHUNK_ENTRIES, CHUNK_ENTRIES + 5):
        old = sizes[-1] if sizes else 0
        while len(sim.entries) < goal:
            sim.anchor(batch)
        sim.checkpoint()
        mirror_of(sim, tmp_path / "home", old=old)
        sizes.append(synced(sim, tmp_path / "copy", tmp_path / "home").size)

    assert sizes == [CHUNK_ENTRIES - 5, CHUNK_ENTRIES, CHUNK_ENTRIES + 5]
    assert MirrorFolder(tmp_path / "copy").held(registry_of(sim)).entries == sim.entries
