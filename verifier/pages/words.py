"""What comparing the pages found, for a person and for programs."""

from collections.abc import Iterator
from typing import TypeAlias

from credential.display import one_line, shown
from verifier.examine import Finding
from verifier.pages.findings import Box, PageFinding
from verifier.words import Language, phrase

Json: TypeAlias = "str | int | float | list[Json] | dict[str, Json] | None"

_MOST_DETAIL = 200


def state_line(finding: Finding, language: Language) -> str | None:
    """Return in one sentence what is known of the pages; None for what is no PDF."""
    if finding.page_state is None:
        return None
    title = phrase("label", "pages", language)
    return f"{title}: {phrase('page_state', finding.page_state.value, language)}"


def finding_lines(finding: Finding, language: Language) -> Iterator[str]:
    """Yield one line for each difference, with its places on the page below it."""
    for one in finding.page_findings:
        yield f"- {_where(one, language)}{_said(one, language)}  [{one.code.value}]"
        for box in one.boxes[:_MOST_BOXES]:
            yield f"    {_box_text(box, language)}"


_MOST_BOXES = 12


def _where(one: PageFinding, language: Language) -> str:
    if one.page is None:
        return ""
    if one.place is None:
        where = phrase("label", "pages_on", language).format(one.page)
    else:
        title = shown(one.place.in_language(language))
        where = phrase("label", "pages_place", language).format(one.page, title)
    return f"{where}: "


def _said(one: PageFinding, language: Language) -> str:
    said = phrase("page", one.code.value, language)
    return f"{said} ({one_line(one.detail, _MOST_DETAIL)})" if one.detail else said


def _box_text(box: Box, language: Language) -> str:
    width, height = box.right - box.left, box.bottom - box.top
    edges = (f"{edge:.0f}" for edge in (box.left, box.top, width, height))
    return phrase("label", "pages_box", language).format(*edges)


def pages_json(finding: Finding, language: Language) -> dict[str, Json] | None:
    """Return what is known of the pages; None for what is no PDF. Boxes are in millimetres."""
    if finding.page_state is None:
        return None
    return {
        "state": finding.page_state.value,
        "text": phrase("page_state", finding.page_state.value, language),
        "findings": [_finding_json(one, language) for one in finding.page_findings],
    }


def _finding_json(one: PageFinding, language: Language) -> dict[str, Json]:
    place: Json = None
    if one.place is not None:
        place = {"zh_hant": one.place.zh_hant, "en": one.place.en}
    return {
        "code": one.code.value,
        "grade": one.grade.value,
        "page": one.page,
        "place": place,
        "boxes_mm": [[*box] for box in one.boxes],
        "detail": one.detail or None,
        "text": phrase("page", one.code.value, language),
    }
