"""Whether a type document fits together: every label named anywhere is that of a fitting field."""

from collections.abc import Iterator

from credential.credential_type import CredentialType
from credential.errors import StructureError
from credential.type_fields import Field, FieldKind


def check_references(loaded: CredentialType) -> None:
    """Raises StructureError where a label named anywhere is not that of a field that fits."""
    refuse_twins(loaded.fields)
    for faults in (_date_faults, _group_faults, _record_faults, _column_faults):
        for fault in faults(loaded):
            raise StructureError(f"the type document does not fit together: {fault}")


def refuse_twins(fields: tuple[Field, ...]) -> None:
    """Raises StructureError where there is no field, or a label or key occurs twice."""
    labels = {field.label for field in fields}
    keys = {field.key for field in fields}
    if not fields or len(labels) < len(fields) or len(keys) < len(fields):
        raise StructureError("there is at least one field, and every label and key occurs once")


def _date_faults(loaded: CredentialType) -> Iterator[str]:
    named = {label for label in (loaded.valid_from, loaded.valid_to) if label is not None}
    dates = {field.label for field in loaded.fields if field.kind is FieldKind.DATE}
    if not named <= dates:
        yield "valid_from and valid_to name date fields"
    if any(field.input_only and field.label not in named for field in loaded.fields):
        yield "input_only is for the fields of valid_from and valid_to"


def _group_faults(loaded: CredentialType) -> Iterator[str]:
    rows = [
        field.label
        for field in loaded.fields
        if field.kind is FieldKind.ROWS and field.first_of is None
    ]
    if len(rows) > 1:
        yield "at most one rows field is read from the input"
    if bool(rows) != (loaded.group_by is not None):
        yield "group_by and a rows field need each other"
    if loaded.group_by is not None and not _all_required((loaded.group_by,), loaded.fields):
        yield "group_by names a required field with a column"
    if any(field.count_of is not None and field.count_of not in rows for field in loaded.fields):
        yield "count_of names a rows field"


def _record_faults(loaded: CredentialType) -> Iterator[str]:
    digests = [field.label for field in loaded.fields if field.kind is FieldKind.DIGEST]
    if digests != ([] if loaded.record is None else [loaded.record]):
        yield "record names the one digest field"
    in_record_alone = any(
        field.record_only or field.max_rows_in_entry is not None
        for outer in loaded.fields
        for field in (outer, *outer.fields)
    )
    if in_record_alone and loaded.record is None:
        yield "record_only and max_rows_in_entry need a record"


def _column_faults(loaded: CredentialType) -> Iterator[str]:
    columns = [
        field.column
        for outer in loaded.fields
        if outer.first_of is None
        for field in (outer, *outer.fields)
        if field.has_column
    ]
    if len(set(columns)) < len(columns):
        yield "two fields read the same column"
    if not _all_required(loaded.unique, loaded.fields) or not all(
        _all_required(field.unique, field.fields) for field in loaded.fields
    ):
        yield "unique names required fields with a column"


def _all_required(labels: tuple[int, ...], fields: tuple[Field, ...]) -> bool:
    return set(labels) <= {field.label for field in fields if field.must_be_in_input}
