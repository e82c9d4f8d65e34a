"""The pages of a PDF as pictures, upright, at one resolution, as on a screen and on a printer.

This runs in a child process with limits (`verifier.confined`): the file is an attacker's.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from PIL import Image

from verifier.pages.difference import Picture
from verifier.pdf import is_scan

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage

DOTS_PER_INCH: Final = 200
FINE: Final = 2  # times as many dots
POINTS_PER_INCH: Final = 72
MOST_PAGES: Final = 40

_MOST_PIXELS: Final = 16_000_000


class Sheet(NamedTuple):
    """One page: its picture upright, its size in points, and what else a page is judged by."""

    number: int
    picture: Picture
    size: tuple[float, float]
    turned: int
    is_cropped: bool
    is_scan: bool
    text: str


def sheets(document: bytes) -> list[Sheet]:
    """Return the pages as a screen shows them, comments and forms too."""
    with _opened(document) as pdf:
        return [_sheet(number, page) for number, page in enumerate(_pages(pdf), 1)]


def pictures(
    document: bytes, numbers: list[int], *, annotated: bool = True, printed: bool = False
) -> dict[int, Picture]:
    """Return pictures of some pages, on request without comments, or as a printer gets them."""
    with _opened(document) as pdf:
        return {
            number: _upright(_drawn(page, annotated=annotated, printed=printed), _turned(page))
            for number, page in enumerate(_pages(pdf), 1)
            if number in numbers
        }


def fine_picture(document: bytes, number: int) -> Picture:
    """Return one page with twice the dots an inch."""
    with _opened(document) as pdf:
        page = pdf[number - 1]
        return _upright(_drawn(page, times=FINE), _turned(page))


def _opened(document: bytes) -> "PdfDocument":
    import pypdfium2  # noqa: PLC0415  (100 ms that only PDFs have to pay)

    pdf = pypdfium2.PdfDocument(document)
    pdf.init_forms()
    return pdf


def _pages(pdf: "PdfDocument") -> "Iterator[PdfPage]":
    return (pdf[at] for at in range(min(len(pdf), MOST_PAGES)))


def _sheet(number: int, page: "PdfPage") -> Sheet:
    turned = _turned(page)
    size = (page.get_width(), page.get_height())
    return Sheet(
        number=number,
        picture=_upright(_drawn(page), turned),
        size=size if turned % 180 == 0 else (size[1], size[0]),
        turned=turned,
        is_cropped=_is_cropped(page),
        is_scan=is_scan(page),
        text="".join(sorted("".join(page.get_textpage().get_text_range().split()))),
    )


def _turned(page: "PdfPage") -> int:
    return int(page.get_rotation())


def _drawn(
    page: "PdfPage", *, annotated: bool = True, printed: bool = False, times: int = 1
) -> Picture:
    scale = times * DOTS_PER_INCH / POINTS_PER_INCH
    scale = min(scale, (_MOST_PIXELS / (page.get_width() * page.get_height())) ** 0.5)
    drawn = page.render(
        scale=scale,
        draw_annots=annotated,
        may_draw_forms=annotated,
        optimize_mode="print" if printed else None,
        rev_byteorder=True,
    )
    return np.array(drawn.to_numpy()[..., :3], dtype=np.uint8)


def _upright(picture: Picture, turned: int) -> Picture:
    return np.ascontiguousarray(np.rot90(picture, turned // 90))


def _is_cropped(page: "PdfPage") -> bool:
    """True where less is shown than the page holds."""
    left, bottom, right, top = (float(edge) for edge in page.get_mediabox())
    shown = [float(edge) for edge in page.get_cropbox()]
    return (
        shown[0] > left + 1 or shown[1] > bottom + 1 or shown[2] < right - 1 or shown[3] < top - 1
    )


def fitted(picture: Picture, like: Picture) -> Picture:
    """Return the picture in the size of another; edges that are off by a few pixels are cut."""
    height, width = like.shape[:2]
    if picture.shape == like.shape:
        return picture
    if abs(picture.shape[0] - height) > _EDGE or abs(picture.shape[1] - width) > _EDGE:
        image = Image.fromarray(picture).resize((width, height), Image.Resampling.BILINEAR)
        return np.asarray(image, dtype=np.uint8)
    cut = picture[:height, :width]
    padding = ((0, height - cut.shape[0]), (0, width - cut.shape[1]), (0, 0))
    return np.pad(cut, padding, constant_values=255)


_EDGE: Final = 4
