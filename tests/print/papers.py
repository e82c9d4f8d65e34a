"""Printed documents as pictures: licences, households of four, and both from a full batch."""

from functools import cache
from typing import NamedTuple

import pypdfium2
from PIL import Image

from credential.qr_symbol import symbol_version
from tests.verifier.drawing.printed import TYPES, household, licence, records, seal
from verifier.drawing import Document, Printer

KINDS = ("licence", "household of four", "licence of 4,096", "household of four of 4,096")
FULL_BATCH = 4_096
ROWS = 6
_TOP = 0.55  # the lower part of a page, with the symbol and text around it, is what people show


class Paper(NamedTuple):
    """The lower part of a page at a resolution, and the text of the symbol printed on it."""

    name: str
    text: str
    dots_per_inch: int
    picture: Image.Image

    @property
    def version(self) -> int:
        return symbol_version(self.text)


def papers(count: int, dots_per_inch: int) -> list["Paper"]:
    """So many papers, of all kinds in turn and of different rows."""
    kinds = len(KINDS)
    return [paper(KINDS[at % kinds], at // kinds % ROWS, dots_per_inch) for at in range(count)]


@cache
def paper(kind: str, row: int, dots_per_inch: int) -> Paper:
    """A document of that kind made from that row of the sample data."""
    document, type_id = _document(kind, row)
    printed = _printer().render_pdf(document, TYPES[type_id])
    pdf = pypdfium2.PdfDocument(printed)
    drawn = pdf[0].render(scale=dots_per_inch / 72, grayscale=True).to_pil().convert("L")
    pdf.close()
    lower = drawn.crop((0, round(drawn.height * _TOP), drawn.width, drawn.height))
    return Paper(kind, document.qr_text, dots_per_inch, lower)


def _document(kind: str, row: int) -> tuple[Document, str]:
    batch = FULL_BATCH if kind.endswith("4,096") else 1
    if kind.startswith("licence"):
        return licence(row, batch=batch), "driver-licence"
    type_id = "household-registration"
    return seal(records(household(4), TYPES[type_id])[0], batch=batch), type_id


@cache
def _printer() -> Printer:
    return Printer()
