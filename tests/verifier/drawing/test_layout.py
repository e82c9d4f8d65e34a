"""The print layout of a type document names fields that are there."""

import json
from typing import Any

import pytest

from credential.catalog import catalog_documents
from credential.errors import StructureError
from credential.types import load_type
from verifier.drawing.layout import PairSection, TableSection, read_layout


def _with_layout(layout: dict[str, Any]) -> bytes:
    document = json.loads(catalog_documents()[3])
    return json.dumps({**document, "layout": {**document["layout"], **layout}}).encode()


@pytest.mark.parametrize("document", catalog_documents())
def test_every_layout_of_the_catalog_shows_every_field_but_the_digest(document: bytes) -> None:
    loaded = load_type(document)
    shown: set[int] = set()
    for section in read_layout(loaded).sections:
        match section:
            case PairSection(fields=fields):
                shown |= {field.label for field in fields}
            case TableSection(source=source):
                shown.add(source.label)

    hidden = {loaded.record} | {f.label for f in loaded.fields if f.first_of is not None}
    assert shown == {field.label for field in loaded.fields} - hidden


def test_the_household_layout_shows_every_field_of_a_member_but_the_sequence() -> None:
    loaded = load_type(catalog_documents()[3])
    tables = [s for s in read_layout(loaded).sections if isinstance(s, TableSection)]

    shown = {field.key for column in tables[0].columns for field in column.fields}
    shown |= {field.key for field in tables[0].details}

    assert shown == {field.key for field in tables[0].source.fields} - {"seq"}


@pytest.mark.parametrize(
    "layout",
    [
        {"sections": [{"fields": [99]}]},
        {"sections": [{"fields": [True]}]},
        {"sections": [{"fields": [1], "columns": 3}]},
        {"sections": [{"fields": [1], "colour": 3}]},
        {"sections": [{"rows": 1, "columns": []}]},
        {"sections": [{"rows": 7, "columns": [{"fields": [99], "width": 1}]}]},
        {"sections": [{"rows": 7, "columns": [{"fields": [1], "width": 0}]}]},
        {"sections": {}},
        {"statement": "x"},
        {"notes": ["x"]},
        {"watermark": "x"},
    ],
)
def test_a_layout_of_another_form_is_refused(layout: dict[str, Any]) -> None:
    with pytest.raises(StructureError):
        read_layout(load_type(_with_layout(layout)))
