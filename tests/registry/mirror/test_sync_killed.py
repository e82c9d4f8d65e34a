"""A sync that is killed anywhere leaves a folder that serves, and that the next sync completes."""

from contextlib import suppress
from pathlib import Path

import pytest

from registry.mirror.folder import MirrorFolder
from registry.mirror.sources import FolderSource
from registry.mirror.sync import sync
from tests.registry.mirror.worlds import anchor_of, busy, mirror_of, registry_of
from tests.simulator import Simulator


class KilledError(Exception):
    """The process ends here."""


class DyingFolder(MirrorFolder):
    """A folder whose process is killed at the n-th write, before or after it took effect."""

    def __init__(self, root: Path, writes: int, *, took_effect: bool) -> None:
        super().__init__(root)
        self._left = writes
        self._took_effect = took_effect

    def write(self, path: str, content: bytes, *, zipped: bool = False) -> None:
        self._left -= 1
        if self._left == 0 and not self._took_effect:
            raise KilledError(path)
        super().write(path, content, zipped=zipped)
        if self._left == 0:
            raise KilledError(path)


class DyingSource(FolderSource):
    """A source during whose n-th answer the process is killed."""

    def __init__(self, root: Path, answers: int) -> None:
        super().__init__(root)
        self._left = answers

    def fetch(self, path: str, most: int) -> bytes:
        self._left -= 1
        if self._left == 0:
            raise KilledError(path)
        return super().fetch(path, most)


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> tuple[Simulator, Path, Path]:
    """Return a registry with an older and a newer mirror of it."""
    root = tmp_path_factory.mktemp("grown")
    sim = busy()
    mirror_of(sim, root / "older")
    office = sim.office("C3")
    sim.revoke(office, 1)
    sim.checkpoint()
    mirror_of(sim, root / "newer")
    return sim, root / "older", root / "newer"


def complete(sim: Simulator, into: Path, newer: Path) -> None:
    """The next sync brings everything; what is served is the newer journal."""
    report = sync([FolderSource(newer)], MirrorFolder(into), anchor_of(sim), now=sim.now)
    folder = MirrorFolder(into)
    standing = folder.standing()
    assert not report.refused
    assert standing is not None
    assert standing.size == standing.vouched_size == len(sim.entries)
    assert folder.held(registry_of(sim)).entries == sim.entries
    for kind in ("full", "lite"):
        assert (into / f"bundles/{kind}.srb").is_file()


@pytest.mark.parametrize("took_effect", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("writes", range(1, 22))
def test_killed_at_any_write(
    tmp_path: Path,
    grown: tuple[Simulator, Path, Path],
    writes: int,
    took_effect: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    sim, older, newer = grown
    sync([FolderSource(older)], MirrorFolder(tmp_path), anchor_of(sim), now=sim.now)
    dying = DyingFolder(tmp_path, writes, took_effect=took_effect)
    try:
        sync([FolderSource(newer)], dying, anchor_of(sim), now=sim.now)
    except KilledError:
        assert MirrorFolder(tmp_path).standing() is not None

    complete(sim, tmp_path, newer)


def test_every_write_of_a_sync_was_killed_once(
    tmp_path: Path, grown: tuple[Simulator, Path, Path]
) -> None:
    sim, older, newer = grown
    sync([FolderSource(older)], MirrorFolder(tmp_path), anchor_of(sim), now=sim.now)

    sync(
        [FolderSource(newer)],
        DyingFolder(tmp_path, 22, took_effect=False),
        anchor_of(sim),
        now=sim.now,
    )


@pytest.mark.parametrize("answers", range(1, 12))
def test_killed_at_any_answer(
    tmp_path: Path, grown: tuple[Simulator, Path, Path], answers: int
) -> None:
    sim, older, newer = grown
    sync([FolderSource(older)], MirrorFolder(tmp_path), anchor_of(sim), now=sim.now)
    try:
        sync([DyingSource(newer, answers)], MirrorFolder(tmp_path), anchor_of(sim), now=sim.now)
    except KilledError:
        assert MirrorFolder(tmp_path).standing() is not None

    complete(sim, tmp_path, newer)


@pytest.mark.parametrize("writes", range(1, 22))
def test_killed_during_the_very_first_sync(
    tmp_path: Path, grown: tuple[Simulator, Path, Path], writes: int
) -> None:
    sim, _, newer = grown
    dying = DyingFolder(tmp_path, writes, took_effect=True)
    with suppress(KilledError):
        sync([FolderSource(newer)], dying, anchor_of(sim), now=sim.now)

    complete(sim, tmp_path, newer)
