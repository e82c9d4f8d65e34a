"""A QR text and its bytes belong together one to one, and every other text is refused."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credential import decode_sealed, qr_decode, qr_encode
from credential.errors import LimitError, SealrootError, TextError
from tests.credential.samples import batch_of

URL = "https://verify.example.gov/"
SEALED = batch_of(16).sealed[5]
TEXT = qr_encode(SEALED, URL)
DIGITS_OF = (0, 3, 5, 8, 10, 13, 15)


def _slow_decode(digits: str) -> bytes:
    """Decode group by group, as docs/formats/qr-text.md tells it."""
    groups = [digits[at : at + 17] for at in range(0, len(digits), 17)]
    widths = [7 if len(group) == 17 else DIGITS_OF.index(len(group)) for group in groups]
    return b"".join(
        int(group).to_bytes(width, "big") for group, width in zip(groups, widths, strict=True)
    )


def _slow_encode(data: bytes) -> str:
    groups = [data[at : at + 7] for at in range(0, len(data), 7)]
    return "".join(
        str(int.from_bytes(group, "big")).zfill((*DIGITS_OF, 17)[len(group)]) for group in groups
    )


@given(st.binary(min_size=1, max_size=700))
def test_decode_after_encode_is_identity(data: bytes) -> None:
    digits = qr_encode(data)

    assert digits == _slow_encode(data)
    assert qr_decode(digits) == (data, None)


@given(st.lists(st.sampled_from([0, 1, 9, 10, 2**56 - 1, 10**16, 10**16 - 1]), min_size=1))
def test_extreme_groups_are_read_rightly(numbers: list[int]) -> None:
    digits = "".join(f"{number:017d}" for number in numbers)

    assert qr_decode(digits).sealed == _slow_decode(digits)


@settings(max_examples=200)
@given(st.text("0123456789", min_size=1, max_size=60))
def test_digits_are_refused_or_are_the_only_ones_for_their_bytes(digits: str) -> None:
    try:
        data = qr_decode(digits).sealed
    except TextError:
        return
    assert qr_encode(data) == digits


@pytest.mark.parametrize(("count", "digits"), [*enumerate(DIGITS_OF[1:], start=1)])
def test_the_last_group_has_as_many_digits_as_its_bytes_need(count: int, digits: int) -> None:
    assert len(qr_encode(b"\xff" * (7 + count))) == 17 + digits
    assert qr_decode(qr_encode(b"\xff" * count)).sealed == b"\xff" * count


@pytest.mark.parametrize("rest", [1, 2, 4, 6, 7, 9, 11, 12, 14, 16])
def test_other_numbers_of_digits_are_refused(rest: int) -> None:
    with pytest.raises(TextError):
        qr_decode("0" * (17 + rest))


@pytest.mark.parametrize(
    "digits",
    [
        "256",
        "65536",
        "16777216",
        "4294967296",
        "1099511627776",
        "281474976710656",
        "72057594037927936",
        "99999999999999999",
        "0" * 17 + "72057594037927936" + "0" * 17,
    ],
)
def test_a_group_too_large_for_its_bytes_is_refused(digits: str) -> None:
    with pytest.raises(TextError):
        qr_decode(digits)


@pytest.mark.parametrize(
    "url", ["", "https://verify.example.gov/", "HTTPS://V.EXAMPLE/", "!~" * 256]
)
def test_the_url_is_reported_as_it_stands(url: str) -> None:
    assert qr_decode(f"{url}#000").url == url


def test_a_url_is_written_before_the_digits() -> None:
    assert qr_encode(b"\0", URL) == f"{URL}#000"
    assert qr_decode(TEXT) == (SEALED, URL)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "#",
        f"{URL}#",
        URL,
        "a#b#000",
        "##000",
        "000#",
        " 000",
        "000 ",
        "000\n",
        "\n000",
        "+00",
        "-00",
        "0_0",
        "0.0",
        "1e3",
        "0x0",
        "００",
        "\u0660\u0661\u0662",
        "\u00b2\u00b2\u00b2",
        "\ud835\udfce" * 3,
        "\ud800" * 3,
        "00\0",
        "a b#000",
        "a\n#000",
        "a\x7f#000",
        "é#000",
        "a" * 513 + "#000",
    ],
)
def test_refuses_every_other_text(text: str) -> None:
    with pytest.raises(TextError):
        qr_decode(text)


@pytest.mark.parametrize("text", ["0" * 42_001, "a" * 41_998 + "#000", "\n" * 50_000])
def test_refuses_more_than_42000_characters(text: str) -> None:
    with pytest.raises(LimitError):
        qr_decode(text)


def test_the_longest_text_is_read() -> None:
    assert len(qr_decode("0" * 41_990).sealed) == 17_290


@pytest.mark.parametrize("url", ["a#", "a b", "é", "a" * 513, "a\n"])
def test_writes_no_other_url(url: str) -> None:
    with pytest.raises(TextError):
        qr_encode(b"\0", url)


def test_writes_no_text_without_bytes() -> None:
    with pytest.raises(TextError):
        qr_encode(b"")


def test_writes_no_text_that_would_not_be_read() -> None:
    with pytest.raises(LimitError):
        qr_encode(bytes(18_000))


@pytest.mark.parametrize("at", range(TEXT.index("#"), len(TEXT), 3))
def test_every_changed_character_is_refused_or_gives_other_bytes(at: int) -> None:
    for character in set("0123456789#aZ /\n\u0665") - {TEXT[at]}:
        try:
            read = qr_decode(TEXT[:at] + character + TEXT[at + 1 :]).sealed
        except TextError:
            continue
        assert read != SEALED


@settings(max_examples=200)
@given(st.text(max_size=60) | st.from_regex(re.compile(r"[!-~]{0,9}#?[0-9]{0,40}"), fullmatch=True))
def test_any_text_is_refused_with_our_errors(text: str) -> None:
    try:
        decode_sealed(qr_decode(text).sealed)
    except SealrootError:
        return
    raise AssertionError(text)
