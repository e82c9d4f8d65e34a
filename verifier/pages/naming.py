"""From places that differ, in pixels, to findings a person understands: what is printed there."""

from collections.abc import Iterable, Sequence
from typing import Final

from credential.type_fields import Text
from verifier.drawing.zones import Rectangle, Zone
from verifier.pages.difference import Area
from verifier.pages.findings import Box, PageCode, PageFinding, grade_of
from verifier.pages.sheets import DOTS_PER_INCH, POINTS_PER_INCH

_MM_PER_INCH: Final = 25.4
_NEAR_POINTS: Final = 2.0
_MARGIN: Final = Text("頁邊", "margin")
_BLANK: Final = Text("空白處", "blank space")


def named(page: int, areas: Iterable[Area], zones: Sequence[Zone], sheet: int) -> list[PageFinding]:
    """Return one finding for each part of the page that differs, in the order of the page.

    `page` counts in the file, `sheet` in the document as issued, whose zones these are.
    """
    here = [zone for zone in zones if zone.page == sheet]
    found: dict[tuple[PageCode, Text], list[Box]] = {}
    for area in areas:
        place = _points(area)
        touched = _titles(zone for zone in here if _touches(zone.place, place))
        beside = [zone for zone in here if _is_beside(zone.place, place)]
        code = _code(area, is_on_text=bool(touched or beside))
        for title in touched or [_elsewhere(place, beside, here)]:
            found.setdefault((code, title), []).append(_box(place))
    return [
        PageFinding(code, grade_of(code), page, title, tuple(boxes))
        for (code, title), boxes in found.items()
    ]


def _code(area: Area, *, is_on_text: bool) -> PageCode:
    if area.gone:
        return PageCode.PAGE_DIFFERS
    if area.added:
        return PageCode.PAGE_DRAWN_OVER if is_on_text else PageCode.PAGE_ADDED_INK
    return PageCode.PAGE_TINTED


def _titles(zones: Iterable[Zone]) -> list[Text]:
    return list(dict.fromkeys(zone.title for zone in zones))


def _elsewhere(place: Rectangle, beside: list[Zone], here: list[Zone]) -> Text:
    """Return what to call a place on which nothing is printed."""
    if beside:
        nearest = min(beside, key=lambda zone: _gap(zone.place, place))
        return nearest.title
    inside = here and (
        min(zone.place.left for zone in here) <= place.left
        and place.right <= max(zone.place.right for zone in here)
        and min(zone.place.top for zone in here) <= place.top
        and place.bottom <= max(zone.place.bottom for zone in here)
    )
    return _BLANK if inside else _MARGIN


def _touches(zone: Rectangle, place: Rectangle) -> bool:
    return (
        place.left < zone.right + _NEAR_POINTS
        and place.right > zone.left - _NEAR_POINTS
        and place.top < zone.bottom + _NEAR_POINTS
        and place.bottom > zone.top - _NEAR_POINTS
    )


def _is_beside(zone: Rectangle, place: Rectangle) -> bool:
    """True for a place in the same line of print, where it would be read as part of it."""
    return place.top < zone.bottom and place.bottom > zone.top and _gap(zone, place) < _LINE_POINTS


_LINE_POINTS: Final = 120.0


def _gap(zone: Rectangle, place: Rectangle) -> float:
    return max(place.left - zone.right, zone.left - place.right, 0.0)


def _points(area: Area) -> Rectangle:
    scale = POINTS_PER_INCH / DOTS_PER_INCH
    left, top, right, bottom = (edge * scale for edge in area[:4])
    return Rectangle(left, top, right, bottom)


def _box(place: Rectangle) -> Box:
    scale = _MM_PER_INCH / POINTS_PER_INCH
    left, top, right, bottom = (round(edge * scale, 1) for edge in place)
    return Box(left, top, right, bottom)
