"""Range files and heads files: pieces of a journal that a mirror hands out (mirror.md)."""

from collections.abc import Iterable, Sequence
from struct import Struct
from struct import error as struct_error
from typing import Final, NamedTuple

from credential.ids import Digest
from registry.errors import JournalError
from registry.head import next_head
from registry.journal import MAX_ENTRY_BYTES, JournalEntry

CHUNK_ENTRIES: Final = 1_024
"""How many entries a full chunk has, and the most that one range holds."""

_RANGE_MAGIC: Final = b"SEALRNG1"
_HEADS_MAGIC: Final = b"SEALHED1"
_RANGE_HEAD: Final = Struct(">8s32s20sQI32s")
_HEADS_HEAD: Final = Struct(">8s32s20sQI")
_ENTRY_HEAD: Final = Struct(">QBH")
MAX_RANGE_BYTES: Final = _RANGE_HEAD.size + CHUNK_ENTRIES * (_ENTRY_HEAD.size + MAX_ENTRY_BYTES)
MAX_HEADS_BYTES: Final = _HEADS_HEAD.size + (CHUNK_ENTRIES + 1) * 32


class RegistryId(NamedTuple):
    """The registry whose head a journal begins with: its first home."""

    chain_id: int
    contract: bytes

    @property
    def folder(self) -> str:
        """The name under which a mirror keeps this registry beside its own."""
        return f"{self.chain_id}-{self.contract.hex()}"


class JournalRange(NamedTuple):
    """Entries from `first` on. `head_after` is what the maker says: it proves nothing."""

    registry: RegistryId
    first: int
    entries: tuple[JournalEntry, ...]
    head_after: Digest


class Heads(NamedTuple):
    """The head before entry `first` and after each entry from there on; as unproven as a range."""

    registry: RegistryId
    first: int
    heads: tuple[Digest, ...]


def range_head(registry: RegistryId, first: int, count: int, head_after: bytes) -> bytes:
    """The bytes of a range file before its first entry."""
    chain_id = registry.chain_id.to_bytes(32, "big")
    return _RANGE_HEAD.pack(_RANGE_MAGIC, chain_id, registry.contract, first, count, head_after)


def encode_range(
    registry: RegistryId, first: int, entries: Sequence[JournalEntry], head_after: bytes
) -> bytes:
    """The range file of these entries, which begin at `first`."""
    parts = [range_head(registry, first, len(entries), head_after)]
    for _, time, kind, content in entries:
        parts += (_ENTRY_HEAD.pack(time, kind, len(content)), content)
    return b"".join(parts)


def decode_range(source: bytes) -> JournalRange:
    """The entries in a range file.

    Raises JournalError for other bytes; it names the entry inside which they end.
    """
    try:
        magic, chain_id, contract, first, count, head_after = _RANGE_HEAD.unpack_from(source)
    except struct_error:
        raise JournalError("these bytes are too few for a range file") from None
    if magic != _RANGE_MAGIC:
        raise JournalError("these bytes are not a range file: it begins with SEALRNG1")
    if count > CHUNK_ENTRIES:
        raise JournalError(f"a range file of {count} entries; at most {CHUNK_ENTRIES} are read")
    registry = RegistryId(int.from_bytes(chain_id, "big"), contract)
    entries, position = [], _RANGE_HEAD.size
    for index in range(first, first + count):
        try:
            time, kind, length = _ENTRY_HEAD.unpack_from(source, position)
        except struct_error:
            raise _cut_short(index) from None
        start = position + _ENTRY_HEAD.size
        position = start + length
        if position > len(source):
            raise _cut_short(index)
        entries.append(JournalEntry(index, time, kind, source[start:position]))
    if position != len(source):
        raise JournalError("bytes follow the last entry of the range", first + count)
    return JournalRange(registry, first, tuple(entries), Digest(head_after))


def _cut_short(index: int) -> JournalError:
    return JournalError("the range file ends inside this entry or before it", index)


def encode_heads(registry: RegistryId, first: int, heads: Sequence[bytes]) -> bytes:
    """The heads file of `len(heads) - 1` entries; the first head is the one before `first`."""
    chain_id = registry.chain_id.to_bytes(32, "big")
    start = _HEADS_HEAD.pack(_HEADS_MAGIC, chain_id, registry.contract, first, len(heads) - 1)
    return start + b"".join(heads)


def decode_heads(source: bytes) -> Heads:
    """The heads in a heads file. Raises JournalError for other bytes."""
    try:
        magic, chain_id, contract, first, count = _HEADS_HEAD.unpack_from(source)
    except struct_error:
        raise JournalError("these bytes are too few for a heads file") from None
    if magic != _HEADS_MAGIC or count > CHUNK_ENTRIES:
        raise JournalError("these bytes are not a heads file")
    if len(source) != _HEADS_HEAD.size + 32 * (count + 1):
        raise JournalError("the heads file has another length than it says")
    starts = range(_HEADS_HEAD.size, len(source), 32)
    registry = RegistryId(int.from_bytes(chain_id, "big"), contract)
    return Heads(registry, first, tuple(Digest(source[at : at + 32]) for at in starts))


def heads_of(head: bytes, entries: Iterable[JournalEntry]) -> list[Digest]:
    """The head before these entries and after each of them."""
    heads = [Digest(head)]
    for entry in entries:
        heads.append(next_head(heads[-1], *entry))
    return heads


def chunk_firsts(start: int, stop: int) -> range:
    """The first entries of the chunks that hold the entries `start` to `stop - 1`."""
    return range(start - start % CHUNK_ENTRIES, stop, CHUNK_ENTRIES)
