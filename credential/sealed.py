"""The sealed credential, an entry and its receipt (RFC 9942), as bytes (docs/formats/sealed.md)."""

from functools import lru_cache
from struct import Struct
from struct import error as struct_error
from typing import Final, NamedTuple

from credential import cbor
from credential.cbor import Key, Tag, Value
from credential.errors import FormatError, StructureError
from credential.ids import Kid, Root
from credential.keys import ALG_ES256, ALG_MLDSA44, SIGNATURE_BYTES
from credential.merkle import climb, leaf_hash, path_sides
from credential.sign1 import TAG_SIGN1, protected_header

MAX_TREE_SIZE: Final = 1 << 20
RECEIPT_ALGORITHMS: Final = (ALG_ES256, ALG_MLDSA44)
_MAX_UINT64: Final = (1 << 64) - 1
_TAGS: Final = frozenset({TAG_SIGN1})  # in a wrong place it is a fault of shape, not of encoding
_RFC9162_SHA256: Final = 1  # verifiable data structure of RFC 9942


class Receipt(NamedTuple):
    """A receipt of inclusion: who signed the batch root, and the path from the entry to it."""

    alg: int
    kid: Kid
    tree_size: int
    leaf_index: int
    path: tuple[bytes, ...]
    protected: bytes
    signature: bytes
    """Empty where the root is anchored and the sealer has dropped it."""


class Sealed(NamedTuple):
    """An entry, as opaque bytes, and its receipt; nothing but the form has been verified yet."""

    entry: bytes
    receipt: Receipt


def decode_sealed(sealed: bytes) -> Sealed:
    """Return entry and receipt, strictly by docs/formats/sealed.md; verify no proof.

    sealed  the bytes as `qr_decode(text).sealed` or a sealed file gives them

    The entry inside is not parsed (`decode_entry` does), and leaf index and path are not compared
    with the tree size (`sealed_root` does). Raises LimitError, EncodingError or StructureError, all
    FormatError, for any other bytes.
    """
    return _decode_usual(sealed) or _decode_any(sealed)


def encode_sealed(entry: bytes, receipt: Receipt) -> bytes:
    """Return the bytes of a sealed credential."""
    path: list[Value] = [*receipt.path]
    proof: list[Value] = [receipt.tree_size, receipt.leaf_index, path]
    return b"".join(
        (
            b"\x82",
            cbor.head(2, len(entry)),
            entry,
            receipt_opening(receipt.protected),
            cbor.encode(cbor.encode(proof)),
            receipt_ending(receipt.signature),
        )
    )


def receipt_opening(protected: bytes) -> bytes:
    """Return the part of a receipt before its proof, the same for all credentials of a batch."""
    return b"\xd2\x84" + cbor.encode(protected) + _BEFORE_PROOF


def receipt_ending(signature: bytes) -> bytes:
    """Return the part of a receipt after its proof, the same for all credentials of a batch."""
    return b"\xf6" + cbor.encode(signature)


def without_signature(sealed: bytes) -> bytes:
    """Return the sealed credential with an empty signature: enough where its root is anchored."""
    entry, receipt = decode_sealed(sealed)
    return encode_sealed(entry, receipt._replace(signature=b""))


def sealed_root(sealed: Sealed) -> Root:
    """Return the batch root that entry and path give; PathError where that is impossible."""
    entry, receipt = sealed
    path = receipt.path  # nodes of 32 bytes: decode_sealed reads no others
    sides = path_sides(receipt.leaf_index, receipt.tree_size, len(path))
    return climb(leaf_hash(entry), sides, path)


def receipt_header(alg: int, kid: Kid) -> bytes:
    """Return the protected header of a receipt: { 1: alg, 4: kid, 395: 1 }."""
    return protected_header(alg, kid, _RFC9162_SHA256)


@lru_cache(maxsize=16)  # every signature of a registry has the same
def registry_aad(chain_id: int, contract: bytes) -> bytes:
    """Return the external_aad that binds a receipt to one registry."""
    if len(contract) != 20 or chain_id < 0:
        raise StructureError("a registry is named by a chain id and a contract address of 20 bytes")
    return cbor.encode([chain_id, contract])


_BEFORE_PROOF: Final = b"\xa1\x19\x01\x8c\xa1\x20\x81"  # { 396: { -1: [ ...
# The member 395: 1 of `protected`, then the unprotected header up to the proof.
_AFTER_KID: Final = b"\x19\x01\x8b\x01" + _BEFORE_PROOF
# Tag 18, array of 4, the head of `protected` and its members up to the 16 bytes of kid.
_ES256_OPENING: Final = b"\xd2\x84\x58\x19\xa3\x01\x26\x04\x50"
_MLDSA44_OPENING: Final = b"\xd2\x84\x58\x1a\xa3\x01\x38\x2f\x04\x50"
# By number of steps: how to cut them out, each behind a head of two bytes.
_STEPS: Final = tuple(Struct("2x32s" * count) for count in range(24))
_NEW: Final = tuple.__new__  # a third of the cost of Receipt(...), which names its seven values


