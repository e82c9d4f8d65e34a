"""The one CBOR decoder: strict, bounded, and the exact inverse of the encoder."""

import time
import tracemalloc
from contextlib import suppress

import cbor2
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from credential import cbor
from credential.cbor import Tag, Value
from credential.errors import EncodingError, FormatError, LimitError, StructureError
from tests.credential.samples import damaged, values

WIDE = {"max_bytes": 1 << 20, "max_depth": 100, "max_items": 1000}

NOT_DETERMINISTIC = {
    "nothing": "",
    "integer 0 in two bytes": "1800",
    "integer 23 in two bytes": "1817",
    "integer 255 in three bytes": "1900ff",
    "integer 65535 in five bytes": "1a0000ffff",
    "integer 2^32 - 1 in nine bytes": "1b00000000ffffffff",
    "negative integer in two bytes": "3800",
    "long length of a short text": "780161",
    "long length of short bytes": "5800",
    "long length of an array": "9800",
    "long length of a map": "b800",
    "reserved additional information 28": "1c",
    "reserved additional information 30": "5e",
    "indefinite bytes": "5f4100ff",
    "indefinite text": "7f6161ff",
    "indefinite array": "9fff",
    "indefinite map": "bfff",
    "break alone": "ff",
    "half float": "f93c00",
    "float": "fa3f800000",
    "double": "fb3ff0000000000000",
    "undefined": "f7",
    "simple value 0": "e0",
    "simple value 19": "f3",
    "simple value 255": "f8ff",
    "false as a long simple value": "f814",
    "tag": "c11a00000000",
    "tag 18": "d280",
    "key twice": "a201000100",
    "keys out of order": "a202000100",
    "long key before a short one": "a21818000100",
    "long keys out of order": "a2181900181800",
    "long key twice": "a2181800181800",
    "negative key before a positive one": "a220000100",
    "text key before an integer key": "a2616100182000",
    "bytes after the end": "0000",
    "array without its element": "81",
    "map without its value": "a101",
    "map without its key": "a1",
    "half an integer": "1a0001",
    "half a byte integer": "18",
    "text shorter than its length": "636161",
    "text in a map shorter than its length": "a101636161",
    "bytes shorter than their length": "434141",
    "bytes of 2^64 - 1 announced": "5bffffffffffffffff",
    "text that is not UTF-8": "61ff",
    "text that is not UTF-8 in a map": "a10161ff",
    "text with an overlong form": "62c080",
    "text with a surrogate": "63eda080",
}


@pytest.mark.parametrize("data", NOT_DETERMINISTIC.values(), ids=NOT_DETERMINISTIC)
def test_refuses_what_is_not_deterministic(data: str) -> None:
    with pytest.raises(EncodingError):
        cbor.decode(bytes.fromhex(data))


@pytest.mark.parametrize("key", ["f4", "f5", "f6", "80", "a0"])
def test_refuses_map_keys_that_are_neither_integers_nor_strings(key: str) -> None:
    with pytest.raises(StructureError):
        cbor.decode(bytes.fromhex("a1" + key + "00"))


# RFC 8949, Appendix A
@pytest.mark.parametrize(
    ("data", "value"),
    [
        ("00", 0),
        ("17", 23),
        ("1818", 24),
        ("1903e8", 1000),
        ("1a000f4240", 1000000),
        ("1b000000e8d4a51000", 1000000000000),
        ("1bffffffffffffffff", 18446744073709551615),
        ("3bffffffffffffffff", -18446744073709551616),
        ("20", -1),
        ("3903e7", -1000),
        ("f4", False),
        ("f5", True),
        ("f6", None),
        ("4401020304", b"\x01\x02\x03\x04"),
        ("62c3bc", "\u00fc"),
        ("64f0908591", "\U00010151"),
        ("8301820203820405", [1, [2, 3], [4, 5]]),
        ("a201020304", {1: 2, 3: 4}),
        ("a26161016162820203", {"a": 1, "b": [2, 3]}),
        ("98190102030405060708090a0b0c0d0e0f101112131415161718181819", [*range(1, 26)]),
    ],
)
def test_reads_and_writes_the_examples_of_the_standard(data: str, value: Value) -> None:
    encoded = bytes.fromhex(data)

    assert cbor.decode(encoded) == value
    assert cbor.encode(value) == encoded


def test_takes_exactly_eight_levels() -> None:
    assert cbor.decode(b"\x81" * 7 + b"\x80") == [[[[[[[[]]]]]]]]
    assert cbor.decode(b"\xa1\x00" * 7 + b"\xa0") == {0: {0: {0: {0: {0: {0: {0: {}}}}}}}}


