"""The file of a trust bundle: limits first, then a bounded inflate, then the body member by member.

docs/formats/bundle.md, "File". What the members mean together is the business of
registry/bundle.py.
"""

import zlib
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

from credential import cbor
from credential.errors import FormatError
from credential.ids import UnixTime
from registry.cbor_reader import CborReader
from registry.checkpoint import Checkpoint, checkpoint_value, read_checkpoint
from registry.errors import BundleError
from registry.evidence.file import ChainEvidence, chain_evidence_value, read_chain_evidence
from registry.snapshot_reader import SnapshotReading, read_snapshot
from registry.trust_data import BundleKind, Documents

Member = TypeVar("Member")
MAX_DOCUMENT_BYTES = 17 << 20
MAX_CHECKPOINTS = 100
MAX_JOURNAL_BYTES = 1 << 30
MAX_GUESTS = 16
MAX_OPTIONAL = 4
"""Members of a body that may be left out: 8 to 11."""


class BundleLimits(NamedTuple):
    """How large a bundle a reader takes in; anything larger is refused before it is inflated."""

    file_bytes: int = 64 << 20
    body_bytes: int = 256 << 20
    lite_body_bytes: int = 32 << 20
    """Every row of a snapshot is read before its digest is known: a million takes ten seconds."""
    guests: int = MAX_GUESTS
    """None inside a guest."""

    def body_limit(self, kind: BundleKind) -> int:
        """How many bytes the body of a bundle of this kind may inflate to."""
        is_lite = kind is BundleKind.LITE
        return min(self.body_bytes, self.lite_body_bytes) if is_lite else self.body_bytes

    def for_guests(self, home: "Envelope") -> "BundleLimits":
        """What is left for all guests of a bundle: its own kind bounds home and guests together."""
        return self._replace(body_bytes=self.body_limit(home.kind)).after(home)

    def after(self, opened: "Envelope") -> "BundleLimits":
        """What is left once this one was read."""
        lite = opened.body_bytes if opened.kind is BundleKind.LITE else 0
        return self._replace(
            body_bytes=self.body_bytes - opened.body_bytes,
            lite_body_bytes=self.lite_body_bytes - lite,
        )


PAGE_LIMITS = BundleLimits()


class ReadAt(NamedTuple):
    """The head was read from a node at this time, after `size` entries."""

    size: int
    at: UnixTime


class GuestFile(NamedTuple):
    """The bundle of another registry, and the number of the recognition it is opened by."""

    recognition: int
    bundle: bytes


class Envelope(NamedTuple):
    """What stands outside the compressed body."""

    kind: BundleKind
    chain_id: int
    contract: bytes
    body_bytes: int
    compressed: bytes


class Body(NamedTuple):
    """The members of the body.

    `content` is a full bundle's journal file or a lite one's snapshot.
    """

    content: bytes | SnapshotReading
    documents: Documents
    evidence: tuple[Checkpoint, ...] | ReadAt
    made_at: UnixTime
    waymarks: bytes | None = None
    guests: tuple["GuestFile", ...] = ()
    chain: ChainEvidence | None = None

    @property
    def journal_file(self) -> bytes | None:
        """The journal file of a full bundle."""
        return self.content if isinstance(self.content, bytes) else None

    @property
    def checkpoints(self) -> tuple[Checkpoint, ...]:
        """The checkpoints, oldest first; none where the head was read from a node."""
        return () if isinstance(self.evidence, ReadAt) else self.evidence


def read_envelope(source: bytes, limits: BundleLimits) -> Envelope:
    """The outer map of a bundle; nothing is inflated yet. Raises BundleError."""
    if len(source) > limits.file_bytes:
        raise BundleError(
            f"the bundle has {len(source)} bytes; at most {limits.file_bytes} are read"
        )
    try:
        return _read_envelope(CborReader(source), limits)
    except FormatError as error:
        raise BundleError(f"this file is not a trust bundle: {error}") from error


def _read_envelope(reader: CborReader, limits: BundleLimits) -> Envelope:
    reader.map_of(6, 6)
    reader.key(1)
    if reader.uint() != 1:
        raise BundleError("the bundle is of a later version; renew this program")
    reader.key(2)
    kind = reader.uint()
    if kind not in (1, 2):
        raise BundleError(f"a bundle of kind {kind} is neither full (1) nor lite (2)")
    reader.key(3)
    chain_id = reader.uint()
    reader.key(4)
    contract = reader.fixed_bytes(20)
    reader.key(5)
    body_bytes = reader.uint()
    most = limits.body_limit(BundleKind(kind))
    if body_bytes > most:
        raise BundleError(f"the bundle inflates to {body_bytes} bytes; at most {most} are read")
    reader.key(6)
    compressed = reader.byte_string(limits.file_bytes)
    reader.end()
    return Envelope(BundleKind(kind), chain_id, contract, body_bytes, compressed)


def inflate(compressed: bytes, length: int) -> bytes:
    """Exactly `length` bytes, from a zlib stream (RFC 1950) that ends with its last byte.

    Raises BundleError.
    """
    inflater = zlib.decompressobj()
    try:
        body = inflater.decompress(compressed, length + 1)
    except zlib.error as error:
        raise BundleError("the bundle is damaged: its compressed part cannot be read") from error
    if len(body) != length or not inflater.eof or inflater.unused_data:
        raise BundleError(
            "the bundle is damaged: its compressed part has another length than it says"
        )
    return body


