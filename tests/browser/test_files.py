"""Files of every kind, whole, damaged and hostile: judged, or refused in words."""

import io
import zlib
from collections.abc import Callable, Iterator

import pikepdf
import pytest
from PIL import Image

from credential.qr_symbol import draw_png
from tests.browser import papers
from tests.browser.conftest import Opener
from tests.browser.office import OfficeSite
from tests.browser.scan_page import ScanPage
from tests.browser.world import World
from tests.verifier import paper

KINDS = ("PNG", "JPEG", "WEBP")


@pytest.fixture(scope="module")
def desk(office: OfficeSite, opened_for_module: Opener) -> ScanPage:
    return opened_for_module(office)


@pytest.fixture(autouse=True)
def still_alive(desk: ScanPage, world: World) -> Iterator[None]:
    """Whatever was given, the next good document is VALID."""
    yield
    assert desk.give_text(world.cases["good"].text).outcome == "VALID"


@pytest.mark.parametrize("kind", KINDS)
def test_reads_pictures_of_every_usual_kind(desk: ScanPage, world: World, kind: str) -> None:
    picture = paper.saved(paper.page(paper.symbol(world.cases["good"].sealed)), kind)

    assert desk.give_file(f"picture.{kind.lower()}", picture).outcome == "VALID"


def test_a_files_name_and_declared_kind_do_not_matter(desk: ScanPage, world: World) -> None:
    pdf = papers.printed(world.cases["good"].sealed)

    assert desk.give_file("holiday.jpg", pdf, "image/jpeg").outcome == "VALID"


def test_reads_a_text_file_with_the_text_of_a_symbol(desk: ScanPage, world: World) -> None:
    text = world.cases["good"].text.encode()

    assert desk.give_file("scan.txt", text + b"\n", "text/plain").outcome == "VALID"


def test_reads_a_printed_document_of_the_issuer(desk: ScanPage, world: World) -> None:
    told = desk.give_file("licence.pdf", papers.printed(world.cases["good"].sealed))

    assert told.outcome == "VALID"
    assert told.fields["name"] == "王小明"


def _white_png(width: int, height: int) -> bytes:
    """A picture of a few hundred kilobytes that takes gigabytes to look at."""
    squeezer = zlib.compressobj(9)
    row = bytes(1 + (width + 7) // 8)
    packed = b"".join(squeezer.compress(row) for _ in range(height)) + squeezer.flush()

    def chunk(kind: bytes, body: bytes) -> bytes:
        check = zlib.crc32(kind + body).to_bytes(4, "big")
        return len(body).to_bytes(4, "big") + kind + body + check

    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes((1, 0, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
    )


def _encrypted(pdf: bytes) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        document.save(out, encryption=pikepdf.Encryption(user="secret", owner="secret"))
    return out.getvalue()


def _many_pages(count: int) -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as document:
        for _ in range(count):
            document.add_blank_page(page_size=(200, 200))
        document.save(out)
    return out.getvalue()


Make = Callable[[World], bytes]
UNREAD: dict[str, tuple[str, Make]] = {
    "an empty file": ("document.unreadable", lambda _: b""),
    "half a photo": (
        "document.",
        lambda w: papers.jpeg(paper.page(paper.symbol(w.cases["good"].sealed)))[:3000],
    ),
    "half a pdf": ("document.unreadable", lambda w: papers.printed(w.cases["good"].sealed)[:5000]),
    "an encrypted pdf": (
        "document.unreadable",
        lambda w: _encrypted(papers.printed(w.cases["good"].sealed)),
    ),
    "a picture of 2,500 megapixels": ("document.too_large", lambda _: _white_png(50_000, 50_000)),
    "a picture one pixel high": ("document.", lambda _: _white_png(60_000, 1)),
    "a file of 49 MiB": ("document.too_large", lambda _: b"%PDF-1.7\n" + bytes(49 << 20)),
    "a pdf of 2,000 pages": ("document.too_large", lambda _: _many_pages(2000)),
    "a pdf without a code": ("document.no_code", lambda _: _many_pages(2)),
    "a photo without a code": (
        "document.no_code",
        lambda _: papers.jpeg(Image.new("RGB", (900, 600), "gray")),
    ),
    "a menu's symbol": ("document.no_code", lambda _: draw_png("https://evil.example/menu", 6)),
    "a printed result": ("document.is_result", lambda _: draw_png("SEALROOT-RESULT: VALID", 6)),
    "a zip": ("document.unreadable", lambda _: b"PK\x03\x04" + bytes(500)),
    "a gif": (
        "document.unreadable",
        lambda w: paper.saved(paper.page(paper.symbol(w.cases["good"].sealed)), "GIF"),
    ),
}


@pytest.mark.parametrize("name", UNREAD)
def test_what_cannot_be_read_says_nothing_about_a_document(
    desk: ScanPage, world: World, name: str
) -> None:
    code, make = UNREAD[name]

    told = desk.give_file(name, make(world))

    assert told.outcome == "INDETERMINATE"
    assert told.code("document").startswith(code)
    assert [check for check, *_ in told.checks if check != "document"] == []


@pytest.mark.parametrize(
    "text",
    [
        b"<!doctype html><script>alert(1)</script>",
        b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"></svg>',
    ],
    ids=["a web page", "an svg"],
)
def test_a_text_that_is_no_document_is_refused_and_never_runs(desk: ScanPage, text: bytes) -> None:
    told = desk.give_file("page.html", text, "text/html")

    assert (told.outcome, told.code("form")) == ("INVALID", "form.text")


def test_a_page_and_an_attachment_that_disagree_are_invalid(desk: ScanPage, world: World) -> None:
    shown, attached = world.cases["good"].sealed, world.cases["expired"].sealed
    pdf = paper.pdf(paper.page(paper.symbol(shown)), attachments=[("A-1.sealed", attached)])

    told = desk.give_file("swapped.pdf", pdf)

    assert (told.outcome, told.code("document")) == (
        "INVALID",
        "document.attachment_disagrees",
    )


def test_two_pages_that_disagree_are_invalid(desk: ScanPage, world: World) -> None:
    pages = [paper.page(paper.symbol(world.cases[name].sealed)) for name in ("good", "revoked")]

    told = desk.give_file("two.pdf", paper.pdf(*pages))

    assert (told.outcome, told.code("document")) == ("INVALID", "document.pages_disagree")


def test_two_symbols_in_one_photo_that_disagree_are_invalid(desk: ScanPage, world: World) -> None:
    codes = [paper.symbol(world.cases[name].sealed) for name in ("good", "revoked")]

    told = desk.give_file("two.png", paper.saved(paper.page(*codes)))

    assert (told.outcome, told.code("document")) == ("INVALID", "document.pages_disagree")


def test_a_script_in_a_pdf_does_not_run(desk: ScanPage, world: World) -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(papers.printed(world.cases["good"].sealed))) as document:
        script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1); alert(1)")
        document.Root.OpenAction = document.make_indirect(script)
        document.save(out)

    assert desk.give_file("script.pdf", out.getvalue()).outcome == "VALID"


def test_several_files_at_once_make_a_list(desk: ScanPage, world: World) -> None:
    desk.show_list()
    rows = desk.page.locator("#list [data-row]")
    before = rows.count()
    files = [
        {"name": f"{n}.sealed", "mimeType": "", "buffer": world.cases[name].sealed}
        for n, name in enumerate(("good", "revoked", "with an unknown key"))
    ]

    desk.page.set_input_files("#file", files)

    desk.show_list()
    desk.wait_until(lambda: rows.count() == before + 3)
