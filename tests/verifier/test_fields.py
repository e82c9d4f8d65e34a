from dataclasses import replace

import pytest

from credential.catalog import catalog_documents
from credential.entry import Entry
from credential.types import CredentialType, load_type
from verifier.fields import Row, claim_rows, field_rows, moment_text, rfc3339, texts_of

NOON = 1_795_406_400  # 2026-11-23T04:00:00Z
ENTRY = Entry("A1", NOON, None, None, bytes(16), 2, 1, 1, 0, {1: "x"}, {})


def kind_of(slug: str) -> CredentialType:
    loaded = {kind.id: kind for kind in map(load_type, catalog_documents())}
    return loaded[slug]


def test_dates_are_shown_in_both_calendars_and_codes_with_their_meaning() -> None:
    rows = field_rows({5: "1990-11-10", 4: "M"}, kind_of("driver-licence"), "zh-Hant")

    assert rows == [
        Row("性別", "男 (M)"),
        Row("出生日期", "1990-11-10 (民國 79 年 11 月 10 日)"),
    ]


def test_a_day_that_does_not_exist_and_a_code_not_listed_are_shown_as_they_are() -> None:
    rows = field_rows({5: "1990-02-30", 4: "?"}, kind_of("driver-licence"), "en")

    assert [row.value for row in rows] == ["?", "1990-02-30"]


def test_rows_are_counted_and_their_fields_stand_below_them() -> None:
    kind = kind_of("household-registration")
    rows_field = kind.rows_field
    assert rows_field is not None
    first = rows_field.fields[0].label

    rows = field_rows({rows_field.label: [{first: 1}, {first: 2, 999: "new"}, "?"]}, kind, "en")

    title = rows_field.title.en
    assert [(row.title, row.depth) for row in rows] == [
        (f"{title} 1/3", 0),
        (rows_field.fields[0].title.en, 1),
        (f"{title} 2/3", 0),
        (rows_field.fields[0].title.en, 1),
        ("field 999", 1),
        (f"{title} 3/3", 0),
        (title, 1),
    ]


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (5, "5"),
        (True, "yes"),
        (False, "no"),
        (b"\x01\xff", "01ff"),
        ([1, "a", {2: b"\x00"}], "[1, a, {2: 00}]"),
        ("a\u202eb", "a[U+202E]b"),
    ],
)
def test_fields_without_a_description_are_shown_whole(value: object, told: str) -> None:
    assert field_rows({7: value}, None, "en") == [Row("field 7", told)]  # type: ignore[dict-item]  # any signed value


def test_claims_of_a_later_version_are_shown() -> None:
    rows = claim_rows(ENTRY._replace(other={-70000: "later"}), None, "en")

    assert rows[-1] == Row("additional claim -70000", "later")


def test_the_last_day_of_validity_is_the_one_printed() -> None:
    midnight = 1_795_363_200  # 2026-11-23T00:00:00+08:00
    entry = ENTRY._replace(nbf=midnight, exp=midnight + 86_400)

    rows = claim_rows(entry, kind_of("driver-licence"), "zh-Hant")

    assert rows[:2] == [
        Row("發照日期", "2026-11-23 (民國 115 年 11 月 23 日)"),
        Row("有效日期", "2026-11-23 (民國 115 年 11 月 23 日)"),
    ]


def test_without_dates_only_the_date_of_issue_is_shown() -> None:
    rows = claim_rows(ENTRY, kind_of("driver-licence"), "en")

    assert [row.title for row in rows] == ["Issued on, as the agency says"]


def test_a_type_that_signs_its_dates_as_fields_does_not_show_them_twice() -> None:
    kind = kind_of("driver-licence")
    shown = replace(kind, valid_from=None, valid_to=None)

    assert len(claim_rows(ENTRY._replace(exp=NOON + 1), shown, "en")) == 2


def test_times_are_shown_at_taipei_with_their_offset() -> None:
    assert moment_text(NOON, "en") == "2026-11-23 12:00:00+08:00"
    assert moment_text(NOON, "zh-Hant") == "2026-11-23 12:00:00+08:00（民國 115 年 11 月 23 日）"
    assert rfc3339(NOON) == "2026-11-23T04:00:00Z"


@pytest.mark.parametrize("at", [253_402_300_800, 10**18, -(10**18)])
def test_times_no_calendar_has_are_shown_as_numbers(at: int) -> None:
    assert rfc3339(at) == str(at)
    assert moment_text(at, "en") == str(at)


def test_the_last_second_of_the_year_9999_is_shown_in_some_way() -> None:
    assert rfc3339(253_402_300_799) == "9999-12-31T23:59:59Z"
    assert moment_text(253_402_300_799, "en") == "253402300799"


def test_texts_are_found_wherever_they_stand() -> None:
    assert [*texts_of({1: "a", 2: [{3: "b"}, 5, b"c"], 4: None})] == ["a", "b"]
