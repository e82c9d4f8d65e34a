"""The cursor over CBOR refuses whatever the strict decoder of the credentials refuses."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credential import cbor
from credential.errors import EncodingError, FormatError, LimitError, StructureError
from registry.cbor_reader import CborReader

UNSIGNED = st.integers(0, 2**64 - 1)


@given(UNSIGNED)
def test_reads_every_unsigned_integer(number: int) -> None:
    reader = CborReader(cbor.encode(number))
    assert reader.uint() == number
    reader.end()


@given(st.integers(-(2**64), 2**64 - 1))
def test_reads_every_integer(number: int) -> None:
    assert CborReader(cbor.encode(number)).integer() == number


@given(st.binary(max_size=300))
def test_reads_every_byte_string(content: bytes) -> None:
    assert CborReader(cbor.encode(content)).byte_string(300) == content


@given(st.text(max_size=80))
def test_reads_every_text(content: str) -> None:
    assert CborReader(cbor.encode(content)).text(400) == content


@pytest.mark.parametrize("value", [True, False])
def test_reads_booleans(value: bool) -> None:  # noqa: FBT001  # the value under test
    assert CborReader(cbor.encode(value)).boolean() is value


def test_null_is_seen_and_passed() -> None:
    reader = CborReader(b"\xf6\x01")
    assert reader.null()
    assert not reader.null()
    assert reader.optional(reader.uint) == 1


READS: dict[str, Callable[[CborReader], object]] = {
    "uint": CborReader.uint,
    "integer": CborReader.integer,
    "bytes": lambda reader: reader.byte_string(100),
    "fixed": lambda reader: reader.fixed_bytes(4),
    "text": lambda reader: reader.text(100),
    "boolean": CborReader.boolean,
    "array": CborReader.array,
    "map": lambda reader: reader.map_of(0, 9),
    "raw map": CborReader.raw_map,
    "tag": lambda reader: reader.tag(18),
    "key": lambda reader: reader.key(1),
}


@pytest.mark.parametrize("name", READS)
@given(source=st.binary(max_size=12))
def test_any_bytes_raise_only_our_errors(name: str, source: bytes) -> None:
    reader = CborReader(source)
    try:
        READS[name](reader)
    except FormatError:
        return
    assert 0 < reader.position <= len(source)


@pytest.mark.parametrize(
    ("name", "encoded"),
    [
        ("uint", "1817"),
        ("uint", "190017"),
        ("uint", "1a0000ffff"),
        ("uint", "1b00000000ffffffff"),
        ("uint", "19ff"),
        ("uint", "1f"),
        ("uint", "1c"),
        ("bytes", "5f"),
        ("bytes", "4301"),
        ("bytes", "580101"),
        ("text", "62ff41"),
        ("array", "9f"),
        ("map", "bf"),
        ("uint", ""),
        ("boolean", ""),
    ],
)
def test_refuses_what_is_not_deterministic(name: str, encoded: str) -> None:
    with pytest.raises(EncodingError):
        READS[name](CborReader(bytes.fromhex(encoded)))


@pytest.mark.parametrize(
    ("name", "encoded"),
    [
        ("uint", "20"),
        ("uint", "f5"),
        ("integer", "40"),
        ("bytes", "60"),
        ("fixed", "43010203"),
        ("text", "40"),
        ("boolean", "00"),
        ("boolean", "f7"),
        ("array", "a0"),
        ("map", "80"),
        ("raw map", "a10180"),
        ("tag", "d1"),
        ("key", "02"),
    ],
)
def test_refuses_another_item_than_the_one_asked_for(name: str, encoded: str) -> None:
    with pytest.raises(StructureError):
        READS[name](CborReader(bytes.fromhex(encoded)))


def test_limits_are_kept_before_anything_is_read() -> None:
    with pytest.raises(LimitError):
        CborReader(b"\x5a\xff\xff\xff\xff").byte_string(100)
    with pytest.raises(LimitError):
        CborReader(b"\x9a\xff\xff\xff\xff").array()
    with pytest.raises(StructureError):
        CborReader(b"\x05").uint(4)
    with pytest.raises(StructureError):
        CborReader(b"\x81").array(2)


def test_bytes_behind_the_end_are_refused() -> None:
    reader = CborReader(b"\x00\x00")
    reader.uint()
    with pytest.raises(EncodingError, match="1 bytes follow"):
        reader.end()
