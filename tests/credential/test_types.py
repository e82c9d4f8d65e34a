"""Type documents are read strictly, and their types check the fields of an entry."""

import json
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credential.catalog import catalog_documents
from credential.errors import (
    EncodingError,
    FormatError,
    LimitError,
    StructureError,
    TypeMismatchError,
)
from credential.type_fields import is_iso_day
from credential.types import CredentialType, load_type

Document = dict[str, Any]


def _document() -> Document:
    text = {"zh-Hant": "名", "en": "Name"}
    row = {"label": 1, "key": "member", "kind": "text", "title": text, "required": True}
    seen = {
        "label": 2,
        "key": "remark",
        "kind": "text",
        "title": text,
        "required": True,
        "record_only": True,
    }
    fields = [
        {"label": 1, "key": "house", "kind": "text", "title": text, "required": True},
        {"label": 2, "key": "born", "kind": "date", "title": text},
        {
            "label": 3,
            "key": "sex",
            "kind": "code",
            "title": text,
            "codes": {"M": {"zh-Hant": "男", "en": "Male"}},
        },
        {
            "label": 4,
            "key": "count",
            "kind": "number",
            "title": text,
            "required": True,
            "count_of": 5,
        },
        {
            "label": 5,
            "key": "members",
            "kind": "rows",
            "title": text,
            "required": True,
            "max_rows_in_entry": 2,
            "fields": [row, seen],
        },
        {"label": 6, "key": "head", "kind": "rows", "title": text, "first_of": 5},
        {"label": 7, "key": "bound", "kind": "digest", "title": text, "required": True},
    ]
    return {
        "format": 1,
        "id": "sample",
        "type": 9,
        "version": 1,
        "title": text,
        "group_by": 1,
        "record": 7,
        "fields": fields,
        "layout": {},
    }


def _load(document: Document) -> CredentialType:
    return load_type(json.dumps(document).encode())


def _fields() -> dict[int, object]:
    return {1: "H1", 2: "2010-01-01", 3: "M", 4: 1, 5: [{1: "王"}], 7: bytes(32)}


@pytest.mark.parametrize("document", catalog_documents())
def test_every_document_of_the_catalog_loads(document: bytes) -> None:
    loaded = load_type(document)

    assert loaded.title.zh_hant
    assert loaded.title.en
    assert loaded.layout["sections"]


def test_the_catalog_has_five_types_with_their_numbers() -> None:
    numbers = {loaded.id: loaded.type_no for loaded in map(load_type, catalog_documents())}

    assert numbers == {
        "household-registration": 1,
        "driver-licence": 2,
        "business-registration": 3,
        "professional-licence": 4,
        "birth-registration": 5,
    }


def test_fields_of_the_right_form_stand() -> None:
    _load(_document()).check_fields(_fields())


def test_unknown_labels_are_kept_and_do_not_matter() -> None:
    _load(_document()).check_fields({**_fields(), 99: [None], 5: [{1: "王", 77: 3}]})


@pytest.mark.parametrize(
    "change",
    [
        {1: ""},
        {1: b"H1"},
        {2: "2010-1-1"},
        {2: "20100101"},
        {2: "2023-02-29"},
        {2: "２010-01-01"},
        {3: "X"},
        {3: "男"},
        {4: -1},
        {4: True},
        {4: "1"},
        {5: []},
        {5: [{}]},
        {5: [{1: 3}]},
        {5: ["王"]},
        {5: {1: "王"}},
        {6: [{1: "王"}, {1: "李"}]},
        {7: bytes(31)},
        {7: "0" * 32},
        {1: None},
    ],
)
def test_a_field_of_another_form_is_refused(change: dict[int, object]) -> None:
    with pytest.raises(TypeMismatchError):
        _load(_document()).check_fields({**_fields(), **change})


@pytest.mark.parametrize("missing", [1, 4, 7])
def test_a_required_field_that_is_missing_is_refused(missing: int) -> None:
    fields = _fields()
    del fields[missing]

    with pytest.raises(TypeMismatchError):
        _load(_document()).check_fields(fields)


@pytest.mark.parametrize("optional", [2, 3, 5])
def test_a_field_that_may_be_left_out_may_be_missing(optional: int) -> None:
    fields = _fields()
    del fields[optional]

    _load(_document()).check_fields(fields)


