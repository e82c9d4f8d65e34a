"""The entry: the claims of one credential as deterministic CBOR (docs/formats/sealed.md)."""

import re
from typing import Final, NamedTuple

from credential import cbor
from credential.cbor import Key, Value, head
from credential.errors import LimitError, StructureError, TextError
from credential.ids import AgencyCode, CertificateNumber, UnixTime
from credential.short_map import read_short_map

MAX_TIME: Final = 253_402_300_799  # 9999-12-31T23:59:59Z
MAX_SLOT: Final = 67_108_863
_MAX_UINT32: Final = 0xFFFFFFFF
_MAX_UINT16: Final = 0xFFFF
_SLOT_CLAIM: Final = -65537
_FIELDS_CLAIM: Final = -65538
_SLOT_KEY: Final = head(1, -1 - _SLOT_CLAIM) + b"\x84"
_FIELDS_KEY: Final = head(1, -1 - _FIELDS_CLAIM)
_TAGS: Final = frozenset({18})  # in an entry it is a fault of shape, not of encoding (sealed.md)
_OWN_CLAIMS: Final = frozenset({1, 4, 5, 6, 7, _SLOT_CLAIM, _FIELDS_CLAIM})
_INT: Final = frozenset({int})
_SCALARS: Final = frozenset({int, str, bytes, bool})
_AGENCY_CODE: Final = re.compile(r"[A-Z0-9][A-Z0-9-]{0,15}")
_CERTIFICATE_NUMBER: Final = re.compile(
    r"([A-Z0-9][A-Z0-9-]{0,15})-([1-9][0-9]{0,9})-([0-9]{6}|[1-9][0-9]{6,7})"
)


class Entry(NamedTuple):
    """The claims of one credential; `other` are claims of a later version, kept and shown.

    A tuple and no dataclass, because making one is on the path of every verification.
    """

    iss: AgencyCode
    iat: UnixTime
    nbf: UnixTime | None
    exp: UnixTime | None
    cti: bytes
    type_no: int
    type_version: int
    list_no: int
    index: int  # type: ignore[assignment]  # the standard's word; nobody searches an entry with tuple.index
    fields: dict[int, Value]
    other: dict[int, Value]


def is_agency_code(text: str) -> bool:
    """Say whether text is an agency code (docs/formats/journal.md), without padding."""
    return _AGENCY_CODE.fullmatch(text) is not None


def certificate_number(entry: Entry) -> CertificateNumber:
    """Return the number people read, `<iss>-<list>-<index>`, the index with at least 6 digits."""
    return CertificateNumber(f"{entry.iss}-{entry.list_no}-{entry.index:06d}")


def parse_certificate_number(text: str) -> tuple[AgencyCode, int, int]:
    """Return agency code, list and index of a number in the one form `certificate_number` gives.

    Raises TextError for any other text.
    """
    match = _CERTIFICATE_NUMBER.fullmatch(text)
    if match is None or int(match[2]) > _MAX_UINT32 or int(match[3]) > MAX_SLOT:
        raise TextError(
            "this is not a certificate number, <agency>-<list>-<index> such as A15030000C-1-004711"
        )
    return AgencyCode(match[1]), int(match[2]), int(match[3])


def encode_entry(entry: Entry) -> bytes:
    """Return the deterministic CBOR of an entry, within every limit that `decode_entry` keeps.

    Raises StructureError, LimitError or EncodingError where a reader would refuse the result.
    """
    iss, iat, nbf, exp, cti, type_no, type_version, list_no, index, fields, other = entry
    _check_times(iat, nbf, exp)
    _check_cti_and_iss(cti, iss)
    slot: list[Value] = [type_no, type_version, list_no, index]
    _check_slot(slot)
    _check_fields(fields)
    pairs = [
        b"\x01" + head(3, len(iss)) + iss.encode(),
        b"\x06" + head(0, iat),
        b"\x07\x50" + cti,
        _SLOT_KEY + head(0, type_no) + head(0, type_version) + head(0, list_no) + head(0, index),
        _FIELDS_KEY + cbor.encode(fields),  # type: ignore[arg-type]  # dict keys are invariant
    ]
    if exp is not None:
        pairs.append(b"\x04" + head(0, exp))
    if nbf is not None:
        pairs.append(b"\x05" + head(0, nbf))
    if other:
        pairs += [
            cbor.encode(label) + cbor.encode(value) for label, value in _checked(other).items()
        ]
    pairs.sort()  # by their keys: no encoded key is the beginning of another
    encoded = head(5, len(pairs)) + b"".join(pairs)
    if len(pairs) > cbor.MAX_ITEMS or len(encoded) > cbor.MAX_BYTES:
        raise LimitError(f"an entry of {len(pairs)} claims and {len(encoded)} bytes is too large")
    return encoded