def read_body(source: bytes, kind: BundleKind, *, most_guests: int = MAX_GUESTS) -> Body:
    """The members of an inflated body. Raises BundleError."""
    try:
        return _read_body(CborReader(source), kind, most_guests)
    except FormatError as error:
        raise BundleError(f"the body of the bundle is malformed: {error}") from error


def _read_body(reader: CborReader, kind: BundleKind, most_guests: int) -> Body:
    members = reader.map_of(6, 6 + MAX_OPTIONAL)
    reader.key(int(kind))
    full = kind is BundleKind.FULL
    content = reader.byte_string(MAX_JOURNAL_BYTES) if full else read_snapshot(reader)
    reader.key(3)
    lists = _tuple(reader, lambda: reader.byte_string(MAX_DOCUMENT_BYTES))
    reader.key(4)
    details = _tuple(reader, lambda: reader.byte_string(MAX_DOCUMENT_BYTES))
    reader.key(5)
    types = _tuple(reader, lambda: reader.byte_string(MAX_DOCUMENT_BYTES))
    reader.key(6)
    checkpoints = tuple(read_checkpoint(reader) for _ in range(reader.array(0, MAX_CHECKPOINTS)))
    reader.key(7)
    made_at = UnixTime(reader.uint())
    read_at = _read_read_at(reader) if reader.if_key(8) else None
    chain = read_chain_evidence(reader) if reader.if_key(9) else None
    guests = _read_guests(reader, most_guests) if reader.if_key(10) else None
    waymarks = reader.byte_string(MAX_JOURNAL_BYTES) if reader.if_key(11) else None
    reader.end()
    if sum(member is not None for member in (read_at, chain, guests, waymarks)) != members - 6:
        raise BundleError("the body of the bundle is malformed: it has other members than it says")
    if not full and (details or read_at is not None or waymarks is not None):
        raise BundleError(
            "the body of the bundle is malformed: a lite one carries no status details, no time of "
            "reading and no waymarks"
        )
    evidence = _evidence(checkpoints, read_at, shown_by_chain=full and chain is not None)
    documents = Documents(lists, details, types)
    return Body(content, documents, evidence, made_at, waymarks, guests or (), chain)


def _read_guests(reader: CborReader, most: int) -> tuple[GuestFile, ...]:
    if not most:
        raise BundleError("a bundle inside a bundle has no guests of its own")
    guests = tuple(_read_guest(reader) for _ in range(reader.array(1, most)))
    numbers = [guest.recognition for guest in guests]
    if numbers != sorted(set(numbers)):
        raise BundleError("the guests of a bundle are not in the order of their recognitions")
    return guests


def _read_guest(reader: CborReader) -> GuestFile:
    reader.tuple_of(2)
    return GuestFile(reader.uint(), reader.byte_string(PAGE_LIMITS.file_bytes))


def _tuple(reader: CborReader, read: Callable[[], Member]) -> tuple[Member, ...]:
    return tuple(read() for _ in range(reader.array()))


def _read_read_at(reader: CborReader) -> ReadAt:
    reader.tuple_of(2)
    return ReadAt(reader.uint(), UnixTime(reader.uint()))


def _evidence(
    checkpoints: tuple[Checkpoint, ...], read_at: ReadAt | None, *, shown_by_chain: bool
) -> tuple[Checkpoint, ...] | ReadAt:
    if read_at is None and (checkpoints or shown_by_chain):
        return checkpoints
    if read_at is not None and not checkpoints and not shown_by_chain:
        return read_at
    raise BundleError(
        "a bundle has either checkpoints or the time at which its head was read; a full one may "
        "have chain evidence instead of both"
    )


def write_bundle_file(
    kind: BundleKind,
    registry: tuple[int, bytes],
    content: cbor.Value,
    documents: Documents,
    *,
    made_at: int,
    checkpoints: Sequence[Checkpoint] = (),
    read_at: ReadAt | None = None,
    waymarks: bytes | None = None,
    guests: Sequence[GuestFile] = (),
    chain: ChainEvidence | None = None,
) -> bytes:
    """The file of a bundle whose member 1 or 2 is `content`.

    `registry` is chain id and contract.
    """
    members: dict[cbor.Key, cbor.Value] = {
        int(kind): content,
        3: list(documents.status_lists),
        4: list(documents.details),
        5: list(documents.types),
        6: [checkpoint_value(checkpoint) for checkpoint in checkpoints],
        7: made_at,
    }
    if read_at is not None:
        members[8] = list(read_at)
    if chain is not None:
        members[9] = chain_evidence_value(chain)
    if guests:
        members[10] = [list(guest) for guest in sorted(guests)]
    if waymarks is not None:
        members[11] = waymarks
    body = cbor.encode(members)
    if len(body) > PAGE_LIMITS.body_limit(kind):
        raise BundleError(
            f"the bundle would inflate to {len(body)} bytes and no reader would take it; leave "
            "out status lists that few people ask for, or guests, or make a full bundle"
        )
    chain_id, contract = registry
    compressed = zlib.compress(body, 9)
    return cbor.encode({1: 1, 2: int(kind), 3: chain_id, 4: contract, 5: len(body), 6: compressed})
