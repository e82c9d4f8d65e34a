"""What the bytes of a PDF around its objects tell: heads, ends, and how often it was written on."""

import re
from collections.abc import Iterator
from typing import Final

from verifier.pages.findings import PageCode, PageFinding, finding

_HEAD: Final = b"%PDF-"
_END: Final = re.compile(rb"startxref\s+[0-9]{1,12}\s+%%EOF\r?\n?")
_NOTHING: Final = b" \t\r\n\f\0"
_MOST_REVISIONS: Final = 1_000


def byte_findings(given: bytes, issued: bytes | None, *, is_linearized: bool) -> list[PageFinding]:
    """Return what stands before and behind the PDF, and whether it was written on later.

    A linearized file has a first table of its own, which is no revision (ISO 32000-1, annex F).
    """
    return [*_around(given), *_revisions(given, issued, is_linearized=is_linearized)]


def _around(given: bytes) -> Iterator[PageFinding]:
    before = given[: max(0, given.find(_HEAD))]
    if before.strip(_NOTHING):
        yield finding(PageCode.FILE_LEADING_BYTES, detail=str(len(before)))
    last = given.rfind(b"%%EOF")
    behind = given[last + 5 :] if last >= 0 else b""
    if behind.strip(_NOTHING):
        yield finding(PageCode.FILE_TRAILING_BYTES, detail=str(len(behind)))


def _revisions(given: bytes, issued: bytes | None, *, is_linearized: bool) -> Iterator[PageFinding]:
    ends = [match.end() for match in _END.finditer(given)][:_MOST_REVISIONS]
    count = len(ends) - (1 if is_linearized else 0)
    if count <= 1:
        return
    if issued is not None and given.startswith(issued.rstrip(_NOTHING)):
        yield finding(PageCode.FILE_CHANGED_AFTER_ISSUE, detail=str(count - 1))
    else:
        yield finding(PageCode.FILE_REVISIONS, detail=str(count))