def _decode_usual(data: bytes) -> Sealed | None:  # noqa: C901,PLR0912  # one comparison after the other
    """Return what `_decode_any` returns, or None where the bytes are not laid out as nearly always.

    It compares the bytes that are the same in all receipts instead of parsing them. Where anything
    differs `_decode_any` decides and names the fault; a test holds the two against each other.
    Every verification passes here, and the general way costs nine times as much.
    """
    size = len(data)
    if size > cbor.MAX_BYTES or size < 64 or data[0] != 0x82:
        return None
    try:
        entry_at, at = _bytes_at(data, 1)
        entry_end = at
        if data.startswith(_ES256_OPENING, at):
            alg, kid_at = ALG_ES256, at + 9
        elif data.startswith(_MLDSA44_OPENING, at):
            alg, kid_at = ALG_MLDSA44, at + 10
        else:
            return None
        if not data.startswith(_AFTER_KID, kid_at + 16):
            return None
        at, proof_end = _bytes_at(data, kid_at + 27)
        if data[at] != 0x83:
            return None
        tree_size, leaf_index, at = data[at + 1], data[at + 2], at + 3
        if tree_size >= 24 or leaf_index >= 24:
            tree_size, at = _uint_at(data, at - 2)
            leaf_index, at = _uint_at(data, at)
        steps = data[at] - 0x80
        at += 1
        if (
            not 0 <= steps < 24
            or at + 34 * steps != proof_end
            or not 1 <= tree_size <= MAX_TREE_SIZE
        ):
            return None
        if (
            data[at:proof_end:34] != b"\x58" * steps
            or data[at + 1 : proof_end : 34] != b"\x20" * steps
        ):
            return None
        path = _STEPS[steps].unpack_from(data, at)
        ending = data[proof_end : proof_end + 3]
        if ending == b"\xf6\x40":
            signature = b""
        elif alg == ALG_ES256 and ending == b"\xf6\x58\x40" and size == proof_end + 67:
            signature = data[-64:]
        else:
            return None
    except (IndexError, struct_error, FormatError):
        return None
    kid, protected = data[kid_at : kid_at + 16], data[entry_end + 4 : kid_at + 20]
    receipt = _NEW(Receipt, (alg, kid, tree_size, leaf_index, path, protected, signature))
    return _NEW(Sealed, (data[entry_at:entry_end], receipt))


def _bytes_at(data: bytes, at: int) -> tuple[int, int]:
    """Return where the content of the byte string at `at` begins and ends."""
    first = data[at]
    if first == 0x58 and data[at + 1] >= 24:
        return at + 2, at + 2 + data[at + 1]
    if first == 0x59 and data[at + 1]:
        return at + 3, at + 3 + (data[at + 1] << 8 | data[at + 2])
    if first >> 5 != 2:
        raise StructureError("not a byte string")
    if first < 0x58:
        return at + 1, at + first - 0x3F
    length, start = cbor.argument_at(data, at + 1, first)
    return start, start + length


def _uint_at(data: bytes, at: int) -> tuple[int, int]:
    """Return the unsigned integer at `at`, and where it ends."""
    first = data[at]
    if first < 24:
        return first, at + 1
    if first == 0x19 and data[at + 1]:
        return data[at + 1] << 8 | data[at + 2], at + 3
    if first > 0x1F:
        raise StructureError("not an unsigned integer")
    return cbor.argument_at(data, at + 1, first)


def _decode_any(data: bytes) -> Sealed:
    match cbor.decode(data, tags=_TAGS):
        case [bytes(entry), Tag(value=list(members))]:
            return Sealed(entry, _receipt(members))
        case _:
            raise StructureError("not a sealed credential: an entry and a receipt")


def _receipt(members: list[Value]) -> Receipt:
    match members:
        case [bytes(protected), dict(unprotected), None, bytes(signature)]:
            encoded = _encoded_proof(unprotected)  # the shape of the whole comes first
            alg, kid = _alg_and_kid(cbor.decode(protected, tags=_TAGS))
            tree_size, leaf_index, path = _inclusion_proof(cbor.decode(encoded, tags=_TAGS))
            if len(signature) not in (0, SIGNATURE_BYTES[alg]):
                raise StructureError("the signature does not have the length of its algorithm")
            return Receipt(alg, kid, tree_size, leaf_index, path, protected, signature)
        case _:
            raise StructureError("a receipt is two headers, null and a signature")


def _alg_and_kid(header: Value) -> tuple[int, Kid]:
    match header:
        case {1: int(alg), 4: bytes(kid), 395: vds, **others} if not others:
            if alg not in RECEIPT_ALGORITHMS or len(kid) != 16:
                raise StructureError("a receipt has ES256 or ML-DSA-44 and a kid of 16 bytes")
            if not cbor.is_number(vds, _RFC9162_SHA256, _RFC9162_SHA256):
                raise StructureError("the tree of a receipt is not that of RFC 9162 over SHA-256")
            return alg, Kid(kid)
        case _:
            raise StructureError("the protected header is not exactly alg, kid and vds")


def _encoded_proof(unprotected: dict[Key, Value]) -> bytes:
    match unprotected:
        case {396: {-1: [bytes(encoded)], **others}} if len(unprotected) == 1 and not others:
            return encoded
        case _:
            raise StructureError("the receipt has not exactly one inclusion proof")


def _inclusion_proof(proof: Value) -> tuple[int, int, tuple[bytes, ...]]:
    match proof:
        case [tree_size, leaf_index, list(path)]:
            if not cbor.is_number(tree_size, 1, MAX_TREE_SIZE):
                raise StructureError("the tree size is not a number from 1 to 1,048,576")
            if not cbor.is_number(leaf_index, 0, _MAX_UINT64):
                raise StructureError("the leaf index is not an unsigned integer")
            steps = tuple(step for step in path if isinstance(step, bytes) and len(step) == 32)
            if len(steps) != len(path):
                raise StructureError("a step of the inclusion path is not 32 bytes")
            return tree_size, leaf_index, steps
        case _:
            raise StructureError("an inclusion proof is tree size, leaf index and path")
