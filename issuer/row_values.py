"""One cell of the input turned into the value of a claim, or into the reason why it cannot be."""

import re
from collections.abc import Callable, Sequence
from datetime import date
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from credential.cbor import Value
from credential.rules import TEXT_RULES, Refusal, parse_iso_date, parse_roc_date
from credential.type_fields import Field, FieldKind

_NUMBER = re.compile(r"[0-9]{1,15}")
_DEFAULT_TEXT = 200


class CellRefusal(StrEnum):
    """Why a cell was refused, beside the rules of credential.rules; stable codes."""

    MISSING = "field.missing"
    TOO_LONG = "field.too_long"
    CODE = "field.code"
    NUMBER = "field.number"


class Refused(NamedTuple):
    """A cell that cannot become a claim."""

    code: str


ReadValue: TypeAlias = "Value | Refused"
Reader: TypeAlias = Callable[[str], ReadValue]


def column_readers(fields: Sequence[Field]) -> dict[str, tuple[Field, Reader]]:
    """Return, by input column, the field it feeds and the function that reads its cells."""
    return {field.column: (field, _reader(field)) for field in fields if field.has_column}


def _reader(field: Field) -> Reader:
    match field.kind:
        case FieldKind.TEXT:
            return _text_reader(field)
        case FieldKind.DATE:
            return _read_roc_date if field.rule == "tw-roc-date" else _read_iso_date
        case FieldKind.CODE:
            return _code_reader(field)
        case FieldKind.NUMBER:
            return _number_reader(field)
        case FieldKind.ROWS | FieldKind.DIGEST:
            raise AssertionError(f"kind {field.kind} has no column")


def _text_reader(field: Field) -> Reader:
    refuse = TEXT_RULES[field.rule]
    longest = field.maximum or _DEFAULT_TEXT

    def read(cell: str) -> ReadValue:
        if len(cell) > longest:
            return Refused(CellRefusal.TOO_LONG)
        refusal = refuse(cell)
        return cell if refusal is None else Refused(refusal)

    return read


def _read_roc_date(cell: str) -> ReadValue:
    return _iso_text(parse_roc_date(cell))


def _read_iso_date(cell: str) -> ReadValue:
    return _iso_text(parse_iso_date(cell))


def _iso_text(day: date | Refusal) -> ReadValue:
    return Refused(day) if isinstance(day, Refusal) else day.isoformat()


def _code_reader(field: Field) -> Reader:
    # a key goes before a label: a code list may name one code with the letters of another
    known = {title.zh_hant: code for code, title in field.codes.items()} | {
        code: code for code in field.codes
    }

    def read(cell: str) -> ReadValue:
        return known.get(cell) or Refused(CellRefusal.CODE)

    return read


def _number_reader(field: Field) -> Reader:
    largest = field.maximum if field.maximum is not None else 2**53

    def read(cell: str) -> ReadValue:
        # int() takes digits of every script, so the form is checked first
        if not _NUMBER.fullmatch(cell) or int(cell) > largest:
            return Refused(CellRefusal.NUMBER)
        return int(cell)

    return read
