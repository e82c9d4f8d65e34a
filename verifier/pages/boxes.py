"""A page with its differences boxed and numbered, as a PNG for a person to look at."""

import io
from collections.abc import Sequence
from typing import Final

from PIL import Image, ImageDraw

from verifier.pages.difference import Picture
from verifier.pages.findings import Grade, PageFinding
from verifier.pages.sheets import DOTS_PER_INCH

_SHRUNK: Final = 2
_PIXELS_PER_MM: Final = DOTS_PER_INCH / 25.4 / _SHRUNK
_MARGIN: Final = 3
_LINE: Final = 2
_COLOURS: Final = {Grade.CHANGED: (208, 0, 0), Grade.ADDED: (216, 110, 0)}
_OTHER: Final = (0, 90, 200)
_PAGE_COLOURS: Final = 64


def boxed_png(picture: Picture, findings: Sequence[PageFinding]) -> bytes:
    """Return the page with a box around every difference, numbered as the findings are."""
    small = Image.fromarray(picture).reduce(_SHRUNK)
    image = small.quantize(_PAGE_COLOURS).convert("RGB")
    pen = ImageDraw.Draw(image)
    for number, one in enumerate((one for one in findings if one.boxes), 1):
        colour = _COLOURS.get(one.grade, _OTHER)
        for box in one.boxes:
            left, top, right, bottom = (round(edge * _PIXELS_PER_MM) for edge in box)
            frame = (left - _MARGIN, top - _MARGIN, right + _MARGIN, bottom + _MARGIN)
            pen.rectangle(frame, outline=colour, width=_LINE)
            pen.text((left - _MARGIN, top - _MARGIN - 16), str(number), fill=colour, font_size=15)
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()
