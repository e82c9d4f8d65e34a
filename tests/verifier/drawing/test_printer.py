"""Printed documents show what was sealed, all of it, and carry it inside."""

import io
from dataclasses import replace

import numpy as np
import pikepdf
import pypdfium2
import pytest

from credential.qr_symbol import symbol_version
from issuer.prepare import read_records
from tests.verifier.drawing import printed
from verifier.drawing import Printer, PrintError

TYPES = printed.TYPES
LICENCE = TYPES["driver-licence"]
HOUSEHOLD = TYPES["household-registration"]


@pytest.fixture(scope="module")
def printer() -> Printer:
    return Printer()


def test_a_licence_shows_every_field_with_both_labels_and_both_calendars(printer: Printer) -> None:
    text = printed.page_texts(printer.render_pdf(printed.licence(), LICENCE))[0]

    for words in (
        "汽車駕駛執照",
        "Driver licence",
        "高雄市苓雅區戶政事務所",
        "Lingya Household Registration Office",
        "A15030000C-1-004711",
        "𠮷田良",
        "Yoshida Ryo",
        "L151307638",
        "普通重型機車",
        "Heavy motorcycle",
        "須戴眼鏡",
        "新北市板橋區文化路二段50號",
        "民國 90 年 11 月 10 日",
        "2001-11-10",
        "民國 116 年 2 月 17 日",
        "2027-02-17",
        "289435381030",
        "核發日期",
        "第 1 / 1 頁",
        "The paper alone proves nothing",
    ):
        assert words in text


def test_a_type_with_days_of_validity_shows_the_last_of_them(printer: Printer) -> None:
    business = TYPES["business-registration"]
    record = printed.records(printed.table("business_registration.csv")[:1], business)[0]

    text = printed.page_texts(printer.render_pdf(printed.seal(record), business))[0]

    assert "有效至" in text
    assert "2002-09-08" in text


@pytest.mark.parametrize("batch", [1, 4096])
def test_the_symbol_scans_at_150_dpi(printer: Printer, batch: int) -> None:
    document = printed.licence(batch=batch)

    assert printed.scanned(printer.render_pdf(document, LICENCE), dpi=150) == [[document.qr_text]]


def test_a_household_of_four_in_a_full_batch_fits_version_25_and_scans(printer: Printer) -> None:
    record = printed.records(printed.household(4), HOUSEHOLD)[0]
    document = printed.seal(record, batch=4096)

    seen = printed.scanned(printer.render_pdf(document, HOUSEHOLD), dpi=150)

    assert symbol_version(document.qr_text) <= 25
    assert seen[0] == [document.qr_text]


def test_a_household_of_twelve_flows_on_with_its_symbol_and_number_on_every_page(
    printer: Printer,
) -> None:
    record = printed.records(printed.household(12), HOUSEHOLD)[0]
    document = printed.seal(record)

    pdf = printer.render_pdf(document, HOUSEHOLD)

    texts = printed.page_texts(pdf)
    assert len(texts) == 2
    assert printed.scanned(pdf, dpi=150) == [[document.qr_text]] * 2
    assert all("A15030000C-1-004711" in text for text in texts)
    assert [f"第 {n} / 2 頁" in text for n, text in enumerate(texts, 1)] == [True, True]
    for row in printed.household(12):
        assert row["national_id"] in "".join(texts)


def test_the_lines_of_one_member_stay_on_one_page(printer: Printer) -> None:
    rows = printed.household(12)
    record = printed.records(rows, HOUSEHOLD)[0]

    texts = printed.page_texts(printer.render_pdf(printed.seal(record), HOUSEHOLD))

    members = [sum(row["national_id"] in text for row in rows) for text in texts]
    assert [text.count("登記日期") for text in texts] == members


def test_a_full_record_shows_what_the_entry_leaves_out(printer: Printer) -> None:
    rows = printed.household(6)
    record = printed.records(rows, HOUSEHOLD)[0]

    text = "".join(printed.page_texts(printer.render_pdf(printed.seal(record), HOUSEHOLD)))

    assert all(row["father"] in text and row["mother"] in text for row in rows)


def test_the_sealed_file_and_the_full_record_are_attached_byte_for_byte(printer: Printer) -> None:
    document = printed.seal(printed.records(printed.household(2), HOUSEHOLD)[0])

    files = printed.attached(printer.render_pdf(document, HOUSEHOLD))

    assert files == {
        "A15030000C-1-004711.sealed": document.sealed,
        "record.cbor": document.record,
    }