@pytest.mark.parametrize("level", [b"\x81", b"\xa1\x00"])
def test_refuses_a_ninth_level(level: bytes) -> None:
    with pytest.raises(LimitError):
        cbor.decode(level * 8 + b"\x80")


def test_takes_exactly_64_elements() -> None:
    assert cbor.decode(b"\x98\x40" + bytes(64)) == [0] * 64


@pytest.mark.parametrize(
    "head", [b"\x98\x41", b"\xb8\x41", b"\x9b" + b"\xff" * 8, b"\xba\x7f\0\0\0"]
)
def test_refuses_65_elements_before_reading_them(head: bytes) -> None:
    with pytest.raises(LimitError):
        cbor.decode(head)


def test_takes_exactly_16384_bytes() -> None:
    assert len(cbor.encode(cbor.decode(b"\x59\x3f\xfd" + bytes(16_381)))) == 16_384


def test_refuses_more_bytes_before_reading_them() -> None:
    with pytest.raises(LimitError):
        cbor.decode(b"\xff" * 16_385)


def test_reads_a_tag_only_where_the_caller_names_it() -> None:
    assert cbor.decode(b"\xd2\x80", tags=frozenset({18})) == Tag(18, [])
    assert cbor.encode(Tag(18, [])) == b"\xd2\x80"


@pytest.mark.parametrize("data", ["d2", "d2d280", "d83d80", "d812"])
def test_refuses_tags_without_content_in_a_row_or_of_another_number(data: str) -> None:
    with pytest.raises(EncodingError):
        cbor.decode(bytes.fromhex(data), tags=frozenset({18}))


def test_reads_keys_in_any_order_only_on_demand() -> None:
    assert cbor.decode(bytes.fromhex("a202000101"), ordered=False) == {2: 0, 1: 1}


@pytest.mark.parametrize("data", ["a3010002000100", "a2616100616100", "a31820000100182000"])
def test_refuses_a_key_twice_in_any_order(data: str) -> None:
    with pytest.raises(EncodingError):
        cbor.decode(bytes.fromhex(data), ordered=False)


@pytest.mark.parametrize(
    "value",
    [1.0, 1 << 64, -(1 << 64) - 1, "\ud800", {"\ud800": 1}, {(1,): 2}, {True: 1}, object(), (1, 2)],
)
def test_writes_nothing_that_it_would_not_read(value: Value) -> None:
    with pytest.raises(EncodingError):
        cbor.encode(value)


def test_a_value_that_holds_itself_is_refused() -> None:
    value: list[Value] = []
    value.append(value)

    with pytest.raises(EncodingError):
        cbor.encode(value)


@given(values)
def test_decode_after_encode_is_identity(value: Value) -> None:
    decoded = cbor.decode(cbor.encode(value), **WIDE)

    assert decoded == value
    assert repr(type(decoded)) == repr(type(value))  # True is not 1


@given(values)
def test_another_implementation_reads_the_same(value: Value) -> None:
    assert cbor2.loads(cbor.encode(value)) == value


@settings(max_examples=200)
@given(st.data())
def test_damaged_bytes_are_refused_or_are_the_only_encoding_of_something(
    data: st.DataObject,
) -> None:
    whole = cbor.encode(data.draw(values))
    broken = data.draw(damaged(whole))

    try:
        value = cbor.decode(broken)
    except FormatError:
        return
    assert cbor.encode(value) == broken


@settings(max_examples=300)
@given(st.binary(max_size=60))
@example(b"\x82" * 60)
@example(b"\x9b\xff\xff\xff\xff\xff\xff\xff\xff")
def test_any_bytes_are_refused_or_are_the_only_encoding_of_something(data: bytes) -> None:
    try:
        value = cbor.decode(data, tags=frozenset({18}))
    except FormatError:
        return
    assert cbor.encode(value) == data


@pytest.mark.parametrize(
    "data",
    [
        b"\x81" * 16_384,
        b"\x82" * 16_384,
        b"\xa1" * 16_384,
        b"\xd2" * 16_384,
        b"\x98\x40" * 8_192,
        b"\xff" * (1 << 20),
        b"\x9b" + b"\xff" * 16_000,
        (b"\x98\x40" + bytes(63)) * 250,
        b"\x5b\x7f" + b"\xff" * 16_000,
        b"\xb8\x40" + b"".join(bytes((0x18, key, 0)) for key in range(24, 88)),
    ],
    ids=lambda data: data[:4].hex(),
)
def test_hostile_bytes_cost_neither_time_nor_memory(data: bytes) -> None:
    tracemalloc.start()
    began = time.process_time()
    with suppress(FormatError):
        cbor.decode(data, tags=frozenset({18}))
    seconds = time.process_time() - began
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert seconds < 1  # a bomb that works takes minutes
    assert peak < 1 << 20
