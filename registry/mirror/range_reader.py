"""Any range of the journal out of the chunks of a tree (mirror.md, `journal/range`)."""

from collections import OrderedDict
from collections.abc import Sequence
from struct import Struct
from typing import Final, NamedTuple

from registry.errors import JournalError
from registry.mirror.answers import REVALIDATE, Resource, resource
from registry.mirror.errors import RefusedError
from registry.mirror.folder import STANDING, heads_path, journal_path
from registry.mirror.range_file import (
    CHUNK_ENTRIES,
    RegistryId,
    chunk_firsts,
    decode_heads,
    decode_range,
    range_head,
)
from registry.mirror.standing import read_standing
from registry.mirror.tree import BYTES, FileTree

_MOST_CHUNKS: Final = 32
_MOST_ANSWERS: Final = 512
_LENGTH: Final = Struct(">9xH")


class _Chunk(NamedTuple):
    """A chunk with the place of every entry in its bytes, and every head."""

    registry: RegistryId
    first: int
    content: bytes
    places: Sequence[int]
    heads: Sequence[bytes]

    @property
    def stop(self) -> int:
        """The index behind the last entry."""
        return self.first + len(self.places) - 1

    def bytes_of(self, first: int, stop: int) -> bytes:
        """The bytes of the entries first to stop - 1."""
        return self.content[self.places[first - self.first] : self.places[stop - self.first]]


class RangeReader:
    """Ranges of one tree, the last ones kept."""

    def __init__(self, tree: FileTree) -> None:
        self._tree = tree
        self._chunks: OrderedDict[str, _Chunk] = OrderedDict()
        self._answers: OrderedDict[tuple[str, int, int], Resource] = OrderedDict()

    def read(self, first: int, count: int) -> Resource | None:
        """Return the range file of at most `count` entries from `first` on.

        None where the journal here has no such entries, or not whole.
        """
        standing = self._tree.find(STANDING)
        if standing is None:
            return None
        key = (standing.etag, first, count)
        known = self._answers.get(key)
        if known is not None:
            return known
        try:
            size = read_standing(standing.content).size
        except RefusedError:
            return None
        stop = min(first + count, size)
        if first > size or (first == size and count > 0 and size > 0):
            return None
        made = self._made(first, stop, size)
        if made is not None:
            self._answers[key] = made
            while len(self._answers) > _MOST_ANSWERS:
                self._answers.popitem(last=False)
        return made

    def _made(self, first: int, stop: int, size: int) -> Resource | None:
        parts: list[bytes] = []
        chunk = None
        for start in chunk_firsts(first, max(stop, first + 1)):
            chunk = self._chunk(start, size)
            if chunk is None or chunk.stop < min(stop, start + CHUNK_ENTRIES):
                return None
            parts.append(chunk.bytes_of(max(first, start), min(stop, start + CHUNK_ENTRIES)))
        if chunk is None:
            return None
        head = range_head(chunk.registry, first, stop - first, chunk.heads[stop - chunk.first])
        return resource(head + b"".join(parts), BYTES, REVALIDATE)

    def _chunk(self, first: int, size: int) -> _Chunk | None:
        found = self._tree.find(journal_path(first, size))
        heads = self._tree.find(heads_path(first, size))
        if found is None or heads is None:
            return None
        chunk = self._chunks.get(found.etag)
        if chunk is None:
            try:
                chunk = _opened(found.content, heads.content)
            except JournalError:
                return None
            self._chunks[found.etag] = chunk
            while len(self._chunks) > _MOST_CHUNKS:
                self._chunks.popitem(last=False)
        return chunk if chunk.first == first else None


def _opened(content: bytes, heads_file: bytes) -> _Chunk:
    found, heads = decode_range(content), decode_heads(heads_file)
    if (heads.registry, heads.first) != (found.registry, found.first):
        raise JournalError("the heads file belongs to another range")
    places = [len(range_head(found.registry, 0, 0, bytes(32)))]
    for entry in found.entries:
        places.append(places[-1] + _LENGTH.size + len(entry.data))
    if len(heads.heads) != len(places):
        raise JournalError("the heads file is of another length than the range")
    return _Chunk(found.registry, found.first, content, places, heads.heads)
