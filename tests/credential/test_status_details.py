"""Status details are read in one form, and agree with their list."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credential import cbor
from credential.errors import FormatError, LimitError, StructureError
from credential.status import SlotState, changed, new_status_list
from credential.status_details import (
    REASONS,
    StatusDetails,
    StatusRow,
    check_details,
    decode_status_details,
    encode_status_details,
)
from tests.credential.samples import damaged

REPLACED = StatusRow(1, SlotState.REVOKED, "superseded", 1_700_000_000, "A15030000C-1-004711")
SUSPENDED = StatusRow(5, SlotState.SUSPENDED, "other", 1_700_000_001)
DETAILS = StatusDetails("A15030000C", 1, 2, (REPLACED, SUSPENDED))
LIST = changed(
    new_status_list("A15030000C", 1, 8), {1: SlotState.REVOKED, 5: SlotState.SUSPENDED}, 2
)

rows = st.builds(
    StatusRow,
    index=st.integers(0, 67_108_863),
    state=st.sampled_from([SlotState.REVOKED, SlotState.SUSPENDED]),
    reason=st.sampled_from(sorted(REASONS)),
    effective_at=st.integers(0, 253_402_300_799),
    replaced_by=st.none() | st.just("A15030000C-1-004711"),
)
details = st.lists(rows, max_size=8, unique_by=lambda row: row.index).map(
    lambda drawn: StatusDetails("A15030000C", 1, 2, tuple(sorted(drawn, key=lambda row: row.index)))
)


@given(details)
def test_decode_after_encode_is_identity(drawn: StatusDetails) -> None:
    assert decode_status_details(encode_status_details(drawn)) == drawn


def test_rows_are_put_in_order() -> None:
    mixed = StatusDetails("A15030000C", 1, 2, (SUSPENDED, REPLACED))

    assert decode_status_details(encode_status_details(mixed)) == DETAILS


@settings(max_examples=150)
@given(st.data())
def test_damaged_bytes_are_refused_or_say_something_else(data: st.DataObject) -> None:
    broken = data.draw(damaged(encode_status_details(DETAILS)))

    try:
        read = decode_status_details(broken)
    except FormatError:
        return
    assert encode_status_details(read) == broken


@settings(max_examples=100)
@given(st.binary(max_size=60))
def test_any_bytes_are_refused_with_our_errors(encoded: bytes) -> None:
    with pytest.raises(FormatError):
        decode_status_details(encoded)


GOOD_ROW = [1, 1, "other", 0]


@pytest.mark.parametrize(
    "changes",
    [
        {1: 2},
        {1: True},
        {2: "a"},
        {3: 0},
        {4: 2**32},
        {5: {}},
        {6: 1},
        {5: [[]]},
        {5: [None]},
        {5: [[1, 1, "other"]]},
        {5: [[*GOOD_ROW, "A-1-000001", 0]]},
        {5: [[*GOOD_ROW, None]]},
        {5: [[*GOOD_ROW, "A-1-1"]]},
        {5: [[-1, 1, "other", 0]]},
        {5: [[2**26, 1, "other", 0]]},
        {5: [[1, 0, "other", 0]]},
        {5: [[1, 3, "other", 0]]},
        {5: [[1, True, "other", 0]]},
        {5: [[1, 1, "because", 0]]},
        {5: [[1, 1, "other", -1]]},
        {5: [[1, 1, "other", 253_402_300_800]]},
        {5: [GOOD_ROW, GOOD_ROW]},
        {5: [[2, *GOOD_ROW[1:]], GOOD_ROW]},
    ],
    ids=repr,
)
def test_refuses_another_shape(changes: dict[int, Any]) -> None:
    members = {1: 1, 2: "A15030000C", 3: 1, 4: 2, 5: [GOOD_ROW], **changes}

    with pytest.raises(StructureError):
        decode_status_details(cbor.encode(members))


def test_refuses_what_is_no_map() -> None:
    with pytest.raises(StructureError):
        decode_status_details(b"\x80")


def test_refuses_more_than_64_mebibytes() -> None:
    with pytest.raises(LimitError):
        decode_status_details(bytes((64 << 20) + 1))


def test_details_that_say_what_the_list_says_are_taken() -> None:
    check_details(DETAILS, LIST)


@pytest.mark.parametrize(
    "wrong",
    [
        StatusDetails("A15030000D", 1, 2, DETAILS.rows),
        StatusDetails("A15030000C", 2, 2, DETAILS.rows),
        StatusDetails("A15030000C", 1, 3, DETAILS.rows),
        StatusDetails("A15030000C", 1, 2, (REPLACED,)),
        StatusDetails("A15030000C", 1, 2, (SUSPENDED,)),
        StatusDetails("A15030000C", 1, 2, (REPLACED, StatusRow(6, SlotState.REVOKED, "other", 0))),
        StatusDetails("A15030000C", 1, 2, (StatusRow(1, SlotState.SUSPENDED, "other", 0),)),
        StatusDetails("A15030000C", 1, 2, (StatusRow(9, SlotState.REVOKED, "other", 0),)),
    ],
)
def test_details_that_differ_from_the_list_are_refused(wrong: StatusDetails) -> None:
    with pytest.raises(StructureError):
        check_details(wrong, LIST)
