"""What stands on the printed pages of one sealed credential, as plain JSON values for the template.

Everything is taken from the signed bytes and the full record they bind, never from the input again:
what is printed is what was sealed.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeAlias

from credential import cbor
from credential.cbor import Value
from credential.days import first_day, last_day
from credential.entry import Entry, certificate_number, decode_entry
from credential.errors import FormatError
from credential.ids import UnixTime
from credential.qr_symbol import modules_svg, symbol_modules
from credential.rules import roc_text
from credential.sealed import decode_sealed
from credential.type_fields import Field, FieldKind, Text
from credential.types import CredentialType
from verifier.drawing import words
from verifier.drawing.errors import PrintError
from verifier.drawing.layout import Layout, PairSection, TableSection
from verifier.drawing.layouts import LAYOUTS, keyword

Json: TypeAlias = "str | int | float | Sequence[Json] | Mapping[str, Json]"

MAX_RECORD: Final = 262_144


@dataclass(frozen=True, slots=True)
class Document:
    """One sealed credential, ready for printing."""

    agency: Text
    sealed: bytes
    qr_text: str
    record: bytes | None


@dataclass(frozen=True, slots=True)
class _Claims:
    """The values to print: those of the full record where there is one, else those of the entry."""

    entry: Entry
    values: Mapping[int, Value]
    credential_type: CredentialType


def page_model(
    document: Document, credential_type: CredentialType, layout: Layout, number_of_layout: int
) -> tuple[dict[str, Json], UnixTime]:
    """Return the texts, tables, symbol and attachments of the document, and when it was issued.

    Raises PrintError where the document is not a credential of the type, or its record not its own.
    """
    claims = _claims(document, credential_type)
    number = certificate_number(claims.entry)
    sections = [_section(section, claims) for section in layout.sections]
    model: dict[str, Json] = {
        "layout": keyword(number_of_layout),
        "agency": _both(document.agency),
        "title": _both(credential_type.title),
        "number": number,
        "statement": _both(layout.statement),
        "dates": _header_dates(claims),
        "sections": [section for section in sections if section is not None],
        "notes": [_both(note) for note in layout.notes],
        "qr": _symbol(document.qr_text, number, number_of_layout),
        "words": {
            "number": _both(words.NUMBER),
            "page": list(words.PAGE),
            "continued": _both(words.CONTINUED),
            "end": _both(words.END),
            "verify": [list(text) for text in words.HOW_TO_VERIFY],
        },
        "attachments": _attachments(document, number),
    }
    return model, claims.entry.iat


def _claims(document: Document, credential_type: CredentialType) -> _Claims:
    try:
        entry = decode_entry(decode_sealed(document.sealed).entry)
        credential_type.check_fields(entry.fields)
        record = _record_values(document.record, entry, credential_type)
    except FormatError as error:
        raise PrintError(
            f"This is not a credential of type {credential_type.id}: {error}"
        ) from error
    if (entry.type_no, entry.type_version) != (credential_type.type_no, credential_type.version):
        raise PrintError(f"The credential is not of type {credential_type.id} in this version.")
    return _Claims(entry, entry.fields if record is None else record, credential_type)


def _record_values(
    record: bytes | None, entry: Entry, credential_type: CredentialType
) -> Mapping[int, Value] | None:
    if credential_type.record is None:
        return None
    digest = entry.fields.get(credential_type.record)
    if record is None or hashlib.sha256(record).digest() != digest:
        raise PrintError("The full record is missing, or is not the one that was sealed.")
    whole = cbor.decode(record, max_bytes=MAX_RECORD)
    values = whole.get(4) if isinstance(whole, dict) else None
    if not isinstance(values, dict):
        raise PrintError("The full record is not of the form of docs/formats/type-document.md.")
    return {label: value for label, value in values.items() if isinstance(label, int)}


def _both(text: Text) -> Json:
    return {"zh": text.zh_hant, "en": text.en}


def _header_dates(claims: _Claims) -> list[Json]:
    """Return date of issue and, where no field of the type shows it, the last day of validity."""
    entry, credential_type = claims.entry, claims.credential_type
    dates = [_dated(words.ISSUED, first_day(entry.iat))]
    if entry.exp is not None and credential_type.valid_to is None:
        dates.append(_dated(words.VALID_UNTIL, last_day(entry.exp)))
    return dates


def _dated(label: Text, day: date) -> Json:
    return {"label": _both(label), "value": list(_date_lines(day))}


def _date_lines(day: date) -> tuple[str, str]:
    return roc_text(day), day.isoformat()


def _section(section: PairSection | TableSection, claims: _Claims) -> dict[str, Json] | None:
    titled: dict[str, Json] = {} if section.title is None else {"title": _both(section.title)}
    if isinstance(section, PairSection):
        pairs = _pairs(section.fields, claims.values, claims)
        return {**titled, "columns": section.columns, "pairs": pairs} if pairs else None
    rows = claims.values.get(section.source.label)
    if not isinstance(rows, list):
        return None
    return {
        **titled,
        "widths": [column.width for column in section.columns],
        "header": [[_both(field.title) for field in column.fields] for column in section.columns],
        "rows": [_row(row, section, claims) for row in rows if isinstance(row, dict)],
    }


def _row(row: Mapping[cbor.Key, Value], section: TableSection, claims: _Claims) -> Json:
    values = {label: value for label, value in row.items() if isinstance(label, int)}
    return {
        "cells": [
            [lines for field in column.fields if (lines := _lines(field, values, claims))]
            for column in section.columns
        ],
        "details": _pairs(section.details, values, claims),
    }


def _pairs(fields: tuple[Field, ...], values: Mapping[int, Value], claims: _Claims) -> list[Json]:
    return [
        {"label": _both(field.title), "value": lines}
        for field in fields
        if (lines := _lines(field, values, claims))
    ]


def _lines(field: Field, values: Mapping[int, Value], claims: _Claims) -> list[Json]:
    """Return the lines of one value, zh-Hant first; none where the credential does not have it."""
    if field.input_only:
        return _validity_lines(field, claims)
    value = values.get(field.label)
    if value is None:
        return []
    match field.kind:
        case FieldKind.DATE:
            return list(_date_lines(date.fromisoformat(str(value))))
        case FieldKind.CODE:
            return list(field.codes[str(value)])
        case FieldKind.DIGEST:
            return [value.hex()] if isinstance(value, bytes) else []
        case FieldKind.TEXT | FieldKind.NUMBER:
            return [str(value)]
        case FieldKind.ROWS:
            return [str(len(value))] if isinstance(value, list) else []


def _validity_lines(field: Field, claims: _Claims) -> list[Json]:
    entry, credential_type = claims.entry, claims.credential_type
    if field.label == credential_type.valid_from and entry.nbf is not None:
        return list(_date_lines(first_day(entry.nbf)))
    if field.label == credential_type.valid_to and entry.exp is not None:
        return list(_date_lines(last_day(entry.exp)))
    return []


def _symbol(qr_text: str, number: str, number_of_layout: int) -> Json:
    modules = symbol_modules(qr_text)
    page = LAYOUTS[number_of_layout]
    return {
        "svg": modules_svg(modules),
        "size": max(page.smallest_symbol_mm, len(modules) * page.module_mm),
        "alt": words.SYMBOL.format(number=number),
    }


def _attachments(document: Document, number: str) -> Json:
    files: list[Json] = [
        {
            "name": f"{number}.sealed",
            "content": list(document.sealed),
            "relationship": "data",
            "mime": "application/cbor",
            "description": words.SEALED_FILE,
        }
    ]
    if document.record is not None:
        files.append(
            {
                "name": "record.cbor",
                "content": list(document.record),
                "relationship": "supplement",
                "mime": "application/cbor",
                "description": words.RECORD_FILE,
            }
        )
    return files
