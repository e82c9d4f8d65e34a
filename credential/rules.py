"""The rules an issuer applies to the text of an input row: numbers, dates, characters of names.

Pure functions of docs/formats/type-document.md, "Rules". Each returns a reason code where the text
is refused and None where it stands; the words for people live at the rim. Nothing is corrected or
normalised: what was entered is signed.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from enum import StrEnum


class Refusal(StrEnum):
    """Why a text was refused; stable codes, only ever added."""

    NATIONAL_ID_FORM = "national_id.form"
    NATIONAL_ID_CHECK = "national_id.check"
    BUSINESS_NO_FORM = "business_no.form"
    BUSINESS_NO_CHECK = "business_no.check"
    ROC_DATE_FORM = "date.roc_form"
    ISO_DATE_FORM = "date.iso_form"
    NO_SUCH_DAY = "date.no_such_day"
    DIGITS_FORM = "digits.form"
    CHARACTER_CONTROL = "text.control_character"
    CHARACTER_INVISIBLE = "text.invisible_character"
    CHARACTER_PRIVATE = "text.private_character"
    CHARACTER_UNASSIGNED = "text.unassigned_character"
    CHARACTER_SPACE = "text.unusual_space"
    SPACE_AT_END = "text.space_at_end"
    STRAY_MARK = "text.stray_mark"
    NAME_CHARACTER = "name.character"
    NAME_NO_LETTER = "name.no_letter"


_LETTER_VALUE = {letter: 10 + place for place, letter in enumerate("ABCDEFGHJKLMNPQRSTUVXYWZIO")}
_NATIONAL_ID = re.compile(r"[A-Z][1289A-D][0-9]{8}")
_ID_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 1)
_BUSINESS_NO = re.compile(r"[0-9]{8}")
_BUSINESS_WEIGHTS = (1, 2, 1, 2, 1, 2, 4, 1)
_ROC_DATE = re.compile(r"([0-9]{3})([0-9]{2})([0-9]{2})")
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DIGITS = re.compile(r"[0-9]+")
_FIRST_ROC_YEAR = 1912


def refuse_national_id(text: str) -> Refusal | None:
    """Return None for an id that checks: national (1, 2), resident (8, 9) or its older form (A-D).

    The letter counts as two digits with the weights 1 and 9; an older form's second letter as the
    last of its two.
    """
    if not _NATIONAL_ID.fullmatch(text):
        return Refusal.NATIONAL_ID_FORM
    tens, ones = divmod(_LETTER_VALUE[text[0]], 10)
    second = _LETTER_VALUE[text[1]] % 10 if text[1] in "ABCD" else int(text[1])
    digits = (second, *map(int, text[2:9]))
    total = (
        tens
        + 9 * ones
        + sum(w * d for w, d in zip(_ID_WEIGHTS, digits, strict=True))
        + int(text[9])
    )
    return None if total % 10 == 0 else Refusal.NATIONAL_ID_CHECK


def refuse_business_no(text: str) -> Refusal | None:
    """Return None where the weighted digit sums divide by 5 (one less, with 7 in place 7)."""
    if not _BUSINESS_NO.fullmatch(text):
        return Refusal.BUSINESS_NO_FORM
    products = (w * int(d) for w, d in zip(_BUSINESS_WEIGHTS, text, strict=True))
    total = sum(product // 10 + product % 10 for product in products)
    # 7 times 4 is 28, 2 + 8 is 10, which counts as 1 or as 0
    holds = total % 5 == 0 or (text[6] == "7" and (total + 1) % 5 == 0)
    return None if holds else Refusal.BUSINESS_NO_CHECK


def parse_roc_date(text: str) -> date | Refusal:
    """Return the day of seven digits such as `0990101`: year 99, which is 2010, month 1, day 1."""
    found = _ROC_DATE.fullmatch(text)
    if found is None or found[1] == "000":
        return Refusal.ROC_DATE_FORM
    try:
        return date(int(found[1]) + _FIRST_ROC_YEAR - 1, int(found[2]), int(found[3]))
    except ValueError:
        return Refusal.NO_SUCH_DAY


def parse_iso_date(text: str) -> date | Refusal:
    """Return the day of `YYYY-MM-DD`."""
    if not _ISO_DATE.fullmatch(text):
        return Refusal.ISO_DATE_FORM
    try:
        return date.fromisoformat(text)
    except ValueError:
        return Refusal.NO_SUCH_DAY


def roc_text(day: date) -> str:
    """Return the day in the Republic of China calendar, such as `民國 99 年 1 月 1 日`."""
    year = day.year - _FIRST_ROC_YEAR + 1
    era = f"民國 {year}" if year > 0 else f"民國前 {1 - year}"
    return f"{era} 年 {day.month} 月 {day.day} 日"


def refuse_digits(text: str) -> Refusal | None:
    """Return None for ASCII digits alone: other digits of Unicode are not the same."""
    return None if _DIGITS.fullmatch(text) else Refusal.DIGITS_FORM


_IDEOGRAPHIC_PLANES = range(0x20000, 0x3FFFE)
# assigned and not of a control category, and yet nothing to see
_INVISIBLE = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180e\u180f\u2800\u3164\uffa0\ufffc\ufffd",
)
_SPACES = frozenset(" \u3000")
_MOST_MARKS = 4


def _is_variation_selector(code: int) -> bool:
    return 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF


def refuse_text(text: str) -> Refusal | None:
    """Return None for one visible line: see "Every text" in docs/formats/type-document.md.

    A variation selector stands only behind an ideograph; at most four marks stand on one letter.
    """
    if text.isascii() and text.isprintable():
        return Refusal.SPACE_AT_END if text != text.strip() else None
    if text[:1] in _SPACES or text[-1:] in _SPACES:
        return Refusal.SPACE_AT_END
    marks = _MOST_MARKS  # none may come first
    before = ""
    for character in text:
        refused = _refuse_character(character, before)
        if refused is not None:
            return refused
        marks = marks + 1 if unicodedata.category(character)[0] == "M" else 0
        if marks > _MOST_MARKS:
            return Refusal.STRAY_MARK
        before = character
    return None


def _refuse_character(character: str, before: str) -> Refusal | None:
    code = ord(character)
    if character in _INVISIBLE:
        return Refusal.CHARACTER_INVISIBLE
    if _is_variation_selector(code):
        return None if before and _is_ideograph(before) else Refusal.CHARACTER_INVISIBLE
    match unicodedata.category(character):
        case "Cc":
            return Refusal.CHARACTER_CONTROL
        case "Cf" | "Zl" | "Zp":  # zero-width, bidirectional, tag; line and paragraph separators
            return Refusal.CHARACTER_INVISIBLE
        case "Co":
            return Refusal.CHARACTER_PRIVATE
        case "Cs":
            return Refusal.CHARACTER_UNASSIGNED
        case (
            "Cn"
        ):  # the Unicode tables of this Python may be older than an ideograph of these planes
            ideographic = code in _IDEOGRAPHIC_PLANES and code & 0xFFFE != 0xFFFE
            return None if ideographic else Refusal.CHARACTER_UNASSIGNED
        case "Zs":
            return None if character in _SPACES else Refusal.CHARACTER_SPACE
        case _:
            return None


def _is_ideograph(character: str) -> bool:
    code = ord(character)
    planes = code in _IDEOGRAPHIC_PLANES and code & 0xFFFE != 0xFFFE
    return (
        planes or 0x3400 <= code <= 0x4DBF or 0x4E00 <= code <= 0x9FFF or 0xF900 <= code <= 0xFAFF
    )


_NAME_PUNCTUATION = frozenset("‧·・•-‐‑‒–'’‘ʼ.,()（），ー \u3000")


def refuse_name(text: str) -> Refusal | None:
    """Return None for a person's name: letters, ideographs, marks, and signs inside names."""
    refused = refuse_text(text)
    if refused is not None:
        return refused
    letters = 0
    for character in text:
        category = unicodedata.category(character)
        if category[0] == "L" or _is_ideograph(character):
            letters += 1
        elif category[0] != "M" and character not in _NAME_PUNCTUATION and category != "Nl":
            return Refusal.NAME_CHARACTER
    return None if letters else Refusal.NAME_NO_LETTER


TEXT_RULES: dict[str | None, Callable[[str], Refusal | None]] = {
    None: refuse_text,
    "address": refuse_text,
    "name": refuse_name,
    "number": refuse_digits,
    "tw-national-id": refuse_national_id,
    "tw-unified-business-no": refuse_business_no,
}
"""The rule of a text field by the name its type document gives."""
