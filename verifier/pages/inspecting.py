"""One PDF against the same document drawn by us: structure, then page by page as pictures.

This runs in a child process with limits (`verifier.confined`): the file is an attacker's.
"""

from collections.abc import Iterable
from typing import Final, NamedTuple

from verifier.drawing.zones import Zone
from verifier.pages.boxes import boxed_png
from verifier.pages.difference import SCANNED, Area, Difference, Picture, difference, grey
from verifier.pages.findings import (
    Grade,
    PageCode,
    PageFinding,
    finding,
    grade_of,
)
from verifier.pages.matching import Matching, matched
from verifier.pages.naming import named
from verifier.pages.sheets import FINE, Sheet, fine_picture, fitted, pictures, sheets
from verifier.pages.structure import Structure, read_structure

_SCAN_MATCH: Final = 0.85  # below, a scan lies askew and cannot be compared point by point
_DRAWN_MATCH: Final = 0.4  # below, the page is another document and no altered one
_SIZE_POINTS: Final = 1.5
_MOST_PICTURES: Final = 8
_IN_ANNOTATION: Final = "annotation"


class Issued(NamedTuple):
    """The document drawn again: its file, and what lies where on its pages."""

    file: bytes
    zones: tuple[Zone, ...]


class Inspection(NamedTuple):
    """What was found, and on request pictures of the pages that differ."""

    findings: list[PageFinding]
    pictures: list[tuple[int, bytes]]


def inspect(
    given: bytes, issued: Issued, coded: frozenset[int], *, is_pictured: bool
) -> Inspection:
    """Return everything in which a file differs from the document as issued."""
    structure = read_structure(given, issued.file)
    own = read_structure(issued.file, issued.file)
    shown = sheets(given)
    pages = matched(shown, sheets(issued.file), coded)
    found = [*structure.findings, *pages.findings]
    for sheet in pages.unlike:
        found.append(_unlike(sheet))
        if sheet.is_cropped:
            found.append(finding(PageCode.PAGE_CROPPED, sheet.number))
    drawn: list[tuple[int, bytes]] = []
    for sheet, ours in pages.pairs:
        differences = _of_page(sheet, ours, given, structure, issued)
        found += differences
        if is_pictured and len(drawn) < _MOST_PICTURES and any(one.boxes for one in differences):
            drawn.append((sheet.number, boxed_png(sheet.picture, differences)))
    found += _drawn_otherwise(structure, own, pages)
    found += _other_views(given, structure, shown)
    if not found:
        found = [finding(PageCode.FILE_SAVED_AGAIN)]
    return Inspection(list(dict.fromkeys(found)), drawn)


def _unlike(sheet: Sheet) -> PageFinding:
    code = PageCode.COMPARE_SCAN if sheet.is_scan else PageCode.COMPARE_UNLIKE
    return finding(code, sheet.number)


def _of_page(
    sheet: Sheet, ours: Sheet, given: bytes, structure: Structure, issued: Issued
) -> list[PageFinding]:
    """Return how a page differs from the page as issued."""
    found = [*_frame(sheet, ours)]
    if sheet.is_scan:
        found.append(finding(PageCode.PAGE_PICTURE, sheet.number))
    elif sheet.text != ours.text:
        found.append(finding(PageCode.PAGE_TEXT_DIFFERS, sheet.number))
    apart = _apart(sheet, ours)
    if apart is None:
        return found
    is_of_another_size = any(one.code is PageCode.PAGE_SIZE for one in found)
    if apart.match < _least_match(sheet) or (is_of_another_size and apart.areas):
        return [*found, _unlike(sheet)]
    areas = apart.areas
    if not areas and not sheet.is_scan:
        areas = _fine_areas(sheet, ours, given, issued.file)
        if not areas:
            found.append(finding(PageCode.PAGE_RENDERED_OTHERWISE, sheet.number))
    differences = named(sheet.number, areas, issued.zones, ours.number)
    if sheet.is_scan:  # dust and folds differ too
        differences = [_milder(one) for one in differences]
    elif differences and structure.is_annotated:
        differences = _told_apart(differences, sheet, ours, given)
        if sheet.number in structure.noted:
            differences = [one for one in differences if not _is_sign(one)]
    return found + differences


