"""Rows of a CSV file turned into what can be sealed, or into every reason at once why they cannot.

Pure but for reading the file: no clock, no database. Nothing is corrected on the way; a value is
signed as it was entered.
"""

import csv
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from credential import cbor
from credential.cbor import Value
from credential.ids import Digest, UnixTime
from credential.type_fields import Field, FieldKind
from credential.types import CredentialType
from issuer.csv_input import Row, Table, check_columns, read_table
from issuer.printable_rows import MissingCharacters, without_unprintable
from issuer.problems import RowProblem
from issuer.row_groups import REASON_COLUMN, ParsedRow, group_rows, parse_rows
from issuer.validity import Validity, validity_of

_INPUT_PURPOSE: Final = b"sealroot/input/1"


@dataclass(frozen=True, slots=True)
class PreparedRecord:
    """One credential to be: its claims, and what becomes of them once its `cti` is drawn."""

    input_key: Digest
    """SHA-256 over all values of the input: the same for the same rows, in any file."""
    title: str
    """What a clerk knows it by; personal data."""
    rows: tuple[int, ...]
    fields: Mapping[int, Value]
    """The claims of the entry, all but the digest of the full record."""
    record_fields: Mapping[int, Value] | None
    validity: Validity
    type_no: int
    type_version: int
    record_label: int | None

    def full_record(self, cti: bytes) -> bytes | None:
        """Return the full record (type-document.md), or None where the type has none."""
        if self.record_fields is None:
            return None
        return cbor.encode(
            {
                1: 1,
                2: [self.type_no, self.type_version],
                3: cti,
                4: dict(self.record_fields.items()),
            }
        )

    def claims(self, full_record: bytes | None) -> dict[int, Value]:
        """Return the fields of the entry, bound to the full record where there is one."""
        claims = dict(self.fields)
        if self.record_label is not None and full_record is not None:
            claims[self.record_label] = hashlib.sha256(full_record).digest()
        return claims

    def nbf(self) -> UnixTime | None:
        """Return the start of validity where the input gives one."""
        return self.validity.nbf

    def exp(self, issued_at: UnixTime) -> UnixTime | None:
        """Return the end of validity, counted from `issued_at` where the type gives days only."""
        return self.validity.exp_at(issued_at)


@dataclass(frozen=True, slots=True)
class Prepared:
    """All that can be issued from an input, and all that cannot, with the reasons."""

    records: tuple[PreparedRecord, ...]
    problems: tuple[RowProblem, ...]
    columns: tuple[str, ...]
    refused: tuple[Row, ...]
    """Every row that is part of no record, as it was read."""


def read_records(
    source: Path | bytes,
    credential_type: CredentialType,
    *,
    missing_characters: MissingCharacters | None = None,
) -> Prepared:
    """Return the records and problems of a CSV file.

    `missing_characters` (a printer has it) names the characters no font shows: a row with one is
    refused here, since after sealing it would be too late.
    Raises InputError where the file as a whole is not the input of this type: encoding, header,
    size.
    """
    table = read_table(source)
    _check_columns(table, credential_type)
    parsed = parse_rows(table, credential_type)
    if missing_characters is not None:
        parsed = without_unprintable(parsed, credential_type, missing_characters)
    records = []
    for group in group_rows(parsed, credential_type):
        validity = validity_of(group[0].own, credential_type)
        if isinstance(validity, Validity):
            records.append(_record(group, validity, credential_type))
        else:
            column = _column(
                credential_type.valid_to or credential_type.valid_from, credential_type
            )
            parsed.problems.append(RowProblem(group[0].number, column, "", validity))
    issued = {number for record in records for number in record.rows}
    refused = tuple(row for row in table.rows if row.number not in issued)
    named = {problem.row for problem in parsed.problems}
    with_others = [
        RowProblem(row.number, "", "", "group.refused")
        for row in refused
        if row.number not in named
    ]
    problems = tuple(sorted([*parsed.problems, *with_others]))
    return Prepared(tuple(records), problems, table.columns, refused)


