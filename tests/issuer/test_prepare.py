"""Rows of a CSV file become records that can be sealed, or reasons why they cannot."""

import csv
import hashlib
import io
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credential import cbor
from credential.ids import UnixTime
from credential.types import CredentialType, load_type
from issuer.errors import InputError
from issuer.prepare import Prepared, read_records, write_refused
from issuer.type_folder import read_types

DATA = Path(__file__).parents[2] / "sealroot" / "demo" / "data"
TYPES = read_types()
HOUSEHOLD = TYPES["household-registration"]
LICENCE = TYPES["driver-licence"]
BUSINESS = TYPES["business-registration"]
CTI = bytes(range(16))

Table = list[dict[str, str]]


def _table(name: str) -> Table:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _prepare(
    rows: Table, credential_type: CredentialType, columns: Sequence[str] | None = None
) -> Prepared:
    out = io.StringIO()
    writer = csv.DictWriter(out, columns or list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return read_records(out.getvalue().encode(), credential_type)


def _licences(count: int = 3) -> Table:
    return _table("driver_licence.csv")[:count]


def _household(members: int) -> Table:
    """Return the rows of the first household of the data with that many members."""
    rows = _table("household_registration.csv")
    numbers = [row["household_no"] for row in rows]
    number = next(n for n in numbers if numbers.count(n) == members)
    return [row for row in rows if row["household_no"] == number]


def _codes(prepared: Prepared) -> list[tuple[int, str, str]]:
    return [(problem.row, problem.column, problem.code) for problem in prepared.problems]


@pytest.mark.parametrize(
    ("name", "credential_type", "records", "rows"),
    [
        ("household_registration.csv", HOUSEHOLD, 60, 193),
        ("driver_licence.csv", LICENCE, 300, 300),
        ("business_registration.csv", BUSINESS, 15, 15),
    ],
)
def test_every_row_of_the_real_files_becomes_part_of_a_record_of_its_type(
    name: str, credential_type: CredentialType, records: int, rows: int
) -> None:
    prepared = read_records(DATA / name, credential_type)

    assert prepared.problems == ()
    assert len(prepared.records) == records
    assert sum(len(record.rows) for record in prepared.records) == rows
    for record in prepared.records:
        credential_type.check_fields(record.claims(record.full_record(CTI)))


def test_a_licence_is_signed_with_codes_and_iso_dates_and_its_days_as_nbf_and_exp() -> None:
    record = _prepare(_licences(1), LICENCE).records[0]

    assert record.fields == {
        1: "L151307638",
        2: "𠮷田良",
        3: "Yoshida Ryo",
        4: "M",
        5: "2001-11-10",
        6: "A",
        7: "01",
        8: "新北市板橋區文化路二段50號",
        11: "289435381030",
    }
    assert record.nbf() == 1613491200  # 2021-02-17T00:00+08:00
    assert record.exp(UnixTime(0)) == 1802880000  # 2027-02-18T00:00+08:00
    assert record.title == "L151307638 𠮷田良"
    assert record.full_record(CTI) is None


def test_a_type_with_days_of_validity_counts_them_from_the_sealing() -> None:
    record = _prepare(_table("business_registration.csv")[:1], BUSINESS).records[0]

    assert record.nbf() is None
    assert record.exp(UnixTime(1_000_000)) == 1_000_000 + 365 * 86_400


def test_a_household_of_four_carries_its_members_in_the_entry() -> None:
    record = _prepare(_household(4), HOUSEHOLD).records[0]

    assert record.fields[6] == 4
    assert [sorted(row) for row in record.fields[7]] == [[1, 2, 3, 4, 5, 6]] * 4
    assert 8 not in record.fields


def test_a_household_of_six_carries_its_head_and_count_and_the_digest_of_all() -> None:
    rows = _household(6)
    record = _prepare(rows, HOUSEHOLD).records[0]
    full = record.full_record(CTI)
    assert full is not None

    claims = record.claims(full)

    assert claims[6] == 6
    assert 7 not in claims
    assert [row[4] for row in claims[8]] == [rows[0]["national_id"]]
    assert claims[9] == hashlib.sha256(full).digest()


def test_the_full_record_holds_everything_and_is_bound_to_its_credential() -> None:
    rows = _household(6)
    record = _prepare(rows, HOUSEHOLD).records[0]

    whole = cbor.decode(record.full_record(CTI) or b"")

    assert isinstance(whole, dict)
    assert whole[1] == 1
    assert whole[2] == [1, 1]
    assert whole[3] == CTI
    members = whole[4][7]
    assert [member[8] for member in members] == [row["father"] for row in rows]
    assert [member[13] for member in members] == [
        f"{int(row['registered_on_roc'][:3]) + 1911}-{row['registered_on_roc'][3:5]}"
        f"-{row['registered_on_roc'][5:]}"
        for row in rows
    ]


def test_a_field_for_the_record_alone_is_not_in_the_entry() -> None:
    label = {"zh-Hant": "欄", "en": "Field"}
    fields = [
        {"label": 1, "key": "no", "kind": "text", "title": label, "required": True},
        {"label": 2, "key": "remarks", "kind": "text", "title": label, "record_only": True},
        {"label": 3, "key": "bound", "kind": "digest", "title": label, "required": True},
    ]
    document = {"format": 1, "id": "x", "type": 9, "version": 1, "title": label, "record": 3}
    bound = load_type(json.dumps({**document, "fields": fields, "layout": {}}).encode())

    record = read_records("no,remarks\n甲,另記\n".encode(), bound).records[0]

    assert record.fields == {1: "甲"}
    assert record.record_fields == {1: "甲", 2: "另記"}


def test_the_input_key_is_that_of_the_content_and_not_of_its_place() -> None:
    rows = _licences(3)
    first = [record.input_key for record in _prepare(rows, LICENCE).records]

    again = [record.input_key for record in _prepare(rows[::-1], LICENCE).records]

    assert sorted(first) == sorted(again)
    assert len(set(first)) == 3


def test_the_input_key_changes_with_every_value_even_one_outside_the_entry() -> None:
    rows = _household(1)
    changed = [{**rows[0], "remarks": "另有記事"}]

    keys = {_prepare(table, HOUSEHOLD).records[0].input_key for table in (rows, changed)}

    assert len(keys) == 2


def test_a_byte_order_mark_crlf_and_quoted_cells_make_no_difference() -> None:
    text = (DATA / "driver_licence.csv").read_text(encoding="utf-8")
    plain = read_records(text.encode(), LICENCE)

    dressed = read_records(("\ufeff" + text.replace("\n", "\r\n")).encode(), LICENCE)

    assert dressed.records == plain.records


def test_codes_may_be_given_by_key_or_by_label_and_in_no_other_way() -> None:
    rows = _licences(3)
    rows[0]["class"] = "B"
    rows[1]["class"] = "普通小型車"
    rows[2]["class"] = "Small vehicle"

    prepared = _prepare(rows, LICENCE)

    assert [record.fields[6] for record in prepared.records] == ["B", "B"]
    assert _codes(prepared) == [(4, "class", "field.code")]


def test_all_problems_of_all_rows_are_named_at_once() -> None:
    rows = _licences(3)
    rows[0].update(licence_no="L151307639", birth_date_roc="0901131", name="")
    rows[2].update(control_no="12３", name_en="A\u202eB")

    prepared = _prepare(rows, LICENCE)

    assert _codes(prepared) == [
        (2, "birth_date_roc", "date.no_such_day"),
        (2, "licence_no", "national_id.check"),
        (2, "name", "field.missing"),
        (4, "control_no", "digits.form"),
        (4, "name_en", "text.invisible_character"),
    ]
    assert [record.rows for record in prepared.records] == [(3,)]


def test_a_problem_shows_the_value_with_hidden_characters_as_numbers() -> None:
    rows = _licences(1)
    rows[0]["name"] = "王\u202e明\u200b\n" + "長" * 100

    shown = _prepare(rows, LICENCE).problems[0].shown

    assert shown.startswith("王\\u{202E}明\\u{200B}\\u{A}長")
    assert len(shown) < 100


def test_every_problem_has_words_in_both_languages() -> None:
    rows = _licences(1)
    rows[0]["licence_no"] = "L151307639"

    problem = _prepare(rows, LICENCE).problems[0].as_problem()

    assert problem.row == 2
    assert "檢查碼" in problem.reason
    assert "check digit" in problem.reason


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"address": "路" * 81}, "field.too_long"),
        ({"valid_to_roc": "1090101"}, "dates.order"),
        ({"valid_from_roc": "0580101"}, "dates.range"),
        ({"valid_to_roc": "1160229"}, "date.no_such_day"),
        ({"sex": "男性"}, "field.code"),
        ({"name": "王1明"}, "name.character"),
    ],
)
def test_one_bad_value_refuses_its_row_with_its_own_code(change: dict[str, str], code: str) -> None:
    rows = _licences(1)
    rows[0].update(change)

    prepared = _prepare(rows, LICENCE)

    assert [problem.code for problem in prepared.problems] == [code]
    assert prepared.records == ()


