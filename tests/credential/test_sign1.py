"""COSE_Sign1 is checked strictly: the algorithm is the key's, and nothing unusual slips through."""

import json
from base64 import urlsafe_b64decode
from collections.abc import Callable
from pathlib import Path

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credential import cbor, verify_sign1
from credential.errors import (
    EncodingError,
    FormatError,
    KeyFormatError,
    LimitError,
    SealrootError,
    SignatureInvalidError,
    StructureError,
)
from credential.keys import load_key, low_s
from credential.sign1 import protected_header, sig_structure
from tests.credential.published import files
from tests.credential.samples import COSE_KEY, KID, damaged, sign_es256

ALG = {1: -7}


def _message(
    protected: object,
    unprotected: object,
    payload: object = b"payload",
    *,
    tag: int | None = 18,
    covered: bytes = b"payload",
) -> bytes:
    """Make a COSE_Sign1 with whatever headers, signed over exactly these."""
    header = protected if isinstance(protected, bytes) else cbor2.dumps(protected)
    signature = low_s(sign_es256(sig_structure(header, b"", covered)))
    members = [header, unprotected, payload, signature]
    return cbor2.dumps(members if tag is None else cbor2.CBORTag(tag, members))


GOOD = _message(ALG, {4: b"11"})


@pytest.mark.parametrize(
    "message",
    [
        pytest.param(GOOD, id="tagged"),
        pytest.param(_message(ALG, {4: b"11"}, tag=None), id="without a tag"),
        pytest.param(_message({1: -7, 4: KID}, {}), id="kid protected"),
        pytest.param(_message({1: -7, 4: b"11"}, {4: b"11"}), id="the same kid in both"),
        pytest.param(_message({4: b"11", 1: -7}, {}), id="labels in another order"),
        pytest.param(_message({1: -7, 2: [3], 3: 60}, {}), id="critical and understood"),
        pytest.param(_message({1: -7, "x": 1}, {99: b"x"}), id="unknown but not critical"),
    ],
)
def test_a_good_message_gives_its_payload(message: bytes) -> None:
    assert verify_sign1(message, COSE_KEY) == b"payload"
    assert verify_sign1(message, load_key(COSE_KEY), payload=b"payload") == b"payload"


def test_a_detached_payload_is_given_by_the_caller() -> None:
    message = _message(ALG, {}, None)

    assert verify_sign1(message, COSE_KEY, payload=b"payload") == b"payload"
    with pytest.raises(SignatureInvalidError):
        verify_sign1(message, COSE_KEY, payload=b"another")
    with pytest.raises(StructureError):
        verify_sign1(message, COSE_KEY)


REFUSED: dict[str, tuple[bytes, type[SealrootError]]] = {
    "algorithm only unprotected": (_message({}, {1: -7}), SignatureInvalidError),
    "algorithm only unprotected, no header bytes": (_message(b"", {1: -7}), SignatureInvalidError),
    "another algorithm": (_message({1: -35}, {}), SignatureInvalidError),
    "an algorithm by name": (_message({1: "ES256"}, {}), SignatureInvalidError),
    "no algorithm": (_message({4: b"11"}, {}), SignatureInvalidError),
    "algorithm in both headers": (_message(ALG, {1: -7}), StructureError),
    "two different kids": (_message({1: -7, 4: b"11"}, {4: b"12"}), StructureError),
    "another tag": (_message(ALG, {}, tag=98), EncodingError),
    "COSE_Mac0 tag": (_message(ALG, {}, tag=17), EncodingError),
    "two tags": (b"\xd8\x3d" + GOOD, EncodingError),
    "bytes after the end": (GOOD + b"\0", EncodingError),
    "cut": (GOOD[:-1], EncodingError),
    "unknown critical label": (_message({1: -7, 2: [99], 99: 1}, {}), StructureError),
    "critical label is not there": (_message({1: -7, 2: [4]}, {4: b"11"}), StructureError),
    "critical label by name": (_message({1: -7, 2: ["x"], "x": 1}, {}), StructureError),
    "critical label is true": (_message({1: -7, 2: [True]}, {}), StructureError),
    "no critical label": (_message({1: -7, 2: []}, {}), StructureError),
    "critical is no list": (_message({1: -7, 2: 3, 3: 60}, {}), StructureError),
    "critical is unprotected": (_message(ALG, {2: [3]}), StructureError),
    "a label of bytes": (_message(ALG, {b"x": 1}), StructureError),
    "label twice protected": (_message(b"\xa2\x01\x26\x01\x26", {}), EncodingError),
    "label twice unprotected": (
        GOOD.replace(b"\xa1\x04\x4211", b"\xa2\x04\x4211\x04\x4211"),
        EncodingError,
    ),
    "protected is no map": (_message(b"\x80", {}), StructureError),
    "protected is no CBOR": (_message(b"\xff", {}), EncodingError),
    "protected has bytes after the end": (_message(b"\xa1\x01\x26\x00", {}), EncodingError),
    "protected is not wrapped": (
        cbor2.dumps(cbor2.CBORTag(18, [ALG, {}, b"payload", bytes(64)])),
        StructureError,
    ),
    "payload is text": (_message(ALG, {}, "payload"), StructureError),
    "three members": (cbor2.dumps([b"\xa1\x01\x26", {}, b"payload"]), StructureError),
    "five members": (
        cbor2.dumps([b"\xa1\x01\x26", {}, b"payload", bytes(64), b""]),
        StructureError,
    ),
    "not an array": (b"\xa0", StructureError),
    "indefinite array": (b"\x9f" + GOOD[2:] + b"\xff", EncodingError),
    "too long": (_message(ALG, {}, bytes(1 << 16)), LimitError),
    "empty signature": (
        cbor2.dumps([b"\xa1\x01\x26", {}, b"payload", b""]),
        SignatureInvalidError,
    ),
}


