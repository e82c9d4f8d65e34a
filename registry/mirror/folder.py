"""The folder of a mirror: the tree of files of mirror.md, and what the mirror has seen.

mirror.json, checkpoints.cbor, journal/, heads/, bundles/, status/, details/, types/, …
floor.json      what this mirror never goes back behind
incoming/       ranges of a sync under way, not proven yet
refused/        what a source gave and must not be used, kept as evidence
registries/     other registries, each with the same tree
"""

import gzip
import json
from pathlib import Path
from typing import Final, NamedTuple

from credential.ids import Digest, UnixTime
from registry.errors import JournalError
from registry.head import initial_head
from registry.journal import JournalEntry
from registry.mirror.errors import MirrorFolderError, RefusedError
from registry.mirror.range_file import (
    CHUNK_ENTRIES,
    MAX_RANGE_BYTES,
    JournalRange,
    RegistryId,
    chunk_firsts,
    decode_range,
    encode_heads,
    encode_range,
    heads_of,
)
from registry.mirror.standing import MAX_STANDING_BYTES, Standing, read_standing
from registry.plain_words import explained
from registry.public_folder import PublicFolder, write_atomically
from registry.trust_data import Floor

STANDING: Final = "mirror.json"
CHECKPOINTS: Final = "checkpoints.cbor"
EVIDENCE: Final = "evidence.cbor"
TRUST_ANCHOR: Final = "trust-anchor.cbor"
STATISTICS: Final = "statistics.json"
HEALTH: Final = "health.json"
REGISTRIES: Final = "registries"
_FLOOR: Final = "floor.json"
_TAIL: Final = "tail.bin"
_WORTH_ZIPPING: Final = 0.9


class Held(NamedTuple):
    """The journal in a folder, as far as its chunks hash onto each other, and every head of it."""

    entries: list[JournalEntry]
    heads: list[Digest]


def chunk_name(first: int) -> str:
    """The file name of the full chunk that begins at an entry."""
    return f"{first:010d}.bin"


def journal_path(first: int, size: int) -> str:
    """The path of the range file from `first` on, in a journal of `size` entries."""
    return f"journal/{chunk_name(first) if first + CHUNK_ENTRIES <= size else _TAIL}"


def heads_path(first: int, size: int) -> str:
    """The path of the heads file from `first` on, in a journal of `size` entries."""
    return f"heads/{chunk_name(first) if first + CHUNK_ENTRIES <= size else _TAIL}"


class MirrorFolder:
    """One registry's tree of files."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.public = PublicFolder(root)
        self.incoming = root / "incoming"
        self.refused = root / "refused"

    def read(self, path: str, most: int) -> bytes | None:
        """Return a file of the tree, or None where it is not there or too large."""
        try:
            with (self.root / path).open("rb") as file:
                content = file.read(most + 1)
        except OSError:
            return None
        return content if len(content) <= most else None

    def write(self, path: str, content: bytes, *, zipped: bool = False) -> None:
        """The file is in the tree, whole; with `zipped` also compressed, where that is worth it.

        A crash between the two leaves an older compressed file, which the service does not use.
        """
        target = self.root / path
        write_atomically(target, content)
        if not zipped:
            return
        beside = target.with_name(f"{target.name}.gz")
        small = gzip.compress(content, 6, mtime=0)
        if len(small) < _WORTH_ZIPPING * len(content):
            write_atomically(beside, small)
        else:
            beside.unlink(missing_ok=True)

    def beside(self, registry: RegistryId) -> "MirrorFolder":
        """Return the folder of another registry that is mirrored here too."""
        return MirrorFolder(self.root / REGISTRIES / registry.folder)

    def others(self) -> list["MirrorFolder"]:
        """Return the folders of the other registries that are mirrored here."""
        found = (self.root / REGISTRIES).glob(f"*/{STANDING}")
        return [MirrorFolder(path.parent) for path in sorted(found)]

    def standing(self) -> Standing | None:
        """Return where this mirror stands; None in a new folder, or one that is damaged."""
        content = self.read(STANDING, MAX_STANDING_BYTES)
        try:
            return None if content is None else read_standing(content)
        except RefusedError:
            return None

    def registry(self) -> RegistryId | None:
        """Return whose registry is mirrored here, or None in a new folder."""
        standing = self.standing()
        return None if standing is None else standing.registry

    def held(self, registry: RegistryId) -> Held:
        """Return the journal here: every chunk hashed anew, up to the first that is damaged."""
        entries: list[JournalEntry] = []
        heads = [initial_head(*registry)]
        while (found := self._next_range(registry, len(entries))) is not None:
            more = heads_of(heads[-1], found.entries)
            if more[-1] != found.head_after:
                break
            entries.extend(found.entries)
            heads.extend(more[1:])
            if len(found.entries) < CHUNK_ENTRIES:
                break
        return Held(entries, heads)

    def _next_range(self, registry: RegistryId, first: int) -> JournalRange | None:
        for name in (chunk_name(first), _TAIL):
            content = self.read(f"journal/{name}", MAX_RANGE_BYTES)
            try:
                found = None if content is None else decode_range(content)
            except JournalError:
                found = None
            if found is not None and (found.registry, found.first) == (registry, first):
                return found
        return None

    def write_journal(self, registry: RegistryId, journal: Held, *, old: int) -> None:
        """The journal here has all these entries; the first `old` of them were here before.

        A crash between two files leaves the chunks before it, from which the next run goes on.
        """
        entries, heads = journal
        size = len(entries)
        for first in chunk_firsts(min(old, size), size) or [size]:
            stop = min(first + CHUNK_ENTRIES, size)
            content = encode_range(registry, first, entries[first:stop], heads[stop])
            beside = encode_heads(registry, first, heads[first : stop + 1])
            self.write(heads_path(first, size), beside)
            self.write(journal_path(first, size), content, zipped=True)
        if size % CHUNK_ENTRIES == 0:
            self._write_empty_tail(registry, size, heads[size])

    def _write_empty_tail(self, registry: RegistryId, size: int, head: bytes) -> None:
        self.write(f"heads/{_TAIL}", encode_heads(registry, size, [head]))
        self.write(f"journal/{_TAIL}", encode_range(registry, size, [], head), zipped=True)

    def floor(self) -> Floor | None:
        """Return what this mirror has proven last; None in a new folder.

        Raises MirrorFolderError where it is there and cannot be understood: to begin anew would
        forget it.
        """
        path = self.root / _FLOOR
        try:
            found = json.loads(path.read_text("ascii"))
            return Floor(
                int(found["size"]),
                Digest(bytes.fromhex(found["head"])),
                UnixTime(int(found["as_of"])),
            )
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise explained(
                MirrorFolderError(f"{path} cannot be understood"),
                means="It is not known how far this mirror has seen, so nothing was changed: to "
                "begin anew would let an old journal pass for the newest.",
                way_out="Mend the file from a backup, or begin a new folder and compare its size "
                "with other mirrors.",
            ) from error

    def write_floor(self, floor: Floor) -> None:
        """This mirror never goes back behind this."""
        content = {"size": floor.size, "head": floor.head.hex(), "as_of": floor.as_of}
        write_atomically(self.root / _FLOOR, json.dumps(content).encode() + b"\n")
