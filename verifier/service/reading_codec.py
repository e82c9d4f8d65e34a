"""What a child read, as bytes on its way to the service, which believes none of it."""

import base64
import json
from typing import Final

from verifier.confined import Answer
from verifier.documents import Held, PdfHints, PlaceKind, Reading
from verifier.errors import DocumentError
from verifier.reasons import Reason
from verifier.service.strict_json import NotStrictJsonError, strict_json

_DEEPEST: Final = 6
_MOST_PLACES: Final = 4_096
_MOST_WORDS: Final = 500


def encode_reading(reading: Reading) -> Answer:
    """Return what was read, for JSON."""
    return {
        "held": [
            [held.kind.value, held.page, _text(held.sealed), held.url, held.fault]
            for held in reading.held
        ],
        "records": [_text(record) for record in reading.records],
        "hints": None if reading.hints is None else [*map(_flat, reading.hints)],
    }


def encode_refusal(error: DocumentError) -> bytes:
    """Return why nothing was read."""
    return json.dumps({"refused": error.reason.value, "because": str(error)}).encode("ascii")


def decode_answer(answer: bytes) -> dict[str, object] | None:
    """Return the members of a child's answer, or None for one that is broken.

    Raises DocumentError where the child says that there is nothing to read. A child that was taken
    over by its document can say what it likes: that is then what the document holds, and is judged.
    """
    try:
        members = strict_json(answer, _DEEPEST)
    except NotStrictJsonError:
        return None
    if not isinstance(members, dict):
        return None
    match members.get("refused"), members.get("because"):
        case None, None:
            return members
        case str(code), str(because) if code in _REFUSALS:
            raise DocumentError(Reason(code), because[:_MOST_WORDS])
        case _:
            return None


def decode_reading(members: dict[str, object]) -> Reading | None:
    """Return the reading, or None where it is not of the one form."""
    held, records = members.get("held"), members.get("records")
    if not isinstance(held, list) or not isinstance(records, list) or not held:
        return None
    if len(held) + len(records) > _MOST_PLACES:
        return None
    try:
        hints = _hints(members.get("hints"))
        return Reading(tuple(map(_held, held)), tuple(map(_bytes, records)), hints)
    except ValueError:
        return None


def _held(told: object) -> Held:
    match told:
        case [str(kind), page, sealed, url, fault] if (
            (page is None or type(page) is int)
            and isinstance(url, str | None)
            and isinstance(fault, str | None)
            and (fault is None or fault in _FAULTS)
        ):
            return Held(PlaceKind(kind), page, _bytes(sealed), url, fault)
        case _:
            raise ValueError("not a place")


def _flat(hint: str | bool) -> Answer:  # noqa: FBT001  (both kinds of hint)
    return hint[:_MOST_WORDS] if isinstance(hint, str) else int(hint)


def _hints(told: object) -> PdfHints | None:
    match told:
        case None:
            return None
        case [str(keywords), str(author), (0 | 1) as is_scan]:
            return PdfHints(keywords, author, bool(is_scan))
        case _:
            raise ValueError("not hints")


def _bytes(told: object) -> bytes:
    if not isinstance(told, str):
        raise ValueError("not a byte string")  # noqa: TRY004  (one kind of error for its caller)
    return base64.b64decode(told, validate=True)


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


_REFUSALS: Final = frozenset(
    reason.value for reason in Reason if reason.value.startswith("document.")
)
_FAULTS: Final = frozenset(reason.value for reason in Reason if reason.value.startswith("form."))
