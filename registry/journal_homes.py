"""The homes a journal tells of, read from its entries without keeping their rules.

For whoever must know where a journal belongs before it is replayed: the writer of a bundle, a
client that follows it to a new chain. Only a replay proves what is read here.
"""

from collections.abc import Iterable

from registry import payloads as p
from registry.errors import JournalError
from registry.journal import JournalEntry
from registry.kinds import Kind
from registry.lineage import Home, RegistryId
from registry.payload_codec import decode_payload


def told_homes(
    first: RegistryId, entries: Iterable[JournalEntry], successor: RegistryId | None = None
) -> tuple[Home, ...]:
    """The homes that these entries tell of, oldest first, from `first` on.

    `successor` is the one named before them, where one was. Entries of these kinds that are
    malformed tell of nothing. Raises what walking the entries raises.
    """
    homes: list[Home] = []
    current, since = first, 0
    for entry in entries:
        if entry.kind == Kind.SUCCESSOR_REGISTRY_SET:
            successor = _named(entry)
        elif entry.kind == Kind.JOURNAL_CARRIED and successor is not None:
            homes.append(Home(*current, since, entry.index))
            current, since, successor = successor, entry.index, None
    return (*homes, Home(*current, since, None))


def _named(entry: JournalEntry) -> RegistryId | None:
    try:
        payload = decode_payload(entry.kind, entry.data)
    except JournalError:
        return None
    if isinstance(payload, p.SuccessorRegistrySet):
        return payload.chain_id, payload.contract
    return None
