"""The door to the trust state: replay a journal, then ask it questions as of a time."""

from collections.abc import Iterable

from registry.journal import JournalEntry
from registry.kinds import AgencyState, AlgorithmPhase, KeySafety
from registry.records import Agency, Anchor, KeyRecord, StatusRecord
from registry.trust_builder import TrustBuilder
from registry.trust_state import TrustState

__all__ = [
    "Agency",
    "AgencyState",
    "AlgorithmPhase",
    "Anchor",
    "KeyRecord",
    "KeySafety",
    "StatusRecord",
    "TrustBuilder",
    "TrustState",
    "replay",
]


def replay(chain_id: int, contract: bytes, entries: Iterable[JournalEntry]) -> TrustState:
    """The trust state after all these entries, every rule of docs/formats/journal.md kept.

    Raises JournalError, which names the first entry that breaks one.
    """
    builder = TrustBuilder(chain_id, contract)
    builder.extend(entries)
    return builder.build()
