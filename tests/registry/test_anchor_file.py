"""The trust anchor file and the digest people read aloud."""

from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credential import cbor
from registry.anchor_file import (
    TrustAnchor,
    decode_trust_anchor,
    encode_trust_anchor,
    short_digest,
)
from registry.errors import TrustAnchorError
from tests.simulator import Simulator

ANCHOR = Simulator().trust_anchor
ENCODED = encode_trust_anchor(ANCHOR)
WITH_VALIDATORS = replace(ANCHOR, validators=(b"\1" * 20, b"\2" * 20))


@pytest.mark.parametrize("anchor", [ANCHOR, WITH_VALIDATORS], ids=["bare", "with validators"])
def test_a_trust_anchor_survives_its_bytes(anchor: TrustAnchor) -> None:
    assert decode_trust_anchor(encode_trust_anchor(anchor)) == anchor


def change(**members: object) -> bytes:
    """The anchor file with members replaced, added or (None) taken out."""
    value = cbor.decode(ENCODED)
    assert isinstance(value, dict)
    for name, new in members.items():
        value[int(name[1:])] = new  # type: ignore[assignment]  # the test names them
    return cbor.encode({key: item for key, item in value.items() if item is not None})


@pytest.mark.parametrize(
    "source",
    [
        b"",
        ENCODED[:-1],
        ENCODED + b"\0",
        bytes(65_537),
        change(_1=2),
        change(_2=-1),
        change(_3=bytes(21)),
        change(_4=[1, []]),
        change(_4=None),
        change(_5=["名"]),
        change(_5=["名", ""]),
        change(_5=["名", "a\x00"]),
        change(_6=[]),
        change(_6=[bytes(19)]),
        change(_7=1),
    ],
)
def test_a_malformed_trust_anchor_is_refused(source: bytes) -> None:
    with pytest.raises(TrustAnchorError):
        decode_trust_anchor(source)


@given(st.binary(max_size=200))
def test_any_bytes_raise_only_our_error(source: bytes) -> None:
    with pytest.raises(TrustAnchorError):
        decode_trust_anchor(source)


def test_the_short_digest_is_24_characters_in_groups_of_four() -> None:
    groups = short_digest(ENCODED).split("-")
    assert [len(group) for group in groups] == [4] * 6


def test_the_short_digest_is_the_first_15_bytes_in_crockford_base32() -> None:
    letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    number = 0
    for letter in short_digest(ENCODED).replace("-", ""):
        number = number * 32 + letters.index(letter)
    assert number.to_bytes(15, "big") == sha256(ENCODED).digest()[:15]


def test_every_byte_of_the_file_moves_the_short_digest() -> None:
    digests = {short_digest(ENCODED[:n] + b"\xaa" + ENCODED[n + 1 :]) for n in range(40)}
    assert len(digests) >= 39
