import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credential.display import one_line, paragraphs, shown, suspicions

HARD_NAMES = [
    *["𠮷田良", "鄭𤆬", "𣲙㛢𠊎", "瓦歷斯‧諾幹", "O'Brien-林", "Nguyễn Thị Ánh", "王　小明"],
    *["台北市（中正區）", "新北市板橋區文化路二段50號4樓之1", "Αθήνα", "Москва"],
]


@pytest.mark.parametrize("name", HARD_NAMES)
def test_honest_names_are_shown_as_signed_and_raise_no_suspicion(name: str) -> None:
    assert shown(name) == name
    assert suspicions(name) == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("王\u202e小明", "bidi"),
        ("王\u2067小明", "bidi"),
        ("王\u200b小明", "invisible"),
        ("王\ufeff小明", "invisible"),
        ("王\U000e0041小明", "invisible"),
        ("王\U000e0100小明", "invisible"),
        ("\u1b5b[2J\x1b[2J", "control"),
        ("王\u0007", "control"),
        ("王\u0085", "control"),
        ("王\ue000", "private"),
        ("\u2f08", "compatibility"),  # KANGXI RADICAL MAN
        ("\u2e80", "compatibility"),  # CJK RADICAL REPEAT
        ("\uf9f4", "compatibility"),  # CJK COMPATIBILITY IDEOGRAPH
        ("\U0002f800", "compatibility"),
        ("\U0001d400", "compatibility"),  # MATHEMATICAL BOLD CAPITAL A
        ("Chеn", "mixed"),  # the e is Cyrillic
        ("Αlice", "mixed"),  # the A is Greek
    ],
)
def test_unusual_characters_are_named_by_kind(text: str, kind: str) -> None:
    assert [found.kind for found in suspicions(text)] == [kind]


def test_a_suspicion_names_code_point_and_character() -> None:
    assert suspicions("a\u202eb")[0][:2] == ("U+202E", "RIGHT-TO-LEFT OVERRIDE")


def test_ideographs_that_only_live_in_the_compatibility_block_are_no_suspicion() -> None:
    assert suspicions("\ufa0e") == []


def test_characters_that_act_or_hide_are_written_out() -> None:
    assert shown("a\x1b[31m\u202eb\u200b") == "a[U+001B][31m[U+202E]b[U+200B]"


def test_text_from_right_to_left_is_kept_to_itself() -> None:
    assert shown("שלום") == "\u2068שלום\u2069"


@given(st.text())
def test_nothing_shown_can_act_on_a_terminal_or_turn_the_line(text: str) -> None:
    inside = shown(text).removeprefix("\u2068").removesuffix("\u2069")

    assert not {unicodedata.category(character) for character in inside} & {"Cc", "Zl", "Zp"}
    assert not {unicodedata.bidirectional(character) for character in inside} & {
        *["LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"]
    }


def test_names_of_files_are_one_short_line() -> None:
    assert one_line("a\nb\udc80") == "a[U+000A]b\\udc80"
    assert len(one_line("x" * 1000)) == 200


def test_messages_keep_their_lines_and_nothing_else_that_acts() -> None:
    assert paragraphs("a\nb\x1b[2J\udc80") == "a\nb[U+001B][2J\\udc80"
