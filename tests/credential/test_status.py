"""Status lists say exactly what they say, in the bit order of Token Status List."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credential import cbor, status_of
from credential.errors import FormatError, LimitError, StructureError
from credential.status import (
    SlotState,
    StatusList,
    changed,
    decode_status_list,
    encode_status_list,
    new_status_list,
)
from tests.credential.samples import damaged

states = st.sampled_from(SlotState)
BASE: dict[Any, Any] = {1: 1, 2: "A15030000C", 3: 1, 4: 2, 5: 8, 6: b"\x09\x44"}


@st.composite
def status_lists(draw: st.DrawFn) -> StatusList:
    slots = draw(st.integers(1, 80))
    marked = draw(st.dictionaries(st.integers(0, slots - 1), states, max_size=20))
    digest = draw(st.none() | st.binary(min_size=32, max_size=32))
    version = draw(st.integers(2, 2**32 - 1))
    return changed(new_status_list("A15030000C", 7, slots), marked, version, digest)


# draft-ietf-oauth-status-list, sections 4.1 and 4.2
def test_one_bit_a_slot_is_read_from_the_least_significant_bit() -> None:
    bits = bytes.fromhex("b9a3")

    assert [status_of(bits, index, 1) for index in range(16)] == (
        [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1]
    )


def test_two_bits_a_slot_are_read_from_the_least_significant_bits() -> None:
    bits = bytes.fromhex("c944f9")

    assert [status_of(bits, index) for index in range(12)] == [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3]


def test_four_and_eight_bits_a_slot() -> None:
    assert [status_of(b"\x21\x43", index, 4) for index in range(4)] == [1, 2, 3, 4]
    assert [status_of(b"\x21\x43", index, 8) for index in range(2)] == [0x21, 0x43]


@pytest.mark.parametrize(("index", "width"), [(-1, 2), (8, 2), (16, 1), (2, 8), (0, 3), (0, 0)])
def test_a_slot_or_width_that_is_not_there_is_refused(index: int, width: int) -> None:
    with pytest.raises(StructureError):
        status_of(b"\0\0", index, width)


def test_the_example_of_the_format_page_is_read() -> None:
    status_list = decode_status_list(cbor.encode(BASE))

    assert [status_list.state(index) for index in range(8)] == [1, 2, 0, 0, 0, 1, 0, 1]
    assert status_list.state(1) is SlotState.SUSPENDED


@pytest.mark.parametrize("index", [-1, 8, 2**26])
def test_an_index_past_the_end_is_no_slot(index: int) -> None:
    assert decode_status_list(cbor.encode(BASE)).state(index) is None


@given(status_lists())
def test_decode_after_encode_is_identity(drawn: StatusList) -> None:
    assert decode_status_list(encode_status_list(drawn)) == drawn


@given(st.lists(states, min_size=1, max_size=50))
def test_every_slot_keeps_its_own_state(wanted: list[SlotState]) -> None:
    empty = new_status_list("A15030000C", 1, len(wanted))
    full = changed(empty, dict.fromkeys(range(len(wanted)), SlotState.SUSPENDED), 2)

    done = changed(full, dict(enumerate(wanted)), 3)

    assert [done.state(index) for index in range(len(wanted))] == wanted
    assert [status_of(done.bits, index) for index in range(len(wanted))] == wanted


@settings(max_examples=150)
@given(st.data())
def test_damaged_bytes_are_refused_or_say_something_else(data: st.DataObject) -> None:
    drawn = data.draw(status_lists())
    encoded = encode_status_list(drawn)
    broken = data.draw(damaged(encoded))

    try:
        read = decode_status_list(broken)
    except FormatError:
        return
    assert encode_status_list(read) == broken


@settings(max_examples=100)
@given(st.binary(max_size=60))
def test_any_bytes_are_refused_with_our_errors(encoded: bytes) -> None:
    with pytest.raises(FormatError):
        decode_status_list(encoded)


@pytest.mark.parametrize(
    "changes",
    [
        {1: 2},
        {1: True},
        {2: "a15030000c"},
        {2: b"A15030000C"},
        {3: 0},
        {3: 2**32},
        {3: True},
        {4: 0},
        {4: "2"},
        {5: 0},
        {5: 9},
        {5: 4},
        {5: 7},
        {5: 2**26 + 1},
        {6: b"\x09"},
        {6: b"\x09\x44\x00"},
        {6: b"\x0c\x00"},
        {6: b"\x00\xc0"},
        {6: "xx"},
        {7: bytes(31)},
        {7: b""},
        {7: None},
        {8: 0},
    ],
    ids=repr,
)
def test_refuses_another_shape(changes: dict[int, Any]) -> None:
    with pytest.raises(StructureError):
        decode_status_list(cbor.encode({**BASE, **changes}))


def test_refuses_a_list_without_a_member() -> None:
    for label in BASE:
        with pytest.raises(StructureError):
            decode_status_list(cbor.encode({key: BASE[key] for key in BASE if key != label}))


def test_refuses_more_than_17_mebibytes() -> None:
    with pytest.raises(LimitError):
        decode_status_list(bytes((17 << 20) + 1))


def test_the_largest_list_is_read() -> None:
    encoded = encode_status_list(new_status_list("A15030000C", 1, 1 << 26))

    assert decode_status_list(encoded).slots == 1 << 26


def test_a_list_can_grow() -> None:
    grown = changed(new_status_list("A", 1, 3), {2: SlotState.REVOKED}, 2, slots=10)

    assert [grown.state(index) for index in (2, 3, 9, 10)] == [1, 0, 0, None]


@pytest.mark.parametrize("changes", [{"version": 1}, {"slots": 7}, {"slots": 2**26 + 1}])
def test_a_later_version_is_later_and_not_smaller(changes: dict[str, int]) -> None:
    with pytest.raises(StructureError):
        changed(new_status_list("A", 1, 8), {}, **{"version": 2, **changes})


@pytest.mark.parametrize("index", [-1, 8])
def test_no_state_is_given_to_a_slot_that_is_not_there(index: int) -> None:
    with pytest.raises(StructureError):
        changed(new_status_list("A", 1, 8), {index: SlotState.REVOKED}, 2)


@pytest.mark.parametrize("arguments", [("a", 1, 8), ("A", 0, 8), ("A", 1, 0), ("A", 2**32, 8)])
def test_makes_no_list_that_would_not_be_read(arguments: tuple[str, int, int]) -> None:
    with pytest.raises(StructureError):
        new_status_list(*arguments)


def test_makes_no_list_with_a_digest_of_another_length() -> None:
    with pytest.raises(StructureError):
        changed(new_status_list("A", 1, 8), {}, 2, b"digest")
