"""From the names on a command line to bytes: files, folders, and `-` for standard input."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from verifier.documents import MOST_FILE_BYTES
from verifier.errors import DocumentError, UsageError
from verifier.reasons import Reason

STANDARD_INPUT = "-"
ENDINGS = frozenset({".png", ".jpg", ".jpeg", ".webp", ".pdf", ".sealed", ".txt"})


class Named(NamedTuple):
    """One input; `path` is None for standard input, `content` what was read of it already."""

    name: str
    path: Path | None
    content: bytes | None = None


class Listing(NamedTuple):
    """The inputs to check, and how many files of folders are of kinds that are not read."""

    inputs: list[Named]
    passed_over: int


def list_inputs(names: list[str]) -> Listing:
    """Return every file to check, folders opened; UsageError for a name that is not there."""
    inputs: list[Named] = []
    passed_over = 0
    for name in names:
        if name == STANDARD_INPUT:
            inputs.append(Named("(standard input)", None))
            continue
        path = Path(name)
        if path.is_dir():
            files = sorted(_files_below(path))
            readable = [file for file in files if file.suffix.lower() in ENDINGS]
            inputs += [Named(str(file), file) for file in readable]
            passed_over += len(files) - len(readable)
        elif path.exists():
            inputs.append(Named(name, path))
        else:
            raise UsageError(f"there is no file or folder {name!r}")
    if not inputs:
        raise UsageError("there is no document to check in these folders")
    return Listing(inputs, passed_over)


def content_of(named: Named) -> bytes:
    """Return the bytes of an input, at most one more than are allowed; raises DocumentError."""
    if named.content is not None:
        return named.content
    try:
        if named.path is None:
            return sys.stdin.buffer.read(MOST_FILE_BYTES + 1)
        with named.path.open("rb") as file:
            return file.read(MOST_FILE_BYTES + 1)
    except OSError as error:
        raise DocumentError(
            Reason.DOCUMENT_UNREADABLE, f"the file cannot be read: {error.strerror}"
        ) from error


def _files_below(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())
