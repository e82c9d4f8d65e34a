"""The errors of the verifier's rim; `verify` itself raises none of them.

SealrootError
├── PolicyError              a policy setting is not one docs/formats/verdict.md allows
├── DocumentError            nothing could be read from what was handed over; has a `reason`
├── StoreError               the memory of what this verifier has seen cannot be read or written
├── PageError                a scan page cannot be made: no built site, or an unclear config
├── SourceError              trust data could not be fetched or read at all
└── ReceiptError             a check receipt says nothing that can be relied on
    ├── ReceiptFormatError       not a receipt, or key set, of check-receipt.md
    ├── ReceiptKeyUnknownError   by somebody whose key is not at hand: nothing is known of it
    └── ReceiptNotGenuineError   its signature does not verify
"""

from credential.errors import SealrootError
from verifier.reasons import Reason


class PolicyError(SealrootError, ValueError):
    """A policy setting is not one docs/formats/verdict.md allows."""


class DocumentError(SealrootError):
    """Nothing could be read from what was handed over; `reason` is a code of verdict.md."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class StoreError(SealrootError):
    """The memory of what this verifier has seen cannot be read or written."""


class SourceError(SealrootError):
    """Trust data could not be fetched or read at all."""


class UsageError(SealrootError):
    """The command line does not say what to do."""


class PageError(SealrootError):
    """A scan page cannot be made: no built site, or an unclear config."""


class ReceiptError(SealrootError):
    """A check receipt says nothing that can be relied on."""


class ReceiptFormatError(ReceiptError):
    """Bytes are not a check receipt, or not a key set, of docs/formats/check-receipt.md."""


class ReceiptKeyUnknownError(ReceiptError):
    """A check receipt was signed with a key that is not at hand."""


class ReceiptNotGenuineError(ReceiptError):
    """The signature of a check receipt does not verify."""
