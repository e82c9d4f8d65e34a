"""Pictures and PDFs made to crash or hang a scanner: nothing is read, and nothing else happens."""

import contextlib
import random
import struct
import time
import zlib

import pytest

from tests.hostile.test_decoder_bombs import BOMBS, damaged
from tests.simulator import Simulator
from tests.verifier.paper import page, pdf, saved, symbol
from verifier.documents import read_document
from verifier.errors import DocumentError

MOST_SECONDS = 30  # the time that verifier/confined.py gives a child, and no more
SOON_SECONDS = 1


def sealed() -> bytes:
    sim = Simulator()
    return sim.issue(sim.office("A1"), {1: "王小明"}).sealed[0]


PICTURE = symbol(sealed(), scale=2)
PHOTO = saved(page(symbol(sealed(), scale=2), size=(500, 400)), "JPEG")
PAPER = pdf(page(symbol(sealed()), size=(900, 900)), attachments=[("A1-1-000000.sealed", sealed())])


def seconds_to_read(source: bytes, name: str = "x") -> float:
    """How long it takes to read it or to refuse it; another error comes through."""
    began = time.monotonic()
    with contextlib.suppress(DocumentError):
        read_document(source, name)
    return time.monotonic() - began


def chunk(kind: bytes, content: bytes) -> bytes:
    return (
        struct.pack(">I", len(content))
        + kind
        + content
        + struct.pack(">I", zlib.crc32(kind + content))
    )


def png(width: int, height: int, pixels: bytes, *more: bytes) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = (chunk(b"IHDR", head), *more, chunk(b"IDAT", pixels), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def pdf_of(*objects: bytes) -> bytes:
    """A PDF of these objects without a cross-reference table, as a tolerant reader repairs it."""
    numbered = [b"%d 0 obj\n%s\nendobj\n" % (n, each) for n, each in enumerate(objects, 1)]
    return b"%PDF-1.7\n" + b"".join(numbered) + b"trailer << /Root 1 0 R >>\n%%EOF"


CATALOG = b"<< /Type /Catalog /Pages 2 0 R >>"
EMPTY = zlib.compress(b"", 9)
REFUSED_SOON = {
    "a PNG of 4 billion pixels": png(65_535, 65_535, EMPTY),
    "a PNG of 2^31 by 2^31": png(2**31 - 1, 2**31 - 1, EMPTY),
    "a PNG of 50 million pixels": png(10_000, 5_000, zlib.compress(bytes(50_005_000), 9)),
    "a PNG with a text of 100 MiB": png(
        40, 40, zlib.compress(bytes(41 * 40), 9),
        chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(100 << 20), 9)),
    ),
    "a PNG without pixels": png(40, 40, EMPTY),
    "a PNG cut behind its head": PICTURE[:40],
    "a JPEG of nothing": b"\xff\xd8\xff\xe0" + bytes(100),
    "a RIFF that is music": b"RIFF\x24\0\0\0WAVEfmt " + bytes(100),
    "a PDF of nothing": b"%PDF-1.7\n%%EOF",
    "a PDF whose pages hold themselves": pdf_of(
        CATALOG, b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>"
    ),
    "a PDF of a billion pages": pdf_of(
        CATALOG, b"<< /Type /Pages /Kids [3 0 R] /Count 1000000000 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 10 10] >>",
    ),
    "a PDF of arrays in arrays": b"%PDF-1.7\n1 0 obj\n" + b"[" * 100_000,
    "an executable": b"\x7fELF" + bytes(1_000),
    "an archive": b"PK\x03\x04" + bytes(1_000),
    "nothing": b"",
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED_SOON)
def test_a_bomb_in_a_picture_or_pdf_is_refused_soon(name: str) -> None:
    with pytest.raises(DocumentError) as refusal:
        read_document(REFUSED_SOON[name])

    assert refusal.value.reason.value in {
        "document.unreadable",
        "document.too_large",
        "document.no_code",
    }
    assert seconds_to_read(REFUSED_SOON[name]) < MOST_SECONDS


def test_the_genuine_picture_and_paper_are_read() -> None:
    assert len(read_document(PICTURE).held) == 1
    assert len(read_document(PAPER).held) == 2


@pytest.mark.parametrize("seed", range(6))
def test_a_damaged_picture_is_read_or_refused(seed: int) -> None:
    chance = random.Random(seed)

    assert seconds_to_read(damaged(PICTURE, chance)) < MOST_SECONDS


@pytest.mark.parametrize("seed", range(4))
def test_a_damaged_pdf_is_read_or_refused(seed: int) -> None:
    chance = random.Random(seed)

    assert seconds_to_read(damaged(PAPER, chance)) < MOST_SECONDS


@pytest.mark.slow
@pytest.mark.parametrize("genuine", [PICTURE, PHOTO, PAPER], ids=["png", "jpeg", "pdf"])
def test_many_damaged_pictures_and_pdfs_are_read_or_refused(genuine: bytes) -> None:
    chance = random.Random(2026)

    slowest = max(seconds_to_read(damaged(genuine, chance)) for _ in range(30))

    assert slowest < MOST_SECONDS


def test_bombs_for_other_decoders_are_no_documents_of_ours() -> None:
    for name, bomb in BOMBS.items():
        assert seconds_to_read(bomb, "x.txt") < SOON_SECONDS, name