@pytest.mark.parametrize(("message", "error"), REFUSED.values(), ids=REFUSED)
def test_refuses(message: bytes, error: type[SealrootError]) -> None:
    with pytest.raises(error):
        verify_sign1(message, COSE_KEY)


def test_refuses_another_payload_than_the_one_attached() -> None:
    with pytest.raises(StructureError):
        verify_sign1(GOOD, COSE_KEY, payload=b"another")


def test_refuses_other_external_data() -> None:
    with pytest.raises(SignatureInvalidError):
        verify_sign1(GOOD, COSE_KEY, external_aad=b"another purpose")


def test_refuses_a_key_that_is_none() -> None:
    with pytest.raises(KeyFormatError):
        verify_sign1(GOOD, b"\xa0")


@settings(max_examples=150)
@given(st.data())
def test_no_change_gives_another_payload(data: st.DataObject) -> None:
    broken = data.draw(damaged(GOOD))

    try:
        payload = verify_sign1(broken, COSE_KEY)
    except (FormatError, SignatureInvalidError):
        return
    assert payload == b"payload"


@settings(max_examples=150)
@given(st.binary(max_size=80))
def test_any_bytes_are_refused_with_our_errors(message: bytes) -> None:
    with pytest.raises((FormatError, SignatureInvalidError)):
        verify_sign1(message, COSE_KEY)


def test_the_protected_header_of_a_receipt_names_its_tree() -> None:
    assert protected_header(-7, KID).hex() == "a2012604" + "50" + KID.hex()
    assert protected_header(-48, KID, 1).hex() == "a301382f04" + "50" + KID.hex() + "19018b01"


def test_an_empty_protected_header_counts_as_no_bytes() -> None:
    assert sig_structure(b"\xa0", b"", b"") == sig_structure(b"", b"", b"")


def _jose_bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _published(path: Path) -> tuple[bytes, bytes, bytes, Callable[[], bytes]]:
    case = json.loads(path.read_text())
    sign0 = case["input"]["sign0"]
    key = sign0["key"]
    cose_key = cbor2.dumps({1: 2, -1: 1, -2: _jose_bytes(key["x"]), -3: _jose_bytes(key["y"])})
    aad = bytes.fromhex(sign0.get("external", ""))
    message = bytes.fromhex(case["output"]["cbor"])
    signed = bytes.fromhex(case["intermediates"]["ToBeSign_hex"])
    return (
        case["input"]["plaintext"].encode(),
        signed,
        message,
        lambda: verify_sign1(low_s_message(message), cose_key, external_aad=aad),
    )


def low_s_message(message: bytes) -> bytes:
    """Turn the s of a message's signature into its low twin: others may sign with a high one."""
    return message[:-64] + low_s(message[-64:])


@pytest.mark.parametrize("path", files("cose/*.json"))
def test_published_example_is_covered_as_published(path: Path) -> None:
    plaintext, signed, message, verify = _published(path)
    protected = cbor2.loads(message).value[0]

    assert signed.endswith(cbor.encode(plaintext))
    if cbor2.loads(protected) == ALG:
        assert verify() == plaintext
    else:  # sign-pass-01: the algorithm is in the unprotected header alone
        with pytest.raises(SignatureInvalidError):
            verify()
