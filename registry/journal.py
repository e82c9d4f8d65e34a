"""The journal: entries in order, the head that commits to them, the file a copy travels in.

docs/formats/journal.md is the format. What the entries *mean* is the business of registry/trust.py.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from struct import Struct
from struct import error as struct_error
from typing import NamedTuple

from credential.ids import Digest
from registry.errors import JournalError
from registry.head import initial_head, next_head
from registry.kinds import Kind
from registry.payload_codec import decode_payload, encode_payload, kind_of
from registry.payloads import Names, Payload

__all__ = [
    "Journal",
    "JournalDifference",
    "JournalEntry",
    "JournalFile",
    "Kind",
    "decode_payload",
    "describe_entry",
    "encode_payload",
    "first_difference",
    "head_after",
    "initial_head",
    "make_entry",
    "next_head",
    "open_journal_file",
    "read_journal_file",
    "write_journal_file",
]
MAGIC = b"SEALJNL1"
MAX_FILE_BYTES = 1 << 30
_FILE_HEAD = Struct(">8s32s20s")
_ENTRY_HEAD = Struct(">QBH")
MAX_ENTRY_BYTES = 0xFFFF


class JournalEntry(NamedTuple):
    """One entry as the chain has it.

    `kind` is the raw byte: a copy can be checked without knowing every kind.
    """

    index: int  # type: ignore[assignment]  # the journal's word; nobody searches a tuple
    time: int
    kind: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Journal:
    """A copy of a journal. Nothing but its framing has been checked."""

    chain_id: int
    contract: bytes
    entries: tuple[JournalEntry, ...]

    def head(self, size: int | None = None) -> Digest:
        """The head after `size` entries, or after all."""
        return head_after(self.chain_id, self.contract, self.entries[:size])


class JournalFile(NamedTuple):
    """A journal file opened at its head.

    `entries` reads it while it is walked, once, and ends at the last byte.
    """

    chain_id: int
    contract: bytes
    entries: Iterator[JournalEntry]


def make_entry(index: int, time: int, payload: Payload) -> JournalEntry:
    """The entry that says `payload`, as the contract would append it."""
    return JournalEntry(index, time, int(kind_of(payload)), encode_payload(payload))


def head_after(chain_id: int, contract: bytes, entries: Iterable[JournalEntry]) -> Digest:
    """The head after these entries, counted from the first."""
    head = initial_head(chain_id, contract)
    for entry in entries:
        head = next_head(head, *entry)
    return head


def open_journal_file(source: bytes, *, max_bytes: int = MAX_FILE_BYTES) -> JournalFile:
    """The registry a journal file belongs to, and its entries one by one.

    Nothing is held that is not asked for.

    Raises JournalError here for a file that is too large or no journal file, and while the entries
    are walked for bytes that end inside an entry.
    """
    if len(source) > max_bytes:
        message = f"the journal file has {len(source)} bytes; at most {max_bytes} are read"
        raise JournalError(message)
    if len(source) < _FILE_HEAD.size or not source.startswith(MAGIC):
        message = (
            "these bytes are not a journal file: it begins with SEALJNL1, the chain id and "
            "the contract"
        )
        raise JournalError(message)
    _, chain_id, contract = _FILE_HEAD.unpack_from(source)
    return JournalFile(int.from_bytes(chain_id, "big"), contract, _walk(source))


def _walk(source: bytes) -> Iterator[JournalEntry]:
    unpack, overhead, end = _ENTRY_HEAD.unpack_from, _ENTRY_HEAD.size, len(source)
    index, position = 0, _FILE_HEAD.size
    while position < end:
        try:
            time, kind, length = unpack(source, position)
        except struct_error:
            raise _cut_short(index) from None
        start = position + overhead
        position = start + length
        if position > end:
            raise _cut_short(index)
        yield JournalEntry(index, time, kind, source[start:position])
        index += 1


def _cut_short(index: int) -> JournalError:
    return JournalError("the file ends inside this entry; get a whole copy", index)


def read_journal_file(source: bytes, *, max_bytes: int = MAX_FILE_BYTES) -> Journal:
    """The journal in a file, whole. Raises JournalError for bytes that are none."""
    chain_id, contract, entries = open_journal_file(source, max_bytes=max_bytes)
    return Journal(chain_id, contract, tuple(entries))


def write_journal_file(journal: Journal) -> bytes:
    """The file of a journal. Raises JournalError for entries out of order or too long."""
    parts = [_FILE_HEAD.pack(MAGIC, journal.chain_id.to_bytes(32, "big"), journal.contract)]
    for position, (index, time, kind, content) in enumerate(journal.entries):
        if index != position or len(content) > MAX_ENTRY_BYTES:
            message = (
                f"it stands at position {position} with {len(content)} bytes and cannot be "
                "written there"
            )
            raise JournalError(message, index)
        parts += (_ENTRY_HEAD.pack(time, kind, len(content)), content)
    return b"".join(parts)


def describe_entry(entry: JournalEntry) -> dict[str, str | int]:
    """An entry as the tools print it (journal.md, "CDDL of one decoded entry").

    Raises JournalError.
    """
    payload = decode_payload(entry.kind, entry.data)
    described: dict[str, str | int] = {
        "index": entry.index,
        "time": entry.time,
        "kind": Kind(entry.kind).title,
    }
    for name in payload.__dataclass_fields__:
        described.update(_describe(name, getattr(payload, name)))
    return described


def _describe(name: str, value: object) -> dict[str, str | int]:
    if isinstance(value, Names):
        return {"name_zh_hant": value.zh_hant, "name_en": value.en}
    if isinstance(value, bytes):
        return {name: value.hex()}
    if isinstance(value, tuple):
        return {name: ",".join(key.hex() for key in value)}
    if isinstance(value, str | int):
        return {name: value if isinstance(value, str) else int(value)}
    return {name: ""}


class JournalDifference(NamedTuple):
    """The first place where two journals part.

    `what` is one of changed, dropped, reordered, added, time.
    """

    index: int  # type: ignore[assignment]  # the journal's word; nobody searches a tuple
    what: str
    message: str


def first_difference(
    copy: Iterable[JournalEntry], reference: Iterable[JournalEntry]
) -> JournalDifference | None:
    """Where and how a copy first differs from a reference, or None where they are the same."""
    copied, referred = tuple(copy), tuple(reference)
    for index, (ours, theirs) in enumerate(zip_longest(copied, referred)):
        if ours is not None and theirs is not None and ours[1:] == theirs[1:]:
            continue
        what = _name_difference(copied[index : index + 2], referred[index : index + 2])
        return JournalDifference(index, what, f"entry {index} of this copy was {what}")
    return None


def _name_difference(ours: tuple[JournalEntry, ...], theirs: tuple[JournalEntry, ...]) -> str:
    """What happened at the first difference, seen by looking one entry ahead on both sides.

    That is enough to tell an edit from a loss, an insertion and a swap.
    """
    here, there = [entry[1:] for entry in ours], [entry[1:] for entry in theirs]
    if not there:
        return "added"
    if not here:
        return "dropped"
    if len(here) > 1 and len(there) > 1 and (here[0], here[1]) == (there[1], there[0]):
        return "reordered"
    if len(there) > 1 and here[0] == there[1]:
        return "dropped"
    if len(here) > 1 and here[1] == there[0]:
        return "added"
    return "changed"
