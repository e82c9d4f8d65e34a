"""What is held before a camera or given to the page: printed documents, pictures, camera films."""

import io
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import pypdfium2
import zxingcpp
from PIL import Image, ImageFilter

from credential.qr_text import qr_encode
from credential.type_fields import Text
from credential.types import CredentialType
from tests.browser.world import LICENCE, OFFICIAL
from verifier.drawing import Document, Printer

_AGENCY: Final = Text("高雄市苓雅區戶政事務所", "Lingya Household Registration Office")
_FRAME: Final = (1280, 720)
_TABLE: Final = (96, 78, 62)


class Pose(NamedTuple):
    """How the paper lies in one picture of the film."""

    turn_degrees: float
    tilt: float
    shift: tuple[float, float]
    blur: float


def printed(sealed: bytes, kind: CredentialType = LICENCE, url: str = OFFICIAL) -> bytes:
    """The PDF that an agency's printer makes of a credential."""
    document = Document(_AGENCY, sealed, qr_encode(sealed, url), None)
    return Printer().render_pdf(document, kind)


def page_picture(pdf: bytes, dpi: int = 150) -> Image.Image:
    """The first page as ink on paper."""
    with pypdfium2.PdfDocument(pdf) as document:
        return document[0].render(scale=dpi / 72).to_pil().convert("RGB")


def close_up(page: Image.Image) -> Image.Image:
    """The part of a page that a person holds the camera over: the symbol and what is around it."""
    (code,) = zxingcpp.read_barcodes(page)
    at = code.position
    width = at.bottom_right.x - at.top_left.x
    left, top = at.top_left.x - width * 0.8, at.top_left.y - width * 0.35
    right = min(page.width, left + width * 2.6)
    part = page.crop(tuple(map(int, (max(0, left), top, right, top + width * 1.7))))
    scale = 430 / width
    return part.resize(
        (int(part.width * scale), int(part.height * scale)), Image.Resampling.BICUBIC
    )


def moving_poses(count: int, start_degrees: float = 0) -> list[Pose]:
    """A hand that is never still: the paper turns, tilts, wanders, and is now and then blurred."""
    return [
        Pose(
            turn_degrees=start_degrees + 12 * math.sin(2 * math.pi * n / count),
            tilt=0.10 * math.cos(2 * math.pi * n / count),
            shift=(40 * math.cos(n / 3), 25 * math.sin(n / 2)),
            blur=1.2 if n % 5 == 0 else 0.6,
        )
        for n in range(count)
    ]


def film(
    path: Path, scenes: Sequence[tuple[Image.Image, Sequence[Pose]]], *, hold: int = 1
) -> Path:
    """A film for Chromium's fake camera (MJPEG): each scene is one paper in its poses.

    Every pose is held for so many pictures.
    """
    with path.open("wb") as out:
        for paper, poses in scenes:
            for pose in poses:
                picture = _photographed(paper, pose)
                out.write(jpeg(picture, 80) * hold)
    return path


def _photographed(paper: Image.Image, pose: Pose) -> Image.Image:
    turned = paper.convert("RGBA").rotate(
        pose.turn_degrees, expand=True, resample=Image.Resampling.BICUBIC
    )
    frame = Image.new("RGB", _FRAME, _TABLE)
    x = int((_FRAME[0] - turned.width) / 2 + pose.shift[0])
    y = int((_FRAME[1] - turned.height) / 2 + pose.shift[1])
    frame.paste(turned, (x, y), turned)
    tilted = frame.transform(
        _FRAME,
        Image.Transform.PERSPECTIVE,
        _perspective(pose.tilt),
        Image.Resampling.BICUBIC,
        fillcolor=_TABLE,
    )
    return tilted.filter(ImageFilter.GaussianBlur(pose.blur))


def _perspective(tilt: float) -> tuple[float, ...]:
    """The eight coefficients of a picture seen from the side, its middle kept in place."""
    lean = tilt / _FRAME[0]
    middle = _FRAME[0] / 2, _FRAME[1] / 2
    widen = 1 + lean * middle[0]
    return (widen, 0, 0, lean * middle[1], 1, 0, lean, 0)


def jpeg(picture: Image.Image, quality: int = 85) -> bytes:
    """The picture as a phone saves it."""
    out = io.BytesIO()
    picture.convert("RGB").save(out, "JPEG", quality=quality)
    return out.getvalue()