def test_the_same_row_twice_is_a_problem_that_names_the_first() -> None:
    rows = _licences(2)

    prepared = _prepare([*rows, rows[0]], LICENCE)

    assert _codes(prepared) == [(4, "", "row.duplicate")]
    assert prepared.problems[0].shown == "= 2"


def test_two_rows_with_the_same_key_and_other_values_are_a_problem() -> None:
    rows = _licences(2)
    rows[1].update(licence_no=rows[0]["licence_no"], **{"class": rows[0]["class"]})

    prepared = _prepare(rows, LICENCE)

    assert _codes(prepared) == [(3, "licence_no+class", "row.not_unique")]


def test_one_person_may_hold_licences_of_two_classes() -> None:
    rows = _licences(2)
    rows[1].update(licence_no=rows[0]["licence_no"])

    assert len(_prepare(rows, LICENCE).records) == 2


def test_one_person_in_two_households_is_a_problem() -> None:
    rows = [*_household(1), *_household(2)]
    rows[2]["national_id"] = rows[0]["national_id"]

    prepared = _prepare(rows, HOUSEHOLD)

    assert (4, "national_id", "row.not_unique") in _codes(prepared)
    assert [record.rows for record in prepared.records] == [(2,)]


def test_a_bad_member_refuses_the_whole_household_and_no_other() -> None:
    rows = [*_household(3), *_household(2)]
    rows[1]["national_id"] = "A123456788"

    prepared = _prepare(rows, HOUSEHOLD)

    assert _codes(prepared) == [
        (2, "", "group.refused"),
        (3, "national_id", "national_id.check"),
        (4, "", "group.refused"),
    ]
    assert [record.rows for record in prepared.records] == [(5, 6)]


