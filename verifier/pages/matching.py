"""Which page of a file is which page as issued: by likeness, since numbers can be made up."""

from typing import Final, NamedTuple

from verifier.pages.difference import alikeness
from verifier.pages.findings import PageCode, PageFinding, finding
from verifier.pages.sheets import Sheet, fitted

_ALIKE: Final = 0.55
_SAME: Final = 0.97


class Matching(NamedTuple):
    """Pairs of a page in the file and a page as issued; those left over; and what is wrong."""

    pairs: list[tuple[Sheet, Sheet]]
    unlike: list[Sheet]
    findings: list[PageFinding]


def matched(given: list[Sheet], issued: list[Sheet], coded: frozenset[int]) -> Matching:
    """Return the pages paired off; `coded` are the numbers of pages that show a code of ours.

    A page with our code that is like none may be a scan or of another make: it stands for one that
    is missing. A page that is missing otherwise was taken out.
    """
    likeness = sorted(
        (
            (alikeness(fitted(one.picture, like=other.picture), other.picture), one, other)
            for one in given
            for other in issued
        ),
        key=lambda found: (-found[0], abs(found[1].number - found[2].number)),
    )
    pairs: dict[int, Sheet] = {}
    taken: set[int] = set()
    findings: list[PageFinding] = []
    for alike, one, other in likeness:
        if one.number in pairs or alike < _ALIKE:
            continue
        if other.number not in taken:
            pairs[one.number] = other
            taken.add(other.number)
        elif alike > _SAME:
            pairs[one.number] = other
            findings.append(finding(PageCode.PAGE_REPEATED, one.number))
    alone = [one for one in given if one.number not in pairs]
    unlike = [one for one in alone if one.number in coded]
    findings += [finding(PageCode.PAGE_ADDED, one.number) for one in alone if one not in unlike]
    missing = [other.number for other in issued if other.number not in taken]
    for number in missing[len(unlike) :]:
        findings.append(finding(PageCode.PAGE_MISSING, detail=str(number)))
    order = [pairs[one.number].number for one in given if one.number in pairs]
    if order != sorted(order):
        findings.append(finding(PageCode.PAGE_ORDER))
    paired = [(one, pairs[one.number]) for one in given if one.number in pairs]
    return Matching(paired, unlike, findings)
