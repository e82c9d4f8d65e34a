"""Documents as people hand them over: pictures, PDFs and files, made from real credentials."""

import io
import time
from collections.abc import Sequence
from pathlib import Path

import pikepdf
from PIL import Image

from credential.qr_symbol import draw_png
from credential.qr_text import qr_encode
from registry.anchor_file import encode_trust_anchor
from tests.simulator import Simulator

URL = "https://verify.example.gov/"


def symbol(sealed: bytes, *, scale: int = 4, url: str = URL) -> bytes:
    """The QR symbol of a credential as a PNG."""
    return draw_png(qr_encode(sealed, url), scale)


def page(*codes: bytes, size: tuple[int, int] = (1200, 1700)) -> Image.Image:
    """A white page in grey with symbols (PNG bytes) one below the other."""
    sheet = Image.new("L", size, 255)
    for at, code in enumerate(codes):
        picture = Image.open(io.BytesIO(code)).convert("L")
        sheet.paste(picture, (150 + 37 * at, 100 + 800 * at))
    return sheet


def saved(image: Image.Image, kind: str = "PNG", **wishes: int) -> bytes:
    """The bytes of a picture file."""
    out = io.BytesIO()
    image.save(out, kind, **wishes)
    return out.getvalue()


def pdf(*pages: Image.Image, attachments: Sequence[tuple[str, bytes]] = ()) -> bytes:
    """A PDF of these pictures with these (name, bytes) attached."""
    first, *others = pages
    drawn = saved(first, "PDF", save_all=True, append_images=others, resolution=150)
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(drawn)) as document:
        for name, held in attachments:
            spec = pikepdf.AttachedFileSpec(document, held, filename=name)
            document.attachments[name] = spec
        document.save(out)
    return out.getvalue()


class Counter:
    """A folder with bundle, trust anchor and two anchored credentials, as at a counter."""

    def __init__(self, folder: Path, **wishes: int) -> None:
        self.folder = folder
        self.sim = Simulator(now=int(time.time()) - 3600, **wishes)
        self.office = self.sim.office("A15030000C")
        batch = self.sim.issue(self.office, {1: "王小明", 2: "2010-01-01"}, {1: "陳美麗"})
        self.sim.anchor(batch)
        self.mine, self.other = batch.sealed
        self.root = batch.root
        self.anchor_file = self.write("trust-anchor", encode_trust_anchor(self.sim.trust_anchor))
        self.renew()

    def renew(self) -> None:
        """The bundle is as new as the registry."""
        self.sim.checkpoint()
        self.bundle = self.write("full.bundle", self.sim.full_bundle())
        self.lite = self.write("lite.bundle", self.sim.lite_bundle())

    def write(self, name: str, content: bytes) -> Path:
        """A file in the folder."""
        path = self.folder / name
        path.write_bytes(content)
        return path
