"""What comparing the pages of a PDF with the pages as issued ends in: a state and its findings."""

from enum import StrEnum
from typing import Final, NamedTuple

from credential.type_fields import Text


class PageState(StrEnum):
    """How far the file and its pages are known to be what was issued."""

    AS_ISSUED = "as_issued"
    FIELDS_AS_ISSUED = "fields_as_issued"
    NOT_COMPARED = "not_compared"


class Grade(StrEnum):
    """What a finding does: nothing, lower the state, leave the outcome open, or refuse."""

    INFO = "info"
    NOTE = "note"
    ADDED = "added"
    CHANGED = "changed"


class PageCode(StrEnum):
    """The codes of docs/formats/verdict.md, "The pages of a PDF"; only ever added to."""

    COMPARE_NOT_ASKED = "compare.not_asked"
    COMPARE_UNCONFIRMED = "compare.unconfirmed"
    COMPARE_TYPE_UNKNOWN = "compare.type_unknown"
    COMPARE_RECORD_MISSING = "compare.record_missing"
    COMPARE_NO_LAYOUT = "compare.no_layout"
    COMPARE_LAYOUT_UNKNOWN = "compare.layout_unknown"
    COMPARE_SCAN = "compare.scan"
    COMPARE_UNLIKE = "compare.unlike"
    COMPARE_FAILED = "compare.failed"

    FILE_SAVED_AGAIN = "file.saved_again"
    FILE_REVISIONS = "file.revisions"
    FILE_CHANGED_AFTER_ISSUE = "file.changed_after_issue"
    FILE_LEADING_BYTES = "file.leading_bytes"
    FILE_TRAILING_BYTES = "file.trailing_bytes"
    FILE_ENCRYPTED = "file.encrypted"
    FILE_DAMAGED = "file.damaged"
    FILE_READERS_DISAGREE = "file.readers_disagree"
    FILE_ATTACHMENT_MISSING = "file.attachment_missing"
    FILE_ATTACHMENT_OTHER = "file.attachment_other"
    FILE_SCRIPT = "file.script"
    FILE_ACTION = "file.action"
    FILE_LINK = "file.link"
    FILE_XFA = "file.xfa"
    FILE_FORM = "file.form"
    FILE_SIGNATURE = "file.signature"
    FILE_PORTFOLIO = "file.portfolio"
    FILE_LAYERS = "file.layers"
    FILE_MEDIA = "file.media"

    PAGE_DIFFERS = "page.differs"
    PAGE_DRAWN_OVER = "page.drawn_over"
    PAGE_ADDED_INK = "page.added_ink"
    PAGE_TINTED = "page.tinted"
    PAGE_ANNOTATION = "page.annotation"
    PAGE_COMMENT = "page.comment"
    PAGE_LAYERS_DIFFER = "page.layers_differ"
    PAGE_PRINT_DIFFERS = "page.print_differs"
    PAGE_ALTERNATES = "page.alternates"
    PAGE_DEVICE_DEPENDENT = "page.device_dependent"
    PAGE_MISSING = "page.missing"
    PAGE_ADDED = "page.added"
    PAGE_REPEATED = "page.repeated"
    PAGE_ORDER = "page.order"
    PAGE_ROTATED = "page.rotated"
    PAGE_CROPPED = "page.cropped"
    PAGE_SIZE = "page.size"
    PAGE_TRANSITION = "page.transition"
    PAGE_FONT_MISSING = "page.font_missing"
    PAGE_TEXT_DIFFERS = "page.text_differs"
    PAGE_DRAWN_OTHERWISE = "page.drawn_otherwise"
    PAGE_RENDERED_OTHERWISE = "page.rendered_otherwise"
    PAGE_PICTURE = "page.picture"


_C = PageCode
_INFO: Final = frozenset({_C.FILE_SAVED_AGAIN})
_NOTES: Final = frozenset(
    {
        _C.COMPARE_NOT_ASKED,
        _C.COMPARE_UNCONFIRMED,
        _C.COMPARE_TYPE_UNKNOWN,
        _C.COMPARE_NO_LAYOUT,
        _C.COMPARE_SCAN,
        _C.FILE_REVISIONS,
        _C.FILE_CHANGED_AFTER_ISSUE,
        _C.FILE_ENCRYPTED,
        _C.FILE_ATTACHMENT_MISSING,
        _C.FILE_SIGNATURE,
        _C.FILE_LAYERS,
        _C.PAGE_COMMENT,
        _C.PAGE_ROTATED,
        _C.PAGE_TRANSITION,
        _C.PAGE_TEXT_DIFFERS,
        _C.PAGE_DRAWN_OTHERWISE,
        _C.PAGE_RENDERED_OTHERWISE,
        _C.PAGE_PICTURE,
    }
)
_CHANGES: Final = frozenset(
    {
        _C.FILE_READERS_DISAGREE,
        _C.FILE_SCRIPT,
        _C.FILE_ACTION,
        _C.FILE_XFA,
        _C.FILE_PORTFOLIO,
        _C.FILE_MEDIA,
        _C.PAGE_DIFFERS,
        _C.PAGE_DRAWN_OVER,
        _C.PAGE_LAYERS_DIFFER,
        _C.PAGE_PRINT_DIFFERS,
        _C.PAGE_ALTERNATES,
        _C.PAGE_MISSING,
        _C.PAGE_CROPPED,
    }
)


def grade_of(code: PageCode) -> Grade:
    """Return what a finding with this code does; every code that is not named leaves it open."""
    if code in _CHANGES:
        return Grade.CHANGED
    if code in _NOTES:
        return Grade.NOTE
    return Grade.INFO if code in _INFO else Grade.ADDED


class Box(NamedTuple):
    """A part of a page in millimetres, from its upper left corner."""

    left: float
    top: float
    right: float
    bottom: float


class PageFinding(NamedTuple):
    """One difference from what was issued: where it lies, by the page and by what is printed there.

    `detail` is a name or number from the file, unsafe to print as it is.
    """

    code: PageCode
    grade: Grade
    page: int | None = None
    place: Text | None = None
    boxes: tuple[Box, ...] = ()
    detail: str = ""


class Comparison(NamedTuple):
    """What comparing ended in; `pictures` are PNGs of the pages with the differences boxed."""

    state: PageState
    findings: tuple[PageFinding, ...]
    pictures: tuple[tuple[int, bytes], ...] = ()


def finding(code: PageCode, page: int | None = None, detail: str = "") -> PageFinding:
    """Return a finding of the usual grade that lies nowhere in particular."""
    return PageFinding(code, grade_of(code), page, detail=detail)


def not_compared(code: PageCode, detail: str = "", grade: Grade | None = None) -> Comparison:
    """Return that nothing was compared, and why; of the code's own grade unless one is given."""
    why = PageFinding(code, grade or grade_of(code), detail=detail)
    return Comparison(PageState.NOT_COMPARED, (why,))


def state_of(findings: tuple[PageFinding, ...]) -> PageState:
    """Return the state that the findings of a comparison amount to."""
    if any(one.code.value.startswith("compare.") for one in findings):
        return PageState.NOT_COMPARED
    if any(one.grade is not Grade.INFO for one in findings):
        return PageState.FIELDS_AS_ISSUED
    return PageState.AS_ISSUED
