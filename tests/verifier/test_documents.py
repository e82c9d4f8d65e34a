import json
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from credential.qr_text import qr_encode
from tests.simulator import Simulator
from tests.verifier.paper import URL, page, pdf, saved, symbol
from verifier.documents import MOST_FILE_BYTES, MOST_TEXT_BYTES, Held, PlaceKind, read_document
from verifier.errors import DocumentError
from verifier.pdf import MOST_ATTACHMENT_BYTES, MOST_PAGES
from verifier.reasons import Reason


@pytest.fixture(scope="module")
def pair() -> tuple[bytes, ...]:
    sim = Simulator()
    return sim.issue(sim.office("A15030000C"), {1: "王小明"}, {1: "陳美麗"}).sealed


def reason_of(content: bytes, name: str = "") -> Reason:
    with pytest.raises(DocumentError) as refusal:
        read_document(content, name)
    return refusal.value.reason


def foreign_code(text: str = "https://example.com/menu") -> bytes:
    made = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode)
    drawn = memoryview(zxingcpp.write_barcode_to_image(made, scale=4, add_quiet_zones=True))
    return saved(Image.frombytes("L", drawn.shape[::-1], drawn.tobytes()))


def test_a_sealed_file_is_taken_as_it_is(pair: tuple[bytes, ...]) -> None:
    assert read_document(pair[0]).held == (Held(PlaceKind.FILE, None, pair[0]),)


def test_damaged_bytes_in_a_sealed_file_are_a_damaged_credential(pair: tuple[bytes, ...]) -> None:
    damaged = b"\x02" + pair[0][1:]

    assert read_document(damaged, "a.sealed").held == (Held(PlaceKind.FILE, None, damaged),)


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
def test_a_text_may_end_with_one_line_end(pair: tuple[bytes, ...], ending: str) -> None:
    text = qr_encode(pair[0], URL) + ending

    assert read_document(text.encode()).held == (Held(PlaceKind.TEXT, None, pair[0], URL),)


@pytest.mark.parametrize("spoil", [" {}", "{}\n\n", "{}0", "+{}", "{}#"])
def test_any_other_text_keeps_its_fault(pair: tuple[bytes, ...], spoil: str) -> None:
    text = spoil.format(qr_encode(pair[0]))

    assert read_document(text.encode()).held[0].fault == "form.text"


def test_digits_of_another_script_are_no_digits(pair: tuple[bytes, ...]) -> None:
    text = qr_encode(pair[0]).translate({ord("1"): "١"})

    assert read_document(text.encode(), "x.txt").held[0].fault == "form.text"


def test_a_picture_gives_its_code_and_the_url(pair: tuple[bytes, ...]) -> None:
    assert read_document(symbol(pair[0])).held == (Held(PlaceKind.PICTURE, None, pair[0], URL),)


def test_foreign_codes_beside_ours_are_passed_over(pair: tuple[bytes, ...]) -> None:
    picture = saved(page(symbol(pair[0]), foreign_code()))

    assert [held.sealed for held in read_document(picture).held] == [pair[0]]


def test_a_picture_with_a_foreign_code_alone_has_no_code_of_ours() -> None:
    assert reason_of(foreign_code()) is Reason.DOCUMENT_NO_CODE


def test_a_damaged_code_of_ours_is_not_taken_for_a_foreign_one(pair: tuple[bytes, ...]) -> None:
    text = qr_encode(pair[0], URL)
    damaged = foreign_code(text[:100] + "x" + text[101:])

    assert read_document(damaged).held[0].fault == "form.text"


def test_a_pdf_gives_the_code_of_every_page_and_the_attachment(pair: tuple[bytes, ...]) -> None:
    sheet = page(symbol(pair[0]))
    document = pdf(sheet, sheet, attachments=[("a.sealed", pair[0]), ("notes.txt", b"x")])

    assert read_document(document).held == (
        Held(PlaceKind.PAGE, 1, pair[0], URL),
        Held(PlaceKind.PAGE, 2, pair[0], URL),
        Held(PlaceKind.ATTACHMENT, None, pair[0]),
    )


def test_the_full_record_is_handed_on(pair: tuple[bytes, ...]) -> None:
    document = pdf(page(), attachments=[("a.sealed", pair[0]), ("record.cbor", b"record")])

    assert read_document(document).records == (b"record",)


def test_a_scanned_pdf_without_attachment_is_read_from_its_picture(pair: tuple[bytes, ...]) -> None:
    scan = page(symbol(pair[0])).rotate(3, Image.Resampling.BICUBIC, fillcolor=200)

    assert [held.sealed for held in read_document(pdf(scan)).held] == [pair[0]]


def test_a_pdf_with_neither_code_nor_attachment_has_no_code() -> None:
    assert reason_of(pdf(page(size=(300, 300)))) is Reason.DOCUMENT_NO_CODE


def test_a_pdf_with_too_many_pages_is_too_large() -> None:
    sheets = [Image.new("L", (20, 20), 255)] * (MOST_PAGES + 1)

    assert reason_of(pdf(*sheets)) is Reason.DOCUMENT_TOO_LARGE


def test_an_attachment_that_inflates_too_far_is_too_large() -> None:
    bomb = [("a.sealed", bytes(MOST_ATTACHMENT_BYTES + 1))]

    assert reason_of(pdf(page(size=(100, 100)), attachments=bomb)) is Reason.DOCUMENT_TOO_LARGE


@pytest.mark.parametrize("content", [b"%PDF-1.7\n", b"%PDF-1.7\n" + bytes(1000)])
def test_a_broken_pdf_is_unreadable(content: bytes) -> None:
    assert reason_of(content) is Reason.DOCUMENT_UNREADABLE


@pytest.mark.parametrize("content", [b"\x00\x01\x02", b"PK\x03\x04", b"\xff\xfe", b""])
def test_other_files_are_unreadable(content: bytes) -> None:
    assert reason_of(content) is Reason.DOCUMENT_UNREADABLE


CODES = Path(__file__).parents[1] / "vectors" / "document-codes"


@pytest.mark.parametrize("name", [path.stem for path in sorted(CODES.glob("*.json"))])
def test_what_a_document_of_these_codes_holds(name: str) -> None:
    vector = json.loads((CODES / f"{name}.json").read_text(encoding="utf-8"))
    texts = vector["texts"]
    content = texts[0].encode()
    if vector["from"] == "picture":
        content = saved(page(*map(foreign_code, texts)))

    if "expect" in vector:
        assert reason_of(content).value == vector["expect"]
    else:
        assert [
            {"sealed": held.sealed.hex(), "url": held.url, "fault": held.fault}
            for held in read_document(content).held
        ] == vector["held"]


def test_a_page_that_shows_a_result_alone_is_no_document(pair: tuple[bytes, ...]) -> None:
    sheet = page(foreign_code("SEALROOT-RESULT:INVALID"))

    assert reason_of(pdf(sheet)) is Reason.DOCUMENT_IS_RESULT
    with_document = pdf(sheet, page(symbol(pair[0])))
    assert [held.sealed for held in read_document(with_document).held] == [pair[0]]


def test_files_over_the_limit_are_not_looked_into() -> None:
    assert reason_of(b"%PDF-" + bytes(MOST_FILE_BYTES)) is Reason.DOCUMENT_TOO_LARGE
    assert reason_of(b"1" * (MOST_TEXT_BYTES + 1)) is Reason.DOCUMENT_TOO_LARGE
