"""Deltas: what turns one bundle into the next without sending it whole (mirror.md, "Delta").

A delta is made of pieces: bytes that are new, and places in the old body to copy from. The result
is a bundle like any other, believed only once it has been opened.
"""

import zlib
from collections.abc import Iterator
from hashlib import sha256
from typing import Final, NamedTuple

from credential import cbor
from credential.errors import FormatError
from registry.bundle_file import PAGE_LIMITS, BundleLimits, Envelope, inflate, read_envelope
from registry.cbor_reader import CborReader
from registry.errors import BundleError, ForeignRegistryError
from registry.trust_data import BundleKind

MAX_PIECES: Final = 1_000_000
_BLOCK: Final = 64
"""Shorter runs of equal bytes are sent again: to name their place costs about as much."""


class Copy(NamedTuple):
    """Bytes of the old body."""

    offset: int
    length: int


class Piece(NamedTuple):
    """Bytes of the old body, and bytes that follow them and are new."""

    offset: int
    length: int
    new: bytes


class Delta(NamedTuple):
    """A delta whose form has been checked; the digests say which bodies it lies between."""

    kind: BundleKind
    chain_id: int
    contract: bytes
    old_body: bytes
    length: int
    new_body: bytes
    pieces_length: int
    compressed: bytes


def make_delta(old: bytes, new: bytes) -> bytes:
    """The delta file that turns the bundle `old` into the bundle `new`."""
    before, after = _opened(old, PAGE_LIMITS), _opened(new, PAGE_LIMITS)
    pieces = cbor.encode([list(piece) for piece in _difference(before.body, after.body)])
    envelope = after.envelope
    return cbor.encode(
        {
            1: 1,
            2: int(envelope.kind),
            3: envelope.chain_id,
            4: envelope.contract,
            5: sha256(before.body).digest(),
            6: len(after.body),
            7: sha256(after.body).digest(),
            8: len(pieces),
            9: zlib.compress(pieces, 9),
        }
    )


def apply_delta(old: bytes, delta_file: bytes, limits: BundleLimits = PAGE_LIMITS) -> bytes:
    """The bundle that the delta makes of `old`; to be opened as any bundle before it is used.

    Raises BundleError where the delta is malformed, is for another bundle, or is more than the
    limits allow; ForeignRegistryError where it is of another kind.
    """
    # 1. Limits, form, kind.
    delta = read_delta(delta_file, limits)
    before = _opened(old, limits)
    if delta.kind is not before.envelope.kind:
        raise ForeignRegistryError("the delta is for a bundle of the other kind")
    # 2. It starts at the bundle that is held.
    if sha256(before.body).digest() != delta.old_body:
        raise BundleError("the delta is for another bundle than the one held; get the whole bundle")
    # 3. Inflate within the stated length. 4. Put the pieces together.
    pieces = inflate(delta.compressed, delta.pieces_length)
    try:
        body = _put_together(CborReader(pieces), before.body, delta.length)
    except FormatError as error:
        raise BundleError(f"the pieces of the delta are malformed: {error}") from error
    # 5. The result is the body that was meant.
    if len(body) != delta.length or sha256(body).digest() != delta.new_body:
        raise BundleError("the delta does not give the bundle it says; get the whole bundle")
    # 6. Wrap it as a bundle file.
    return cbor.encode(
        {
            1: 1,
            2: int(delta.kind),
            3: delta.chain_id,
            4: delta.contract,
            5: len(body),
            6: zlib.compress(body, 6),
        }
    )


def read_delta(source: bytes, limits: BundleLimits = PAGE_LIMITS) -> Delta:
    """The delta in a file; nothing is inflated yet. Raises BundleError."""
    if len(source) > limits.file_bytes:
        raise BundleError(
            f"the delta has {len(source)} bytes; at most {limits.file_bytes} are read"
        )
    try:
        delta = _read(CborReader(source), limits)
    except FormatError as error:
        raise BundleError(f"this file is not a delta: {error}") from error
    most = limits.body_limit(delta.kind)
    if max(delta.length, delta.pieces_length) > most:
        raise BundleError(f"the delta makes a body of {delta.length} bytes; at most {most} are")
    return delta


def _read(reader: CborReader, limits: BundleLimits) -> Delta:
    reader.map_of(9, 9)
    reader.key(1)
    if reader.uint() != 1:
        raise BundleError("the delta is of a later version; renew this program")
    reader.key(2)
    kind = reader.uint()
    if kind not in (1, 2):
        raise BundleError(f"a delta of kind {kind} is neither for full (1) nor lite (2) bundles")
    reader.key(3)
    chain_id = reader.uint()
    reader.key(4)
    contract = reader.fixed_bytes(20)
    reader.key(5)
    old_body = reader.fixed_bytes(32)
    reader.key(6)
    length = reader.uint()
    reader.key(7)
    new_body = reader.fixed_bytes(32)
    reader.key(8)
    pieces_length = reader.uint()
    reader.key(9)
    compressed = reader.byte_string(limits.file_bytes)
    reader.end()
    return Delta(
        BundleKind(kind),
        chain_id,
        contract,
        old_body,
        length,
        new_body,
        pieces_length,
        compressed,
    )


def _put_together(reader: CborReader, old: bytes, length: int) -> bytes:
    body = bytearray()
    for _ in range(reader.array(0, MAX_PIECES)):
        reader.tuple_of(3)
        offset, count = reader.uint(), reader.uint()
        if offset + count > len(old):
            raise BundleError("a piece of the delta lies outside the old bundle")
        if len(body) + count > length:
            raise BundleError("the pieces of the delta are longer than it says")
        body += memoryview(old)[offset : offset + count]
        body += reader.byte_string(length - len(body))
    reader.end()
    return bytes(body)


class _Opened(NamedTuple):
    envelope: Envelope
    body: bytes


def _opened(bundle: bytes, limits: BundleLimits) -> _Opened:
    envelope = read_envelope(bundle, limits)
    return _Opened(envelope, inflate(envelope.compressed, envelope.body_bytes))


def _difference(old: bytes, new: bytes) -> Iterator[Piece]:
    """Pieces that give `new`: the longest runs of `old` that are found by one of their blocks."""
    blocks = {old[at : at + _BLOCK]: at for at in range(0, len(old) - _BLOCK + 1, _BLOCK)}
    copied = Copy(0, 0)
    position = new_from = 0
    while position + _BLOCK <= len(new):
        offset = blocks.get(new[position : position + _BLOCK])
        if offset is None:
            position += 1
            continue
        back = _common_before(old, offset, new, position, position - new_from)
        length = _common(old, offset, new, position)
        yield Piece(*copied, new[new_from : position - back])
        copied = Copy(offset - back, back + length)
        position = new_from = position + length
    yield Piece(*copied, new[new_from:])


def _common(old: bytes, offset: int, new: bytes, position: int) -> int:
    """How many bytes are equal from these places on: large steps first, then smaller ones."""
    length, step = 0, 1 << 20
    most = min(len(old) - offset, len(new) - position)
    while step:
        here, there = offset + length, position + length
        if length + step <= most and old[here : here + step] == new[there : there + step]:
            length += step
        else:
            step >>= 1
    return length


def _common_before(old: bytes, offset: int, new: bytes, position: int, most: int) -> int:
    """How many bytes before these places are equal, at most one block and `most`."""
    back = 0
    while back < min(most, offset, _BLOCK) and old[offset - back - 1] == new[position - back - 1]:
        back += 1
    return back
