"""The QR symbol of a QR text (docs/formats/qr-text.md): level M, quiet zone 4, never several.

zxing-cpp's writer draws in bulk; it splits a text into byte, alphanumeric and numeric segments
with the fewest bits. `draw_png_reference` draws with the `qrcode` library, so that a test can hold
one against the other.
"""

import struct
import zlib
from typing import Final

import numpy as np
import zxingcpp
from numpy.typing import NDArray

from credential.errors import LimitError

QUIET_ZONE = 4
# Every sealed credential is mostly hashes and random bytes, so all eight masks score alike; leaving
# the choice open costs four fifths of the drawing time (3.7 ms against 0.7 ms for version 25).
# A reader learns the mask from the symbol.
_MASK = 3
_MODE_NUMERIC: Final = 1  # ISO/IEC 18004 §7.4.1
_MODE_BYTE: Final = 4


def symbol_modules(text: str) -> NDArray[np.bool_]:
    """Return the square of modules, true where dark, quiet zone included.

    Raises LimitError where no symbol of level M holds the text.
    """
    try:
        symbol = zxingcpp.create_barcode(
            text, zxingcpp.BarcodeFormat.QRCode, ec_level="M", data_mask=_MASK
        )
    except ValueError as error:
        raise LimitError(
            f"a text of {len(text)} characters does not fit one QR symbol at level M"
        ) from error
    picture = np.asarray(symbol.to_image(scale=1, add_quiet_zones=True), dtype=np.uint8)
    return np.less(picture, 128)


def symbol_version(text: str) -> int:
    """Return the version, 1 to 40, of the symbol that is drawn for `text`."""
    return (len(symbol_modules(text)) - 2 * QUIET_ZONE - 17) // 4


def draw_png(text: str, scale: int = 8) -> bytes:
    """Return a black-and-white PNG with `scale` pixels a module."""
    return _png(symbol_modules(text), scale)


def draw_svg(text: str) -> str:
    """Return an SVG of one path, one user unit a module, that scales to any size."""
    return modules_svg(symbol_modules(text))


def modules_svg(dark: NDArray[np.bool_]) -> str:
    """Return the SVG of modules that `symbol_modules` returned."""
    edge = len(dark)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {edge} {edge}"'
        f' shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{edge}v{edge}H0z"/>'
        f'<path d="{_path(dark)}"/></svg>'
    )


def draw_png_reference(text: str, scale: int = 8) -> bytes:
    """Return the PNG the `qrcode` library draws: the URL as bytes, the digits as numbers."""
    import qrcode  # noqa: PLC0415 - a tenth of a second, and only comparisons draw with it
    from qrcode.constants import ERROR_CORRECT_M  # noqa: PLC0415 - as above
    from qrcode.util import QRData  # noqa: PLC0415 - as above

    url, hash_sign, digits = text.rpartition("#")
    symbol = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=QUIET_ZONE)
    if hash_sign:
        symbol.add_data(QRData((url + hash_sign).encode("ascii"), mode=_MODE_BYTE))
    symbol.add_data(QRData(digits.encode("ascii"), mode=_MODE_NUMERIC))
    symbol.make(fit=True)
    return _png(np.array(symbol.get_matrix(), dtype=np.bool_), scale)


def _png(dark: NDArray[np.bool_], scale: int) -> bytes:
    """Return a one-bit greyscale PNG; every row but the first of a module is "same as above"."""
    rows = np.packbits(np.repeat(~dark, scale, axis=1), axis=1)
    first = np.pad(rows, ((0, 0), (1, 0)))  # filter 0: as it is
    again = np.zeros((len(dark), scale - 1, first.shape[1]), dtype=np.uint8)
    again[:, :, 0] = 2  # filter 2: difference to the row above
    lines = np.concatenate([first[:, np.newaxis], again], axis=1).tobytes()
    edge = len(dark) * scale
    header = struct.pack(">IIBBBBB", edge, edge, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(lines, 1))
        + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _path(dark: NDArray[np.bool_]) -> str:
    """Return the SVG path of all horizontal runs; the quiet zone keeps a run inside its row."""
    edge = len(dark)
    changes = np.flatnonzero(np.diff(dark.reshape(-1).astype(np.int8))) + 1
    starts, ends = changes[0::2], changes[1::2]
    rows, columns = np.divmod(starts, edge)
    runs = zip(columns.tolist(), rows.tolist(), (ends - starts).tolist(), strict=True)
    return "".join(f"M{x} {y}h{w}v1h-{w}z" for x, y, w in runs)
