"""The signed fields of an entry as rows for a person: labels, both calendars, meanings of codes."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from typing import NamedTuple

from credential.cbor import Key, Value
from credential.display import shown
from credential.entry import Entry
from credential.rules import roc_text
from credential.type_fields import Field, FieldKind
from credential.types import CredentialType
from verifier.words import Language, phrase

TAIPEI = timezone(timedelta(hours=8))


class Row(NamedTuple):
    """One line of the display, safe to print; `depth` is 1 for a field inside a row of rows."""

    title: str
    value: str
    depth: int = 0


def field_rows(
    fields: Mapping[int, Value], kind: CredentialType | None, language: Language
) -> list[Row]:
    """Return every field that is there: those of the type in its order, then all others."""
    known = kind.fields if kind is not None else ()
    return [*_rows(fields, known, language, 0)]


def claim_rows(entry: Entry, kind: CredentialType | None, language: Language) -> list[Row]:
    """Return the dates an entry states, first as the days they were made from, and other claims."""
    stated = (("not_before", entry.nbf), ("expires", entry.exp), ("issued", entry.iat))
    rows = [
        Row(phrase("label", name, language), moment_text(at, language))
        for name, at in stated
        if at is not None
    ]
    if kind is not None:
        rows = [*_validity_days(entry, kind, language), *rows]
    extra = phrase("label", "extra", language)
    rows += [
        Row(f"{extra} {label}", _plain(value, language)) for label, value in entry.other.items()
    ]
    return rows


def _validity_days(entry: Entry, kind: CredentialType, language: Language) -> Iterator[Row]:
    """Yield first and last day of validity where they were signed as nbf and exp alone."""
    for label, second in ((kind.valid_from, entry.nbf), (kind.valid_to, entry.exp)):
        field = kind.by_label.get(label) if label is not None else None
        if field is None or not field.input_only or second is None:
            continue
        within = second if label == kind.valid_from else second - 1
        day = datetime.fromtimestamp(max(within, 0), UTC).astimezone(TAIPEI).date()
        yield Row(shown(field.title.in_language(language)), _day(day.isoformat()))


def moment_text(at: int, language: Language) -> str:
    """Return a time as people in Taiwan read it, with the offset it is written in."""
    try:
        local = datetime.fromtimestamp(at, UTC).astimezone(TAIPEI)
    except (OverflowError, ValueError, OSError):
        return str(at)
    iso = local.isoformat(sep=" ", timespec="seconds")
    return f"{iso}（{roc_text(local.date())}）" if language == "zh-Hant" else iso


@lru_cache(maxsize=1_024)
def rfc3339(at: int) -> str:
    """Return a Unix time as RFC 3339 in UTC; one beyond the year 9999 as its number."""
    try:
        return datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")
    except (OverflowError, ValueError, OSError):
        return str(at)


def _rows(
    values: Mapping[int, Value], known: tuple[Field, ...], language: Language, depth: int
) -> Iterator[Row]:
    labels = {field.label for field in known}
    for field in known:
        if field.label in values:
            yield from _field(values[field.label], field, language, depth)
    for label, value in values.items():
        if label not in labels:
            title = f"{phrase('label', 'field', language)} {shown(str(label))}"
            yield Row(title, _plain(value, language), depth)


def _field(value: Value, field: Field, language: Language, depth: int) -> Iterator[Row]:
    title = shown(field.title.in_language(language))
    if field.kind is FieldKind.ROWS and isinstance(value, list):
        for number, row in enumerate(value, 1):
            yield Row(f"{title} {number}/{len(value)}", "", depth)
            if isinstance(row, dict):
                yield from _rows(_labelled(row), field.fields, language, depth + 1)
            else:
                yield Row(title, _plain(row, language), depth + 1)
        return
    yield Row(title, _value(value, field, language), depth)


def _labelled(row: Mapping[Key, Value]) -> dict[int, Value]:
    return {label: value for label, value in row.items() if isinstance(label, int)}


def _value(value: Value, field: Field, language: Language) -> str:
    if field.kind is FieldKind.DATE and isinstance(value, str):
        return _day(value)
    if field.kind is FieldKind.CODE and isinstance(value, str) and value in field.codes:
        return f"{shown(field.codes[value].in_language(language))} ({shown(value)})"
    return _plain(value, language)


def _day(value: str) -> str:
    """Return a signed ISO day with the same day in the calendar of the Republic of China."""
    try:
        return f"{value} ({roc_text(date.fromisoformat(value))})"
    except ValueError:
        return shown(value)


def _plain(value: Value, language: Language) -> str:
    """Return any signed value; what is inside lists and maps is shown too, never left out."""
    if isinstance(value, str):
        return shown(value)
    if isinstance(value, bool):
        return phrase("label", "yes" if value else "no", language)
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, list):
        return "[" + ", ".join(_plain(item, language) for item in value) + "]"
    if isinstance(value, dict):
        parts = (f"{shown(str(key))}: {_plain(item, language)}" for key, item in value.items())
        return "{" + ", ".join(parts) + "}"
    return str(value)


def texts_of(values: object) -> Iterator[str]:
    """Yield every text inside signed values, to look for unusual characters."""
    if isinstance(values, str):
        yield values
    elif isinstance(values, Mapping):
        for value in values.values():
            yield from texts_of(value)
    elif isinstance(values, list):
        for value in values:
            yield from texts_of(value)