def write_refused(prepared: Prepared, path: Path) -> None:
    """Write the refused rows with a column of reasons; put right, the file can be issued."""
    reasons: dict[int, list[str]] = {}
    for problem in prepared.problems:
        words = f"{problem.column}: {problem.text.zh_hant} {problem.text.en} [{problem.code}]"
        reasons.setdefault(problem.row, []).append(words)
    columns = [name for name in prepared.columns if name != REASON_COLUMN]
    places = [prepared.columns.index(name) for name in columns]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*columns, REASON_COLUMN])
        for row in prepared.refused:
            whole = len(row.cells) == len(prepared.columns)
            cells = [row.cells[place] for place in places] if whole else list(row.cells)
            writer.writerow([*cells, " | ".join(reasons[row.number])])


def _check_columns(table: Table, credential_type: CredentialType) -> None:
    rows_field = credential_type.rows_field
    fields = [*credential_type.fields, *(rows_field.fields if rows_field is not None else ())]
    known = [field.column for field in fields if field.has_column]
    required = [field.column for field in fields if field.must_be_in_input]
    check_columns(table.columns, known, required, ignored=REASON_COLUMN)


def _column(label: int | None, credential_type: CredentialType) -> str:
    return "" if label is None else credential_type.by_label[label].column


def _record(
    group: list[ParsedRow], validity: Validity, credential_type: CredentialType
) -> PreparedRecord:
    whole = _whole(group, credential_type)
    has_record = credential_type.record is not None
    return PreparedRecord(
        input_key=_input_key(whole, credential_type),
        title=_title(group, credential_type),
        rows=tuple(row.number for row in group),
        fields=_entry_fields(whole, credential_type),
        record_fields=_record_fields(whole, credential_type) if has_record else None,
        validity=validity,
        type_no=credential_type.type_no,
        type_version=credential_type.version,
        record_label=credential_type.record,
    )


def _whole(group: list[ParsedRow], credential_type: CredentialType) -> dict[int, Value]:
    """Return every value the input gives, with the rows of the group and their number."""
    whole = dict(group[0].own)
    rows_field = credential_type.rows_field
    if rows_field is not None:
        rows: list[Value] = [dict(row.inner.items()) for row in group]
        whole[rows_field.label] = rows
    for field in credential_type.fields:
        if field.count_of is not None:
            whole[field.label] = len(group)
    return whole


def _input_key(whole: dict[int, Value], credential_type: CredentialType) -> Digest:
    named: Value = [credential_type.type_no, credential_type.version, dict(whole.items())]
    return Digest(hashlib.sha256(_INPUT_PURPOSE + cbor.encode(named)).digest())


def _entry_fields(whole: dict[int, Value], credential_type: CredentialType) -> dict[int, Value]:
    """Return the claims of the entry: long rows give way to their first, as the type says."""
    claims: dict[int, Value] = {}
    for field in credential_type.fields:
        source = whole.get(field.first_of or field.label)
        if source is None or field.record_only or field.input_only:
            continue
        if isinstance(source, list):
            short = _fits_entry(source, credential_type)
            if short == (field.first_of is not None):
                continue
            shown_rows = source[:1] if field.first_of is not None else source
            source = [_without_record_only(row, field) for row in shown_rows]
        claims[field.label] = source
    return claims


def _fits_entry(rows: list[Value], credential_type: CredentialType) -> bool:
    field = credential_type.rows_field
    most = field.max_rows_in_entry if field is not None else None
    return most is None or len(rows) <= most


def _without_record_only(row: Value, field: Field) -> Value:
    hidden = {inner.label for inner in field.fields if inner.record_only}
    return {k: v for k, v in row.items() if k not in hidden} if isinstance(row, dict) else row


def _record_fields(whole: dict[int, Value], credential_type: CredentialType) -> dict[int, Value]:
    hidden = {field.label for field in credential_type.fields if field.input_only}
    return {label: value for label, value in whole.items() if label not in hidden}


def _title(group: list[ParsedRow], credential_type: CredentialType) -> str:
    """Return the first text of the credential and the first name in it."""
    rows_field = credential_type.rows_field
    texts = [
        value
        for field in credential_type.fields
        if isinstance(value := group[0].own.get(field.label), str) and field.kind is FieldKind.TEXT
    ]
    named = [
        value
        for fields, values in (
            (credential_type.fields, group[0].own),
            (rows_field.fields if rows_field is not None else (), group[0].inner),
        )
        for field in fields
        if field.key == "name" and isinstance(value := values.get(field.label), str)
    ]
    return " ".join(dict.fromkeys([*texts[:1], *named[:1]]))
