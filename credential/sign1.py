"""COSE_Sign1 (RFC 9052 §4.2): what is signed, and a check that takes the algorithm from the key."""

from functools import lru_cache
from typing import Final

from credential import cbor
from credential.cbor import Key, Tag, Value
from credential.errors import SignatureInvalidError, StructureError
from credential.ids import Kid
from credential.keys import VerifyingKey, load_foreign_key

TAG_SIGN1: Final = 18
MAX_MESSAGE_BYTES: Final = 1 << 16

_ALG: Final = 1
_CRIT: Final = 2
_KID: Final = 4
_VDS: Final = 395  # verifiable data structure, RFC 9942
_UNDERSTOOD: Final = frozenset(
    {_ALG, _CRIT, 3, _KID}
)  # 3: content type, which says nothing about validity

Headers = dict[Key, Value]


def sig_structure(protected: bytes, external_aad: bytes, payload: bytes) -> bytes:
    """Return the bytes a COSE_Sign1 signature covers (RFC 9052 §4.4); `protected` as it is sent.

    A protected header that is an empty map counts as no bytes at all.
    """
    if protected == b"\xa0":
        protected = b""
    return b"".join(
        (
            b"\x84\x6aSignature1",
            cbor.head(2, len(protected)),
            protected,
            cbor.head(2, len(external_aad)),
            external_aad,
            cbor.head(2, len(payload)),
            payload,
        )
    )


@lru_cache(maxsize=256)
def protected_header(alg: int, kid: Kid, vds: int | None = None) -> bytes:
    """Return the protected header { 1: alg, 4: kid }, with 395: vds for a receipt (RFC 9942)."""
    members: Headers = {_ALG: alg, _KID: bytes(kid)}
    if vds is not None:
        members[_VDS] = vds
    return cbor.encode(members)


def verify_sign1(
    message: bytes,
    key: VerifyingKey | bytes,
    *,
    payload: bytes | None = None,
    external_aad: bytes = b"",
) -> bytes:
    """Return the payload of a COSE_Sign1 whose signature verifies with `key`; else raise.

    message       the COSE_Sign1 as bytes, with or without tag 18 (RFC 9052 §4.2)
    key           a VerifyingKey, or the bytes of a COSE_Key (EC2 P-256 with whole or compressed
                  point, OKP Ed25519, AKP ML-DSA-44; kid, alg and key_ops may be there). The key
                  decides the algorithm.
    payload       the payload where it is detached (null in the message); where it is attached,
                  leave it out or give the same bytes
    external_aad  as the signer used it, default empty

    Refused: an alg that is not in the protected header or is not the key's, a kid or any other
    label in both headers that differ, labels twice, a crit with a label not understood (RFC 9052
    §3.1), other tags, bytes after the end, indefinite lengths, a high s. A kid is a hint and is not
    compared with the key. Map keys may be in any order, since RFC 9052 does not ask for one.

    Raises SignatureInvalidError (it does not verify), FormatError (not a COSE_Sign1 as above),
    KeyFormatError (key).
    """
    if not isinstance(key, VerifyingKey):
        key = load_foreign_key(key)
    protected, headers, attached, signature = _members(message)
    if headers.get(_ALG) != key.alg:
        raise SignatureInvalidError("the protected header does not name the algorithm of the key")
    covered = _payload(attached, payload)
    key.verify(signature, sig_structure(protected, external_aad, covered))
    return covered


def _payload(attached: Value, detached: bytes | None) -> bytes:
    if attached is None:
        if detached is None:
            raise StructureError("the payload is detached and was not given")
        return detached
    if not isinstance(attached, bytes) or detached not in (None, attached):
        raise StructureError(
            "the payload in the message is not a byte string, or not the one given"
        )
    return attached


def _members(message: bytes) -> tuple[bytes, Headers, Value, bytes]:
    """Return protected bytes, protected headers, payload and signature of a COSE_Sign1."""
    item = cbor.decode(
        message, max_bytes=MAX_MESSAGE_BYTES, tags=frozenset({TAG_SIGN1}), ordered=False
    )
    match item.value if isinstance(item, Tag) else item:
        case [bytes(protected), dict(unprotected), payload, bytes(signature)]:
            headers = _protected_headers(protected)
            _check_headers(headers, unprotected)
            return protected, headers, payload, signature
        case _:
            raise StructureError("not a COSE_Sign1, an array of two headers, payload and signature")


def _protected_headers(protected: bytes) -> Headers:
    headers = cbor.decode(protected, ordered=False) if protected else {}
    if not isinstance(headers, dict):
        raise StructureError("the protected header is not a map")
    return headers


def _check_headers(protected: Headers, unprotected: Headers) -> None:
    """Return only if both headers can stand together and every critical label is understood."""
    for label in protected.keys() & unprotected.keys():
        if label != _KID or protected[label] != unprotected[label]:
            raise StructureError(f"label {label!r} is in both headers")
    if _CRIT in unprotected:
        raise StructureError("crit is not in the protected header")
    if any(isinstance(label, bytes) for label in (*protected, *unprotected)):
        raise StructureError("a header label is neither an integer nor text")
    if _CRIT in protected:
        critical = protected[_CRIT]
        if not isinstance(critical, list) or not critical:
            raise StructureError("crit is not a list of labels")
        if any(
            type(label) is not int or label not in _UNDERSTOOD or label not in protected
            for label in critical
        ):
            raise StructureError("a critical header is not understood, or is not there")
