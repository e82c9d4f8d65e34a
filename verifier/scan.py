"""From a picture to the texts of the QR codes in it: the quick way first, patience only where that finds nothing."""

from collections.abc import Iterator
from io import BytesIO

import zxingcpp
from PIL import Image, ImageFilter, ImageOps, UnidentifiedImageError

from verifier.errors import DocumentError
from verifier.reasons import Reason

MOST_PIXELS = 64_000_000
FORMATS = ("PNG", "JPEG", "WEBP")

_PATIENT_SIDE = 3_000
_SMALL_SIDE = 1_200
_QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
_PLAIN = zxingcpp.TextMode.Plain
_BINARIZERS = (zxingcpp.Binarizer.LocalAverage, zxingcpp.Binarizer.GlobalHistogram)


def read_picture(picture: bytes) -> list[str]:
    """Return the texts of all QR codes in a PNG, JPEG or WebP picture, which may be turned, blurred or inverted.

    Raises DocumentError: document.unreadable, document.too_large, or document.no_code when there is none.
    """
    grey = _open_grey(picture)
    texts = read_quickly(grey) or read_patiently(grey)
    if not texts:
        raise DocumentError(Reason.DOCUMENT_NO_CODE, "there is no readable QR code in the picture")
    return texts


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
    """Return the QR texts of the first treatment of the picture that lets any be read."""
    found = map(read_turned, _treatments(grey))
    return next(filter(None, found), [])


def _open_grey(picture: bytes) -> Image.Image:
    """Return the decoded picture in grey, its size looked at before a pixel is decoded."""
    try:
        image: Image.Image = Image.open(BytesIO(picture), formats=FORMATS)
        if image.width * image.height > MOST_PIXELS:
            raise DocumentError(
                Reason.DOCUMENT_TOO_LARGE, f"the picture has more than {MOST_PIXELS:,} pixels"
            )
        image.draft("L", image.size)
        if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
            image = _on_white(image)
        return image.convert("L")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise DocumentError(Reason.DOCUMENT_TOO_LARGE, "the picture has too many pixels") from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
        raise DocumentError(
            Reason.DOCUMENT_UNREADABLE, "the picture is damaged or not PNG, JPEG or WebP"
        ) from error


def _on_white(image: Image.Image) -> Image.Image:
    """Return the picture as it looks on white paper: a code drawn on nothing is still a code."""
    layered = image.convert("RGBA")
    paper = Image.new("RGBA", layered.size, "white")
    return Image.alpha_composite(paper, layered)


def _treatments(grey: Image.Image) -> Iterator[Image.Image]:
    """Yield the picture as it is, then in forms that undo blur, poor light, and too many or too few pixels."""
    yield grey
    longest = max(grey.size)
    if longest > _PATIENT_SIDE:
        grey = grey.copy()
        grey.thumbnail((_PATIENT_SIDE, _PATIENT_SIDE), Image.Resampling.BOX)
        yield grey
    even = ImageOps.autocontrast(grey, cutoff=1)
    yield even
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
    """Return the pixels as rows of bytes; NumPy, which costs a third of a second to import, is not needed for it."""
    return memoryview(grey.tobytes()).cast("B", (grey.height, grey.width))


def _texts(found: list[zxingcpp.Barcode]) -> list[str]:
    return list(dict.fromkeys(code.text for code in found))
