"""Honest files: nobody who saved, printed, turned or scanned a genuine document is suspected."""

import io
from collections.abc import Callable

import pikepdf
import pypdfium2
import pytest
from PIL import Image

from tests.verifier.pages import altering, issued
from verifier.examine import Finding
from verifier.pages.findings import PageCode, PageState
from verifier.reasons import Reason
from verifier.verdict import Outcome

Make = Callable[[bytes], bytes]


@pytest.fixture(scope="module")
def licence() -> issued.Issued:
    return issued.licence()


@pytest.fixture(scope="module")
def household() -> issued.Issued:
    return issued.household(12)


def assert_valid(finding: Finding, state: PageState, *codes: PageCode) -> None:
    assert issued.codes(finding) == set(codes)
    assert finding.page_state is state
    assert finding.outcome is Outcome.VALID
    assert finding.document.reason is Reason.DOCUMENT_READ


def test_the_file_as_it_left_the_agency_is_as_issued(
    licence: issued.Issued, household: issued.Issued
) -> None:
    assert_valid(licence.checked(licence.pdf), PageState.AS_ISSUED)
    assert_valid(household.checked(household.pdf), PageState.AS_ISSUED)


def test_a_code_without_signature_is_drawn_again_too() -> None:
    document = issued.licence(alg=issued.ALG_MLDSA44)

    assert_valid(document.checked(document.pdf), PageState.AS_ISSUED)
    assert_valid(
        document.checked(altering.saved(document.pdf)),
        PageState.AS_ISSUED,
        PageCode.FILE_SAVED_AGAIN,
    )


@pytest.mark.parametrize(
    "save",
    [
        altering.saved,
        lambda pdf: altering.saved(pdf, linearize=True),
        lambda pdf: altering.saved(
            pdf, qdf=True, object_stream_mode=pikepdf.ObjectStreamMode.disable
        ),
        lambda pdf: altering.saved(pdf, object_stream_mode=pikepdf.ObjectStreamMode.generate),
        altering.saved_by_pdfium,
        lambda pdf: pdf + b"\r\n",
        lambda pdf: altering.edited(pdf, altering.retitled),
    ],
    ids=["qpdf", "linearized", "expanded", "packed", "pdfium", "line end", "retitled"],
)
def test_a_file_saved_again_is_as_issued(licence: issued.Issued, save: Make) -> None:
    finding = licence.checked(save(licence.pdf))

    assert_valid(finding, PageState.AS_ISSUED, PageCode.FILE_SAVED_AGAIN)


def test_a_household_over_several_pages_saved_again_is_as_issued(household: issued.Issued) -> None:
    finding = household.checked(altering.saved(household.pdf))

    assert_valid(finding, PageState.AS_ISSUED, PageCode.FILE_SAVED_AGAIN)


@pytest.mark.parametrize("turn", [90, 180])
def test_a_page_turned_by_its_reader_has_its_fields_as_issued(
    licence: issued.Issued, turn: int
) -> None:
    def turned(pdf: pikepdf.Pdf) -> None:
        pdf.pages[0].rotate(turn, relative=False)

    finding = licence.checked(altering.edited(licence.pdf, turned))

    codes = (PageCode.PAGE_ROTATED, PageCode.PAGE_RENDERED_OTHERWISE)
    assert_valid(finding, PageState.FIELDS_AS_ISSUED, *codes)


def test_pages_printed_to_a_pdf_lose_the_attachment_alone(licence: issued.Issued) -> None:
    finding = licence.checked(altering.printed_by_pdfium(licence.pdf))

    assert_valid(finding, PageState.FIELDS_AS_ISSUED, PageCode.FILE_ATTACHMENT_MISSING)


def test_a_page_whose_edges_lie_elsewhere_looks_the_same(licence: issued.Issued) -> None:
    def shifted(pdf: pikepdf.Pdf) -> None:
        page = pdf.pages[0]
        page.contents_add(pdf.make_stream(b"q 1 0 0 1 0.15 -0.12 cm"), prepend=True)
        page.contents_add(pdf.make_stream(b"Q"))

    finding = licence.checked(altering.edited(licence.pdf, shifted))

    codes = (PageCode.PAGE_RENDERED_OTHERWISE, PageCode.PAGE_DRAWN_OTHERWISE)
    assert_valid(finding, PageState.FIELDS_AS_ISSUED, *codes)


@pytest.mark.parametrize("dots", [150, 300])
def test_a_page_printed_as_a_picture_looks_the_same(licence: issued.Issued, dots: int) -> None:
    finding = licence.checked(altering.as_pictures(licence.pdf, dots=dots, quality=75))

    codes = (PageCode.FILE_ATTACHMENT_MISSING, PageCode.PAGE_PICTURE)
    assert_valid(finding, PageState.FIELDS_AS_ISSUED, *codes)