def test_members_that_disagree_on_their_household_are_a_problem() -> None:
    rows = _household(2)
    rows[1]["address"] = "另一地址1號"

    assert (3, "address", "group.differs") in _codes(_prepare(rows, HOUSEHOLD))


def test_a_household_longer_than_its_type_permits_is_a_problem() -> None:
    head = _household(1)[0]
    rows = [{**head, "remarks": f"第{n}筆"} for n in range(65)]

    assert (2, "", "group.too_long") in _codes(_prepare(rows, HOUSEHOLD))


@pytest.mark.parametrize("extra", [["A"], []])
def test_a_row_with_another_number_of_cells_is_a_problem(extra: list[str]) -> None:
    header, first = (DATA / "driver_licence.csv").read_text(encoding="utf-8").splitlines()[:2]
    cells = [*first.split(","), *extra] if extra else first.split(",")[:-1]

    prepared = read_records(f"{header}\n{','.join(cells)}\n".encode(), LICENCE)

    assert _codes(prepared) == [(2, "", "row.cells")]


def test_empty_lines_are_passed_over_and_counted() -> None:
    lines = (DATA / "driver_licence.csv").read_text(encoding="utf-8").splitlines()[:3]
    lines.insert(1, "")

    prepared = read_records("\n".join(lines).encode(), LICENCE)

    assert [record.rows for record in prepared.records] == [(3,), (4,)]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"licence_no,name\n", "no rows"),
        ("licence_no,name\nL1,王".encode("utf-16"), "UTF-16"),
        ("licence_no,name\nL1,王小明".encode("big5"), "not UTF-8: line 2"),
        (b"licence_no,licence_no\nL1,L2\n", "more than once: licence_no"),
        (b"licence_no,name,hobby\nL1,W,x\n", "not known to this type: hobby"),
        (b"licence_no,name\nL1,W\n", "missing: sex, birth_date_roc, class"),
        (b'licence_no,name\n"L1,W\n', "not CSV"),
        (b"licence_no\n" + b"A" * 10_001, "more than 10000 characters"),
        (b"a" + b",a" * 300 + b"\n1\n", "more than once"),
        (b",".join(b"c%d" % n for n in range(300)) + b"\n1\n", "300 columns"),
        (b"licence_no,name\n" + b"A" * 200_000, "not CSV"),
    ],
)
def test_a_file_that_is_not_the_input_of_its_type_is_refused_whole(
    content: bytes, said: str
) -> None:
    with pytest.raises(InputError, match=said) as refused:
        read_records(content, LICENCE)

    assert str(refused.value).endswith("Nothing was issued.")


