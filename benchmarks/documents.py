"""How many PDF/A pages a second one printer sets, its compiler and fonts kept."""

import secrets
import statistics
import time
from collections.abc import Sequence
from typing import Final

from pypdfium2 import PdfDocument

from benchmarks.results import Measured
from benchmarks.world import DRIVER, HOUSEHOLD, URL, World, encode_record, real_records
from credential.qr_text import qr_encode
from credential.type_fields import Text
from credential.types import CredentialType
from verifier.drawing.page_model import Document
from verifier.drawing.printer import Printer

KEYS: Final = ("pdf_pages_per_s",)
_DOCUMENTS: Final = 50
_AGENCY: Final = Text("監理所", "Motor Vehicle Office")


def measure(*, quick: bool) -> Measured:
    """Return the pages a second of driver licences; those of households are in the details."""
    world = World()
    started = time.process_time()
    printer = Printer()
    first = documents(world, DRIVER, 1)[0]
    printer.render_pdf(first, world.types[DRIVER])
    cold = time.process_time() - started
    count = _DOCUMENTS // 5 if quick else _DOCUMENTS
    licences = _pages_per_second(printer, world, DRIVER, count)
    households = _pages_per_second(printer, world, HOUSEHOLD, count)
    return Measured(
        {"pdf_pages_per_s": licences},
        {
            "different licences": 3 * count,
            "household registration, pages per second": round(households, 1),
            "first page of a new printer, ms": round(cold * 1e3),
            "bytes of one licence": len(printer.render_pdf(first, world.types[DRIVER])),
        },
    )


def documents(world: World, type_id: str, count: int) -> list[Document]:
    """Return that many different documents of real rows, sealed in one batch."""
    kind = world.types[type_id]
    records = real_records(kind, in_force=False)[:count]
    ctis = [secrets.token_bytes(16) for _ in records]
    entries = [
        encode_record(record, kind, cti, slot)
        for slot, (record, cti) in enumerate(zip(records, ctis, strict=True))
    ]
    return [
        Document(_AGENCY, sealed, qr_encode(sealed, URL), record.full_record(cti))
        for sealed, record, cti in zip(world.seal(entries).sealed, records, ctis, strict=True)
    ]


def _pages_per_second(printer: Printer, world: World, type_id: str, count: int) -> float:
    """Return the median of three runs.

    No document is printed twice, since the compiler remembers what it has set.
    """
    kind = world.types[type_id]
    ready = documents(world, type_id, 3 * count)
    share = len(ready) // 3
    return statistics.median(
        _speed(printer, kind, ready[first : first + share]) for first in range(0, 3 * share, share)
    )


def _speed(printer: Printer, kind: CredentialType, ready: Sequence[Document]) -> float:
    started = time.process_time()
    printed = [printer.render_pdf(document, kind) for document in ready]
    seconds = time.process_time() - started
    return sum(len(PdfDocument(pdf)) for pdf in printed) / seconds
