"""The entry: the claims of one credential as deterministic CBOR (docs/formats/sealed.md), made once and read strictly."""

import re
from typing import Final, NamedTuple

from credential import cbor
from credential.cbor import Key, Value
from credential.errors import StructureError, TextError
from credential.ids import AgencyCode, CertificateNumber, UnixTime

MAX_TIME: Final = 253_402_300_799  # 9999-12-31T23:59:59Z
MAX_SLOT: Final = 67_108_863
_MAX_UINT32: Final = 0xFFFFFFFF
_MAX_UINT16: Final = 0xFFFF
_SLOT_CLAIM: Final = -65537
_FIELDS_CLAIM: Final = -65538
_OWN_CLAIMS: Final = frozenset({1, 4, 5, 6, 7, _SLOT_CLAIM, _FIELDS_CLAIM})
_SCALARS: Final = frozenset({int, str, bytes, bool})
_AGENCY_CODE: Final = re.compile(r"[A-Z0-9][A-Z0-9-]{0,15}")
_CERTIFICATE_NUMBER: Final = re.compile(r"([A-Z0-9][A-Z0-9-]{0,15})-([1-9][0-9]{0,9})-([0-9]{6,8})")


class Entry(NamedTuple):
    """The claims of one credential; `other` are claims of a later version, kept and shown (a tuple is quick to make)."""

    iss: AgencyCode
    iat: UnixTime
    nbf: UnixTime | None
    exp: UnixTime | None
    cti: bytes
    type_no: int
    type_version: int
    list_no: int
    index: int
    fields: dict[int, Value]
    other: dict[int, Value]


def is_agency_code(text: str) -> bool:
    """Say whether text is an agency code (docs/formats/journal.md), without the padding it has in the journal."""
    return _AGENCY_CODE.fullmatch(text) is not None


def encode_entry(entry: Entry) -> bytes:
    """Return the deterministic CBOR of an entry, within every limit that `decode_entry` keeps.

    Raises StructureError, LimitError or EncodingError where a reader would refuse the result.
    """
    claims: dict[Key, Value] = {1: entry.iss, 6: entry.iat, 7: entry.cti}
    if entry.exp is not None:
        claims[4] = entry.exp
    if entry.nbf is not None:
        claims[5] = entry.nbf
    claims[_SLOT_CLAIM] = [entry.type_no, entry.type_version, entry.list_no, entry.index]
    claims[_FIELDS_CLAIM] = entry.fields  # type: ignore[assignment]  # dict keys are invariant; int is one of Key
    if not _OWN_CLAIMS.isdisjoint(entry.other):
        raise StructureError("an additional claim has the label of a known one")
    claims.update(entry.other)
    encoded = cbor.encode(claims)
    decode_entry(encoded)
    return encoded


def decode_entry(encoded: bytes) -> Entry:
    """Return the claims of an entry; the bytes stay what is hashed, and nobody re-encodes them to verify.

    Raises LimitError, EncodingError or StructureError for any bytes that are not an entry.
    """
    claims = cbor.decode(encoded)
    if type(claims) is not dict:
        raise StructureError("the entry is not a map")
    get = claims.get
    iss, exp, nbf, iat, cti = get(1), get(4), get(5), get(6), get(7)
    if type(iss) is not str or not _AGENCY_CODE.fullmatch(iss):
        raise StructureError("iss is not an agency code")
    if type(cti) is not bytes or len(cti) != 16:
        raise StructureError("cti is not 16 bytes")
    _check_times(claims, iat, nbf, exp)
    type_no, type_version, list_no, index = _slot(get(_SLOT_CLAIM))
    fields = get(_FIELDS_CLAIM)
    if type(fields) is not dict or not fields:
        raise StructureError("the entry has no fields")
    _check_labelled(fields)
    other = (
        _other_claims(claims) if len(claims) != 5 + (exp is not None) + (nbf is not None) else {}
    )
    return Entry(iss, iat, nbf, exp, cti, type_no, type_version, list_no, index, fields, other)  # type: ignore[arg-type]  # each was checked by its exact type


