"""Entry data to typed payloads and back: one table of fixed-width fields per kind.

docs/formats/journal.md, "Field types" and "Kinds".
"""

import re
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from credential.ids import AgencyCode
from registry import payloads as p
from registry.errors import JournalError
from registry.kinds import AlgorithmPhase, KeyPurpose, Kind
from registry.signers import SIGNER_ERRORS, decode_cose_key_array, encode_cose_key_array

MAX_COSE_KEY_BYTES: Final = 2048
MAX_NAME_CHARACTERS: Final = 120
MAX_RECOGNITION_TAIL_BYTES: Final = 8192 - 68
"""With the fields before it the data of registryRecognised has at most 8,192 bytes."""
NO_AGENCY: Final = bytes(16)
_AGENCY_CODE: Final = re.compile(r"[A-Z0-9][A-Z0-9-]{0,15}")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")


class _Field(NamedTuple):
    """How one field stands in the data: its width (None: the tail) and both directions."""

    width: int | None
    encode: Callable[[Any], bytes]
    decode: Callable[[bytes], Any]


def encode_agency_code(code: str) -> bytes:
    """The 16 bytes of an agency code. Raises JournalError for a code that is not of the form."""
    if _AGENCY_CODE.fullmatch(code) is None:
        message = f"{code!r} is not an agency code: 1 to 16 of A-Z, 0-9 and -, not starting with -"
        raise JournalError(message)
    return code.encode().ljust(16, b"\0")


def decode_agency_code(raw: bytes) -> AgencyCode:
    """The agency code in 16 bytes. Raises JournalError for bytes that hold none."""
    code = raw.rstrip(b"\0").decode("latin-1")
    if _AGENCY_CODE.fullmatch(code) is None:
        message = f"{raw.hex()} is not an agency code padded with zero bytes"
        raise JournalError(message)
    return AgencyCode(code)


def check_name(name: str) -> str:
    """The name, when it has 1 to 120 characters and no control character.

    Else raises JournalError.
    """
    if not 1 <= len(name) <= MAX_NAME_CHARACTERS or _CONTROL.search(name):
        message = (
            f"{name!r} is not a name of 1 to {MAX_NAME_CHARACTERS} characters without "
            "control characters"
        )
        raise JournalError(message)
    return name


def _encode_names(names: p.Names) -> bytes:
    return f"{check_name(names.zh_hant)}\n{check_name(names.en)}".encode()


def _decode_names(raw: bytes) -> p.Names:
    try:
        zh_hant, line_feed, en = raw.decode().partition("\n")
    except UnicodeDecodeError:
        message = "the names are not UTF-8"
        raise JournalError(message) from None
    if not line_feed:
        message = "the names are not two lines, zh-Hant and English"
        raise JournalError(message)
    return p.Names(check_name(zh_hant), check_name(en))


def _decode_account(raw: bytes) -> bytes:
    if not any(raw):
        message = "an account is the zero address: nobody could act for it"
        raise JournalError(message)
    return raw


def _decode_successor(raw: bytes) -> AgencyCode | None:
    return None if raw == NO_AGENCY else decode_agency_code(raw)


def _encode_successor(code: str | None) -> bytes:
    return NO_AGENCY if code is None else encode_agency_code(code)


def _decode_phase(raw: bytes) -> AlgorithmPhase:
    if raw[0] not in (1, 2, 3):
        message = f"algorithm phase {raw[0]} is not 1 (start), 2 (warn) or 3 (stop)"
        raise JournalError(message)
    return AlgorithmPhase(raw[0])


def _decode_purpose(raw: bytes) -> KeyPurpose:
    if raw[0] != KeyPurpose.SIGN_BATCH_ROOTS:
        message = f"key purpose {raw[0]} is not 1 (sign batch roots)"
        raise JournalError(message)
    return KeyPurpose.SIGN_BATCH_ROOTS


def _decode_cose_key(raw: bytes) -> bytes:
    if len(raw) > MAX_COSE_KEY_BYTES:
        message = f"a COSE_Key of {len(raw)} bytes; at most {MAX_COSE_KEY_BYTES} are allowed"
        raise JournalError(message)
    return raw


def _decode_recognition_tail(raw: bytes) -> bytes:
    if not 1 <= len(raw) <= MAX_RECOGNITION_TAIL_BYTES:
        message = (
            f"a recognition holds {len(raw)} bytes; 1 to {MAX_RECOGNITION_TAIL_BYTES} are possible"
        )
        raise JournalError(message)
    return raw


def _decode_keys(raw: bytes) -> tuple[bytes, ...]:
    try:
        return decode_cose_key_array(raw)
    except SIGNER_ERRORS as error:
        message = f"the checkpoint signers' keys cannot be read: {error}"
        raise JournalError(message) from error


def _decode_positive(raw: bytes) -> int:
    number = int.from_bytes(raw, "big")
    if not number:
        message = "a number that counts from 1 is 0"
        raise JournalError(message)
    return number


def _unsigned(width: int) -> _Field:
    return _Field(
        width, lambda value: value.to_bytes(width, "big"), lambda raw: int.from_bytes(raw, "big")
    )


def _raw(width: int) -> _Field:
    return _Field(width, lambda value: _exactly(value, width), bytes)


def _exactly(value: bytes, width: int) -> bytes:
    if len(value) != width:
        message = f"a field of {width} bytes was given {len(value)} bytes"
        raise JournalError(message)
    return value