def _refusals() -> dict[str, Callable[[Document], object]]:
    return {
        "another format": lambda d: d.update(format=2),
        "an unknown member": lambda d: d.update(extra=1),
        "an unknown member of a field": lambda d: d["fields"][0].update(requierd=True),
        "an id with capitals": lambda d: d.update(id="Sample"),
        "type 0": lambda d: d.update(type=0),
        "true for a number": lambda d: d.update(type=True),
        "a label twice": lambda d: d["fields"][1].update(label=1),
        "a key twice": lambda d: d["fields"][1].update(key="house"),
        "label 0": lambda d: d["fields"][0].update(label=0),
        "no fields": lambda d: d.update(fields=[]),
        "an unknown kind": lambda d: d["fields"][0].update(kind="float"),
        "rows in rows": lambda d: d["fields"][4]["fields"][0].update(kind="rows", fields=[]),
        "a rule for another kind": lambda d: d["fields"][0].update(rule="tw-roc-date"),
        "an unknown rule": lambda d: d["fields"][0].update(rule="mine"),
        "a label in one language": lambda d: d.update(title={"en": "x"}),
        "a hidden character in a label": lambda d: d.update(
            title={"en": "a\u202eb", "zh-Hant": "x"}
        ),
        "a code list of nothing": lambda d: d["fields"][2].update(codes={}),
        "record that is no digest": lambda d: d.update(record=1),
        "record without its field": lambda d: d.update(record=55),
        "a digest no record names": lambda d: d.pop("record"),
        "group_by without its field": lambda d: d.update(group_by=55),
        "rows without group_by": lambda d: d.pop("group_by"),
        "valid_from that is no date": lambda d: d.update(valid_from=1),
        "input_only for another field": lambda d: d["fields"][1].update(input_only=True),
        "count_of no rows": lambda d: d["fields"][3].update(count_of=1),
        "first_of no rows": lambda d: d["fields"][5].update(first_of=1),
        "two fields from one column": lambda d: d["fields"][1].update(column="house"),
        "unique of an optional field": lambda d: d.update(unique=[2]),
    }


@pytest.mark.parametrize("fault", _refusals())
def test_a_document_with_one_fault_is_refused(fault: str) -> None:
    document = _document()
    _refusals()[fault](document)

    with pytest.raises(StructureError):
        _load(document)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"\xff",
        b"\xef\xbb\xbf{}",
        b'{"format": 1, "format": 1}',
        b'{"format": 1.0}',
        b'{"format": NaN}',
        b'{"format": 1e400}',
        b'{"format": -Infinity}',
        b"{} {}",
        "{\u201cformat\u201d: 1}".encode(),
    ],
)
def test_what_is_not_strict_json_is_refused(text: bytes) -> None:
    with pytest.raises(EncodingError):
        load_type(text)


@pytest.mark.parametrize(
    "text",
    [b" " * 65_537, b"[" * 60_000, b'{"a":' * 9 + b"1" + b"}" * 9, b'{"format": 1' + b"0" * 400],
)
def test_what_is_too_large_or_too_deep_is_refused(text: bytes) -> None:
    with pytest.raises(FormatError) as refused:
        load_type(text)

    assert isinstance(refused.value, LimitError | EncodingError)


def test_brackets_inside_strings_do_not_hide_the_depth() -> None:
    text = b'{"a":"' + b"]" * 50 + b'","b":' + b"[" * 20 + b"]" * 20 + b"}"

    with pytest.raises(LimitError):
        load_type(text)


@given(st.binary(max_size=200))
@settings(max_examples=100)
def test_any_bytes_raise_only_format_errors(text: bytes) -> None:
    with pytest.raises(FormatError):
        load_type(text)


@given(st.data())
@settings(max_examples=100)
def test_a_catalog_document_with_one_byte_changed_loads_or_raises_only_format_errors(
    data: st.DataObject,
) -> None:
    document = bytearray(catalog_documents()[0])
    place = data.draw(st.integers(0, len(document) - 1))
    document[place] = data.draw(st.integers(0, 255))

    try:
        load_type(bytes(document))
    except FormatError:
        return


@given(st.one_of(st.dates().map(str), st.text(alphabet="0123456789-W", max_size=10)))
@settings(max_examples=200)
def test_a_day_is_iso_exactly_when_the_slow_reading_says_so(text: str) -> None:
    slow = False
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        year, month, day = map(int, text.split("-"))
        try:
            slow = date(year, month, day).year >= 1
        except ValueError:
            slow = False

    assert is_iso_day(text) == slow
