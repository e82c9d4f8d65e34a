"""Keys are read in their exact shapes only; signatures are checked by the key's algorithm."""

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from credential import cbor
from credential.cbor import Value
from credential.errors import KeyFormatError, SignatureInvalidError
from credential.keys import (
    ALG_EDDSA,
    ALG_ES256,
    ALG_MLDSA44,
    encode_ed25519_key,
    encode_es256_key,
    encode_mldsa44_key,
    kid_of,
    load_foreign_key,
    load_key,
    low_s,
)
from tests.credential.published import cases
from tests.credential.samples import COSE_KEY, KID, PRIVATE_KEY, damaged, sign_es256

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
ED25519 = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
MLDSA = MLDSA44PrivateKey.from_seed_bytes(bytes(range(32)))
NUMBERS = PRIVATE_KEY.public_key().public_numbers()
X, Y = NUMBERS.x.to_bytes(32, "big"), NUMBERS.y.to_bytes(32, "big")


def _add(one: tuple[int, int], two: tuple[int, int]) -> tuple[int, int]:
    """Add two points of edwards25519 (RFC 8032 §5.1.4, affine)."""
    (x1, y1), (x2, y2) = one, two
    d = -121665 * pow(121666, -1, P)
    product = d * x1 * x2 * y1 * y2
    return (
        (x1 * y2 + x2 * y1) * pow(1 + product, -1, P) % P,
        (y1 * y2 + x1 * x2) * pow(1 - product, -1, P) % P,
    )