_AGENCY = _Field(16, encode_agency_code, decode_agency_code)
_ACCOUNT = _Field(20, lambda value: _decode_account(_exactly(value, 20)), _decode_account)
_KID, _DIGEST = _raw(16), _raw(32)
_U8, _U16, _U32, _U64, _U256 = (_unsigned(width) for width in (1, 2, 4, 8, 32))
_ALG = _Field(
    4,
    lambda value: value.to_bytes(4, "big", signed=True),
    lambda raw: int.from_bytes(raw, "big", signed=True),
)
_TYPE = _LIST = _Field(4, _U32.encode, _decode_positive)
_NAMES = _Field(None, _encode_names, _decode_names)

_LAYOUTS: Final[dict[Kind, tuple[Callable[..., p.Payload], tuple[_Field, ...]]]] = {
    Kind.AGENCY_REGISTERED: (p.AgencyRegistered, (_AGENCY, _ACCOUNT, _ACCOUNT, _NAMES)),
    Kind.AGENCY_RENAMED: (p.AgencyRenamed, (_AGENCY, _NAMES)),
    Kind.AGENCY_ACCOUNTS_CHANGED: (p.AgencyAccountsChanged, (_AGENCY, _ACCOUNT, _ACCOUNT)),
    Kind.AGENCY_SUSPENDED: (p.AgencySuspended, (_AGENCY,)),
    Kind.AGENCY_RESUMED: (p.AgencyResumed, (_AGENCY,)),
    Kind.AGENCY_CLOSED: (
        p.AgencyClosed,
        (_AGENCY, _Field(16, _encode_successor, _decode_successor)),
    ),
    Kind.KEY_ADDED: (
        p.KeyAdded,
        (
            _AGENCY,
            _KID,
            _ALG,
            _Field(1, _U8.encode, _decode_purpose),
            _Field(None, _decode_cose_key, _decode_cose_key),
        ),
    ),
    Kind.KEY_ENDED: (p.KeyEnded, (_KID,)),
    Kind.KEY_COMPROMISED: (p.KeyCompromised, (_KID, _U64)),
    Kind.BATCH_CONFIRMED: (p.BatchConfirmed, (_AGENCY, _U64)),
    Kind.ACCREDITATION_GRANTED: (p.AccreditationGranted, (_U64, _AGENCY, _TYPE, _U8, _U64)),
    Kind.ACCREDITATION_DELEGATED: (
        p.AccreditationDelegated,
        (_U64, _U64, _AGENCY, _TYPE, _U8, _U64),
    ),
    Kind.ACCREDITATION_ENDED: (p.AccreditationEnded, (_U64,)),
    Kind.TYPE_REGISTERED: (p.TypeRegistered, (_TYPE, _U16, _DIGEST)),
    Kind.BATCH_ANCHORED: (p.BatchAnchored, (_AGENCY, _U64, _DIGEST, _U32, _KID)),
    Kind.STATUS_PUBLISHED: (p.StatusPublished, (_AGENCY, _LIST, _U32, _DIGEST)),
    Kind.ALGORITHM_SET: (p.AlgorithmSet, (_ALG, _Field(1, _U8.encode, _decode_phase), _U64)),
    Kind.CHECKPOINT_SIGNERS_SET: (
        p.CheckpointSignersSet,
        (_U8, _Field(None, encode_cose_key_array, _decode_keys)),
    ),
    Kind.SUCCESSOR_REGISTRY_SET: (p.SuccessorRegistrySet, (_U256, _ACCOUNT)),
    Kind.JOURNAL_CARRIED: (p.JournalCarried, (_U256, _ACCOUNT)),
    Kind.REGISTRY_RECOGNISED: (
        p.RegistryRecognised,
        (
            _U64,
            _U256,
            _ACCOUNT,
            _U64,
            _Field(None, _decode_recognition_tail, _decode_recognition_tail),
        ),
    ),
    Kind.RECOGNITION_ENDED: (p.RecognitionEnded, (_U64,)),
}
_KIND_OF: Final = {payload_class: kind for kind, (payload_class, _) in _LAYOUTS.items()}


def kind_of(payload: p.Payload) -> Kind:
    """The kind a payload belongs to."""
    return _KIND_OF[type(payload)]


def encode_payload(payload: p.Payload) -> bytes:
    """The data of the entry that says this. Raises JournalError for a field that does not fit."""
    _, layout = _LAYOUTS[kind_of(payload)]
    values = (getattr(payload, name) for name in payload.__dataclass_fields__)
    try:
        return b"".join(field.encode(value) for field, value in zip(layout, values, strict=True))
    except OverflowError as error:
        message = f"a number in {kind_of(payload).title} does not fit its field"
        raise JournalError(message) from error


def unknown_kind(kind: int) -> JournalError:
    """The refusal of an entry that a later version of the format has added."""
    return JournalError(
        f"kind 0x{kind:02x} is not known to this version of the program; it must be renewed "
        "before it can say anything about this registry"
    )


def decode_payload(kind: int, source: bytes) -> p.Payload:
    """What an entry says.

    Raises JournalError for an unknown kind, another length, or a field not of its form.
    """
    if kind not in _LAYOUTS:
        raise unknown_kind(kind)
    payload_class, layout = _LAYOUTS[Kind(kind)]
    return payload_class(*_decode_fields(Kind(kind), layout, source))


def _decode_fields(kind: Kind, layout: tuple[_Field, ...], source: bytes) -> list[object]:
    fixed = sum(field.width or 0 for field in layout)
    has_tail = layout[-1].width is None
    if len(source) < fixed or (len(source) > fixed and not has_tail):
        message = (
            f"{kind.title} has {len(source)} bytes of data, not "
            f"{fixed}{' or more' if has_tail else ''}"
        )
        raise JournalError(message)
    values: list[object] = []
    position = 0
    for field in layout:
        end = len(source) if field.width is None else position + field.width
        values.append(field.decode(source[position:end]))
        position = end
    return values
