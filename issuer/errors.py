"""The errors of the issuer, so that a command can tell a refusal from a wait and both from damage.

SealrootError
└── IssuerError
    ├── InputError            rows of the input cannot be issued; carries every problem at once
    ├── RequestError          what was asked for is not possible for this credential or job
    ├── SettingsError         the home folder, its settings or a key file are not usable
    ├── ForeignChainError     database and chain do not belong together
    │   └── ChainInDoubtError   what the nodes say cannot all be true: nothing is sent
    ├── TrialRefusedError     our own verifier refused what was about to be signed or released
    ├── DamagedStoreError     what was read back is not what was stored
    ├── ListUnpublishedError  a status list is not on the chain yet, so its documents wait
    └── StateError            a step was asked for in a state that does not allow it
"""

from collections.abc import Sequence
from typing import NamedTuple

from credential.errors import SealrootError


class IssuerError(SealrootError):
    """The root of every error the issuer raises on purpose."""


class Problem(NamedTuple):
    """One reason why one row cannot be issued.

    `row` counts as a spreadsheet does: the header is row 1.
    """

    row: int
    column: str
    reason: str


class InputError(IssuerError):
    """Rows of the input cannot be issued; nothing of the input was recorded."""

    def __init__(self, message: str, problems: Sequence[Problem]) -> None:
        """Keep every problem, so that one run names them all."""
        super().__init__(message)
        self.problems = tuple(problems)


class RequestError(IssuerError):
    """What was asked for is not possible; nothing was changed."""


class SettingsError(IssuerError):
    """The home folder, its settings or a key file cannot be used."""


class ForeignChainError(IssuerError):
    """Database and chain do not belong together; nothing was changed on either side."""


class ChainInDoubtError(ForeignChainError):
    """The nodes contradict each other, the settings or the journal: nothing is sent.

    What is signed and waits is not touched.
    """


class TrialRefusedError(IssuerError):
    """Our own verifier refused a document, so it was not signed or not released."""


class DamagedStoreError(IssuerError):
    """What was read back from the database is not what had been stored there."""


class ListUnpublishedError(IssuerError):
    """The status list of some documents is not published yet; they stay here until it is."""


class StateError(IssuerError):
    """A step was asked for in a state that does not allow it.

    Mostly because another process did it.
    """
