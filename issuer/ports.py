"""What the issuer asks of the world outside its database.

One in memory or on disk stands in for each in tests.
"""

from collections.abc import Callable
from typing import Protocol

from credential.ids import Digest, Kid, Root
from credential.type_fields import Text
from credential.types import CredentialType
from registry.chain_protocol import JournalChain

__all__ = [
    "AnchorAccount",
    "Clock",
    "JournalChain",
    "PagePrinter",
    "ReportProgress",
    "Sleep",
    "silent",
]

Clock = Callable[[], int]
Sleep = Callable[[float], None]
ReportProgress = Callable[[str, int, int], None]
"""Called with what is being done, how many are done, and of how many."""


class PagePrinter(Protocol):
    """Prints the documents, and says beforehand what it cannot print."""

    def missing_characters(self, characters: frozenset[str]) -> frozenset[str]:
        """Return those of the characters that no font of a document shows."""

    def draw(
        self,
        kind: CredentialType,
        agency: Text,
        sealed: bytes,
        record: bytes | None,
        qr_text: str,
    ) -> bytes:
        """Return the PDF with the symbol on it; the sealed bytes and any full record are inside."""


class AnchorAccount(Protocol):
    """The agency's anchor account: what it has sent so far, and its two kinds of sending.

    The two that send return when the change is in a block, which is not yet final. They raise
    TransactionRefusedError when the contract would not take it. Any other ChainError leaves it open
    whether it took effect: look before sending again.
    """

    def last_batch_no(self) -> int:
        """Return the number of the agency's newest anchored batch; 0 for none."""

    def status_version(self, list_no: int) -> int:
        """Return the newest published version of a list; 0 for none."""

    def anchor(self, batch_no: int, root: Root, size: int, kid: Kid) -> None:
        """Anchor the root under this number; the contract takes no other than the next."""

    def publish_status(self, list_no: int, version: int, digest: Digest) -> None:
        """Publish this version of a list; the contract takes no version twice and none lower."""


def silent(_what: str, _done: int, _total: int) -> None:
    """Report nothing."""
