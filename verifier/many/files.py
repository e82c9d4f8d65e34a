"""A report as a file: nobody ever sees half of one under its own name."""

import contextlib
import os
import secrets
from pathlib import Path

from verifier.errors import UsageError

INCOMPLETE = ".incomplete"


class ReportFile:
    """A file that is written beside its place, and takes it when it is whole.

    Only its owner may read it. A run that was broken off keeps what it has under a name that says
    so (`checks.incomplete.csv`), and leaves an older report where it is.
    """

    def __init__(self, path: Path) -> None:
        """Begin to write. Raises UsageError where that cannot be, before anything is checked."""
        self._path = path
        self._beside = path.with_name(f".{path.name}.{secrets.token_hex(6)}.part")
        try:
            if path.is_dir():
                raise IsADirectoryError(21, "it is a folder")
            handle = os.open(self._beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise UsageError(
                f"the report {str(path)!r} cannot be written: {error.strerror}"
            ) from error
        self._file = os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace", newline="")

    def write(self, text: str) -> None:
        """Add to the report; the caller writes its line ends. Raises UsageError (disk full)."""
        try:
            self._file.write(text)
        except OSError as error:
            raise self._broken(error) from error

    def end(self, *, is_complete: bool) -> Path:
        """The report is there, on the disk: under its name, or one that says it is incomplete."""
        path = self._path
        if not is_complete:
            path = path.with_name(f"{path.stem}{INCOMPLETE}{path.suffix}")
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            self._beside.replace(path)
        except OSError as error:
            raise self._broken(error) from error
        return path

    def discard(self) -> None:
        """Nothing of the report is left; one that ended stays."""
        with contextlib.suppress(OSError):
            self._file.close()
        self._beside.unlink(missing_ok=True)

    def _broken(self, error: OSError) -> UsageError:
        self.discard()
        return UsageError(
            f"the report {str(self._path)!r} could not be written to its end: {error.strerror}."
            " The documents were checked, but not reported; make room and check them again."
        )
