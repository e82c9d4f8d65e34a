"""The office's own copy of the registry's journal.

Followed entry by entry, and the proof that the chain is still ours.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from credential.ids import UnixTime
from issuer.database import Database
from issuer.errors import ChainInDoubtError, ForeignChainError
from issuer.ports import Clock
from registry.chain_protocol import JournalChain
from registry.errors import ChainError, ChainMismatchError, ChainUnavailableError, JournalError
from registry.head import initial_head, next_head
from registry.journal import JournalEntry
from registry.journal_homes import told_homes
from registry.lineage import RegistryId
from registry.rim_errors import ChainLiesError
from registry.trust_builder import TrustBuilder
from registry.trust_state import TrustState

WAY_OUT = (
    "Nothing was changed. If the address of the chain is wrong, correct it in issuer.json. If this "
    "is a local chain "
    "that was restarted, it has forgotten everything: start a new office with `sealroot issuer "
    "init` in another "
    "folder; what was issued before stays readable here, but can no longer be checked against that "
    "chain."
)


@dataclass(frozen=True, slots=True)
class Followed:
    """What the final part of the journal says, and when it was last compared with the chain."""

    state: TrustState
    as_of: UnixTime
    unreachable: ChainError | None


class JournalFollower:
    """Keeps the copy in the database and replays it.

    Only final entries are ever kept or believed.
    """

    def __init__(self, database: Database, chain: JournalChain, clock: Clock) -> None:
        """Begin with nothing replayed; `follow` does the work."""
        self._database = database
        self._chain = chain
        self._clock = clock
        self._builder: TrustBuilder | None = None
        self._state: TrustState | None = None

    def follow(self) -> Followed:
        """The copy holds everything that is final on the chain.

        And both agree from the first entry to the last.

        While the chain does not answer, the copy alone is what we go by, with its own as-of time.
        Raises ForeignChainError when chain and copy are not one journal.
        """
        self._replay_copy()
        try:
            self._fetch()
        except ChainMismatchError as error:
            raise ChainInDoubtError(f"{error} {WAY_OUT}") from error
        except ChainLiesError:
            raise
        except ChainError as error:
            return self._followed(error)
        return self._followed(None)

    def recent(self, seconds: int) -> Followed:
        """Return what the copy says if it was brought up to date so recently.

        Else what `follow` returns.

        For the counter: somebody is waiting, and opening the chain takes longer than all the rest.
        """
        self._replay_copy()
        with self._database.reading() as repository:
            followed_at = repository.installations.get().followed_at
        if 0 <= self._clock() - followed_at <= seconds:
            return self._followed(None)
        return self.follow()

    def at_counter(self, seconds: int) -> Followed:
        """Return what `recent` returns, or what the copy says while the chain is in doubt.

        A document signed now names chain and contract of this database, whatever a node tells:
        whoever waits at the counter gets it as "signed, not yet anchored".
        """
        try:
            return self.recent(seconds)
        except ChainInDoubtError as error:
            return self._followed(ChainUnavailableError(str(error)))
        except ChainLiesError as error:
            return self._followed(error)

    def held(self, why: ChainError) -> Followed:
        """Return what the copy says, without asking the chain, and why it was not asked."""
        self._replay_copy()
        return self._followed(why)

    def _replay_copy(self) -> None:
        with self._database.reading() as repository:
            installation = repository.installations.get()
            if self._builder is None:
                self._builder = TrustBuilder(installation.chain_id, installation.contract)
            self._extend(self._builder, repository.installations.journal(self._builder.size))

    def _fetch(self) -> None:
        builder = self._replayed()
        self._require_same_registry()
        size, head = self._chain.finalized_head()
        if size < builder.size:
            raise self._shorter(size, head, builder.size)
        entries = self._chain.entries(builder.size, size)
        computed = builder.head
        for entry in entries:
            computed = next_head(computed, *entry)
        if len(entries) != size - builder.size or computed != head:
            raise ForeignChainError(
                f"the chain's journal of {size} entries does not continue the {builder.size} "
                f"entries known here. {WAY_OUT}"
            )
        self._keep(builder, entries)

    def _shorter(self, size: int, head: bytes, known: int) -> ForeignChainError | ChainError:
        """The error for a chain that has fewer final entries than are known here.

        A beginning of our own journal is what a node tells that is still catching up: it is waited
        for. Anything else, and a registry without any entry, is another journal.
        """
        with self._database.reading() as repository:
            installation = repository.installations.get()
            entries = repository.installations.journal(0)[:size]
        ours = initial_head(installation.chain_id, installation.contract)
        for entry in entries:
            ours = next_head(ours, *entry)
        if size and ours == head:
            return ChainUnavailableError(
                f"the nodes that answer know {size} of the {known} entries that were final before: "
                "they are catching up, or the chain was set back. Nothing was sent and nothing is "
                "lost; it is looked at again. If it stays so, ask the registry's operator."
            )
        return ForeignChainError(
            f"the chain's journal has {size} entries, but {known} are known here. {WAY_OUT}"
        )

    def _keep(self, builder: TrustBuilder, entries: Sequence[JournalEntry]) -> None:
        """The entries are in the copy, unless they break a rule of the journal.

        Then nothing of them is.
        """
        before = builder.size
        self._builder = (
            None  # if anything fails from here on, the next follow() begins with the copy
        )
        self._extend(builder, entries)
        # A crash right here loses only what the chain still has: the next follow() fetches it
        # again.
        with self._database.transaction() as repository:
            repository.installations.lock()
            kept = repository.installations.journal_size() - before  # by another process meanwhile
            repository.installations.append_journal(entries[kept:], self._clock())
        self._builder = builder

    def _extend(self, builder: TrustBuilder, entries: Sequence[JournalEntry]) -> None:
        before = builder.size
        try:
            builder.extend(entries)
        except JournalError as error:
            raise ForeignChainError(
                f"the chain's journal breaks its own rules: {error}. Nothing of it was kept. Ask "
                "the registry's "
                "operator; no document is issued until this is cleared up."
            ) from error
        if self._state is None or builder.size != before:
            self._state = builder.build()

    def _require_same_registry(self) -> None:
        builder = self._replayed()
        theirs = (self._chain.chain_id, bytes(self._chain.contract))
        state = self._state
        if state is None or (
            theirs != (state.chain_id, state.contract) and not self._was_carried_to(theirs, state)
        ):
            raise ForeignChainError(
                f"this database belongs to another registry than the contract 0x{theirs[1].hex()} "
                f"on chain {theirs[0]} "
                f"(its journal here has {builder.size} entries). {WAY_OUT}"
            )

    def _was_carried_to(self, registry: RegistryId, state: TrustState) -> bool:
        """Whether the chain's journal goes on from our copy and tells of a move to this registry.

        What it tells is held against the head, like all entries, before any of it is believed.
        """
        size = self._chain.head().size
        if size <= state.size:
            return False
        fresh = self._chain.entries(state.size, size)
        last = told_homes((state.chain_id, state.contract), fresh, state.successor)[-1]
        return last.registry == registry

    def _replayed(self) -> TrustBuilder:
        if self._builder is None:
            raise RuntimeError("the copy is replayed before the chain is asked")
        return self._builder

    def _followed(self, unreachable: ChainError | None) -> Followed:
        if self._state is None:
            raise RuntimeError("the copy is replayed before it is used")
        with self._database.reading() as repository:
            as_of = UnixTime(repository.installations.get().followed_at)
        return Followed(self._state, as_of, unreachable)
