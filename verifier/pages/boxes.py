"""A page with its differences boxed and numbered, as a PNG for a person to look at."""

import io
from collections.abc import Sequence
from typing import Final

from PIL import Image, ImageDraw

from verifier.pages.difference import Picture
from verifier.pages.findings import Grade, PageFinding
from verifier.pages.sheets import DOTS_PER_INCH

_PIXELS_PER_MM: Final = DOTS_PER_INCH / 25.4
_SHRUNK: Final = 2
_MARGIN: Final = 6
_LINE: Final = 3
_COLOURS: Final = {Grade.CHANGED: (208, 0, 0), Grade.ADDED: (216, 110, 0)}
_OTHER: Final = (0, 90, 200)


def boxed_png(picture: Picture, findings: Sequence[PageFinding]) -> bytes:
    """Return the page with a box around every difference, numbered as the findings are."""
    image = Image.fromarray(picture)
    pen = ImageDraw.Draw(image)
    for number, one in enumerate((one for one in findings if one.boxes), 1):
        colour = _COLOURS.get(one.grade, _OTHER)
        for box in one.boxes:
            left, top, right, bottom = (round(edge * _PIXELS_PER_MM) for edge in box)
            frame = (left - _MARGIN, top - _MARGIN, right + _MARGIN, bottom + _MARGIN)
            pen.rectangle(frame, outline=colour, width=_LINE)
            pen.text((left - _MARGIN, top - _MARGIN - 30), str(number), fill=colour, font_size=28)
    small = image.reduce(_SHRUNK)
    out = io.BytesIO()
    small.convert("P", palette=Image.Palette.ADAPTIVE, colors=64).save(out, "PNG", optimize=True)
    return out.getvalue()
