"""Status details: why and since when a slot is not valid (docs/formats/status-list.md)."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from credential import cbor
from credential.cbor import Key, Value
from credential.entry import MAX_SLOT, MAX_TIME, is_agency_code, parse_certificate_number
from credential.errors import StructureError, TextError
from credential.ids import AgencyCode, CertificateNumber, UnixTime
from credential.status import SlotState, StatusList

MAX_DETAILS_BYTES: Final = 64 << 20
MAX_ROWS: Final = 1 << 20
REASONS: Final = frozenset(
    {
        "superseded",
        "key-compromise",
        "issued-in-error",
        "ceased",
        "withdrawn",
        "death",
        "fraud",
        "other",
    }
)
_MAX_UINT32: Final = 0xFFFFFFFF
_FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class StatusRow:
    """Why one slot is revoked or suspended, since when, and what took its place."""

    index: int
    state: SlotState
    reason: str
    effective_at: UnixTime
    replaced_by: CertificateNumber | None = None


@dataclass(frozen=True, slots=True)
class StatusDetails:
    """The rows of one version of one agency's list, by index."""

    agency: AgencyCode
    list_no: int
    version: int
    rows: tuple[StatusRow, ...]


def encode_status_details(details: StatusDetails) -> bytes:
    """Return the file whose SHA-256 the status list holds; the rows are put in order."""
    rows: list[Value] = []
    for row in sorted(details.rows, key=lambda row: row.index):
        items: list[Value] = [row.index, int(row.state), row.reason, row.effective_at]
        if row.replaced_by is not None:
            items.append(row.replaced_by)
        rows.append(items)
    members: dict[Key, Value] = {
        1: _FORMAT,
        2: details.agency,
        3: details.list_no,
        4: details.version,
        5: rows,
    }
    encoded = cbor.encode(members)
    decode_status_details(encoded)
    return encoded


def decode_status_details(encoded: bytes) -> StatusDetails:
    """Return the details in a file; LimitError, EncodingError, StructureError for other bytes.

    A full file takes seconds. The caller has compared its SHA-256 with the one in the status list,
    so that nobody but the agency decides what is read here.
    """
    match cbor.decode(encoded, max_bytes=MAX_DETAILS_BYTES, max_items=MAX_ROWS):
        case {1: fmt, 2: str(agency), 3: list_no, 4: version, 5: list(rows), **rest} if not rest:
            if type(fmt) is not int or fmt != _FORMAT or not is_agency_code(agency):
                raise StructureError(
                    "the status details are of another format version, or name no agency"
                )
            if not (
                cbor.is_number(list_no, 1, _MAX_UINT32) and cbor.is_number(version, 1, _MAX_UINT32)
            ):
                raise StructureError("list or version of status details is out of range")
            return StatusDetails(AgencyCode(agency), list_no, version, _rows(rows))
    raise StructureError("not status details")


def check_details(details: StatusDetails, status_list: StatusList) -> None:
    """Return only if the details are of this version and say what the list says."""
    named = (details.agency, details.list_no, details.version)
    if named != (status_list.agency, status_list.list_no, status_list.version):
        raise StructureError("the status details are of another list or version")
    if any(status_list.state(row.index) != row.state for row in details.rows):
        raise StructureError("a row of the status details is not what the list says")
    if len(details.rows) != sum(
        byte.bit_count() for byte in status_list.bits
    ):  # one bit set in each such slot
        raise StructureError("a slot that is not valid has no row in the status details")


def _rows(items: Sequence[Value]) -> tuple[StatusRow, ...]:
    rows = tuple(map(_row, items))
    if any(row.index >= after.index for row, after in pairwise(rows)):
        raise StructureError("the rows of status details are not in order, or a slot has two")
    return rows


def _row(item: Value) -> StatusRow:
    match item:
        case [index, state, str(reason), effective_at, *replaced_by] if (
            len(replaced_by) <= 1 and reason in REASONS
        ):
            if (
                cbor.is_number(index, 0, MAX_SLOT)
                and cbor.is_number(state, 1, 2)
                and cbor.is_number(effective_at, 0, MAX_TIME)
            ):
                number = _number(replaced_by[0]) if replaced_by else None
                return StatusRow(index, SlotState(state), reason, UnixTime(effective_at), number)
    raise StructureError(
        "a row of status details is not index, state, reason, effective time and replacement"
    )


def _number(text: Value) -> CertificateNumber:
    try:
        parse_certificate_number(text if isinstance(text, str) else "")
    except TextError as error:
        raise StructureError(
            "the replacement in a row of status details is not a certificate number"
        ) from error
    return CertificateNumber(str(text))
