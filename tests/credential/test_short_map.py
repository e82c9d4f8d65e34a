import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credential import cbor
from credential.errors import FormatError
from credential.short_map import read_short_map

_VALUES = st.one_of(
    st.text(max_size=80), st.integers(0, 23), st.binary(min_size=24, max_size=255)
).filter(lambda value: not isinstance(value, str) or len(value.encode()) <= 255)
_MAPS = st.dictionaries(st.integers(1, 23), _VALUES, min_size=1)


@given(_MAPS)
@settings(max_examples=200)
def test_reads_every_short_map(members: dict[int, cbor.Value]) -> None:
    encoded = cbor.encode(dict(members.items()))

    assert read_short_map(b"before" + encoded, 6) == members


@given(_MAPS, st.data())
@settings(max_examples=200)
def test_a_changed_byte_is_read_as_the_general_reader_reads_it_or_left_to_it(
    members: dict[int, cbor.Value], data: st.DataObject
) -> None:
    encoded = bytearray(cbor.encode(dict(members.items())))
    encoded[data.draw(st.integers(0, len(encoded) - 1))] = data.draw(st.integers(0, 255))

    found = read_short_map(bytes(encoded), 0)

    assert found is None or found == cbor.decode(bytes(encoded))


@given(st.binary(max_size=60), st.integers(0, 60))
@settings(max_examples=200)
def test_any_bytes_are_a_map_to_both_readers_or_none_to_this_one(source: bytes, start: int) -> None:
    found = read_short_map(source, start)

    assert found is None or found == cbor.decode(source[start:])


@pytest.mark.parametrize(
    ("encoded", "what"),
    [
        ("a0", "no members"),
        ("b801" + "0100", "a length of two bytes"),
        ("a10000", "label 0"),
        ("a1181800", "label 24"),
        ("a202000100", "labels that fall"),
        ("a201000100", "a label twice"),
        ("a10120", "a negative number"),
        ("a1011818", "a number above 23"),
        ("a10180", "an array"),
        ("a101f6", "null"),
        ("a101781761" + "61" * 22, "a length that is not the shortest"),
        ("a1015817" + "61" * 23, "a byte string length that is not the shortest"),
        ("a10161", "text cut short"),
        ("a1", "members cut short"),
        ("a101581861", "a byte string cut short"),
        ("a1010000", "a byte after the end"),
        ("a10161ff", "text that is not UTF-8"),
    ],
)
def test_leaves_everything_else_to_the_general_reader(encoded: str, what: str) -> None:
    assert read_short_map(bytes.fromhex(encoded), 0) is None, what


def test_what_it_leaves_the_general_reader_judges() -> None:
    with pytest.raises(FormatError):
        cbor.decode(bytes.fromhex("a201000100"))
