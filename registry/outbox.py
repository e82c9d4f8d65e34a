"""Transactions that were signed, kept from before the first sending until they took effect.

Whoever sends again sends the same bytes: they hold the same nonce and cannot take effect twice,
even where the node that swallowed the first copy still has it.
"""

from typing import Protocol


class Outbox(Protocol):
    """Where signed transactions wait; `key` names the call and its sender."""

    def signed(self, key: bytes) -> bytes | None:
        """Return the transaction that was signed for this call; None where there is none."""
        ...

    def keep(self, key: bytes, transaction: bytes) -> None:
        """The transaction is kept, before anybody sees it."""
        ...

    def forget(self, key: bytes) -> None:
        """The transaction is out of use: it took effect, or its nonce went to another."""
        ...


class MemoryOutbox:
    """An outbox for one process: commands of a person, who is there when something fails."""

    def __init__(self) -> None:
        self._kept: dict[bytes, bytes] = {}

    def signed(self, key: bytes) -> bytes | None:
        """Return the transaction that was signed for this call."""
        return self._kept.get(key)

    def keep(self, key: bytes, transaction: bytes) -> None:
        """The transaction is kept until this process ends."""
        self._kept[key] = transaction

    def forget(self, key: bytes) -> None:
        """The transaction is kept no longer."""
        self._kept.pop(key, None)