def test_a_file_that_is_not_there_is_refused_with_its_reason(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        read_records(tmp_path / "absent.csv", LICENCE)


def test_an_optional_column_may_be_absent() -> None:
    rows = [{k: v for k, v in row.items() if k != "conditions"} for row in _licences(2)]

    assert all(7 not in record.fields for record in _prepare(rows, LICENCE).records)


def test_refused_rows_are_written_with_reasons_and_can_be_issued_when_put_right(
    tmp_path: Path,
) -> None:
    rows = _licences(3)
    right = rows[1]["licence_no"]
    rows[1]["licence_no"] = "M216868870"
    path = tmp_path / "refused.csv"
    write_refused(_prepare(rows, LICENCE), path)

    text = path.read_text(encoding="utf-8")
    again = read_records(text.replace("M216868870", right).encode(), LICENCE)

    assert "[national_id.check]" in text
    assert text.count("\n") == 2
    assert again.problems == ()
    assert [record.fields[1] for record in again.records] == [right]


def _no_font_shows_the_first_of_extension_h(characters: frozenset[str]) -> frozenset[str]:
    return characters & {"\U00031350"}


def test_a_row_that_could_not_be_printed_is_refused_before_it_is_sealed() -> None:
    rows = _household(2) + _household(3)
    rows[1]["father"] = "一\U00031350"
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)

    prepared = read_records(
        out.getvalue().encode(),
        HOUSEHOLD,
        missing_characters=_no_font_shows_the_first_of_extension_h,
    )

    assert _codes(prepared) == [(2, "", "group.refused"), (3, "father", "text.not_printable")]
    assert [record.rows for record in prepared.records] == [(4, 5, 6)]


@given(st.binary(max_size=300))
@settings(max_examples=100)
def test_any_bytes_are_read_or_refused_with_an_input_error(content: bytes) -> None:
    header = (DATA / "driver_licence.csv").read_bytes().splitlines()[0]

    try:
        read_records(header + b"\n" + content, LICENCE)
    except InputError:
        return
