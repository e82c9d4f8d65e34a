"""The errors of the registry: a bad journal, trust data not to be used, a chain out of reach.

SealrootError
├── JournalError           a journal breaks a rule of journal.md; has the `index` of the entry
├── TrustStateError        a trust state was asked for something it cannot do
├── TrustDataError         trust data must not be used; has a stable `code` of verdict.md
│   ├── BundleError          trust.malformed  not a whole bundle of bundle.md
│   │   ├── SnapshotError      the snapshot inside is not in its one canonical form
│   │   ├── CheckpointError    malformed, or with too few signatures (checkpoint.md)
│   │   └── EvidenceError      block headers, seals or proofs that prove no head (evidence.md)
│   ├── ForeignRegistryError trust.foreign    of another chain or contract
│   └── RollbackError        trust.rollback   older than what this verifier has seen
│       └── ForkError          one journal in two versions, shown to different people
├── TrustAnchorError       a trust anchor file that cannot be used
└── ChainError             the chain, seen from the outside
    ├── ChainUnavailableError    no endpoint answered: try again later, nothing is lost
    ├── ChainMismatchError       the chain is not the one the local files belong to
    └── TransactionRefusedError  the contract refused a change
"""

from typing import ClassVar

from credential.errors import SealrootError


class JournalError(SealrootError):
    """A journal breaks a rule.

    `index` is the entry it breaks at, or None where no single entry is to blame.
    """

    def __init__(self, message: str, index: int | None = None) -> None:
        super().__init__(message if index is None else f"journal entry {index}: {message}")
        self.index = index


class TrustStateError(SealrootError):
    """A trust state was asked for something it cannot do, such as growing from a snapshot."""


class TrustDataError(SealrootError):
    """Trust data must not be used; `code` is the reason code a verdict gives."""

    code: ClassVar[str] = "trust.malformed"


class BundleError(TrustDataError):
    """Bytes are not a whole trust bundle."""

    code = "trust.malformed"


class SnapshotError(BundleError):
    """A snapshot is not in its one canonical form, or says what no journal can say."""


class CheckpointError(BundleError):
    """A checkpoint is malformed, or too few of the trusted signers have signed it."""


class EvidenceError(BundleError):
    """Block headers, their seals and the state proofs do not prove the head of the journal."""


class ForeignRegistryError(TrustDataError):
    """The trust data belongs to another chain or contract than the trust anchor."""

    code = "trust.foreign"


class RollbackError(TrustDataError):
    """The trust data is older than what this verifier has already seen."""

    code = "trust.rollback"


class ForkError(RollbackError):
    """The trust data and what this verifier has already seen are two versions of one journal."""


class TrustAnchorError(SealrootError):
    """A trust anchor file is malformed."""


class ChainError(SealrootError):
    """Something about the chain went wrong."""


class ChainUnavailableError(ChainError):
    """No endpoint of the chain gave a usable answer."""


class ChainMismatchError(ChainError):
    """The chain or contract is not the one the local files belong to."""


class TransactionRefusedError(ChainError):
    """The contract or the node refused a transaction."""
