"""Check receipts: what a check found, signed by who checked (docs/formats/check-receipt.md)."""

from collections.abc import Iterable
from hashlib import sha256
from typing import Final, NamedTuple

from credential import cbor
from credential.errors import FormatError, KeyFormatError, SignatureInvalidError
from credential.ids import Kid
from credential.keys import ALG_ES256, ALG_MLDSA44, SIGNATURE_BYTES, VerifyingKey, load_key
from credential.sign1 import TAG_SIGN1, protected_header, sig_structure
from credential.signer import Signer
from verifier.errors import (
    ReceiptFormatError,
    ReceiptKeyUnknownError,
    ReceiptNotGenuineError,
)
from verifier.receipt_findings import (
    MOST_RECEIPT_BYTES,
    CheckReceipt,
    decode_findings,
    encode_findings,
)

EXTERNAL_AAD: Final = b"sealroot/check-receipt/1"
RECEIPT_SUFFIX: Final = ".receipt"
MOST_KEYS: Final = 16
MOST_KEY_SET_BYTES: Final = 32 * 1024
RECEIPT_ALGORITHMS: Final = (ALG_ES256, ALG_MLDSA44)


class OpenedReceipt(NamedTuple):
    """A receipt whose signature verified, and the key that made it."""

    receipt: CheckReceipt
    kid: Kid


def sign_receipt(receipt: CheckReceipt, signer: Signer) -> bytes:
    """Return the receipt file. Raises ReceiptFormatError for one that no reader would accept."""
    payload = encode_findings(receipt)
    protected = protected_header(signer.alg, signer.kid)
    signature = signer.sign(sig_structure(protected, EXTERNAL_AAD, payload))
    if len(signature) != SIGNATURE_BYTES.get(signer.alg) or signer.alg not in RECEIPT_ALGORITHMS:
        raise ReceiptFormatError("a receipt is signed with ES256 or ML-DSA-44")
    return cbor.encode(cbor.Tag(TAG_SIGN1, [protected, {}, payload, signature]))


def open_receipt(source: bytes, keys: Iterable[VerifyingKey]) -> OpenedReceipt:
    """Return what the receipt says, once its signature verified with one of these keys.

    By the steps 1 to 4 of check-receipt.md. Raises ReceiptFormatError, ReceiptKeyUnknownError or
    ReceiptNotGenuineError.
    """
    # 1. Strictly a COSE_Sign1 of this shape.
    alg, kid, protected, payload, signature = _read(source)
    # 2. One of the keys has this kid.
    known = [key for key in keys if key.kid == kid]
    if not known:
        raise ReceiptKeyUnknownError(
            f"the receipt was signed with the key {kid.hex()}, which is none of those given"
        )
    # 3. The signature verifies, with the algorithm of the key.
    if known[0].alg != alg:
        raise ReceiptNotGenuineError("the receipt names another algorithm than its key has")
    try:
        known[0].verify(signature, sig_structure(protected, EXTERNAL_AAD, payload))
    except SignatureInvalidError as error:
        raise ReceiptNotGenuineError(f"the receipt is not genuine: {error}") from error
    # 4. What it says, strictly and without contradiction.
    return OpenedReceipt(decode_findings(payload), kid)


def _read(source: bytes) -> tuple[int, Kid, bytes, bytes, bytes]:
    try:
        item = cbor.decode(source, max_bytes=MOST_RECEIPT_BYTES, tags=frozenset({TAG_SIGN1}))
    except FormatError as error:
        raise ReceiptFormatError(f"this is no check receipt: {error}") from error
    match item:
        case cbor.Tag(
            number=18, value=[bytes(protected), {**unprotected}, bytes(payload), bytes(signature)]
        ) if not unprotected:
            alg, kid = _read_header(protected)
            if len(signature) != SIGNATURE_BYTES[alg]:
                raise ReceiptFormatError("the signature has not the length of its algorithm")
            return alg, kid, protected, payload, signature
        case _:
            raise ReceiptFormatError("this is no check receipt: it is of another shape")


def _read_header(protected: bytes) -> tuple[int, Kid]:
    for alg in RECEIPT_ALGORITHMS:  # the one encoding: { 1: alg, 4: kid of 16 bytes }
        start = protected_header(alg, Kid(bytes(16)))[:-16]
        if protected.startswith(start) and len(protected) == len(start) + 16:
            return alg, Kid(protected[len(start) :])
    raise ReceiptFormatError("the protected header of the receipt is not { alg, kid } of a receipt")


def encode_key_set(cose_keys: Iterable[bytes]) -> bytes:
    """Return the key set of these COSE_Keys, the one in use first."""
    keys = [*cose_keys]
    if not 1 <= len(set(keys)) == len(keys) <= MOST_KEYS:
        raise ReceiptFormatError(f"a key set holds 1 to {MOST_KEYS} different keys")
    return cbor.head(4, len(keys)) + b"".join(keys)


def decode_key_set(source: bytes) -> tuple[VerifyingKey, ...]:
    """Return the keys of a key set, or of a single COSE_Key. Raises ReceiptFormatError."""
    try:
        item = cbor.decode(source, max_bytes=MOST_KEY_SET_BYTES)
        members = item if isinstance(item, list) else [item]
        keys = tuple(load_key(cbor.encode(member)) for member in members)
    except (FormatError, KeyFormatError) as error:
        raise ReceiptFormatError(f"this is no set of keys for receipts: {error}") from error
    if not 1 <= len({key.kid for key in keys}) == len(keys) <= MOST_KEYS:
        raise ReceiptFormatError(f"a key set holds 1 to {MOST_KEYS} different keys")
    if any(key.alg not in RECEIPT_ALGORITHMS for key in keys):
        raise ReceiptFormatError("a receipt is signed with ES256 or ML-DSA-44, not with these keys")
    return keys


def sealed_digest(sealed: bytes) -> bytes:
    """Return the SHA-256 of sealed bytes, as member 4 of a credential has it."""
    return sha256(sealed).digest()
