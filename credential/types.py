"""Credential types as data: a type document read strictly into a value that checks entries.

docs/formats/type-document.md is the format. A type is known by the SHA-256 of its document's bytes,
which the journal holds; nothing here is ever written back as JSON.
"""

import hashlib
import json
import re
from typing import cast

from credential.credential_type import CredentialType
from credential.errors import EncodingError, FormatError, LimitError, StructureError
from credential.ids import Digest
from credential.type_fields import Field, FieldKind, compile_check
from credential.type_json import LABEL_PATTERN, Json, Members, json_object
from credential.type_references import check_references, refuse_twins

__all__ = ["MAX_BYTES", "MAX_ROWS", "CredentialType", "load_type"]

MAX_BYTES = 65_536
MAX_DEPTH = 8
MAX_ROWS = 64
MAX_LABEL = 65_535
RULES = frozenset(
    {
        "tw-national-id",
        "tw-unified-business-no",
        "tw-roc-date",
        "name",
        "address",
        "number",
    }
)
# A string that never ends counts up to the end: else a hostile document of quotes is scanned to its
# end once for every quote, which took 20 seconds.
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)', re.DOTALL)
_BRACKET = re.compile(rb"[\[\]{}]")
_ROW_KINDS = frozenset({FieldKind.TEXT, FieldKind.DATE, FieldKind.CODE, FieldKind.NUMBER})


def load_type(document: bytes) -> CredentialType:
    """Return the type that `document` describes.

    Raises LimitError, EncodingError or StructureError, never another.
    """
    top = Members(_parse(document), "the document")
    if top.integer("format", 1, 1_000) != 1:
        raise StructureError(
            "this reader knows format 1 of type documents only; a newer program is needed"
        )
    fields = tuple(_field(Members(item, "a field"), in_rows=False) for item in top.array("fields"))
    fields = tuple(_with_rows_of(field, fields) for field in fields)
    loaded = CredentialType(
        digest=Digest(hashlib.sha256(document).digest()),
        id=top.text("id", r"[a-z0-9-]{1,40}"),
        type_no=top.integer("type", 1, 0xFFFF_FFFF),
        version=top.integer("version", 1, 0xFFFF),
        title=top.title("title"),
        valid_days=top.optional_integer("valid_days", 1, 36_525),
        valid_from=top.optional_integer("valid_from", 1, MAX_LABEL),
        valid_to=top.optional_integer("valid_to", 1, MAX_LABEL),
        group_by=top.optional_integer("group_by", 1, MAX_LABEL),
        unique=top.labels("unique"),
        record=top.optional_integer("record", 1, MAX_LABEL),
        fields=fields,
        by_label={field.label: field for field in fields},
        layout=top.object("layout"),
        check_fields=compile_check(fields),
    )
    top.refuse_others()
    check_references(loaded)
    return loaded


def _parse(document: bytes) -> Json:
    if len(document) > MAX_BYTES:
        raise LimitError(f"a type document has at most {MAX_BYTES} bytes, this one {len(document)}")
    depth = deepest = 0
    for bracket in _BRACKET.findall(_STRING.sub(b"", document)):
        depth += 1 if bracket in b"[{" else -1
        deepest = max(deepest, depth)
    if deepest > MAX_DEPTH:
        raise LimitError(f"a type document nests at most {MAX_DEPTH} deep")
    try:
        return cast(
            "Json",
            json.loads(
                document.decode("utf-8", "strict"),
                object_pairs_hook=json_object,
                parse_float=_refuse_number,
                parse_constant=_refuse_number,
                parse_int=_integer,
            ),
        )
    except FormatError:
        raise
    except (ValueError, RecursionError) as error:
        raise EncodingError(f"a type document is UTF-8 JSON: {error}") from error


def _refuse_number(text: str) -> Json:
    raise EncodingError(f"a type document has integers only, not {text[:20]}")


def _integer(text: str) -> int:
    if len(text) > 18:
        raise LimitError("a number in a type document has at most 18 digits")
    return int(text)


def _field(members: Members, *, in_rows: bool) -> Field:
    kind = _kind(members, in_rows=in_rows)
    key = members.text("key", r"[a-z][a-z0-9_]{0,39}")
    rows = kind is FieldKind.ROWS
    first_of = members.optional_integer("first_of", 1, MAX_LABEL) if rows else None
    field = Field(
        label=members.integer("label", 1, MAX_LABEL),
        key=key,
        kind=kind,
        title=members.title("title"),
        required=members.boolean("required"),
        column=members.optional_text("column", LABEL_PATTERN) or key,
        rule=_rule(members, kind),
        maximum=members.optional_integer("max", 1, MAX_ROWS if rows else 2**53),
        codes=members.titles("codes") if kind is FieldKind.CODE else {},
        fields=_row_fields(members) if rows and first_of is None else (),
        record_only=members.boolean("record_only"),
        input_only=members.boolean("input_only")
        if kind is FieldKind.DATE and not in_rows
        else False,
        unique=members.labels("unique") if rows and first_of is None else (),
        max_rows_in_entry=members.optional_integer("max_rows_in_entry", 1, MAX_ROWS)
        if rows
        else None,
        count_of=members.optional_integer("count_of", 1, MAX_LABEL)
        if kind is FieldKind.NUMBER and not in_rows
        else None,
        first_of=first_of,
    )
    members.refuse_others()
    return field


def _kind(members: Members, *, in_rows: bool) -> FieldKind:
    name = members.text("kind", r"[a-z]{1,20}")
    if name not in set(FieldKind) or (in_rows and FieldKind(name) not in _ROW_KINDS):
        raise StructureError(f"kind {name!r} cannot be used here")
    return FieldKind(name)


def _rule(members: Members, kind: FieldKind) -> str | None:
    rule = members.optional_text("rule", r"[a-z-]{1,40}")
    if rule is None:
        return None
    fits = kind is FieldKind.DATE if rule == "tw-roc-date" else kind is FieldKind.TEXT
    if rule not in RULES or not fits:
        raise StructureError(f"rule {rule!r} is not a rule for kind {kind.value}")
    return rule


def _row_fields(members: Members) -> tuple[Field, ...]:
    fields = tuple(
        _field(Members(item, "a field of rows"), in_rows=True) for item in members.array("fields")
    )
    refuse_twins(fields)
    return fields


def _with_rows_of(field: Field, fields: tuple[Field, ...]) -> Field:
    """Return the field, with the row fields of the one it takes the first row of."""
    if field.first_of is None:
        return field
    source = [
        other
        for other in fields
        if other.label == field.first_of and other.max_rows_in_entry is not None
    ]
    if len(source) != 1:
        raise StructureError(
            f"first_of of {field.key} must name a rows field that has max_rows_in_entry"
        )
    values = {name: getattr(field, name) for name in Field.__slots__}
    return Field(**{**values, "fields": source[0].fields})
