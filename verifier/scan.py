"""From a picture to the texts of its QR codes: quickly first, patiently where that finds none."""

import struct
import time
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import cast

import zxingcpp
from PIL import Image, ImageFilter, ImageOps, UnidentifiedImageError

from verifier.confined import Answer, confined
from verifier.errors import DocumentError
from verifier.reasons import Reason
from verifier.sharpening import pieces, sharpened

FORMATS = ("PNG", "JPEG", "WEBP")
MOST_PIXELS = {"PNG": 40_000_000, "WEBP": 40_000_000, "JPEG": 200_000_000}
MOST_SECONDS = 20
PATIENT_SECONDS = 5

_SMALL_PIXELS = 2_000_000
_SMALL_BYTES = 1_000_000
_JPEG_SIDE = 4_000
_PATIENT_SIDE = 3_000
_SMALL_SIDE = 1_200
_QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
_PLAIN = zxingcpp.TextMode.Plain
_BINARIZERS = (zxingcpp.Binarizer.LocalAverage, zxingcpp.Binarizer.GlobalHistogram)


def read_picture(picture: bytes) -> list[str]:
    """Return the texts of the QR codes in a PNG, JPEG or WebP picture, turned or blurred as it is.

    A small clean picture takes a millisecond, here; everything else is done in a child process with
    limits. Raises DocumentError: document.unreadable, document.too_large, or document.no_code.
    """
    image = _opened(picture)
    is_small = image.width * image.height <= _SMALL_PIXELS and len(picture) <= _SMALL_BYTES
    texts = read_quickly(_grey(image)) if is_small else []
    if not texts:
        texts = cast("list[str]", confined(lambda: _read_here(picture), MOST_SECONDS))
    if not texts:
        raise DocumentError(Reason.DOCUMENT_NO_CODE, "there is no readable QR code in the picture")
    return texts


def _read_here(picture: bytes) -> Answer:
    grey = _grey(_opened(picture))
    return [*(read_quickly(grey) or read_patiently(grey))]


def read_quickly(grey: Image.Image) -> list[str]:
    """Return the QR texts of an upright, clean picture; empty where it is not one."""
    found = zxingcpp.read_barcodes(
        _pixels(grey),
        formats=_QR,
        text_mode=_PLAIN,
        try_rotate=False,
        try_downscale=False,
        try_invert=False,
    )
    return _texts(found)


def read_turned(grey: Image.Image) -> list[str]:
    """Return the QR texts of a picture that may be turned, inverted, or finer than needed."""
    pixels = _pixels(grey)
    for binarizer in _BINARIZERS:
        found = zxingcpp.read_barcodes(pixels, formats=_QR, text_mode=_PLAIN, binarizer=binarizer)
        if found:
            return _texts(found)
    return []


def read_patiently(grey: Image.Image) -> list[str]:
    """Return the QR texts of the first treatment that lets any be read, within bounded time."""
    began = time.monotonic()
    for treated in _treatments(grey):
        texts = read_turned(treated)
        if texts or time.monotonic() - began > PATIENT_SECONDS:
            return texts
    return []


def _opened(picture: bytes) -> Image.Image:
    """Return the picture with its size looked at and no pixel decoded yet."""
    try:
        image: Image.Image = Image.open(BytesIO(picture), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels() from error
    except _BROKEN as error:
        raise _unreadable() from error
    if image.width * image.height > MOST_PIXELS[image.format or "PNG"]:
        raise _too_many_pixels()
    return image


def _grey(image: Image.Image) -> Image.Image:
    """Return the decoded picture in grey; a large JPEG is decoded at a smaller size at once."""
    try:
        image.draft("L", (_JPEG_SIDE, _JPEG_SIDE))
        if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
            image = _on_white(image)
        return image.convert("L")
    except _BROKEN as error:
        raise _unreadable() from error


_BROKEN = (
    *(UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, zlib.error),
    *(struct.error, IndexError, KeyError, TypeError, OverflowError, MemoryError),
)
"""What Pillow raises for damaged pictures, learnt by damaging some."""


def _too_many_pixels() -> DocumentError:
    return DocumentError(Reason.DOCUMENT_TOO_LARGE, "the picture has too many pixels")


def _unreadable() -> DocumentError:
    message = "the picture is damaged or not PNG, JPEG or WebP"
    return DocumentError(Reason.DOCUMENT_UNREADABLE, message)


def _on_white(image: Image.Image) -> Image.Image:
    """Return the picture as it looks on white paper: a code drawn on nothing is still a code."""
    layered = image.convert("RGBA")
    paper = Image.new("RGBA", layered.size, "white")
    return Image.alpha_composite(paper, layered)


def _treatments(grey: Image.Image) -> Iterator[Image.Image]:
    """Yield the picture as it is, then with blur, light, and number of pixels amended."""
    yield grey
    longest = max(grey.size)
    if longest > _PATIENT_SIDE:
        grey = grey.copy()
        grey.thumbnail((_PATIENT_SIDE, _PATIENT_SIDE), Image.Resampling.BOX)
        yield grey
    even = ImageOps.autocontrast(grey, cutoff=1)
    yield even
    yield sharpened(even, 1.5, 150, 3)
    yield from pieces(even)
    if longest < _SMALL_SIDE:
        larger = even.resize((grey.width * 2, grey.height * 2), Image.Resampling.BICUBIC)
        yield larger
        even = larger
    for radius in (2, 4, 6):
        yield even.filter(ImageFilter.UnsharpMask(radius=radius, percent=250, threshold=0))
    yield even.filter(ImageFilter.MedianFilter(3))
    for angle in (
        15,
        30,
        45,
    ):  # a fresh sampling grid helps where lines of the sensor and the code interfere
        yield even.rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor=255)


def _pixels(grey: Image.Image) -> memoryview:
    """Return the pixels as rows of bytes, without NumPy, which takes 0.3 s to import."""
    return memoryview(grey.tobytes()).cast("B", (grey.height, grey.width))


def _texts(found: list[zxingcpp.Barcode]) -> list[str]:
    return list(dict.fromkeys(code.text for code in found))
