"""What forgers do: change a claim, paste a code, use a stolen key, photograph a page."""

import io
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import pikepdf
import pypdfium2
import zxingcpp
from PIL import Image, ImageFilter

from credential.batch import seal_batch
from credential.entry import Entry, decode_entry, encode_entry
from credential.qr_symbol import draw_png
from credential.qr_text import qr_encode
from credential.sealed import decode_sealed, encode_sealed, registry_aad

if TYPE_CHECKING:
    from registry.key_files import InsecureKeyFile

POINTS_PER_INCH: Final = 72
PHOTO_DPI: Final = 200


def with_changed_entry(sealed: bytes, change: Callable[[Entry], Entry]) -> bytes:
    """Return a genuine credential with other claims under the old receipt."""
    credential = decode_sealed(sealed)
    forged = encode_entry(change(decode_entry(credential.entry)))
    return encode_sealed(forged, credential.receipt)


def signed_with_stolen_key(
    like: bytes,
    key: "InsecureKeyFile",
    registry: tuple[int, bytes],
    change: Callable[[Entry], Entry],
) -> bytes:
    """Return a new credential, like a genuine one and properly signed with the agency's key."""
    entry = change(decode_entry(decode_sealed(like).entry))
    fresh = entry._replace(cti=secrets.token_bytes(16))
    made = seal_batch(
        [encode_entry(fresh)],
        alg=key.alg,
        kid=key.kid,
        aad=registry_aad(*registry),
        sign=key.sign,
    )
    return made.sealed[0]


def picture_of(sealed: bytes, url: str, path: Path) -> Path:
    """The QR symbol of a credential is at `path`, as a forger would print it."""
    path.write_bytes(draw_png(qr_encode(sealed, url)))
    return path


def photograph(pdf: Path, path: Path) -> Path:
    """A photo-like picture of page one is at `path`: turned, blurred, noisy, compressed."""
    page = pypdfium2.PdfDocument(pdf)[0].render(scale=PHOTO_DPI / POINTS_PER_INCH).to_pil()
    turned = page.convert("L").rotate(
        6, resample=Image.Resampling.BICUBIC, expand=True, fillcolor=120
    )
    blurred = turned.filter(ImageFilter.GaussianBlur(0.9))
    noise = np.random.default_rng(7).normal(0, 9, (blurred.height, blurred.width))
    shadow = np.linspace(1.0, 0.78, blurred.width)[np.newaxis, :]
    noisy = np.clip(np.asarray(blurred, dtype=float) * shadow + noise, 0, 255).astype(np.uint8)
    Image.fromarray(noisy).save(path, quality=80)
    return path


def with_pasted_code(pdf: Path, sealed: bytes, url: str, path: Path) -> Path:
    """A genuine PDF with another credential's QR pasted over its own is at `path`."""
    where = _position_of_code(pdf)
    overlay = Image.open(io.BytesIO(draw_png(qr_encode(sealed, url)))).convert("RGB")
    page_of_overlay = io.BytesIO()
    overlay.save(page_of_overlay, format="PDF")
    with pikepdf.open(pdf) as target, pikepdf.open(page_of_overlay) as source:
        target.pages[0].add_overlay(source.pages[0], where)
        target.save(path)
    return path


def _position_of_code(pdf: Path) -> pikepdf.Rectangle:
    page = pypdfium2.PdfDocument(pdf)[0]
    scale = PHOTO_DPI / POINTS_PER_INCH
    picture = page.render(scale=scale).to_pil().convert("L")
    found = zxingcpp.read_barcodes(picture)
    corners = found[0].position
    left = min(corners.top_left.x, corners.bottom_left.x) / scale
    right = max(corners.top_right.x, corners.bottom_right.x) / scale
    top = min(corners.top_left.y, corners.top_right.y) / scale
    bottom = max(corners.bottom_left.y, corners.bottom_right.y) / scale
    margin = (right - left) * 0.05
    height = page.get_height()
    return pikepdf.Rectangle(
        left - margin, height - bottom - margin, right + margin, height - top + margin
    )
