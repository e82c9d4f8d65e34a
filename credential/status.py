"""Status lists: which credentials are valid, suspended, revoked (docs/formats/status-list.md)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from credential import cbor
from credential.cbor import Key, Value
from credential.entry import is_agency_code
from credential.errors import StructureError
from credential.ids import AgencyCode, Digest

MAX_LIST_BYTES: Final = 17 << 20
MAX_SLOTS: Final = 1 << 26
_MAX_UINT32: Final = 0xFFFFFFFF
_FORMAT: Final = 1
# Every byte that does not hold the value 3 in any of its four slots.
_WELL_FORMED: Final = bytes(byte for byte in range(256) if not byte & (byte >> 1) & 0x55)


class SlotState(IntEnum):
    """The state of one slot, with the values of Token Status List."""

    VALID = 0
    REVOKED = 1
    SUSPENDED = 2


_STATES: Final = tuple(SlotState)  # calling the enum costs five times as much; 3 is no state


@dataclass(frozen=True, slots=True)
class StatusList:
    """One version of one agency's list; the functions below make only well-formed ones."""

    agency: AgencyCode
    list_no: int
    version: int
    slots: int
    bits: bytes
    details_digest: Digest | None

    def state(self, index: int) -> SlotState | None:
        """Return the state of a slot, or None where the list has none: INVALID, no slot."""
        if not 0 <= index < self.slots:
            return None
        return _STATES[self.bits[index >> 2] >> 2 * (index & 3) & 3]


def status_of(bits: bytes, index: int, bits_per_slot: int = 2) -> int:
    """Return the value of a slot of a Token Status List, first slot in the lowest bits.

    bits           the uncompressed list
    index          int, counted from 0
    bits_per_slot  1, 2, 4 or 8

    Raises StructureError for another width, and for an index that is not in `bits`.
    """
    if bits_per_slot not in (1, 2, 4, 8):
        raise StructureError("a slot has 1, 2, 4 or 8 bits")
    if not 0 <= index < len(bits) * 8 // bits_per_slot:
        raise StructureError(f"slot {index} is not in the list")
    byte, shift = divmod(index * bits_per_slot, 8)
    return bits[byte] >> shift & (1 << bits_per_slot) - 1


def new_status_list(agency: AgencyCode, list_no: int, slots: int) -> StatusList:
    """Return version 1 of a list in which every slot is valid."""
    return _checked(StatusList(agency, list_no, 1, slots, bytes((slots + 3) >> 2), None))


def changed(
    status_list: StatusList,
    states: Mapping[int, SlotState],
    version: int,
    details_digest: Digest | None = None,
    *,
    slots: int | None = None,
) -> StatusList:
    """Return a later version of the list with these slots in these states, and `slots` slots.

    Raises StructureError for a version that is not later, fewer slots than before, or an index that
    is no slot.
    """
    size = status_list.slots if slots is None else slots
    if version <= status_list.version or not status_list.slots <= size <= MAX_SLOTS:
        raise StructureError(
            "a new version of a status list is later than the last and has no fewer slots"
        )
    bits = bytearray(status_list.bits.ljust((size + 3) >> 2, b"\0"))
    for index, state in states.items():
        if not 0 <= index < size:
            raise StructureError(f"slot {index} is not in the list")
        shift = 2 * (index & 3)
        bits[index >> 2] = bits[index >> 2] & ~(3 << shift) | SlotState(state) << shift
    return _checked(
        StatusList(
            status_list.agency, status_list.list_no, version, size, bytes(bits), details_digest
        )
    )


def encode_status_list(status_list: StatusList) -> bytes:
    """Return the bytes of the file whose SHA-256 the journal holds."""
    _checked(status_list)
    members: dict[Key, Value] = {
        1: _FORMAT,
        2: status_list.agency,
        3: status_list.list_no,
        4: status_list.version,
        5: status_list.slots,
        6: status_list.bits,
    }
    if status_list.details_digest is not None:
        members[7] = status_list.details_digest
    return cbor.encode(members)


def decode_status_list(encoded: bytes) -> StatusList:
    """Return the list in a file; LimitError, EncodingError or StructureError for other bytes.

    The caller has compared the SHA-256 of the file with the journal, and then compares agency, list
    and version.
    """
    match cbor.decode(encoded, max_bytes=MAX_LIST_BYTES):
        case {1: fmt, 2: str(agency), 3: list_no, 4: version, 5: slots, 6: bytes(bits), **rest}:
            if not cbor.is_number(fmt, _FORMAT, _FORMAT):
                raise StructureError("the status list is of another format version")
            if rest.keys() - {7}:
                raise StructureError("a status list has a member too many")
            digest = rest.get(7, b"")
            if not isinstance(digest, bytes) or len(digest) != (32 if rest else 0):
                raise StructureError("the digest of the status details is not 32 bytes")
            if not (
                cbor.is_number(list_no, 1, _MAX_UINT32)
                and cbor.is_number(version, 1, _MAX_UINT32)
                and cbor.is_number(slots, 1, MAX_SLOTS)
            ):
                raise StructureError("list, version or slots of a status list are out of range")
            details = Digest(digest) if rest else None
            return _checked(StatusList(AgencyCode(agency), list_no, version, slots, bits, details))
        case _:
            raise StructureError("not a status list")


def _checked(status_list: StatusList) -> StatusList:
    """Return the list as it is, only if every member is in range and no bit is wrong."""
    agency, bits, slots = status_list.agency, status_list.bits, status_list.slots
    if not is_agency_code(agency):
        raise StructureError("the agency of a status list is not an agency code")
    if not (1 <= status_list.list_no <= _MAX_UINT32 and 1 <= status_list.version <= _MAX_UINT32):
        raise StructureError("list or version of a status list is out of range")
    if not 1 <= slots <= MAX_SLOTS or len(bits) != (slots + 3) >> 2:
        raise StructureError(
            "the number of slots is out of range, or the bits are not as many as the slots need"
        )
    if slots & 3 and bits[-1] >> 2 * (slots & 3):
        raise StructureError("unused bits at the end of a status list are not zero")
    if bits.translate(None, _WELL_FORMED):
        raise StructureError("a slot has the value 3, which means nothing")
    if status_list.details_digest is not None and len(status_list.details_digest) != 32:
        raise StructureError("the digest of the status details is not 32 bytes")
    return status_list