def certificate_number(entry: Entry) -> CertificateNumber:
    """Return the number people read and type, `<iss>-<list>-<index>`, the index with at least 6 digits."""
    return CertificateNumber(f"{entry.iss}-{entry.list_no}-{entry.index:06d}")


def parse_certificate_number(text: str) -> tuple[AgencyCode, int, int]:
    """Return agency code, list and index of a certificate number in the one form `certificate_number` gives.

    Raises TextError for any other text.
    """
    match = _CERTIFICATE_NUMBER.fullmatch(text)
    if match is None:
        raise TextError(
            "this is not a certificate number: <agency>-<list>-<index>, such as A15030000C-1-004711"
        )
    code, list_no, index = match[1], int(match[2]), int(match[3])
    if list_no > _MAX_UINT32 or index > MAX_SLOT or (len(match[3]) > 6 and match[3][0] == "0"):
        raise TextError("the list or the index in this certificate number cannot exist")
    return AgencyCode(code), list_no, index


def _check_times(claims: dict[Key, Value], iat: Value, nbf: Value, exp: Value) -> None:
    if type(iat) is not int or not 0 <= iat <= MAX_TIME:
        raise StructureError("iat is not a time")
    if exp is not None:
        if type(exp) is not int or not iat < exp <= MAX_TIME:
            raise StructureError("exp is not a time after iat")
    elif 4 in claims:
        raise StructureError("exp is not a time")
    if nbf is not None:
        if type(nbf) is not int or not 0 <= nbf <= MAX_TIME or (exp is not None and nbf >= exp):  # type: ignore[operator]  # exp is an int here
            raise StructureError("nbf is not a time before exp")
    elif 5 in claims:
        raise StructureError("nbf is not a time")


def _slot(slot: Value) -> tuple[int, int, int, int]:
    """Return type, version, list and index of the claim that names type and status slot."""
    if type(slot) is not list or len(slot) != 4:
        raise StructureError("type and status slot are not four numbers")
    type_no, version, list_no, index = slot
    if not (
        type(type_no) is int
        and type(version) is int
        and type(list_no) is int
        and type(index) is int
    ):
        raise StructureError("type and status slot are not four numbers")
    in_range = (
        1 <= type_no <= _MAX_UINT32 and 1 <= version <= _MAX_UINT16 and 1 <= list_no <= _MAX_UINT32
    )
    if not in_range or not 0 <= index <= MAX_SLOT:
        raise StructureError("a number of type or status slot is out of range")
    return type_no, version, list_no, index


def _check_labelled(members: dict[Key, Value]) -> None:
    """Return only if every label is 1 to 65535 and every value is one an entry may hold.

    The decoder has put the keys in order, unsigned integers first: so the first and the last key speak for all.
    """
    first, last = next(iter(members)), next(reversed(members))
    if type(first) is not int or first < 1 or type(last) is not int or not 1 <= last <= _MAX_UINT16:
        raise StructureError("a label of a field is not a number from 1 to 65535")
    for value in members.values():
        if type(value) not in _SCALARS:
            _check_nested(value)


def _check_nested(value: Value) -> None:
    """Return only if an array or map holds nothing but what an entry may hold; the decoder has bounded its depth."""
    if type(value) is dict:
        if not value:
            raise StructureError("a map among the fields is empty")
        _check_labelled(value)
    elif type(value) is list:
        for item in value:
            if type(item) not in _SCALARS:
                _check_nested(item)
    else:
        raise StructureError("a field is null")


def _other_claims(claims: dict[Key, Value]) -> dict[int, Value]:
    other: dict[int, Value] = {}
    for label, value in claims.items():
        if type(label) is not int:
            raise StructureError("a claim has a label that is not an integer")
        if label not in _OWN_CLAIMS:
            if type(value) not in _SCALARS:
                _check_nested(value)
            other[label] = value
    return other
