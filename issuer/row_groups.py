"""Rows read cell by cell and put together to credentials; no fault ends the reading."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from credential.cbor import Value
from credential.type_fields import Field
from credential.types import MAX_ROWS, CredentialType
from issuer.csv_input import Row, Table
from issuer.problems import RowProblem, shown
from issuer.row_values import CellRefusal, Reader, Refused, column_readers

REASON_COLUMN = "refused_because"


class ParsedRow(NamedTuple):
    """One row whose every cell stands: what is the credential's, and what its own line of it."""

    number: int
    own: dict[int, Value]
    inner: dict[int, Value]


class Parsed(NamedTuple):
    """Rows that stand, what is wrong with the others, and the groups with a refused row."""

    rows: list[ParsedRow]
    problems: list[RowProblem]
    bad_groups: set[Value]


def parse_rows(table: Table, credential_type: CredentialType) -> Parsed:
    """Return every row of the table as values, or the problems of its cells."""
    own = column_readers(credential_type.fields)
    inner = column_readers(rows.fields) if (rows := credential_type.rows_field) else {}
    parsed = Parsed([], [], set())
    seen: dict[tuple[str, ...], int] = {}
    for row in table.rows:
        problems: list[RowProblem] = []
        cells = _cells(table, row, problems)
        own_values = _values(row.number, cells, own, problems)
        inner_values = _values(row.number, cells, inner, problems)
        if cells and seen.setdefault(row.cells, row.number) != row.number:
            problems.append(RowProblem(row.number, "", f"= {seen[row.cells]}", "row.duplicate"))
        if problems:
            parsed.problems.extend(problems)
            if credential_type.group_by is not None:
                parsed.bad_groups.add(own_values.get(credential_type.group_by))
        else:
            parsed.rows.append(ParsedRow(row.number, own_values, inner_values))
    return parsed


def _cells(table: Table, row: Row, problems: list[RowProblem]) -> dict[str, str]:
    if len(row.cells) != len(table.columns):
        problems.append(RowProblem(row.number, "", str(len(row.cells)), "row.cells"))
        return {}
    return dict(zip(table.columns, row.cells, strict=True))


def _values(
    number: int,
    cells: dict[str, str],
    readers: dict[str, tuple[Field, Reader]],
    problems: list[RowProblem],
) -> dict[int, Value]:
    values: dict[int, Value] = {}
    if not cells:
        return values
    for column, (field, read) in readers.items():
        cell = cells.get(column, "")
        if cell == "":
            if field.required:
                problems.append(RowProblem(number, column, "", CellRefusal.MISSING))
            continue
        value = read(cell)
        if isinstance(value, Refused):
            problems.append(RowProblem(number, column, shown(cell), value.code))
        else:
            values[field.label] = value
    return values


def group_rows(parsed: Parsed, credential_type: CredentialType) -> list[list[ParsedRow]]:
    """Return the rows of each credential, in order of appearance, without refused groups.

    The problems found on the way are added to `parsed`.
    """
    label = credential_type.group_by
    if label is None:
        groups = [[row] for row in parsed.rows]
    else:
        by_value: dict[Value, list[ParsedRow]] = {}
        for row in parsed.rows:
            by_value.setdefault(row.own[label], []).append(row)
        groups = list(by_value.values())
    found = [*_group_problems(groups, credential_type), *_twins(groups, credential_type)]
    parsed.problems.extend(found)
    bad = {problem.row for problem in found}
    return [
        group
        for group in groups
        if bad.isdisjoint(row.number for row in group)
        and (label is None or group[0].own[label] not in parsed.bad_groups)
    ]


def _group_problems(
    groups: Iterable[list[ParsedRow]], credential_type: CredentialType
) -> Iterable[RowProblem]:
    rows_field = credential_type.rows_field
    if rows_field is None:
        return
    for group in groups:
        if len(group) > (rows_field.maximum or MAX_ROWS):
            yield RowProblem(group[0].number, "", str(len(group)), "group.too_long")
        for row in group[1:]:
            for label in row.own.keys() | group[0].own.keys():
                if row.own.get(label) != group[0].own.get(label):
                    column = credential_type.by_label[label].column
                    yield RowProblem(
                        row.number, column, shown(str(row.own.get(label, ""))), "group.differs"
                    )


def _twins(
    groups: Sequence[list[ParsedRow]], credential_type: CredentialType
) -> Iterable[RowProblem]:
    """Yield every row with values that an earlier one has and only one may have."""
    firsts = [group[0] for group in groups]
    own = credential_type.unique
    yield from _same(own, [(row.number, row.own) for row in firsts], credential_type.fields)
    rows_field = credential_type.rows_field
    if rows_field is not None:
        inner = [(row.number, row.inner) for group in groups for row in group]
        yield from _same(rows_field.unique, inner, rows_field.fields)


def _same(
    labels: tuple[int, ...],
    rows: Iterable[tuple[int, dict[int, Value]]],
    fields: tuple[Field, ...],
) -> Iterable[RowProblem]:
    if not labels:
        return
    columns = "+".join(field.column for field in fields if field.label in labels)
    seen: dict[tuple[Value, ...], int] = {}
    for number, values in rows:
        key = tuple(values[label] for label in labels)
        if seen.setdefault(key, number) != number:
            found = shown(" ".join(map(str, key)))
            yield RowProblem(number, columns, f"{found} = {seen[key]}", "row.not_unique")
