"""A chain in memory that keeps the rules of the journal and is read as the real one is."""

from registry.chain_protocol import JournalHead
from registry.journal import JournalEntry, head_after, make_entry
from registry.payloads import Payload
from registry.trust_builder import TrustBuilder

CHAIN_ID = 31337
CONTRACT = bytes(range(1, 21))


class MemoryChain:
    """A `JournalChain`; `unfinal` is how many of the last entries may still change."""

    def __init__(
        self, contract: bytes = CONTRACT, begun_at: tuple[int, bytes] | None = None
    ) -> None:
        self.chain_id = CHAIN_ID
        self.contract = contract
        self.unfinal = 0
        self.reads: list[tuple[int, int | None]] = []
        self.journal: list[JournalEntry] = []
        self.begun_at = begun_at or (CHAIN_ID, contract)
        self._rules = TrustBuilder(*self.begun_at)

    def append(self, payload: Payload, at: int = 1_800_000_000) -> None:
        entry = make_entry(len(self.journal), at, payload)
        self._rules.apply(entry)
        self.journal.append(entry)

    def head(self) -> JournalHead:
        size = len(self.journal)
        return JournalHead(size, head_after(*self.begun_at, self.journal))

    def finalized_size(self) -> int:
        return len(self.journal) - self.unfinal

    def entries(self, first: int, stop: int | None = None) -> list[JournalEntry]:
        self.reads.append((first, stop))
        return self.journal[first:stop]