def _least_match(sheet: Sheet) -> float:
    return _SCAN_MATCH if sheet.is_scan else _DRAWN_MATCH


def _apart(sheet: Sheet, ours: Sheet) -> Difference | None:
    fits = fitted(sheet.picture, like=ours.picture)
    if not sheet.is_scan:
        return difference(fits, ours.picture)
    return difference(grey(fits), grey(ours.picture), SCANNED)


def _fine_areas(sheet: Sheet, ours: Sheet, given: bytes, issued: bytes) -> tuple[Area, ...]:
    """Return where a page that looks the same at first sight differs at twice the resolution."""
    like = fine_picture(issued, ours.number)
    apart = difference(fitted(fine_picture(given, sheet.number), like=like), like)
    return () if apart is None else tuple(area.shrunk(FINE) for area in apart.areas)


def _frame(sheet: Sheet, ours: Sheet) -> Iterable[PageFinding]:
    if sheet.turned != ours.turned:
        yield finding(PageCode.PAGE_ROTATED, sheet.number, str(sheet.turned))
    if sheet.is_cropped:
        yield finding(PageCode.PAGE_CROPPED, sheet.number)
    elif any(
        abs(one - other) > _SIZE_POINTS for one, other in zip(sheet.size, ours.size, strict=True)
    ):
        size = " × ".join(f"{edge * 25.4 / 72:.0f}" for edge in sheet.size)
        yield finding(PageCode.PAGE_SIZE, sheet.number, f"{size} mm")


def _milder(one: PageFinding) -> PageFinding:
    return one._replace(grade=Grade.ADDED) if one.grade is Grade.CHANGED else one


def _is_sign(one: PageFinding) -> bool:
    """True for what a reader draws by itself where a note is, beside everything that was issued."""
    return one.detail == _IN_ANNOTATION and one.code is PageCode.PAGE_ADDED_INK


def _told_apart(
    differences: list[PageFinding], sheet: Sheet, ours: Sheet, given: bytes
) -> list[PageFinding]:
    """Return the differences, told to lie in a comment where the page below it is as issued."""
    bare = pictures(given, [sheet.number], annotated=False)[sheet.number]
    below = difference(fitted(bare, like=ours.picture), ours.picture)
    if below is not None and below.areas:
        return differences
    return [one._replace(detail=_IN_ANNOTATION) for one in differences]


def _drawn_otherwise(
    structure: Structure, own: Structure, pages: Matching
) -> Iterable[PageFinding]:
    """Yield the pages that look the same but are drawn by other commands, of the same program."""
    if structure.creator != own.creator:
        return
    for sheet, ours in pages.pairs:
        if structure.drawings[sheet.number - 1] != own.drawings[ours.number - 1]:
            yield finding(PageCode.PAGE_DRAWN_OTHERWISE, sheet.number)


def _other_views(given: bytes, structure: Structure, shown: list[Sheet]) -> Iterable[PageFinding]:
    """Yield the pages that look different to another reader, on paper, or with other layers."""
    usual = {sheet.number: sheet.picture for sheet in shown}
    views = [(PageCode.FILE_READERS_DISAGREE, _plain(structure.rewritten))]
    views += [(PageCode.PAGE_LAYERS_DIFFER, _plain(layers)) for layers in structure.layers]
    if structure.is_annotated or structure.layers:
        printed = pictures(given, list(usual), printed=True)
        views.append((PageCode.PAGE_PRINT_DIFFERS, printed))
    for code, view in views:
        if len(view) != len(usual):
            yield finding(code)
        for number, picture in view.items():
            if number in usual and not _equal(picture, usual[number]):
                yield _boxed(code, number, picture, usual[number])


def _plain(document: bytes) -> dict[int, Picture]:
    return {sheet.number: sheet.picture for sheet in sheets(document)}


def _equal(one: Picture, other: Picture) -> bool:
    return one.shape == other.shape and difference(one, other) is None


def _boxed(code: PageCode, number: int, one: Picture, other: Picture) -> PageFinding:
    apart = difference(fitted(one, like=other), other)
    areas: tuple[Area, ...] = apart.areas if isinstance(apart, Difference) else ()
    boxes = tuple(box for area in named(number, areas, (), 0) for box in area.boxes)
    return PageFinding(code, grade_of(code), number, None, boxes)
