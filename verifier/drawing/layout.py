"""The print layout of a type document, read once into sections whose labels are known to exist."""

from dataclasses import dataclass

from credential.errors import StructureError
from credential.type_fields import Field, FieldKind, Text
from credential.type_json import Json, Members
from credential.types import CredentialType

_MOST_WIDTH = 100


@dataclass(frozen=True, slots=True)
class PairSection:
    """Label and value pairs in a grid of one or two columns."""

    title: Text | None
    fields: tuple[Field, ...]
    columns: int


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table, whose fields are stacked."""

    fields: tuple[Field, ...]
    width: int


@dataclass(frozen=True, slots=True)
class TableSection:
    """A table with one line a row, and the details printed below each line."""

    title: Text | None
    source: Field
    columns: tuple[Column, ...]
    details: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """What is printed of a credential, in order."""

    statement: Text
    sections: tuple[PairSection | TableSection, ...]
    notes: tuple[Text, ...]


def read_layout(credential_type: CredentialType) -> Layout:
    """Return the layout; raises StructureError where it is not of the form of the format page."""
    members = Members(dict(credential_type.layout), "the layout")
    statement = members.title("statement")
    sections = tuple(_section(item, credential_type) for item in members.array("sections"))
    notes = tuple(_note(item) for item in members.optional_array("notes"))
    members.refuse_others()
    return Layout(statement, sections, notes)


def _note(item: Json) -> Text:
    return Members({"note": item}, "the notes").title("note")


def _section(item: Json, credential_type: CredentialType) -> PairSection | TableSection:
    members = Members(item, "a section of the layout")
    title = members.optional_title("title")
    source = members.optional_integer("rows", 1, 65_535)
    if source is None:
        fields = _fields(members.array("fields"), credential_type.fields)
        columns = members.optional_integer("columns", 1, 2) or 2
        members.refuse_others()
        return PairSection(title, fields, columns)
    rows = _fields([source], credential_type.fields)[0]
    if rows.kind is not FieldKind.ROWS:
        raise StructureError(f"the layout prints field {rows.key} as rows, which it has none of")
    table = TableSection(
        title=title,
        source=rows,
        columns=tuple(_column(column, rows) for column in members.array("columns")),
        details=_fields(members.optional_array("details"), rows.fields),
    )
    members.refuse_others()
    return table


def _column(item: Json, rows: Field) -> Column:
    members = Members(item, "a column of the layout")
    column = Column(
        _fields(members.array("fields"), rows.fields), members.integer("width", 1, _MOST_WIDTH)
    )
    members.refuse_others()
    return column


def _fields(labels: list[Json], fields: tuple[Field, ...]) -> tuple[Field, ...]:
    by_label = {field.label: field for field in fields}
    unknown = [label for label in labels if type(label) is not int or label not in by_label]
    if unknown:
        raise StructureError(f"the layout names labels that are no fields: {unknown!r:.100}")
    return tuple(by_label[label] for label in labels if isinstance(label, int))
