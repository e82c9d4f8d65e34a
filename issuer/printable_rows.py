"""Rows that could be sealed and then not be printed, refused before anything is sealed."""

from collections.abc import Callable, Iterator
from typing import TypeAlias

from credential.types import CredentialType
from issuer.problems import RowProblem, shown
from issuer.row_groups import Parsed, ParsedRow

MissingCharacters: TypeAlias = Callable[[frozenset[str]], frozenset[str]]


def without_unprintable(
    parsed: Parsed, credential_type: CredentialType, missing_characters: MissingCharacters
) -> Parsed:
    """Return the rows every character of which can be shown; the others became problems."""
    every = frozenset(
        "".join(text for row in parsed.rows for _, text in _texts(row, credential_type))
    )
    missing = missing_characters(every)
    if not missing:
        return parsed
    left = Parsed([], list(parsed.problems), set(parsed.bad_groups))
    for row in parsed.rows:
        found = [
            RowProblem(row.number, column, shown(text), "text.not_printable")
            for column, text in _texts(row, credential_type)
            if not missing.isdisjoint(text)
        ]
        left.problems.extend(found)
        if not found:
            left.rows.append(row)
        elif credential_type.group_by is not None:
            left.bad_groups.add(row.own.get(credential_type.group_by))
    return left


def _texts(row: ParsedRow, credential_type: CredentialType) -> Iterator[tuple[str, str]]:
    """Yield every text of a row with its column."""
    rows_field = credential_type.rows_field
    inner = rows_field.fields if rows_field is not None else ()
    for fields, values in ((credential_type.fields, row.own), (inner, row.inner)):
        for field in fields:
            value = values.get(field.label)
            if isinstance(value, str):
                yield field.column, value