def test_a_scan_that_lies_askew_is_checked_by_its_code_alone(licence: issued.Issued) -> None:
    def askew(page: Image.Image) -> Image.Image:
        return page.rotate(1.3, fillcolor=255, resample=Image.Resampling.BICUBIC)

    finding = licence.checked(altering.as_pictures(licence.pdf, dots=200, treat=askew))

    assert finding.page_state is PageState.NOT_COMPARED
    assert PageCode.COMPARE_SCAN in issued.codes(finding)
    assert finding.outcome is Outcome.VALID


def test_an_invisible_signature_of_the_holder_is_a_note(licence: issued.Issued) -> None:
    finding = licence.checked(altering.edited(licence.pdf, altering.signed_invisibly))

    assert_valid(finding, PageState.FIELDS_AS_ISSUED, PageCode.FILE_SIGNATURE)


def test_a_note_of_a_reader_is_a_note(licence: issued.Issued) -> None:
    finding = licence.checked(
        altering.edited(licence.pdf, altering.annotated("/Text", Contents="seen 24 November"))
    )

    assert_valid(finding, PageState.FIELDS_AS_ISSUED, PageCode.PAGE_COMMENT)


def test_a_highlighter_hides_nothing_but_is_not_confirmed(licence: issued.Issued) -> None:
    def highlighted(pdf: pikepdf.Pdf) -> None:
        altering.overlay(pdf, b"q /Mult gs 1 1 0 rg 130 628 60 18 re f Q", blend="/Multiply")

    finding = licence.checked(altering.edited(licence.pdf, highlighted))

    assert PageCode.PAGE_TINTED in issued.codes(finding)
    assert finding.outcome is Outcome.INDETERMINATE
    assert finding.document.reason is Reason.DOCUMENT_PAGE_UNCONFIRMED


def test_a_cover_page_is_named_as_not_of_the_document(licence: issued.Issued) -> None:
    finding = licence.checked(altering.edited(licence.pdf, altering.with_cover))

    assert PageCode.PAGE_ADDED in issued.codes(finding)
    assert PageCode.PAGE_MISSING not in issued.codes(finding)
    assert finding.outcome is Outcome.INDETERMINATE


def test_a_household_printed_to_a_pdf_without_its_record_cannot_be_drawn(
    household: issued.Issued,
) -> None:
    finding = household.checked(altering.printed_by_pdfium(household.pdf))

    assert issued.codes(finding) == {PageCode.COMPARE_RECORD_MISSING}
    assert finding.page_state is PageState.NOT_COMPARED
    assert finding.outcome is Outcome.INDETERMINATE


def test_a_scanned_household_is_checked_by_its_code_alone(household: issued.Issued) -> None:
    finding = household.checked(altering.as_pictures(household.pdf, dots=150))

    assert issued.codes(finding) == {PageCode.COMPARE_RECORD_MISSING}
    assert finding.outcome is Outcome.VALID


def test_a_revoked_document_keeps_its_verdict_and_is_as_issued() -> None:
    revoked = issued.licence().revoked()

    finding = revoked.checked(revoked.pdf)

    assert finding.page_state is PageState.AS_ISSUED
    assert finding.outcome is Outcome.INVALID
    assert finding.document.reason is Reason.DOCUMENT_READ


def test_a_credential_that_is_not_confirmed_is_compared_with_nothing(
    licence: issued.Issued,
) -> None:
    before = licence._replace(trust=issued.before_anything_was_issued())

    finding = before.checked(licence.pdf)

    assert issued.codes(finding) == {PageCode.COMPARE_UNCONFIRMED}
    assert finding.page_state is PageState.NOT_COMPARED


def test_a_name_the_agency_had_before_is_drawn_again_as_printed() -> None:
    renamed = issued.licence().renamed()

    assert_valid(renamed.checked(renamed.pdf), PageState.AS_ISSUED)


def test_the_drawing_with_zones_is_the_drawing_without_them(
    licence: issued.Issued, household: issued.Issued
) -> None:
    for document in (licence, household):
        plain, named = (pypdfium2.PdfDocument(pdf) for pdf in document.drawn_both_ways())
        assert [_bytes(page) for page in plain] == [_bytes(page) for page in named]


def _bytes(page: pypdfium2.PdfPage) -> bytes:
    out = io.BytesIO()
    page.render(scale=1.5, draw_annots=False).to_pil().save(out, "PPM")
    return out.getvalue()