def decode_entry(encoded: bytes) -> Entry:
    """Return the claims of an entry; the bytes stay what is hashed, nobody re-encodes to verify.

    Raises LimitError, EncodingError or StructureError for any bytes that are not an entry.
    """
    return _decode_usual(encoded) or _decode_any(encoded)


# The claims before the fields, as nearly all entries have them: no others, times of 32 bits.
_USUAL_CLAIMS: Final = re.compile(
    rb"""
    ([\xa5-\xa7])                           # a map of 5 to 7 claims
    \x01([\x61-\x70])([A-Z0-9][A-Z0-9-]*)   # iss, whose characters cannot be the next label
    (?:\x04\x1a(.{4}))?                     # exp
    (?:\x05\x1a(.{4}))?                     # nbf
    \x06\x1a(.{4})                          # iat
    \x07\x50(.{16})                         # cti
    \x3a\x00\x01\x00\x00\x84                # -65537: type, version, list, index
    ([\x00-\x17]|\x18.|\x19..|\x1a....)
    ([\x00-\x17]|\x18.|\x19..|\x1a....)
    ([\x00-\x17]|\x18.|\x19..|\x1a....)
    ([\x00-\x17]|\x18.|\x19..|\x1a....)
    \x3a\x00\x01\x00\x01                    # -65538: the fields
    """,
    re.VERBOSE | re.DOTALL,
)


def _decode_usual(encoded: bytes) -> Entry | None:
    """Return what `_decode_any` returns, or None where the claims are laid out unusually.

    Whatever is unusual or wrong before the fields is left to `_decode_any`, which names the fault;
    a test holds the two against each other. This halves the cost of an entry in every verification.
    """
    match = _USUAL_CLAIMS.match(encoded)
    if match is None or len(encoded) > cbor.MAX_BYTES:
        return None
    count, length, iss, exp_bytes, nbf_bytes, iat_bytes, cti, one, two, three, four = match.groups()
    iat = int.from_bytes(iat_bytes, "big")
    exp = int.from_bytes(exp_bytes, "big") if exp_bytes else None
    nbf = int.from_bytes(nbf_bytes, "big") if nbf_bytes else None
    type_no = one[0] if len(one) == 1 else _shortest(one)
    type_version = two[0] if len(two) == 1 else _shortest(two)
    list_no = three[0] if len(three) == 1 else _shortest(three)
    index = four[0] if len(four) == 1 else _shortest(four)
    if (
        count[0] != 0xA5 + (exp is not None) + (nbf is not None)
        or length[0] != 0x60 + len(iss)
        or iat <= _MAX_UINT16  # has a shorter form
        or (exp is not None and exp <= _MAX_UINT16)
        or (nbf is not None and (nbf <= _MAX_UINT16 or (exp is not None and exp <= nbf)))
        or type_no < 1
        or not 1 <= type_version <= _MAX_UINT16
        or list_no < 1
        or not 0 <= index <= MAX_SLOT
    ):
        return None
    fields = read_short_map(encoded, match.end())
    if fields is None:
        general = cbor.decode(encoded, start=match.end(), max_depth=cbor.MAX_DEPTH - 1, tags=_TAGS)
        _check_fields(general)
        fields = general  # type: ignore[assignment]  # checked to be a map of labels
    return _NEW(
        Entry,
        (iss.decode(), iat, nbf, exp, cti, type_no, type_version, list_no, index, fields, {}),
    )


_NEW: Final = tuple.__new__  # a third of the cost of Entry(...), which names its eleven values


def _shortest(encoded: bytes) -> int:
    """Return a long unsigned integer, or -1 where it is not in its shortest form."""
    number = int.from_bytes(encoded[1:], "big")
    return number if number >= _LEAST[len(encoded)] else -1


_LEAST: Final = (0, 0, 24, 256, 0, 65_536)  # by number of bytes with the initial one