def _small_order_encodings() -> list[bytes]:
    """Make every encoding, canonical or not, of the eight points whose order divides 8."""
    order8_y = int.from_bytes(
        bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"), "little"
    )
    d = -121665 * pow(121666, -1, P)
    square = (order8_y**2 - 1) * pow(d * order8_y**2 + 1, -1, P) % P
    root = pow(square, (P + 3) // 8, P)
    root = root if root * root % P == square else root * pow(2, (P - 1) // 4, P) % P
    generator = (root, order8_y)
    points = [(0, 1)]
    for _ in range(7):
        points.append(_add(points[-1], generator))
    assert _add(points[-1], generator) == (0, 1)
    assert len(set(points)) == 8
    return sorted(
        {
            (y + extra | sign << 255).to_bytes(32, "little")
            for _, y in points
            for extra in (0, P)
            if y + extra < 1 << 255
            for sign in (0, 1)
        }
    )


SMALL_ORDER = _small_order_encodings()


def test_an_es256_key_verifies_what_its_private_half_signed() -> None:
    key = load_key(COSE_KEY)

    key.verify(low_s(sign_es256(b"message")), b"message")

    assert (key.alg, key.kid, key.cose_key) == (ALG_ES256, KID, COSE_KEY)
    assert KID.hex() in repr(key)


def test_an_mldsa44_key_verifies_what_its_private_half_signed() -> None:
    key = load_key(encode_mldsa44_key(MLDSA.public_key()))

    key.verify(MLDSA.sign(b"message"), b"message")

    assert key.alg == ALG_MLDSA44


def test_an_ed25519_key_verifies_what_its_private_half_signed() -> None:
    key = load_key(encode_ed25519_key(ED25519.public_key()))

    key.verify(ED25519.sign(b"message"), b"message")

    assert key.alg == ALG_EDDSA


def test_the_key_id_is_the_digest_of_the_key_bytes() -> None:
    assert kid_of(b"").hex() == "e3b0c44298fc1c149afbf4c8996fb924"


@pytest.mark.parametrize(
    "cose_key",
    [
        pytest.param(COSE_KEY, id="ES256"),
        pytest.param(encode_mldsa44_key(MLDSA.public_key()), id="ML-DSA-44"),
        pytest.param(encode_ed25519_key(ED25519.public_key()), id="Ed25519"),
    ],
)
@pytest.mark.parametrize("length", [0, 1, 63, 64, 65, 128, 2419, 2420, 2421])
def test_a_signature_of_zeros_of_any_length_is_refused(cose_key: bytes, length: int) -> None:
    with pytest.raises(SignatureInvalidError):
        load_key(cose_key).verify(bytes(length), b"message")


def test_the_high_twin_of_a_good_signature_is_refused() -> None:
    signature = low_s(sign_es256(b"message"))
    high = signature[:32] + (N - int.from_bytes(signature[32:], "big")).to_bytes(32, "big")

    assert low_s(high) == low_s(signature) == signature
    with pytest.raises(SignatureInvalidError):
        load_key(COSE_KEY).verify(high, b"message")


@pytest.mark.parametrize(("r", "s"), [(0, 1), (1, 0), (N, 1), (1, N), (2**256 - 1, 1)])
def test_r_and_s_out_of_range_are_refused(r: int, s: int) -> None:
    with pytest.raises(SignatureInvalidError):
        load_key(COSE_KEY).verify(r.to_bytes(32, "big") + s.to_bytes(32, "big"), b"message")


@pytest.mark.parametrize("signature", [b"", bytes(63), b"\xff" * 64, bytes(32) + b"\xff" * 33])
def test_low_s_leaves_alone_what_is_no_signature(signature: bytes) -> None:
    assert low_s(signature) == signature


@settings(max_examples=50)
@given(st.data())
def test_a_damaged_signature_is_refused(data: st.DataObject) -> None:
    signature = low_s(sign_es256(b"message"))
    broken = data.draw(damaged(signature).filter(lambda drawn: drawn != signature))

    with pytest.raises(SignatureInvalidError):
        load_key(COSE_KEY).verify(broken, b"message")


def test_an_ed25519_signature_with_s_not_reduced_is_refused() -> None:
    signature = ED25519.sign(b"message")
    s = int.from_bytes(signature[32:], "little") + L
    key = load_key(encode_ed25519_key(ED25519.public_key()))

    with pytest.raises(SignatureInvalidError):
        key.verify(signature[:32] + s.to_bytes(32, "little"), b"message")


@pytest.mark.parametrize("point", SMALL_ORDER, ids=bytes.hex)
def test_an_ed25519_key_of_small_order_is_refused(point: bytes) -> None:
    with pytest.raises(KeyFormatError):
        load_key(cbor.encode({1: 1, -1: 6, -2: point}))


@pytest.mark.parametrize("point", SMALL_ORDER, ids=bytes.hex)
def test_an_ed25519_signature_with_r_of_small_order_is_refused(point: bytes) -> None:
    key = load_key(encode_ed25519_key(ED25519.public_key()))

    with pytest.raises(SignatureInvalidError):
        key.verify(point + bytes(32), b"message")


SHAPES: dict[str, Value] = {
    "not a map": [],
    "empty": {},
    "another key type": {1: 4, -1: b"secret"},
    "P-384": {1: 2, -1: 2, -2: X, -3: True},
    "whole point": {1: 2, -1: 1, -2: X, -3: Y},
    "sign of y as a number": {1: 2, -1: 1, -2: X, -3: 1},
    "curve as true": {1: 2, -1: True, -2: X, -3: bool(Y[-1] & 1)},
    "with a kid": {1: 2, 2: b"kid", -1: 1, -2: X, -3: True},
    "with an algorithm": {1: 2, 3: -7, -1: 1, -2: X, -3: True},
    "with a private half": {1: 2, -1: 1, -2: X, -3: True, -4: bytes(32)},
    "x too short": {1: 2, -1: 1, -2: X[1:], -3: True},
    "x too long": {1: 2, -1: 1, -2: b"\0" + X, -3: True},
    "x not on the curve": {1: 2, -1: 1, -2: bytes(31) + b"\x01", -3: True},
    "x not below the field prime": {1: 2, -1: 1, -2: b"\xff" * 32, -3: True},
    "x equal to the field prime": {
        1: 2,
        -1: 1,
        -2: (2**256 - 2**224 + 2**192 + 2**96 - 1).to_bytes(32, "big"),
        -3: False,
    },
    "ML-DSA-44 without its algorithm": {1: 7, -1: bytes(1312)},
    "ML-DSA-65": {1: 7, 3: -49, -1: bytes(1312)},
    "ML-DSA-44 too short": {1: 7, 3: -48, -1: bytes(1311)},
    "ML-DSA-44 too long": {1: 7, 3: -48, -1: bytes(1313)},
    "Ed25519 too short": {1: 1, -1: 6, -2: bytes(31)},
    "X25519": {1: 1, -1: 4, -2: bytes(32)},
    "Ed25519 not canonical": {1: 1, -1: 6, -2: (P + 3).to_bytes(32, "little")},
}


@pytest.mark.parametrize("members", SHAPES.values(), ids=SHAPES)
def test_a_key_of_another_shape_is_refused(members: Value) -> None:
    with pytest.raises(KeyFormatError):
        load_key(cbor.encode(members))


@pytest.mark.parametrize("cose_key", [b"", b"\xff", COSE_KEY + b"\0", bytes(3000)])
def test_a_key_that_is_not_deterministic_is_refused(cose_key: bytes) -> None:
    with pytest.raises(KeyFormatError):
        load_key(cose_key)
    with pytest.raises(KeyFormatError):
        load_foreign_key(cose_key)


@settings(max_examples=100)
@given(st.data())
def test_a_damaged_key_is_refused_or_is_another_key(data: st.DataObject) -> None:
    broken = data.draw(damaged(COSE_KEY).filter(lambda drawn: drawn != COSE_KEY))

    try:
        key = load_key(broken)
    except KeyFormatError:
        return
    assert key.kid != KID
    with pytest.raises(SignatureInvalidError):
        key.verify(low_s(sign_es256(b"message")), b"message")


def test_only_a_p256_key_is_written_as_an_es256_key() -> None:
    with pytest.raises(KeyFormatError):
        encode_es256_key(ec.derive_private_key(7, ec.SECP384R1()).public_key())


@pytest.mark.parametrize(
    "members",
    [
        {1: 2, -1: 1, -2: X, -3: Y},
        {-3: Y, -2: X, -1: 1, 1: 2},
        {1: 2, 2: b"11", 3: -7, 4: [2], -1: 1, -2: X, -3: Y},
        {1: 2, 2: b"11", -1: 1, -2: X, -3: bool(Y[-1] & 1)},
    ],
)
def test_a_key_as_others_write_it_gives_our_key(members: dict[int, object]) -> None:
    assert load_foreign_key(cbor2.dumps(members)).cose_key == COSE_KEY


def test_an_mldsa44_key_as_others_write_it_gives_our_key() -> None:
    own = encode_mldsa44_key(MLDSA.public_key())

    assert load_foreign_key(own).cose_key == own


@pytest.mark.parametrize(
    "members",
    [
        7,
        {1: 2, 3: -35, -1: 1, -2: X, -3: Y},
        {1: 2, -1: 1, -2: X, -3: Y[:-1] + bytes((Y[-1] ^ 1,))},
        {1: 2, -1: 1, -2: X, -3: b""},
        {1: 2, -1: 1, -2: X, -3: Y, -4: bytes(32)},
        {1: 7, 3: -49, -1: bytes(1312)},
        {1: 4, -1: b"secret"},
    ],
)
def test_a_key_of_others_that_is_wrong_is_refused(members: object) -> None:
    with pytest.raises(KeyFormatError):
        load_foreign_key(cbor2.dumps(members))


@pytest.mark.parametrize(("group", "case"), cases("ecdsa/ecdsa_secp256r1_sha256_p1363_test.json"))
def test_published_es256_vector(group: dict[str, object], case: dict[str, object]) -> None:
    point = bytes.fromhex(group["publicKey"]["uncompressed"])
    key = load_foreign_key(cbor2.dumps({1: 2, -1: 1, -2: point[1:33], -3: point[33:]}))
    signature, message = bytes.fromhex(case["sig"]), bytes.fromhex(case["msg"])

    assert _verifies(key, low_s(signature), message) == (case["result"] == "valid")
    assert not _verifies(key, signature, message) or low_s(signature) == signature


@pytest.mark.parametrize(("group", "case"), cases("mldsa/mldsa_44_verify_test.json"))
def test_published_mldsa44_vector(group: dict[str, object], case: dict[str, object]) -> None:
    cose_key = cbor.encode({1: 7, 3: -48, -1: bytes.fromhex(group["publicKey"])})
    expected = case["result"] == "valid" and not case.get("ctx")

    try:
        key = load_key(cose_key)
    except KeyFormatError:
        assert not expected
        return
    assert _verifies(key, bytes.fromhex(case["sig"]), bytes.fromhex(case["msg"])) == expected


def _verifies(key: object, signature: bytes, message: bytes) -> bool:
    try:
        key.verify(signature, message)
    except SignatureInvalidError:
        return False
    return True
