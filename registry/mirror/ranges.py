"""Fetches the entries that are missing and hashes them onto what is held (mirror.md, step 5).

Ranges fetched and not proven yet lie in `incoming/`, so that a sync that was cut off goes on.
"""

import contextlib
from collections.abc import Callable, Iterator
from typing import NamedTuple

from registry.errors import JournalError
from registry.journal import MAX_FILE_BYTES, JournalEntry
from registry.mirror.diagnosis import Fault, Witness, fault_by_heads
from registry.mirror.errors import RefusedError, SourceError
from registry.mirror.folder import Held, MirrorFolder, chunk_name, heads_path, journal_path
from registry.mirror.offer import Offer
from registry.mirror.range_file import (
    CHUNK_ENTRIES,
    MAX_HEADS_BYTES,
    MAX_RANGE_BYTES,
    chunk_firsts,
    decode_heads,
    decode_range,
    heads_of,
)
from registry.public_folder import write_atomically

Progress = Callable[[int, int], None]


class Fetched(NamedTuple):
    """The journal up to the vouched size, as fetched; and whether any of it lay here unproven."""

    journal: Held
    some_was_here: bool


def fetch_entries(offer: Offer, folder: MirrorFolder, held: Held, progress: Progress) -> Fetched:
    """Return the journal up to the size that is vouched for; its head there is the stated one.

    Raises SourceError, or RefusedError that names the first entry that is missing or changed.
    """
    goal = offer.goal.size
    entries, heads = held.entries[:goal], held.heads[: goal + 1]
    some_was_here, received = False, 0
    for first in chunk_firsts(len(entries), goal) if len(entries) < goal else []:
        stop = min(first + CHUNK_ENTRIES, goal)
        waiting = _waiting(offer, folder, first, stop)
        some_was_here |= waiting is not None
        found = waiting or _fetch_range(offer, folder, first, stop)
        fresh = found[len(entries) - first : stop - first]
        received += sum(len(entry.data) for entry in fresh)
        if received > MAX_FILE_BYTES:
            raise RefusedError("it sends more than a journal may have", "malformed", first)
        heads += heads_of(heads[-1], fresh)[1:]
        entries += fresh
        progress(len(entries), goal)
        if len(entries) < stop:
            break
    fetched = Fetched(Held(entries, heads), some_was_here)
    if len(entries) < goal or heads[-1] != offer.goal.head:
        if some_was_here:
            return fetched
        raise _refusal(offer, held, Held(entries, heads))
    return fetched


def is_proven(offer: Offer, fetched: Fetched) -> bool:
    """Whether the journal is the one that is vouched for."""
    journal, goal = fetched.journal, offer.goal
    return len(journal.entries) == goal.size and journal.heads[-1] == goal.head


def _waiting(
    offer: Offer, folder: MirrorFolder, first: int, stop: int
) -> tuple[JournalEntry, ...] | None:
    """The entries of a range that an earlier sync had fetched, where they are enough."""
    path = folder.incoming / chunk_name(first)
    try:
        found = decode_range(path.read_bytes())
    except (OSError, JournalError):
        return None
    is_right = (found.registry, found.first) == (offer.registry, first)
    return found.entries if is_right and len(found.entries) >= stop - first else None


def _fetch_range(
    offer: Offer, folder: MirrorFolder, first: int, stop: int
) -> tuple[JournalEntry, ...]:
    """The entries from `first` on that the source gives; kept, unproven, in incoming/."""
    size = max(offer.standing.size, stop)
    content = None
    for path in dict.fromkeys((journal_path(first, size), f"journal/{chunk_name(first)}")):
        try:
            content = offer.fetch(path, MAX_RANGE_BYTES)
            found = decode_range(content)
        except SourceError as error:
            if not error.missing:
                raise
            continue
        except JournalError as error:
            raise RefusedError(f"{path} is malformed: {error}", "malformed", error.index) from error
        if found.registry != offer.registry:
            raise RefusedError(f"{path} is of another registry", "foreign", first)
        if found.first == first:
            # A crash right here leaves a range that the next sync takes up, and proves or drops.
            write_atomically(folder.incoming / chunk_name(first), content)
            return found.entries
    raise RefusedError(
        f"entry {first} is missing: the source claims {offer.standing.size} entries and serves "
        "none from there on",
        "missing",
        first,
    )


def _refusal(offer: Offer, held: Held, wrong: Held) -> RefusedError:
    """Why these entries are not the journal that is vouched for, as exactly as can be found out."""
    known, size = len(held.entries), offer.goal.size
    witnessed = _witness(offer, known, len(wrong.entries) - known)
    if known and (witnessed is None or witnessed.heads[0] != held.heads[known]):
        index = first_divergence(offer, held)
        if index is not None:
            return _diverged(index, wrong)
    fault = None if witnessed is None else fault_by_heads(wrong.entries[known:], witnessed)
    if fault is not None:
        return _named(fault, wrong)
    if len(wrong.entries) < size:
        at = len(wrong.entries)
        message = f"entry {at} is missing: {size} are vouched for, and the source serves {at}"
        return RefusedError(message, "missing", at, wrong.entries)
    return RefusedError(
        f"the head after {size} entries is not the one that is vouched for: an entry from {known} "
        f"to {size - 1} was changed, dropped, added or moved",
        "changed",
        entries=wrong.entries,
    )


def _named(fault: Fault, wrong: Held) -> RefusedError:
    return RefusedError(
        f"{fault.sentence}: the heads after every entry, and the one that is vouched for, say so",
        "missing" if fault.what == "dropped" else "changed",
        fault.at,
        wrong.entries,
    )


def _diverged(index: int, wrong: Held) -> RefusedError:
    return RefusedError(
        f"its journal and the one held here part at entry {index}: one journal in two versions. "
        "Both are kept; tell the registry",
        "fork",
        index,
        wrong.entries,
    )


def _witness(offer: Offer, known: int, served: int) -> Witness | None:
    """The heads from what is held up to the vouched size, where the source has them whole."""
    goal = offer.goal.size
    if goal > known + served + CHUNK_ENTRIES:
        return None  # whole chunks are missing, and nobody has to read on to say so
    heads: list[bytes] = []
    for first in chunk_firsts(known, goal):
        size = max(offer.standing.size, goal)
        try:
            found = decode_heads(offer.fetch(heads_path(first, size), MAX_HEADS_BYTES))
        except (SourceError, JournalError):
            return None
        if (found.registry, found.first) != (offer.registry, first):
            return None
        heads += found.heads[max(known - first, 0) + (1 if heads else 0) :]
    whole = heads[: goal - known + 1]
    is_whole = len(whole) == goal - known + 1 and whole[-1] == offer.goal.head
    return Witness(known, whole) if is_whole else None


def first_divergence(offer: Offer, held: Held) -> int | None:
    """Return the first entry in which the source and what is held differ, where one is found."""
    with contextlib.suppress(SourceError, JournalError):
        for entry in _entries_of(offer, len(held.entries)):
            if entry != held.entries[entry.index]:
                return entry.index
    return None


def _entries_of(offer: Offer, stop: int) -> Iterator[JournalEntry]:
    for first in chunk_firsts(0, stop):
        found = decode_range(offer.fetch(journal_path(first, offer.standing.size), MAX_RANGE_BYTES))
        if found.first != first:
            return
        yield from (entry for entry in found.entries if entry.index < stop)
