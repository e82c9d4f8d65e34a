"""The errors of mirrors.

SealrootError
├── SourceError       a source does not give something; `missing` where it says it has none
├── RefusedError      what a source gives must not be used; `code` and, where known, the `index`
└── MirrorFolderError the folder of a mirror cannot be used
"""

from collections.abc import Sequence

from credential.errors import SealrootError
from registry.journal import JournalEntry


class SourceError(SealrootError):
    """A source does not answer, answers too slowly or too much, or has no such file."""

    def __init__(self, message: str, *, missing: bool = False) -> None:
        super().__init__(message)
        self.missing = missing


class RefusedError(SealrootError):
    """What a source gives must not be used.

    `code` is foreign, rollback, fork, malformed, unvouched, missing or changed; `index` the first
    journal entry that is wrong, where one is to blame; `entries` what was served from the first on.
    """

    def __init__(
        self,
        message: str,
        code: str,
        index: int | None = None,
        entries: Sequence[JournalEntry] = (),
    ) -> None:
        super().__init__(message)
        self.code = code
        self.index = index
        self.entries = entries


class MirrorFolderError(SealrootError):
    """The folder of a mirror is of another registry, or cannot be read or written."""