def _decode_any(encoded: bytes) -> Entry:
    claims = cbor.decode(encoded, tags=_TAGS)
    if not isinstance(claims, dict):
        raise StructureError("the entry is not a map")
    iss, exp, nbf, iat, cti = (claims.get(label) for label in (1, 4, 5, 6, 7))
    if (exp is None and 4 in claims) or (nbf is None and 5 in claims):
        raise StructureError("exp or nbf is null; a claim that is not given is left out")
    _check_times(iat, nbf, exp)
    _check_cti_and_iss(cti, iss)
    slot = claims.get(_SLOT_CLAIM)
    _check_slot(slot)
    fields = claims.get(_FIELDS_CLAIM)
    _check_fields(fields)
    other = {label: value for label, value in claims.items() if label not in _OWN_CLAIMS}
    return Entry(iss, iat, nbf, exp, cti, *slot, fields, _checked(other))  # type: ignore[arg-type,misc,call-arg]  # each was checked by its exact type


def _check_cti_and_iss(cti: Value, iss: Value) -> None:
    if type(iss) is not str or not _AGENCY_CODE.fullmatch(iss):
        raise StructureError("iss is not an agency code")
    if type(cti) is not bytes or len(cti) != 16:
        raise StructureError("cti is not 16 bytes")


def _check_times(iat: Value, nbf: Value, exp: Value) -> None:
    for time in (iat, nbf, exp):
        if time is not None and (type(time) is not int or not 0 <= time <= MAX_TIME):
            raise StructureError("iat, nbf or exp is not a time")
    if iat is None:
        raise StructureError("the entry has no iat")
    if exp is not None and nbf is not None and nbf >= exp:  # type: ignore[operator]  # ints, by the check above
        raise StructureError("exp is not after nbf")


def _check_slot(slot: Value) -> None:
    """Return only if these are type, version, list and index, each in its range."""
    if not isinstance(slot, list) or len(slot) != 4 or not _INT.issuperset(map(type, slot)):
        raise StructureError("type and status slot are not four numbers")
    type_no, type_version, list_no, index = slot
    if not (
        1 <= type_no <= _MAX_UINT32  # type: ignore[operator]  # all four are int
        and 1 <= type_version <= _MAX_UINT16  # type: ignore[operator]  # likewise
        and 1 <= list_no <= _MAX_UINT32  # type: ignore[operator]  # likewise
        and 0 <= index <= MAX_SLOT  # type: ignore[operator]  # likewise
    ):
        raise StructureError("type, version, list or index is out of its range")


def _check_fields(fields: object) -> None:
    """Return only if these are fields an entry may hold: a map, not empty, within the limits."""
    if not isinstance(fields, dict) or not fields:
        raise StructureError("the entry has no fields")
    _check_value(fields, cbor.MAX_DEPTH - 1)


def _checked(other: dict[Key, Value] | dict[int, Value]) -> dict[int, Value]:
    """Return the claims a later version may have added, only if an entry may hold them."""
    if not _INT.issuperset(map(type, other)) or not _OWN_CLAIMS.isdisjoint(other):
        raise StructureError("a claim has a label that is no integer, or that of a known claim")
    for value in other.values():
        _check_value(value, cbor.MAX_DEPTH - 1)
    return other  # type: ignore[return-value]  # its labels are int


def _check_value(value: Value, levels: int) -> None:
    """Return only if an entry may hold this value; `levels` of nesting are left for it.

    The decoder has bounded number and nesting already; these checks keep `encode_entry` to the
    same.
    """
    if type(value) in _SCALARS:
        return
    if not isinstance(value, list | dict):
        raise StructureError("a field holds something that is no field: null or a tag")
    if not levels or len(value) > cbor.MAX_ITEMS:
        raise LimitError("a field is nested too deep, or has too many elements")
    items = value if isinstance(value, list) else _labelled_values(value)
    if not _SCALARS.issuperset(map(type, items)):
        for item in items:
            _check_value(item, levels - 1)


def _labelled_values(members: dict[Key, Value]) -> list[Value]:
    """Return the values of a map, only if every label is 1 to 65535."""
    if not _INT.issuperset(map(type, members)):
        raise StructureError("a label of a field is not an integer")
    if members and (min(members) < 1 or max(members) > _MAX_UINT16):  # type: ignore[operator]  # all are int
        raise StructureError("a label of a field is not a number from 1 to 65535")
    return list(members.values())
