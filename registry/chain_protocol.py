"""What the rest of the product asks of a chain, so that tests can put another in its place."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

from credential.ids import AgencyCode, Kid
from registry.journal import JournalEntry
from registry.kinds import AgencyState


class JournalHead(NamedTuple):
    """How many entries a journal has, and the word that commits to them."""

    size: int
    head: bytes


class AgencyOnChain(NamedTuple):
    """An agency as the contract holds it now; batches up to `next_batch - 1` are anchored."""

    state: AgencyState
    next_batch: int
    anchor_account: str
    operations_account: str


class Sent(NamedTuple):
    """What came of a change.

    The transaction that made it, or None where it had been made before.
    """

    transaction: str | None
    block: int | None


class ChainTimes(NamedTuple):
    """What the chain's clocks say.

    `block` is the newest block's time; `nodes` how far each node's clock is ahead of
    `time.monotonic()` here, as its answers date themselves.
    """

    block: int
    nodes: dict[str, float]


class ChainAccount(Protocol):
    """Someone who can sign transactions."""

    @property
    def address(self) -> str:
        """The account's address with its checksum (EIP-55)."""
        ...

    def sign_transaction(self, transaction: dict[str, Any]) -> bytes:
        """Return the signed transaction, ready to send."""
        ...


class JournalChain(Protocol):
    """A registry's journal, read from a chain."""

    @property
    def chain_id(self) -> int:
        """The chain id (EIP-155)."""
        ...

    @property
    def contract(self) -> bytes:
        """The address of the registry contract, 20 bytes."""
        ...

    def head(self) -> JournalHead:
        """Return where the journal stands in the newest block."""
        ...

    def finalized_head(self) -> JournalHead:
        """Return size and head of the part of the journal that can no longer change.

        Several nodes must agree on it; raises `EndpointsDisagreeError` where they do not.
        """
        ...

    def finalized_size(self) -> int:
        """Return how many entries can no longer change: an anchor counts only from here on."""
        ...

    def entries(self, first: int, stop: int | None = None) -> Sequence[JournalEntry]:
        """Return the entries first to stop - 1 (or all), checked against the contract."""
        ...


class RegistryChain(JournalChain, Protocol):
    """The registry contract.

    Its journal, what an agency needs to know before it sends, and sending.
    """

    def agency(self, code: AgencyCode) -> AgencyOnChain | None:
        """Return an agency as it is now, or None where the code is not registered."""
        ...

    def batch_key(self, code: AgencyCode, batch_no: int) -> Kid | None:
        """Return the kid that anchored a batch, or None where the batch is not anchored."""
        ...

    def status_version(self, code: AgencyCode, list_no: int) -> int:
        """Return the latest version of a status list; 0 where none is published."""
        ...

    def times(self) -> ChainTimes:
        """Return the time of the newest block, and how far the nodes' clocks are ahead."""
        ...

    def send(
        self,
        function: str,
        arguments: Sequence[Any],
        account: ChainAccount,
        *,
        is_done: Callable[[], bool],
    ) -> Sent:
        """The change has been made, exactly once.

        `is_done` is asked before anything is sent, and again when in doubt.

        `function` and `arguments` are those of contracts/IRegistry.sol. Returns when the
        transaction is in a block; an anchor counts only once `finalized_size` has passed it. Raises
        `ContractRefusedError`, `ChainUnavailableError`, or `TransactionPendingError` when it was
        sent and nobody has seen it in a block in time.
        """
        ...
