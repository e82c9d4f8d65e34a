"""The door to the trust state: replay a journal, then ask it questions as of a time."""

from collections.abc import Iterable

from registry.journal import JournalEntry
from registry.kinds import AgencyState as AgencyState
from registry.kinds import AlgorithmPhase as AlgorithmPhase
from registry.kinds import KeySafety as KeySafety
from registry.records import Agency as Agency
from registry.records import Anchor as Anchor
from registry.records import KeyRecord as KeyRecord
from registry.records import StatusRecord as StatusRecord
from registry.trust_builder import TrustBuilder as TrustBuilder
from registry.trust_state import TrustState as TrustState


def replay(chain_id: int, contract: bytes, entries: Iterable[JournalEntry]) -> TrustState:
    """The trust state after all these entries, every rule of docs/formats/journal.md kept.

    Raises JournalError, which names the first entry that breaks one.
    """
    builder = TrustBuilder(chain_id, contract)
    builder.extend(entries)
    return builder.build()
