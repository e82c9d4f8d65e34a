"""Draws what a PDF says it is again, from the signed claims, and says how the file differs.

The drawing is ours and takes place here; the file is an attacker's, and is only ever opened by
`work` in a child process with limits.
"""

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from credential.entry import Entry
from credential.errors import FormatError
from credential.keys import ALG_MLDSA44
from credential.qr_text import qr_encode
from credential.sealed import decode_sealed, without_signature
from credential.type_fields import Text
from registry.trust_data import TrustData
from verifier.confined import Answer, confined
from verifier.documents import Held, PdfHints, PlaceKind, Reading
from verifier.errors import DocumentError
from verifier.examine import Finding, RecordState, with_pages
from verifier.origin import data_of
from verifier.pages.findings import (
    Comparison,
    Grade,
    PageCode,
    PageState,
    not_compared,
    state_of,
)
from verifier.reasons import Reason
from verifier.verdict import CheckName, Result, Verdict

if TYPE_CHECKING:
    from verifier.drawing import Document, Printer
    from verifier.pages.told import Told

MOST_SECONDS = 60

RunConfined = Callable[[Callable[[], Answer], int], Answer]


class Drawn(NamedTuple):
    """What the pages are drawn from, the file that gives, and the pages that show our code."""

    document: "Document"
    verdict: Verdict
    layout_no: int
    file: bytes
    coded: frozenset[int]


def compared(
    finding_: Finding,
    reading: Reading,
    content: bytes,
    trust: TrustData | None,
    *,
    is_pictured: bool = False,
) -> Finding:
    """Return the finding with what comparing the pages of its PDF adds to it.

    Nothing is added to what is no PDF.
    """
    if reading.hints is None:
        return finding_
    drawn = draw_again(finding_, reading, trust)
    if isinstance(drawn, Comparison):
        return with_pages(finding_, drawn)
    if drawn.file == content:
        return with_pages(finding_, Comparison(PageState.AS_ISSUED, ()))
    asked = told_for(drawn, is_pictured=is_pictured)
    try:
        answer = confined(lambda: _work(content, asked), MOST_SECONDS)
    except DocumentError as error:
        return with_pages(finding_, not_compared(PageCode.COMPARE_FAILED, str(error)))
    return with_pages(finding_, comparison_of(answer))


def draw_again(finding_: Finding, reading: Reading, trust: TrustData | None) -> Drawn | Comparison:
    """Return the document drawn from the signed claims, or why it cannot be."""
    verdict, hints = finding_.verdict, reading.hints or PdfHints()
    if verdict is None or finding_.document.result is not Result.PASS:
        return not_compared(PageCode.COMPARE_UNCONFIRMED)
    entry, kind = verdict.entry, verdict.kind
    if entry is None or verdict.check(CheckName.PROOF).result is not Result.PASS:
        return not_compared(PageCode.COMPARE_UNCONFIRMED)
    if kind is None:
        return not_compared(PageCode.COMPARE_TYPE_UNKNOWN)
    if finding_.record_state is RecordState.NOT_GIVEN:
        code = PageCode.COMPARE_RECORD_MISSING
        return not_compared(code, grade=Grade.NOTE if hints.is_scan else None)
    from verifier.drawing import Document, PrintError  # noqa: PLC0415  (only PDFs pay for typst)
    from verifier.drawing.layouts import LAYOUTS, NEWEST, stated_layout  # noqa: PLC0415  (as above)

    layout_no = stated_layout(hints.keywords) or NEWEST
    if layout_no not in LAYOUTS:
        return not_compared(PageCode.COMPARE_LAYOUT_UNKNOWN, str(layout_no))
    agency = _agency(entry, verdict, trust, hints)
    if agency is None:
        return not_compared(PageCode.COMPARE_TYPE_UNKNOWN)
    record = reading.records[0] if reading.records else None
    try:
        document = Document(agency, _sealed(reading.held), _symbol(reading.held), record)
        file = _printer().render_pdf(document, kind, layout_no)
    except (PrintError, FormatError) as error:
        return not_compared(PageCode.COMPARE_NO_LAYOUT, str(error))
    coded = frozenset(
        held.page for held in reading.held if held.kind is PlaceKind.PAGE and held.page is not None
    )
    return Drawn(document, verdict, layout_no, file, coded)


def _agency(
    entry: Entry, verdict: Verdict, trust: TrustData | None, hints: PdfHints
) -> Text | None:
    """Return the name of the agency that the file was printed under.

    One of those in the journal: the one that the file states, else the one of the day of issue.
    """
    own = data_of(verdict, trust)
    agency = own.state.agency(entry.iss) if own is not None else None
    if agency is None:
        return None
    then = next((name for name in reversed(agency.names) if name.at <= entry.iat), agency.names[0])
    stated = (name for name in agency.names if name.zh_hant == hints.author)
    name = then if then.zh_hant == hints.author else next(stated, then)
    return Text(name.zh_hant, name.en)


def _symbol(held: tuple[Held, ...]) -> str:
    """Return the text of the symbol: as the first page shows it, else without an address."""
    shown = next((one for one in held if one.kind is PlaceKind.PAGE and one.fault is None), None)
    if shown is not None:
        return qr_encode(shown.sealed, shown.url or "")
    sealed = _sealed(held)
    is_large = decode_sealed(sealed).receipt.alg == ALG_MLDSA44
    return qr_encode(without_signature(sealed) if is_large else sealed)


def _sealed(held: tuple[Held, ...]) -> bytes:
    """Return the sealed credential: as attached, else as a page shows it."""
    attached = (one.sealed for one in held if one.kind is PlaceKind.ATTACHMENT)
    return next(attached, held[0].sealed)


@cache
def _printer() -> "Printer":
    """Return the one printer of this process: its fonts and compiler stay warm."""
    from verifier.drawing import Printer  # noqa: PLC0415  (only PDFs pay for typst)

    return Printer()


def told_for(drawn: Drawn, *, is_pictured: bool = False) -> "Told":
    """Return what the child needs to know to compare a file with what was drawn."""
    from verifier.pages.inspecting import Issued  # noqa: PLC0415  (only altered PDFs pay for it)
    from verifier.pages.told import told  # noqa: PLC0415  (as above)

    kind = drawn.verdict.kind
    zones = () if kind is None else _printer().zones(drawn.document, kind, drawn.layout_no)
    return told(Issued(drawn.file, zones), drawn.coded, is_pictured=is_pictured)


def _work(content: bytes, asked: "Told") -> Answer:
    from verifier.pages.told import work  # noqa: PLC0415  (as above)

    try:
        return work(content, asked)
    except DocumentError:
        raise
    except Exception as error:  # the outermost frame of the child: whatever the file broke
        raise DocumentError(Reason.DOCUMENT_UNREADABLE, type(error).__name__) from error


def comparison_of(answer: Answer) -> Comparison:
    """Return what the child's answer amounts to."""
    from verifier.pages.told import findings_in  # noqa: PLC0415  (as above)

    findings, pictures = findings_in(answer)
    return Comparison(state_of(findings), findings, pictures)
