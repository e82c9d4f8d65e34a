"""A registry on its chain that is opened when first asked: its client takes seconds to import."""

from collections.abc import Callable, Sequence
from typing import Any

from credential.ids import AgencyCode, Kid
from registry.chain_protocol import (
    AgencyOnChain,
    ChainAccount,
    ChainTimes,
    JournalHead,
    RegistryChain,
    Sent,
)
from registry.journal import JournalEntry


class DeferredChain:
    """What `RegistryChain` promises, without opening anything before the first question."""

    def __init__(self, open_chain: Callable[[], RegistryChain]) -> None:
        self._open_chain = open_chain
        self._opened: RegistryChain | None = None

    def _chain(self) -> RegistryChain:
        if self._opened is None:
            self._opened = self._open_chain()
        return self._opened

    @property
    def chain_id(self) -> int:
        """The chain id (EIP-155)."""
        return self._chain().chain_id

    @property
    def contract(self) -> bytes:
        """The address of the registry contract, 20 bytes."""
        return self._chain().contract

    def head(self) -> JournalHead:
        """Return where the journal stands in the newest block."""
        return self._chain().head()

    def finalized_head(self) -> JournalHead:
        """Return size and head of the part of the journal that can no longer change."""
        return self._chain().finalized_head()

    def finalized_size(self) -> int:
        """Return how many entries can no longer change."""
        return self._chain().finalized_size()

    def entries(self, first: int, stop: int | None = None) -> Sequence[JournalEntry]:
        """Return the entries first to stop - 1 (or all), checked against the contract."""
        return self._chain().entries(first, stop)

    def agency(self, code: AgencyCode) -> AgencyOnChain | None:
        """Return an agency as it is now, or None where the code is not registered."""
        return self._chain().agency(code)

    def batch_key(self, code: AgencyCode, batch_no: int) -> Kid | None:
        """Return the kid that anchored a batch, or None where the batch is not anchored."""
        return self._chain().batch_key(code, batch_no)

    def status_version(self, code: AgencyCode, list_no: int) -> int:
        """Return the latest version of a status list; 0 where none is published."""
        return self._chain().status_version(code, list_no)

    def times(self) -> ChainTimes:
        """Return the time of the newest block, and how far the nodes' clocks are ahead."""
        return self._chain().times()

    def send(
        self,
        function: str,
        arguments: Sequence[Any],
        account: ChainAccount,
        *,
        is_done: Callable[[], bool],
    ) -> Sent:
        """The change has been made, exactly once; see `RegistryChain.send`."""
        return self._chain().send(function, arguments, account, is_done=is_done)
