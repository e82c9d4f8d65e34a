"""The folder in which a service keeps its trust data: the last good bundle, and how it stands.

    standing.json       which files count, where they came from, what was tried last
    judged-<n>.srb      what documents are judged by       handed-<n>.srb   the lite one, handed out
    seen/               how far this service has seen the journal (verifier/store.py)

One process writes (it holds `.keeper`), any number read. Every file appears whole, and
standing.json after the files it names: a crash leaves the old standing or the new one.
"""

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from registry.bundle_file import PAGE_LIMITS
from registry.plain_words import explained
from registry.public_folder import write_atomically
from verifier.errors import StoreError
from verifier.store import TrustStore

_STANDING = "standing.json"
_VERSION = 1


class Attempt(NamedTuple):
    """What one source answered: `new`, `same`, `refused` or `unavailable`, and why."""

    label: str
    outcome: str
    because: str = ""
    code: str = ""


class FolderStanding(NamedTuple):
    """How the folder stands; times are Unix seconds, file names are relative to it."""

    judged: str | None = None
    handed: str | None = None
    source: str = ""
    taken_at: int | None = None
    code: str = "trust.unavailable"
    tried_at: int | None = None
    next_at: int | None = None
    failures: int = 0
    rounds: int = 0
    """Counts up with each round, whatever came of it."""
    tried: tuple[Attempt, ...] = ()

    @property
    def last_failure(self) -> str:
        """Why the newest attempt that failed did; empty where none of the last round failed."""
        failed = [one for one in self.tried if one.outcome in {"refused", "unavailable"}]
        return f"{failed[-1].label}: {failed[-1].because}" if failed else ""


class TrustFolder:
    """Bundles on disk under the rules of a verifier's memory."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.store = TrustStore(root / "seen")

    @contextlib.contextmanager
    def keeping(self) -> Iterator[None]:
        """Within it this process alone writes. Raises StoreError where another one does."""
        try:
            self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(self.root / ".keeper", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise _unusable(self.root, error.strerror or "it cannot be written") from error
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise _unusable(self.root, "another service keeps its trust data there") from error
            yield
        finally:
            os.close(descriptor)

    def mark(self) -> tuple[int, int] | None:
        """Return what changes whenever the standing does; None where there is none yet."""
        try:
            found = (self.root / _STANDING).stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns

    def standing(self) -> FolderStanding:
        """Return how it stands; a file that is not there, or is damaged, is like a new folder."""
        try:
            told = json.loads((self.root / _STANDING).read_text("utf-8"))
            if told.pop("version") != _VERSION:
                return FolderStanding()
            tried = tuple(Attempt(*one) for one in told.pop("tried"))
            return FolderStanding(**told, tried=tried)
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return FolderStanding()

    def read(self, name: str | None) -> bytes | None:
        """Return a bundle by the name the standing gives it; None where it is not there."""
        if name is None or "/" in name:
            return None
        try:
            with (self.root / name).open("rb") as file:
                return file.read(PAGE_LIMITS.file_bytes)
        except OSError:
            return None

    def write_bundle(self, kind: str, bundle: bytes) -> str:
        """The bundle is on disk, whole, under the name that is returned."""
        name = f"{kind}-{sha256(bundle).hexdigest()[:24]}.srb"
        try:
            if not (self.root / name).is_file():
                write_atomically(self.root / name, bundle, 0o600)
        except OSError as error:
            raise _unusable(self.root, error.strerror or "it cannot be written") from error
        return name

    def write_standing(self, standing: FolderStanding) -> None:
        """The standing is on disk, and bundles that it does not name are gone."""
        members = {"version": _VERSION, **standing._asdict()}
        before = self.standing()
        try:
            text = json.dumps(members, ensure_ascii=False, indent=1) + "\n"
            write_atomically(self.root / _STANDING, text.encode(), 0o600)
        except OSError as error:
            raise _unusable(self.root, error.strerror or "it cannot be written") from error
        # A reader that has just read the standing of before still finds its files.
        named = {standing.judged, standing.handed, before.judged, before.handed}
        for path in self.root.glob("*.srb"):
            if path.name not in named:
                path.unlink(missing_ok=True)


def _unusable(folder: Path, why: str) -> StoreError:
    return explained(
        StoreError(f"the folder {folder} cannot be used: {why}"),
        means="Trust data cannot be kept there, so the service does not start with it.",
        way_out="Name another folder with --store, or stop the other service.",
    )
