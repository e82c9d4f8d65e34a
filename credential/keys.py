"""Public keys as COSE_Key bytes, their ids, and signatures checked by the algorithm of the key."""

from collections.abc import Callable
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from credential import cbor
from credential.errors import FormatError, KeyFormatError, SignatureInvalidError
from credential.ids import Kid

ALG_ES256: Final = -7
ALG_EDDSA: Final = -8
ALG_MLDSA44: Final = -48

SIGNATURE_BYTES: Final = {ALG_ES256: 64, ALG_EDDSA: 64, ALG_MLDSA44: 2420}
MAX_KEY_BYTES: Final = 2048

_P256_FIELD: Final = 2**256 - 2**224 + 2**192 + 2**96 - 1
_P256_ORDER: Final = (
    0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # SP 800-186 §3.2.1.3
)
_P256_ORDER_BYTES: Final = _P256_ORDER.to_bytes(32, "big")
_P256_HALF_BYTES: Final = (_P256_ORDER // 2).to_bytes(32, "big")
_ZERO: Final = bytes(32)
_ED25519_FIELD: Final = 2**255 - 19
_ED25519_D: Final = -121665 * pow(121666, -1, _ED25519_FIELD)  # RFC 8032 §5.1
_ED25519_ORDER: Final = 2**252 + 27742317777372353535851937790883648493  # RFC 8032 §5.1
# The y coordinates of the points of order 1, 2, 4 and 8 (why they are refused: RFC 7748 §7).
_ED25519_ORDER8_Y: Final = int.from_bytes(
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little"
)
_ED25519_SMALL_ORDER_Y: Final = frozenset(
    {0, 1, _ED25519_FIELD - 1, _ED25519_ORDER8_Y, _ED25519_FIELD - _ED25519_ORDER8_Y}
)
_ECDSA_SHA256: Final = ec.ECDSA(Prehashed(SHA256()))  # hashlib starts sooner than OpenSSL's EVP

_Check = Callable[[bytes, bytes], None]


class VerifyingKey:
    """A public key that can check signatures; `load_key` makes only safe points on their curve."""

    __slots__ = ("_check", "alg", "cose_key", "kid")

    def __init__(self, cose_key: bytes, alg: int, check: _Check) -> None:
        self.cose_key = cose_key
        self.alg = alg
        self.kid = kid_of(cose_key)
        self._check = check

    def verify(self, signature: bytes, message: bytes) -> None:
        """Return only if `signature` over `message` verifies; SignatureInvalidError else.

        ES256: r || s, each 32 bytes, 1 <= r < n and 1 <= s <= (n-1)/2. Ed25519: R canonical and not
        of small order, s < L. ML-DSA-44: 2,420 bytes, empty context.
        """
        if len(signature) != SIGNATURE_BYTES[self.alg]:
            raise SignatureInvalidError("the signature does not have the length of its algorithm")
        try:
            self._check(signature, message)
        except InvalidSignature as error:
            raise SignatureInvalidError("the signature does not verify with this key") from error

    def __repr__(self) -> str:
        return f"VerifyingKey(alg={self.alg}, kid={self.kid.hex()})"


def kid_of(cose_key: bytes) -> Kid:
    """Return the key id: the first 16 bytes of SHA-256 over the COSE_Key bytes as registered."""
    return Kid(sha256(cose_key).digest()[:16])


def load_key(cose_key: bytes) -> VerifyingKey:
    """Return the key of a deterministic COSE_Key (RFC 9052 §7) in one of three shapes.

    Raises KeyFormatError for any other bytes: another shape, a point not on the curve, a point of
    small order.
    """
    try:
        members = cbor.decode(cose_key, max_bytes=MAX_KEY_BYTES)
    except FormatError as error:
        raise KeyFormatError("the COSE_Key is not deterministic CBOR") from error
    match members:
        case {-2: bytes(x), -3: bool(y_is_odd)} if cose_key == cbor.encode(
            {1: 2, -1: 1, -2: x, -3: y_is_odd}
        ):
            return VerifyingKey(cose_key, ALG_ES256, _es256_check(x, bytes((2 + y_is_odd,)) + x))
        case {-1: bytes(pub)} if cose_key == cbor.encode({1: 7, 3: ALG_MLDSA44, -1: pub}):
            return VerifyingKey(cose_key, ALG_MLDSA44, _mldsa44_check(pub))
        case {-2: bytes(x)} if cose_key == cbor.encode({1: 1, -1: 6, -2: x}):
            return VerifyingKey(cose_key, ALG_EDDSA, _ed25519_check(x))
        case _:
            raise KeyFormatError("the COSE_Key is not of a permitted shape")


def load_foreign_key(cose_key: bytes) -> VerifyingKey:
    """Return the key of a COSE_Key as others write it: with the whole y, kid, alg or key_ops.

    For checking other people's COSE messages; a key is never registered from this form. The result
    has our own compressed form and its kid. Raises KeyFormatError like `load_key`, and when a
    stated alg is not the key's.
    """
    try:
        members = cbor.decode(cose_key, max_bytes=MAX_KEY_BYTES, ordered=False)
    except FormatError as error:
        raise KeyFormatError("the COSE_Key is not CBOR of the permitted items") from error
    if not isinstance(members, dict):
        raise KeyFormatError("the COSE_Key is not a map")
    own = {
        label: value for label, value in members.items() if label not in (2, 3, 4)
    }  # kid, alg, key_ops
    match own:
        case {1: 2, -1: 1, -2: bytes(x), -3: bytes(y)} if len(own) == 4 and len(x) == len(y) == 32:
            _point(b"\x04" + x + y)
            own[-3] = bool(y[-1] & 1)
        case {1: 7}:
            own[3] = ALG_MLDSA44
        case _:
            pass  # `load_key` decides
    key = load_key(cbor.encode(own))
    if members.get(3, key.alg) != key.alg:
        raise KeyFormatError("the algorithm stated in the COSE_Key is not one of its key type")
    return key


def low_s(signature: bytes) -> bytes:
    """Return the low twin of an ES256 signature r || s: s at most (n-1)/2, for the same message.

    A signature of another length is returned as it is: it will not verify.
    """
    s = int.from_bytes(signature[32:], "big")
    if len(signature) != 64 or not _P256_ORDER // 2 < s < _P256_ORDER:
        return signature
    return signature[:32] + (_P256_ORDER - s).to_bytes(32, "big")


def encode_es256_key(public_key: ec.EllipticCurvePublicKey) -> bytes:
    """Return the COSE_Key bytes of a P-256 public key, its point compressed (RFC 9053 §7.1.1)."""
    if not isinstance(public_key.curve, ec.SECP256R1):
        raise KeyFormatError("an ES256 key must be on P-256")
    numbers = public_key.public_numbers()
    return cbor.encode({1: 2, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: bool(numbers.y & 1)})


def encode_mldsa44_key(public_key: MLDSA44PublicKey) -> bytes:
    """Return the COSE_Key bytes of an ML-DSA-44 public key (key type AKP, RFC 9964)."""
    return cbor.encode({1: 7, 3: ALG_MLDSA44, -1: public_key.public_bytes_raw()})


def encode_ed25519_key(public_key: Ed25519PublicKey) -> bytes:
    """Return the COSE_Key bytes of an Ed25519 public key (RFC 9053 §7.2)."""
    return cbor.encode({1: 1, -1: 6, -2: public_key.public_bytes(Encoding.Raw, PublicFormat.Raw)})


def _point(encoded: bytes) -> ec.EllipticCurvePublicKey:
    """Return the P-256 point of a SEC 1 encoding; KeyFormatError when it is not on the curve."""
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), encoded)
    except ValueError as error:
        raise KeyFormatError("the point is not on P-256") from error


