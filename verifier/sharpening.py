"""Treatments of a blurred picture: where a code seems to be, sharpened again and again.

Each step of sharpening takes back a part of the blur, as Van Cittert's deconvolution does. It works
on the piece of the picture alone where a reader sees the corners of a code that it cannot read: a
tenth of the pixels or less, so that fine steps on an enlarged piece are affordable.
"""

from collections.abc import Iterator
from typing import NamedTuple

import zxingcpp
from PIL import Image, ImageFilter

MOST_PIECES = 3
_PIECE_SIDE = 1_300
"""Pixels that a piece is enlarged to: 10 a module for the largest symbol that is printed."""
_MOST_ENLARGED = 3.0
_LEAST_SIDE = 24
_QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)


class _Box(NamedTuple):
    left: int
    top: int
    right: int
    bottom: int

    @property
    def area(self) -> int:
        return (self.right - self.left) * (self.bottom - self.top)


def sharpened(picture: Image.Image, radius: float, percent: int, times: int) -> Image.Image:
    """Return the picture after so many steps of sharpening."""
    step = ImageFilter.UnsharpMask(radius=radius, percent=percent, threshold=0)
    for _ in range(times):
        picture = picture.filter(step)
    return picture


def pieces(picture: Image.Image) -> Iterator[Image.Image]:
    """Yield the pieces where codes seem to be, enlarged and sharpened in several ways."""
    for box in _boxes(picture):
        margin = (box.right - box.left + box.bottom - box.top) // 10 + 8
        piece = picture.crop(
            (
                max(0, box.left - margin),
                max(0, box.top - margin),
                min(picture.width, box.right + margin),
                min(picture.height, box.bottom + margin),
            )
        )
        yield from _enlarged(piece)


def _enlarged(piece: Image.Image) -> Iterator[Image.Image]:
    yield sharpened(piece, 1.5, 150, 3)
    times = min(_MOST_ENLARGED, _PIECE_SIDE / max(piece.size))
    if times > 1:
        size = (round(piece.width * times), round(piece.height * times))
        piece = piece.resize(size, Image.Resampling.BICUBIC)
    yield sharpened(piece, 4, 200, 2)
    yield sharpened(piece, 4, 200, 4)
    yield sharpened(piece, 6, 200, 4)


def _boxes(picture: Image.Image) -> list[_Box]:
    """Return where readers find corners of a code, largest first, none within another."""
    found: list[_Box] = []
    for treated in (picture, sharpened(picture, 1.5, 150, 4), sharpened(picture, 2, 250, 3)):
        found += _seen(treated)
    kept: list[_Box] = []
    for box in sorted(found, key=lambda box: -box.area):
        if not any(_lies_in(box, larger) for larger in kept):
            kept.append(box)
    return kept[:MOST_PIECES]


def _seen(picture: Image.Image) -> Iterator[_Box]:
    pixels = memoryview(picture.tobytes()).cast("B", (picture.height, picture.width))
    for binarizer in (zxingcpp.Binarizer.LocalAverage, zxingcpp.Binarizer.GlobalHistogram):
        for code in zxingcpp.read_barcodes(
            pixels,
            formats=_QR,
            binarizer=binarizer,
            return_errors=True,
        ):
            at = code.position
            corners = (at.top_left, at.top_right, at.bottom_left, at.bottom_right)
            across, down = [corner.x for corner in corners], [corner.y for corner in corners]
            box = _Box(min(across), min(down), max(across), max(down))
            if min(box.right - box.left, box.bottom - box.top) >= _LEAST_SIDE:
                yield box


def _lies_in(box: _Box, other: _Box) -> bool:
    """Return whether most of a box is inside another."""
    across = min(box.right, other.right) - max(box.left, other.left)
    down = min(box.bottom, other.bottom) - max(box.top, other.top)
    return across > 0 and down > 0 and across * down * 2 > box.area
