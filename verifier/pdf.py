"""From a PDF to the QR texts of its pages as drawn, and its attachments; its text is never read."""

import base64
from typing import TYPE_CHECKING, NamedTuple, cast

from PIL import Image

from verifier.confined import Answer, confined
from verifier.errors import DocumentError
from verifier.reasons import Reason
from verifier.scan import read_patiently, read_quickly, read_turned

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage

MOST_PAGES = 40
MOST_PATIENT_PAGES = 3
MOST_ATTACHMENTS = 16
MOST_ATTACHMENT_BYTES = 1024 * 1024
MOST_SECONDS = 30

SEALED_SUFFIX = ".sealed"
RECORD_NAME = "record.cbor"

_MOST_HINT = 1_000
_LEAST_COVERED = 0.7
_DOTS_PER_INCH = (200, 300)
_POINTS_PER_INCH = 72
_MOST_PIXELS_A_PAGE = 16_000_000


class PdfContent(NamedTuple):
    """What a PDF shows and carries: QR texts by page from 1, and attachments of ours by name."""

    pages: int
    codes: list[tuple[int, str]]
    attachments: list[tuple[str, bytes]]
    keywords: str
    author: str
    is_scan: bool


def read_pdf(document: bytes) -> PdfContent:
    """Return the QR texts of all pages and the attachments a verifier goes by.

    The pages are rendered and scanned, so that only what a person sees counts: text extraction can
    be made to say anything. A child process does it. Raises DocumentError for an unreadable file.
    """
    answer = confined(lambda: _read_here(document), MOST_SECONDS)
    content = cast("dict[str, list[list[str]]]", answer)
    return PdfContent(
        pages=cast("dict[str, int]", answer)["pages"],
        codes=[(int(page), text) for page, text in content["codes"]],
        attachments=[(name, base64.b64decode(held)) for name, held in content["attachments"]],
        keywords=cast("dict[str, str]", answer)["keywords"],
        author=cast("dict[str, str]", answer)["author"],
        is_scan=bool(cast("dict[str, int]", answer)["is_scan"]),
    )


def _read_here(document: bytes) -> Answer:
    import pypdfium2  # noqa: PLC0415  (100 ms that only PDFs have to pay)

    try:
        pdf = pypdfium2.PdfDocument(document)
        if len(pdf) > MOST_PAGES:
            raise DocumentError(
                Reason.DOCUMENT_TOO_LARGE,
                f"the PDF has {len(pdf)} pages, where at most {MOST_PAGES} are read",
            )
        pdf.init_forms()
        attachments = _attachments(pdf)
        pages = range(len(pdf))
        codes: list[Answer] = [
            [str(at + 1), text] for at in pages for text in _drawn_codes(pdf[at])
        ]
        if not codes and not attachments:  # perhaps a poor scan: then patience is worth its time
            few = pages[:MOST_PATIENT_PAGES]
            codes = [[str(at + 1), text] for at in few for text in _scanned_codes(pdf[at])]
        return {
            "pages": len(pdf),
            "codes": [*codes],
            "attachments": attachments,
            "keywords": pdf.get_metadata_value("Keywords")[:_MOST_HINT],
            "is_scan": int(all(is_scan(pdf[at]) for at in pages)),
            "author": pdf.get_metadata_value("Author")[:_MOST_HINT],
        }
    except (pypdfium2.PdfiumError, ValueError, MemoryError) as error:
        raise DocumentError(
            Reason.DOCUMENT_UNREADABLE, "the PDF is damaged, encrypted or not a PDF"
        ) from error


def _drawn_codes(page: "PdfPage") -> list[str]:
    """Return the QR texts of a page as issuers and printers draw it."""
    for dots in _DOTS_PER_INCH:
        grey = _drawn(page, dots)
        texts = read_quickly(grey) or read_turned(grey)
        if texts:
            return texts
    return []


def _scanned_codes(page: "PdfPage") -> list[str]:
    """Return the QR texts of a page that holds a photo or a poor scan."""
    return read_patiently(_drawn(page, _DOTS_PER_INCH[0]))


def _drawn(page: "PdfPage", dots_per_inch: int) -> Image.Image:
    """Return the page in grey as a viewer draws it, annotations too, in a bounded size."""
    width, height = page.get_size()
    scale = dots_per_inch / _POINTS_PER_INCH
    if width * height * scale * scale > _MOST_PIXELS_A_PAGE:
        scale = (_MOST_PIXELS_A_PAGE / (width * height)) ** 0.5
    drawn = page.render(scale=scale, grayscale=True)
    size = (drawn.width, drawn.height)
    return Image.frombuffer("L", size, drawn.buffer, "raw", "L", drawn.stride, 1)


def is_scan(page: "PdfPage") -> bool:
    """Return whether pictures cover most of the page and nothing else is drawn that can be seen.

    So it is with a scan, text recognised in it included, and with a page printed as a picture.
    """
    import pypdfium2.raw as pdfium  # noqa: PLC0415  (as above)

    whole = float(page.get_width() * page.get_height())
    covered = 0.0
    for found in page.get_objects(max_depth=3):
        if found.type == pdfium.FPDF_PAGEOBJ_IMAGE:
            left, bottom, right, top = found.get_bounds()
            covered += max(0.0, right - left) * max(0.0, top - bottom)
        elif found.type == pdfium.FPDF_PAGEOBJ_TEXT:
            if pdfium.FPDFTextObj_GetTextRenderMode(found) != pdfium.FPDF_TEXTRENDERMODE_INVISIBLE:
                return False
        elif found.type != pdfium.FPDF_PAGEOBJ_FORM:
            return False
    return covered > _LEAST_COVERED * whole


def _attachments(pdf: "PdfDocument") -> list[Answer]:
    count = pdf.count_attachments()
    if count > MOST_ATTACHMENTS:
        raise DocumentError(
            Reason.DOCUMENT_TOO_LARGE, f"the PDF carries more than {MOST_ATTACHMENTS} attachments"
        )
    kept: list[Answer] = []
    for number in range(count):
        attached = pdf.get_attachment(number)
        name = attached.get_name()
        if name != RECORD_NAME and not name.endswith(SEALED_SUFFIX):
            continue
        held = bytes(attached.get_data())
        if len(held) > MOST_ATTACHMENT_BYTES:
            raise DocumentError(
                Reason.DOCUMENT_TOO_LARGE, f"an attachment has over {MOST_ATTACHMENT_BYTES:,} bytes"
            )
        kept.append([name, base64.b64encode(held).decode()])
    return kept