def test_the_document_states_that_it_is_pdf_a_3_and_relates_its_attachment(
    printer: Printer,
) -> None:
    with pikepdf.open(io.BytesIO(printer.render_pdf(printed.licence(), LICENCE))) as pdf:
        with pdf.open_metadata() as metadata:
            stated = (metadata["pdfaid:part"], metadata["pdfaid:conformance"])
        related = [str(file.AFRelationship) for file in pdf.Root.AF]
        fonts = [item for item in pdf.objects if _is_font_descriptor(item)]

    assert stated == ("3", "A")
    assert related == ["/Data"]
    assert fonts
    assert all("/FontFile3" in font or "/FontFile2" in font for font in fonts)


def _is_font_descriptor(item: object) -> bool:
    return isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/FontDescriptor"


def test_the_same_document_gives_the_same_bytes(printer: Printer) -> None:
    document = printed.licence()

    assert Printer().render_pdf(document, LICENCE) == printer.render_pdf(document, LICENCE)


@pytest.mark.parametrize(
    "address",
    [
        "#set page(fill: red)",
        "*粗* _斜_ $x^2$",
        "<a> @b `c` \\ \" ' // /* */",
        "#sys.inputs",
        "= x",
    ],
)
def test_a_text_is_never_read_as_markup(printer: Printer, address: str) -> None:
    text = printed.page_texts(printer.render_pdf(printed.licence(address=address), LICENCE))[0]

    assert address in text.replace("\r\n", " ")


def test_a_long_value_wraps_and_nothing_of_it_is_lost(printer: Printer) -> None:
    address = "臺灣省" + "長路一段" * 19

    text = printed.page_texts(printer.render_pdf(printed.licence(address=address), LICENCE))[0]

    assert address in text.replace("\r\n", "")


@pytest.mark.parametrize(
    "name",
    ["household_registration.csv", "driver_licence.csv", "business_registration.csv"],
)
def test_every_character_of_the_data_files_has_a_glyph(printer: Printer, name: str) -> None:
    characters = frozenset((printed.DATA / name).read_text(encoding="utf-8")) - {"\n", "\r"}

    assert printer.missing_characters(characters) == frozenset()


@pytest.mark.parametrize("character", list("𠮷𤆬𣲙㛢𠊎‧ễƯ臺"))
def test_a_hard_character_really_leaves_ink(printer: Printer, character: str) -> None:
    with_it, without = (
        _ink(printer.render_pdf(printed.licence(address=address), LICENCE))
        for address in (f"一{character}一", "一\u3000一")
    )

    assert np.count_nonzero(with_it != without) > 20


def _ink(pdf: bytes) -> np.ndarray:
    """Return the upper half of the page in black and white: the symbol is not in it."""
    picture = np.asarray(pypdfium2.PdfDocument(pdf)[0].render(scale=3).to_pil().convert("L"))
    return picture[: len(picture) // 2] < 128


def test_a_character_without_a_glyph_is_refused_and_never_printed_as_a_gap(
    printer: Printer,
) -> None:
    with pytest.raises(PrintError, match="could not be displayed"):
        printer.render_pdf(printed.licence(address="一\U00031350路"), LICENCE)


def test_characters_without_a_glyph_are_found_among_many(printer: Printer) -> None:
    assert printer.missing_characters(frozenset("臺灣abc̍\U00031350ꙮ𠮷")) == {"\U00031350", "ꙮ"}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("household_registration.csv", "household-registration"),
        ("driver_licence.csv", "driver-licence"),
        ("business_registration.csv", "business-registration"),
    ],
)
def test_records_of_the_real_files_can_all_be_printed(
    printer: Printer, name: str, kind: str
) -> None:
    prepared = read_records(
        printed.DATA / name, TYPES[kind], missing_characters=printer.missing_characters
    )

    assert prepared.problems == ()


def test_a_document_of_another_type_is_refused(printer: Printer) -> None:
    with pytest.raises(PrintError):
        printer.render_pdf(printed.licence(), TYPES["business-registration"])


@pytest.mark.parametrize("record", [None, b"", b"\xa0"])
def test_a_full_record_that_was_not_sealed_is_refused(
    printer: Printer, record: bytes | None
) -> None:
    document = printed.seal(printed.records(printed.household(2), HOUSEHOLD)[0])

    with pytest.raises(PrintError, match="full record"):
        printer.render_pdf(replace(document, record=record), HOUSEHOLD)


def test_bytes_that_are_no_sealed_credential_are_refused(printer: Printer) -> None:
    with pytest.raises(PrintError):
        printer.render_pdf(replace(printed.licence(), sealed=b"\x82"), LICENCE)
