"""RLP, held against the usual library."""

import pytest
import rlp
from hypothesis import given
from hypothesis import strategies as st

from registry.errors import EvidenceError
from registry.evidence.header import MAX_HEADER_BYTES, decode_header
from registry.evidence.rlp_items import Item, decode_list, encode, scalar

ITEMS = st.recursive(st.binary(max_size=300), lambda one: st.lists(one, max_size=20), max_leaves=60)


@given(st.lists(ITEMS, max_size=20))
def test_what_we_encode_the_library_decodes(items: list[Item]) -> None:
    assert rlp.decode(encode(items)) == items
    assert rlp.encode(items) == encode(items)
    assert decode_list(encode(items), 100, 100) == items


@given(st.binary(max_size=80))
def test_bytes_are_refused_or_are_the_one_encoding_of_what_comes_out(source: bytes) -> None:
    try:
        items = decode_list(source, 100, 10)
    except EvidenceError:
        return
    assert encode(items) == source
    assert rlp.decode(source) == items


@pytest.mark.parametrize(
    "source",
    [
        b"",
        b"\x80",
        b"\xc0\x00",
        b"\xc1",
        b"\xc2\x81\x05",
        b"\xc3\x81\x80\x00\x00",
        b"\xf8\x00",
        b"\xf8\x37" + b"\x01" * 0x37,
        b"\xf9\x00\x38" + b"\x01" * 0x38,
        b"\xff" + b"\xff" * 8,
        b"\xf8",
        b"\xc2\xb8\x01",
    ],
)
def test_another_than_the_shortest_form_is_refused(source: bytes) -> None:
    with pytest.raises(EvidenceError):
        decode_list(source, 100, 10)


def test_depth_and_length_are_bounded() -> None:
    deep: list[Item] = []
    for _ in range(5):
        deep = [deep]
    assert decode_list(encode(deep), 1, 6) == deep
    with pytest.raises(EvidenceError, match="nested"):
        decode_list(encode(deep), 1, 5)
    with pytest.raises(EvidenceError, match="more than 3"):
        decode_list(encode([b""] * 4), 3, 1)


def test_a_number_has_no_leading_zero() -> None:
    assert scalar(b"", 8) == 0
    for content in (b"\0", b"\0\1", b"\1" * 9):
        with pytest.raises(EvidenceError):
            scalar(content, 8)


def test_a_header_is_of_its_size_and_its_fields() -> None:
    with pytest.raises(EvidenceError, match="at most"):
        decode_header(bytes(MAX_HEADER_BYTES + 1))
    with pytest.raises(EvidenceError, match="at least 15"):
        decode_header(encode([bytes(32)] * 14))
    with pytest.raises(EvidenceError, match="field 0"):
        decode_header(encode([bytes(31)] * 15))
    with pytest.raises(EvidenceError, match="more than 21"):
        decode_header(encode([bytes(32)] * 22))
