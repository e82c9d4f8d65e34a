"""The QR symbols that are drawn in bulk, held against the reference writer and a reader."""

import io
import random
import re

import numpy as np
import pytest
import zxingcpp
from PIL import Image

from credential.errors import LimitError
from credential.qr_symbol import (
    QUIET_ZONE,
    draw_png,
    draw_png_reference,
    draw_svg,
    symbol_modules,
    symbol_version,
)

URL = "https://verify.example.gov.tw/v1/"
LENGTHS = [3, 300, 780, 1970, 2300]


def _text(digits: int, url: str = URL) -> str:
    chance = random.Random(digits)
    number = "".join(chance.choice("0123456789") for _ in range(digits))
    return f"{url}#{number}" if url else number


def _read(png: bytes) -> zxingcpp.Barcode:
    found = zxingcpp.read_barcodes(Image.open(io.BytesIO(png)))
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize("url", [URL, ""])
@pytest.mark.parametrize("digits", LENGTHS)
def test_both_writers_draw_symbols_that_read_as_the_text(digits: int, url: str) -> None:
    text = _text(digits, url)

    assert _read(draw_png(text, 4)).text == text
    assert _read(draw_png_reference(text, 4)).text == text


@pytest.mark.parametrize("url", [URL, URL.upper(), ""])
@pytest.mark.parametrize("digits", LENGTHS)
def test_the_bulk_writer_never_needs_a_larger_symbol_than_the_reference(
    digits: int, url: str
) -> None:
    text = _text(digits, url)
    reference = Image.open(io.BytesIO(draw_png_reference(text, 1))).width

    assert len(symbol_modules(text)) <= reference


@pytest.mark.parametrize("draw", [draw_png, draw_png_reference])
def test_a_symbol_has_level_m(draw: object) -> None:
    assert callable(draw)

    assert _read(draw(_text(780), 4)).ec_level == "M"


def test_a_symbol_has_a_quiet_zone_of_four_modules() -> None:
    dark = symbol_modules(_text(780))
    frame = np.ones_like(dark)
    frame[QUIET_ZONE:-QUIET_ZONE, QUIET_ZONE:-QUIET_ZONE] = False

    assert not dark[frame].any()
    assert dark[QUIET_ZONE, QUIET_ZONE]


@pytest.mark.parametrize(("digits", "version"), [(782, 14), (783, 14), (784, 15), (2307, 25)])
def test_digits_fill_a_symbol_to_its_capacity_in_numeric_mode(digits: int, version: int) -> None:
    # 14-M holds 2,920 bits; 34 bytes take 272 and the two heads 36, so 2,612 are left for digits
    assert symbol_version(_text(digits)) == version


def test_a_png_has_as_many_pixels_a_module_as_asked() -> None:
    text = _text(300)
    edge = len(symbol_modules(text))

    assert Image.open(io.BytesIO(draw_png(text, 5))).size == (5 * edge, 5 * edge)


def test_the_png_shows_exactly_the_modules() -> None:
    text = _text(780)

    picture = np.asarray(Image.open(io.BytesIO(draw_png(text, 1))))

    assert np.array_equal(~picture, symbol_modules(text))


def test_the_svg_path_covers_exactly_the_dark_modules() -> None:
    dark = symbol_modules(_text(780))
    drawn = np.zeros_like(dark)
    for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", draw_svg(_text(780))):
        drawn[int(y), int(x) : int(x) + int(width)] = True

    assert np.array_equal(drawn, dark)


def test_a_text_too_long_for_one_symbol_is_refused_and_never_split() -> None:
    with pytest.raises(LimitError):
        draw_png("1" * 6000)
