"""Two pictures of one page: no letter becomes another unseen, and no rough edge is a difference."""

import itertools
from importlib.resources import as_file, files

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from verifier.pages.difference import Picture, difference

DIGITS = "0123456789"
STROKES = "一二三日目田由甲申土士未末大太犬人入千干己已王玉"


def written(text: str, *, size: int = 58, offset: float = 0.0) -> Picture:
    """The text at 10.5 points and 400 dots an inch, moved by a part of a pixel."""
    scale = 8
    page = Image.new("L", (len(text) * 64 * scale, 104 * scale), 255)
    font = ImageFont.truetype(_font(), size * scale)
    at = (16 * scale + round(offset * scale), 8 * scale + round(offset * scale))
    ImageDraw.Draw(page).text(at, text, font=font, fill=0)
    small = page.reduce(scale)
    return np.repeat(np.asarray(small, dtype=np.uint8)[..., np.newaxis], 3, axis=2)


def _font() -> str:
    with as_file(files("manimgx_fonts_cjk")) as folder:
        fonts = (path for path in sorted(folder.rglob("*")) if path.suffix in _KINDS)
        return str(next(fonts))


_KINDS = {".otf", ".ttf", ".ttc"}


@pytest.mark.parametrize("characters", [DIGITS, STROKES], ids=["digits", "strokes"])
@pytest.mark.parametrize("offset", [0.0, 0.5], ids=["in place", "moved by half a pixel"])
def test_no_character_becomes_another_unseen(characters: str, offset: float) -> None:
    drawn = {one: written(one) for one in characters}
    moved = {one: written(one, offset=offset) for one in characters}

    unseen = [
        (one, other)
        for one, other in itertools.permutations(characters, 2)
        if not _differs(moved[other], drawn[one])
    ]

    assert unseen == []


@pytest.mark.parametrize("offset", [0.125, 0.25, 0.5, 0.75])
def test_a_page_moved_by_part_of_a_pixel_is_the_same(offset: float) -> None:
    text = DIGITS[:4] + STROKES[:4]

    found = difference(written(text, offset=offset), written(text))

    assert found is None or found.areas == ()


def test_equal_pictures_do_not_differ() -> None:
    assert difference(written("王小明"), written("王小明")) is None


def _differs(given: Picture, issued: Picture) -> bool:
    found = difference(given, issued)
    return found is not None and found.areas != ()
