"""What a line of a stream asks (docs/formats/verify-stream.md)."""

import re
from typing import Final, NamedTuple

from verifier.service.asked import AskedDocument, document_of, sealed_document, text_document
from verifier.service.lines import TOO_LONG
from verifier.service.problems import NOT_JSON, TOO_LARGE, UNUSABLE, RefusedError
from verifier.service.strict_json import NotStrictJsonError, strict_json

_DEPTH: Final = 3
_MOST_ID: Final = 200
_COLONS: Final = frozenset({b":", b": "})
_COMMAS: Final = frozenset({b",", b", "})
_FOR_THEMSELVES: Final = bytes({*range(0x20, 0x7F)} - {*b'"\\'})
_NUMBER: Final = re.compile(rb": ?(0|[1-9][0-9]{0,17}), ?")


class Line(NamedTuple):
    """What a line asks: a document, and the number or text by which its client knows it."""

    document: AskedDocument
    id: str | int | None


def parsed_line(line: bytes | None) -> Line:
    """Return what a line asks; raises RefusedError for a broken one."""
    if line is TOO_LONG:
        raise RefusedError(TOO_LARGE)
    return parsed_usual(line) or parsed_any(line)


def parsed_usual(line: bytes) -> Line | None:
    """Return what `parsed_any` returns, or None where a line is not written as nearly always.

    An object of `text` or `sealed`, alone or after `id`, in the spacing that JSON writers have, all
    printable ASCII without a backslash: such a line falls apart at its quotes. A test holds the two
    against each other; the general way costs three times as much.
    """
    pieces = line.split(b'"', 9)
    match pieces:
        case [b"{", name, colon, value, b"}"]:
            id_: str | int | None = None
        case [b"{", b"id", between, name, colon, value, b"}"]:
            number = _NUMBER.fullmatch(between)
            if number is None:
                return None
            id_ = int(number[1])
        case [b"{", b"id", first_colon, named, comma, name, colon, value, b"}"]:
            id_ = _plain(named)
            if first_colon not in _COLONS or comma not in _COMMAS or id_ is None:
                return None
            if len(id_) > _MOST_ID:
                return None
        case _:
            return None
    if colon not in _COLONS:
        return None
    if name == b"sealed":
        document = sealed_document(value)
        return None if document is None else Line(document, id_)
    text = _plain(value) if name == b"text" else None
    return Line(text_document(text), id_) if text else None


def _plain(written: bytes) -> str | None:
    """Return what stands between quotes, where JSON takes every byte of it for itself."""
    return None if written.translate(None, _FOR_THEMSELVES) else written.decode("ascii")


def parsed_any(line: bytes) -> Line:
    """Return what a line asks, however it is written; raises RefusedError for a broken one."""
    try:
        told = strict_json(line, _DEPTH)
    except NotStrictJsonError as error:
        raise RefusedError(NOT_JSON) from error
    if not isinstance(told, dict):
        raise RefusedError(UNUSABLE)
    id_ = told.pop("id", None)
    is_short = (isinstance(id_, str) and len(id_) <= _MOST_ID) or type(id_) is int or id_ is None
    if not is_short or not told.keys() <= {"text", "sealed", "name"}:
        raise RefusedError(UNUSABLE)
    return Line(document_of(told), id_)
