"""One field of a credential type: its name, its form in an entry, and a fast check of that form.

docs/formats/type-document.md describes the members; a check is compiled once per type, because a
verifier runs it on every entry.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from credential.errors import TypeMismatchError

ValueCheck: TypeAlias = Callable[[object], bool]
RowCheck: TypeAlias = Callable[[Mapping[int, object]], None]


class Text(NamedTuple):
    """A label for people in the two languages of every type document."""

    zh_hant: str
    en: str

    def in_language(self, language: str) -> str:
        """Return the English text for `en` and every tag below it, else the zh-Hant text."""
        return self.en if language == "en" or language.startswith("en-") else self.zh_hant


class FieldKind(StrEnum):
    """The six kinds of fields a type document may use."""

    TEXT = "text"
    DATE = "date"
    CODE = "code"
    NUMBER = "number"
    ROWS = "rows"
    DIGEST = "digest"


@dataclass(frozen=True, slots=True)
class Field:
    """One field as its type document states it; `codes` and `fields` may be empty."""

    label: int
    key: str
    kind: FieldKind
    title: Text
    required: bool
    column: str
    rule: str | None
    maximum: int | None
    codes: Mapping[str, Text]
    fields: tuple["Field", ...]
    record_only: bool
    input_only: bool
    unique: tuple[int, ...]
    max_rows_in_entry: int | None
    count_of: int | None
    first_of: int | None

    @property
    def must_be_in_entry(self) -> bool:
        """True where an entry without this field is not of its type."""
        return (
            self.required
            and not (self.record_only or self.input_only)
            and self.max_rows_in_entry is None
            and self.first_of is None
        )

    @property
    def must_be_in_input(self) -> bool:
        """True where an input row without this field is refused."""
        return self.required and self.has_column

    @property
    def has_column(self) -> bool:
        """True where the value is read from the input, false where it is computed."""
        computed = self.kind is FieldKind.DIGEST or self.count_of is not None
        return not computed and self.first_of is None and self.kind is not FieldKind.ROWS


def is_iso_day(value: object) -> bool:
    """True for exactly `YYYY-MM-DD`, a day that exists, years 0001 to 9999."""
    if type(value) is not str or len(value) != 10 or value[4] != "-" or value[7] != "-":
        return False
    try:
        date.fromisoformat(
            value
        )  # hyphens at 4 and 7 leave it no other form, and it reads ASCII digits only
    except ValueError:
        return False
    return True


def compile_check(fields: Sequence[Field]) -> RowCheck:
    """Return a function that raises TypeMismatchError for a map that is not of these fields."""
    checks = {field.label: _value_check(field) for field in fields}
    keys = {field.label: field.key for field in fields}
    required = tuple(field.label for field in fields if field.must_be_in_entry)
    texts = frozenset(field.label for field in fields if field.kind is FieldKind.TEXT)
    find_check = checks.get

    def check(values: Mapping[int, object]) -> None:
        for label, value in values.items():
            if label in texts and type(value) is str and value:
                continue  # most fields, without a call
            holds = find_check(label)
            if holds is not None and not holds(value):
                raise TypeMismatchError(
                    f"field {label} ({keys[label]}) is not of the form of its kind"
                )
        for label in required:
            if label not in values:
                raise TypeMismatchError(f"required field {label} ({keys[label]}) is missing")

    return check


def _value_check(field: Field) -> ValueCheck:
    match field.kind:
        case FieldKind.TEXT:
            return _is_text
        case FieldKind.DATE:
            return is_iso_day
        case FieldKind.CODE:
            codes = frozenset(field.codes)
            return lambda value: type(value) is str and value in codes
        case FieldKind.NUMBER:
            return _is_number
        case FieldKind.DIGEST:
            return _is_digest
        case FieldKind.ROWS:
            return _rows_check(compile_check(field.fields), single=field.first_of is not None)


def _is_text(value: object) -> bool:
    return type(value) is str and value != ""


def _is_number(value: object) -> bool:
    return type(value) is int and value >= 0  # bool is an int to isinstance, never to type()


def _is_digest(value: object) -> bool:
    return type(value) is bytes and len(value) == 32


def _rows_check(check_row: RowCheck, *, single: bool) -> ValueCheck:
    def holds(value: object) -> bool:
        if type(value) is not list and type(value) is not tuple:
            return False
        if not value or (single and len(value) != 1):
            return False
        for row in value:
            if not isinstance(row, Mapping):
                return False
            check_row(row)
        return True

    return holds
