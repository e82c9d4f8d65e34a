"""Damaged and hostile files: comparing answers with a finding, whatever they hold."""

import random

import pytest

from tests.verifier.pages import altering, issued
from verifier.documents import PdfHints, Reading, read_document
from verifier.errors import DocumentError
from verifier.pages import comparing
from verifier.pages.comparing import comparison_of, draw_again, told_for
from verifier.pages.findings import Comparison, PageCode, PageState
from verifier.pages.told import work
from verifier.verdict import Outcome


@pytest.fixture(scope="module")
def licence() -> issued.Issued:
    return issued.licence()


@pytest.mark.parametrize("seed", range(12))
def test_a_damaged_file_is_unreadable_or_compared_and_never_crashes(
    licence: issued.Issued, seed: int
) -> None:
    chance = random.Random(seed)
    damaged = bytearray(altering.saved(licence.pdf, qdf=seed % 2 == 0))
    for _ in range(chance.randint(1, 30)):
        damaged[chance.randrange(len(damaged))] = chance.randrange(256)

    try:
        finding = licence.checked(bytes(damaged))
    except DocumentError:
        return
    assert finding.page_state is not None or finding.outcome is Outcome.INDETERMINATE


def test_what_no_library_can_open_is_not_confirmed(licence: issued.Issued) -> None:
    reading = read_document(licence.pdf)
    finding = licence.checked(licence.pdf)

    again = comparing.compared(
        finding._replace(page_state=None, page_findings=()),
        reading,
        b"%PDF-1.7 nothing",
        licence.trust,
    )

    assert issued.codes(again) == {PageCode.COMPARE_FAILED}
    assert again.outcome is Outcome.INDETERMINATE


def test_a_server_may_run_the_child_its_own_way(licence: issued.Issued) -> None:
    altered = altering.edited(licence.pdf, altering.with_cover)
    reading = read_document(altered)
    drawn = draw_again(licence.checked(licence.pdf), reading, licence.trust)
    assert not isinstance(drawn, Comparison)

    comparison = comparison_of(work(altered, told_for(drawn)))

    assert comparison.state is PageState.FIELDS_AS_ISSUED
    assert [one.code for one in comparison.findings] == [PageCode.PAGE_ADDED]


def test_what_is_no_pdf_has_no_state(licence: issued.Issued) -> None:
    finding = licence.checked(licence.pdf)._replace(page_state=None)
    reading = Reading(read_document(licence.pdf).held)

    again = comparing.compared(finding, reading, licence.pdf, licence.trust)

    assert again == finding


def test_hints_longer_than_any_of_ours_are_cut(licence: issued.Issued) -> None:
    def boasting(pdf: altering.Pdf) -> None:
        pdf.docinfo["/Keywords"] = "x" * 100_000
        del pdf.Root["/Metadata"]

    hints = read_document(altering.edited(licence.pdf, boasting)).hints

    assert isinstance(hints, PdfHints)
    assert len(hints.keywords) == 1_000
