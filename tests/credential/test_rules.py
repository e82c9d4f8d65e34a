"""The rules an issuer applies to the text of an input row."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credential.rules import (
    Refusal,
    parse_iso_date,
    parse_roc_date,
    refuse_business_no,
    refuse_digits,
    refuse_name,
    refuse_national_id,
    refuse_text,
    roc_text,
)


@pytest.mark.parametrize(
    "number",
    ["A123456789", "L151307638", "H189749206", "A800000014", "A900000016", "AA00000009"],
)
def test_a_national_or_resident_id_with_its_check_digit_stands(number: str) -> None:
    assert refuse_national_id(number) is None


def test_every_other_last_digit_of_a_national_id_is_refused() -> None:
    others = [f"A12345678{digit}" for digit in range(9)]

    assert {refuse_national_id(number) for number in others} == {Refusal.NATIONAL_ID_CHECK}


@pytest.mark.parametrize(
    "number",
    ["", "A12345678", "A1234567890", "a123456789", "A323456789", "A123456789\n", "A１23456789"],
)
def test_a_national_id_of_another_form_is_refused(number: str) -> None:
    assert refuse_national_id(number) is Refusal.NATIONAL_ID_FORM


@pytest.mark.parametrize("number", ["22099131", "04541302", "84149961", "10458575", "10458574"])
def test_a_unified_business_number_that_checks_stands(number: str) -> None:
    assert refuse_business_no(number) is None


def test_seven_in_place_seven_permits_one_number_more() -> None:
    standing = [n for n in range(10) if refuse_business_no(f"1045857{n}") is None]

    assert standing == [0, 4, 5, 9]


@pytest.mark.parametrize(
    ("number", "refusal"),
    [
        ("22099132", Refusal.BUSINESS_NO_CHECK),
        ("2209913", Refusal.BUSINESS_NO_FORM),
        ("２2099131", Refusal.BUSINESS_NO_FORM),
    ],
)
def test_a_unified_business_number_that_does_not_check_is_refused(
    number: str, refusal: Refusal
) -> None:
    assert refuse_business_no(number) is refusal


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("0990101", date(2010, 1, 1)),
        ("0010101", date(1912, 1, 1)),
        ("1130229", date(2024, 2, 29)),
        ("9991231", date(2910, 12, 31)),
    ],
)
def test_seven_digits_are_a_day_of_the_roc_calendar(text: str, day: date) -> None:
    assert parse_roc_date(text) == day


@pytest.mark.parametrize(
    "text", ["990101", "09901011", "0000101", "٠٩٩٠١٠١", "099-1-1", " 0990101"]
)
def test_a_roc_date_of_another_form_is_refused(text: str) -> None:
    assert parse_roc_date(text) is Refusal.ROC_DATE_FORM


@pytest.mark.parametrize("text", ["1120229", "0991301", "0990100"])
def test_a_roc_date_that_does_not_exist_is_refused(text: str) -> None:
    assert parse_roc_date(text) is Refusal.NO_SUCH_DAY


@pytest.mark.parametrize("text", ["20100101", "2010-1-1", "2010-W01-1", "２010-01-01"])
def test_an_iso_date_of_another_form_is_refused(text: str) -> None:
    assert parse_iso_date(text) is Refusal.ISO_DATE_FORM


def test_an_iso_date_that_does_not_exist_is_refused() -> None:
    assert parse_iso_date("2023-02-29") is Refusal.NO_SUCH_DAY


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (date(2010, 1, 1), "民國 99 年 1 月 1 日"),
        (date(1912, 1, 1), "民國 1 年 1 月 1 日"),
        (date(1911, 10, 10), "民國前 1 年 10 月 10 日"),
        (date(1895, 4, 17), "民國前 17 年 4 月 17 日"),
    ],
)
def test_a_day_is_written_in_the_roc_calendar(day: date, text: str) -> None:
    assert roc_text(day) == text


@given(st.dates(date(1912, 1, 1), date(2910, 12, 31)))
@settings(max_examples=50)
def test_a_roc_date_that_is_written_in_digits_reads_back(day: date) -> None:
    digits = f"{day.year - 1911:03d}{day.month:02d}{day.day:02d}"

    assert parse_roc_date(digits) == day


@pytest.mark.parametrize("text", ["٣", "²", "1 2", "", "-1"])
def test_digits_are_ascii_digits_alone(text: str) -> None:
    assert refuse_digits(text) is Refusal.DIGITS_FORM


@pytest.mark.parametrize(
    "name",
    [
        "𠮷田良",
        "鄭𤆬",
        "陳𣲙",
        "林㛢",
        "游𠊎",
        "瓦旦‧吉洛",
        "歐陽妤‧Lahok",
        "黃\u3000小\u3000明",
        "NGUYỄN THỊ HƯƠNG",
        "O'Brien-Smith",
        "Pasuya Yatauyungana",
        "Lâu Tsì-bîn̍",
        "\U00031350一",  # Extension H, younger than this Python's tables
        "葛\U000e0100城",  # an ideographic variation sequence
        "J. R. Smith, Jr.",
    ],
)
def test_a_name_as_people_have_it_stands(name: str) -> None:
    assert refuse_name(name) is None


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("王\u0000明", Refusal.CHARACTER_CONTROL),
        ("王\n明", Refusal.CHARACTER_CONTROL),
        ("王\u0085明", Refusal.CHARACTER_CONTROL),
        ("王\u200b明", Refusal.CHARACTER_INVISIBLE),
        ("王\u200d明", Refusal.CHARACTER_INVISIBLE),
        ("王\u202e明", Refusal.CHARACTER_INVISIBLE),
        ("王\u2066明", Refusal.CHARACTER_INVISIBLE),
        ("王\ufeff明", Refusal.CHARACTER_INVISIBLE),
        ("王\U000e0041明", Refusal.CHARACTER_INVISIBLE),
        ("王\u3164明", Refusal.CHARACTER_INVISIBLE),
        ("王\u2028明", Refusal.CHARACTER_INVISIBLE),
        ("a\ufe0f", Refusal.CHARACTER_INVISIBLE),
        ("王\ue000", Refusal.CHARACTER_PRIVATE),
        ("王\U000f0000", Refusal.CHARACTER_PRIVATE),
        ("王\ud800", Refusal.CHARACTER_UNASSIGNED),
        ("王\ufffe", Refusal.CHARACTER_UNASSIGNED),
        ("王\U0002fffe", Refusal.CHARACTER_UNASSIGNED),
        ("王\u0378", Refusal.CHARACTER_UNASSIGNED),
        ("王\u00a0明", Refusal.CHARACTER_SPACE),
        (" 王明", Refusal.SPACE_AT_END),
        ("王明\u3000", Refusal.SPACE_AT_END),
        ("John ", Refusal.SPACE_AT_END),
        ("\u0301王", Refusal.STRAY_MARK),
        ("a" + "\u0301" * 5, Refusal.STRAY_MARK),
    ],
)
def test_a_text_with_a_character_that_hides_is_refused(text: str, refusal: Refusal) -> None:
    assert refuse_text(text) is refusal
    assert refuse_name(text) is refusal


@pytest.mark.parametrize("text", ["王1明", "王<明", "⽟明", "王；明", "a@b"])
def test_a_name_with_a_sign_no_name_has_is_refused(text: str) -> None:
    assert refuse_name(text) is Refusal.NAME_CHARACTER


def test_a_name_without_a_letter_is_refused() -> None:
    assert refuse_name("‧-‧") is Refusal.NAME_NO_LETTER


def test_an_address_may_hold_digits_and_signs() -> None:
    assert refuse_text("新北市板橋區文化路二段50號4樓之1（後棟）") is None


@given(st.text(max_size=30))
@settings(max_examples=200)
def test_a_text_that_stands_never_hides_a_control_or_a_direction(text: str) -> None:
    hiding = {*range(0x20), *range(0x7F, 0xA0), *range(0x200B, 0x2010), *range(0x202A, 0x202F)}

    assert refuse_text(text) is not None or hiding.isdisjoint(map(ord, text))
