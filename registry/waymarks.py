"""Waymarks: a few bytes of every head of a journal, so that a reader can name what was changed.

Nobody vouches for them and nothing is believed because of them (docs/formats/bundle.md, member 11):
the proven head alone decides whether a journal is whole. They only say *where* it is not.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from credential.ids import Digest
from registry.head import initial_head, next_head
from registry.journal import Journal, JournalEntry

WAYMARK_BYTES: Final = 4


def waymarks_of(journal: Journal) -> bytes:
    """The first four bytes of the head after each entry, one behind the other."""
    start = initial_head(journal.chain_id, journal.contract)
    return b"".join(head[:WAYMARK_BYTES] for head in _heads(start, journal.entries))


def first_off_the_way(
    waymarks: bytes, start: Digest, entries: Iterable[JournalEntry]
) -> int | None:
    """The index of the first entry whose head has another waymark, or None where all fit.

    Where the entries end too soon it is the index of the first that is missing.
    """
    size = 0
    for size, head in enumerate(_heads(start, entries), 1):
        place = (size - 1) * WAYMARK_BYTES
        if waymarks[place : place + WAYMARK_BYTES] != head[:WAYMARK_BYTES]:
            return size - 1
    return size if size * WAYMARK_BYTES < len(waymarks) else None


def _heads(start: Digest, entries: Iterable[JournalEntry]) -> Iterator[Digest]:
    head = start
    for entry in entries:
        head = next_head(head, *entry)
        yield head