def _es256_check(x: bytes, compressed: bytes) -> _Check:
    if len(x) != 32 or int.from_bytes(x, "big") >= _P256_FIELD:
        raise KeyFormatError("x is not a coordinate of 32 bytes on P-256")
    verify = _point(compressed).verify

    def check(signature: bytes, message: bytes) -> None:
        r, s = signature[:32], signature[32:]
        # Bytes of one length are in the order of the numbers they stand for.
        if not (_ZERO < r < _P256_ORDER_BYTES and _ZERO < s <= _P256_HALF_BYTES):
            raise SignatureInvalidError("r or s is out of range, or s is the high twin")
        numbers = der_integer(r) + der_integer(s)
        der = b"\x30" + bytes((len(numbers),)) + numbers  # Ecdsa-Sig-Value, RFC 3279 §2.2.3
        verify(der, sha256(message).digest(), _ECDSA_SHA256)

    return check


def der_integer(number: bytes) -> bytes:
    """Return a big-endian number of 1 to 127 bytes, above 0, as an INTEGER of X.690 §8.3.

    The library's own writer goes through Python integers, which costs 3 us in every verification.
    """
    shortest = number.lstrip(b"\0")
    if shortest[0] & 0x80:
        shortest = b"\0" + shortest  # else it would be negative
    return b"\x02" + bytes((len(shortest),)) + shortest


def _mldsa44_check(pub: bytes) -> _Check:
    if len(pub) != 1312:
        raise KeyFormatError("an ML-DSA-44 public key has 1,312 bytes")
    return MLDSA44PublicKey.from_public_bytes(pub).verify  # with the empty context


def _ed25519_check(x: bytes) -> _Check:
    if len(x) != 32 or _unsafe_ed25519_point(x) or not _is_on_ed25519(x):
        raise KeyFormatError("the Ed25519 point is not canonical, of small order, or on no curve")
    verify = Ed25519PublicKey.from_public_bytes(x).verify

    def check(signature: bytes, message: bytes) -> None:
        if (
            _unsafe_ed25519_point(signature[:32])
            or int.from_bytes(signature[32:], "little") >= _ED25519_ORDER
        ):
            raise SignatureInvalidError(
                "R is not canonical or of small order, or s is out of range"
            )
        verify(signature, message)

    return check


def _unsafe_ed25519_point(encoded: bytes) -> bool:
    """Say whether 32 bytes are a point of small order or no canonical y (RFC 8032 §5.1.3)."""
    y = int.from_bytes(encoded, "little") & ((1 << 255) - 1)  # the highest bit is the sign of x
    return y >= _ED25519_FIELD or y in _ED25519_SMALL_ORDER_Y


def _is_on_ed25519(encoded: bytes) -> bool:
    """Say whether some x belongs to this y: (y² - 1) / (d·y² + 1) is a square (RFC 8032 §5.1.3).

    The library loads any 32 bytes; a key on no curve verifies nothing, but it is named as a signer.
    """
    square = (int.from_bytes(encoded, "little") & ((1 << 255) - 1)) ** 2
    u, v = square - 1, _ED25519_D * square + 1  # neither is 0: then y would be of small order
    return pow(u * v, (_ED25519_FIELD - 1) // 2, _ED25519_FIELD) == 1
