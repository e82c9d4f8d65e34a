"""A file states by which layout it was printed, and every such layout is kept."""

import io

import pikepdf
import pytest

from tests.verifier.drawing import printed
from verifier.drawing import Printer
from verifier.drawing.layouts import LAYOUTS, NEWEST, keyword, stated_layout


def test_a_printed_document_states_its_layout() -> None:
    pdf = Printer().render_pdf(printed.licence(), printed.TYPES["driver-licence"])

    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert stated_layout(str(opened.docinfo["/Keywords"])) == NEWEST


@pytest.mark.parametrize("number", LAYOUTS)
def test_every_layout_still_draws(number: int) -> None:
    pdf = Printer().render_pdf(printed.licence(), printed.TYPES["driver-licence"], number)

    assert printed.scanned(pdf, dpi=150) == [[printed.licence().qr_text]]


@pytest.mark.parametrize(
    ("keywords", "number"),
    [
        (keyword(7), 7),
        (f"a, {keyword(12)}, b", 12),
        ("", None),
        ("sealroot-layout-", None),
        ("sealroot-layout-0", None),
        ("sealroot-layout-٣", None),
        ("sealroot-layout-123456", None),
        ("xsealroot-layout-1", None),
    ],
)
def test_a_stated_number_is_read_strictly(keywords: str, number: int | None) -> None:
    assert stated_layout(keywords) == number
