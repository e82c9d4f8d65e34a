"""From whatever was handed over to the sealed credentials in it, each with its place."""

import re
from enum import StrEnum
from typing import NamedTuple

from credential.errors import FormatError
from credential.qr_text import qr_decode
from verifier.errors import DocumentError
from verifier.reasons import Reason

MOST_FILE_BYTES = 48 * 1024 * 1024
MOST_TEXT_BYTES = 64 * 1024

SEALED_SUFFIX = ".sealed"
RECORD_NAME = "record.cbor"
RESULT_START = "SEALROOT-RESULT:"
"""What the code on a printed or saved result begins with (docs/formats/verdict.md)."""

_PICTURE_STARTS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF")
_PDF_START = b"%PDF-"
_PDF_START_WITHIN = 1024
_SEALED_START = 0x82
_PRINTABLE = re.compile(rb"[\t\r\n -~]+")


class PlaceKind(StrEnum):
    """Where in a document a credential was found."""

    PAGE = "page"
    ATTACHMENT = "attachment"
    PICTURE = "picture"
    TEXT = "text"
    FILE = "file"


class Held(NamedTuple):
    """One code or attachment: its sealed bytes, or the form code that its text fails with."""

    kind: PlaceKind
    page: int | None
    sealed: bytes
    url: str | None = None
    fault: str | None = None


class PdfHints(NamedTuple):
    """What a PDF says of how it was made; nobody signs it, it only helps to draw it again."""

    keywords: str = ""
    author: str = ""
    is_scan: bool = False
    """Every page is covered by pictures."""


class Reading(NamedTuple):
    """What one input holds: at least one code or attachment, and the full records of a PDF."""

    held: tuple[Held, ...]
    records: tuple[bytes, ...] = ()
    hints: PdfHints | None = None
    """None for what is no PDF."""


def read_document(content: bytes, name: str = "") -> Reading:
    """Return the sealed credentials in a file, whose kind is told by its bytes, not by its name.

    The name decides only where the bytes say nothing: damaged bytes in a `.sealed` file are a
    damaged credential.
    Raises DocumentError when there is nothing in it that could be one.
    """
    if len(content) > MOST_FILE_BYTES:
        raise DocumentError(
            Reason.DOCUMENT_TOO_LARGE, f"the file has more than {MOST_FILE_BYTES:,} bytes"
        )
    if content.startswith(_PICTURE_STARTS):
        return _from_picture(content)
    if _PDF_START in content[:_PDF_START_WITHIN]:
        return _from_pdf(content)
    if content[:1] == bytes((_SEALED_START,)) or name.endswith(SEALED_SUFFIX):
        return Reading((Held(PlaceKind.FILE, None, content),))
    if _PRINTABLE.fullmatch(content) or name.endswith(".txt"):
        return _from_text(content)
    raise DocumentError(
        Reason.DOCUMENT_UNREADABLE,
        "this is not a PNG, JPEG or WebP picture, a PDF, a sealed file or a text",
    )


def needs_a_parser(content: bytes) -> bool:
    """Return whether reading it means to run a picture or PDF library on what a stranger wrote."""
    return content.startswith(_PICTURE_STARTS) or _PDF_START in content[:_PDF_START_WITHIN]


def _from_text(content: bytes) -> Reading:
    """Return the credential of a QR text; a line end at its end belongs to the file."""
    if len(content) > MOST_TEXT_BYTES:
        raise DocumentError(Reason.DOCUMENT_TOO_LARGE, f"over {MOST_TEXT_BYTES:,} bytes of text")
    text = content.removesuffix(b"\n").removesuffix(b"\r").decode("utf-8", "replace")
    return read_text(text)


def read_text(text: str) -> Reading:
    """Return the credential of a QR text; raises DocumentError for the text of a result."""
    if len(text) > MOST_TEXT_BYTES:
        raise DocumentError(Reason.DOCUMENT_TOO_LARGE, f"over {MOST_TEXT_BYTES:,} characters")
    if is_result(text):
        raise _only_a_result()
    return Reading((_held(text, PlaceKind.TEXT, None),))


def _from_picture(content: bytes) -> Reading:
    from verifier.scan import read_picture  # noqa: PLC0415  (100 ms that only pictures have to pay)

    texts = read_picture(content)
    ours = [text for text in texts if _is_ours(text)]
    if not ours:
        raise _without_ours(texts, "the QR code in the picture is of another kind")
    return Reading(tuple(_held(text, PlaceKind.PICTURE, None) for text in ours))


def _from_pdf(content: bytes) -> Reading:
    from verifier.pdf import read_pdf  # noqa: PLC0415  (only PDFs pay for the picture library)

    pdf = read_pdf(content)
    held = [_held(text, PlaceKind.PAGE, page) for page, text in pdf.codes if _is_ours(text)]
    held += [
        Held(PlaceKind.ATTACHMENT, None, attached)
        for name, attached in pdf.attachments
        if name != RECORD_NAME
    ]
    if not held:
        texts = [text for _, text in pdf.codes]
        raise _without_ours(texts, "no page of the PDF shows a code of ours")
    records = (attached for name, attached in pdf.attachments if name == RECORD_NAME)
    return Reading(tuple(held), tuple(records), PdfHints(pdf.keywords, pdf.author, pdf.is_scan))


def _held(text: str, kind: PlaceKind, page: int | None) -> Held:
    try:
        sealed, url = qr_decode(text)
    except FormatError as error:
        return Held(kind, page, text.encode("utf-8", "replace"), None, error.code)
    return Held(kind, page, sealed, url)


def is_result(text: str) -> bool:
    """Return whether a text is of a result that somebody printed or saved: never of a document."""
    return text.startswith(RESULT_START)


def _without_ours(texts: list[str], otherwise: str) -> DocumentError:
    """Return what to say where no text is of a credential: that one is of a result goes first."""
    if any(map(is_result, texts)):
        return _only_a_result()
    return DocumentError(Reason.DOCUMENT_NO_CODE, otherwise)


def _only_a_result() -> DocumentError:
    return DocumentError(Reason.DOCUMENT_IS_RESULT, f"its text begins with {RESULT_START}")


_OURS_LEAST_LENGTH = 100
_OURS_LEAST_DIGITS = 0.6


def _is_ours(text: str) -> bool:
    """True for a QR text of ours, whole or damaged; false for other codes that stand beside it."""
    if is_result(text):
        return False
    tail = text.rpartition("#")[2]
    if tail.isdecimal() or len(tail) < _OURS_LEAST_LENGTH:
        return tail.isdecimal()
    digits = sum(character.isdecimal() for character in tail)
    return digits >= _OURS_LEAST_DIGITS * len(tail)
