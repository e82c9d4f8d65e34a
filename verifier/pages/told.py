"""The document drawn again and the findings on it as JSON: what passes to the child and back."""

import base64
from collections.abc import Sequence
from typing import cast

from credential.type_fields import Text
from verifier.confined import Answer
from verifier.drawing.zones import Rectangle, Zone
from verifier.pages.findings import Box, Grade, PageCode, PageFinding
from verifier.pages.inspecting import Inspection, Issued, inspect

Told = dict[str, Answer]


def told(issued: Issued, coded: frozenset[int], *, is_pictured: bool) -> Told:
    """Return what `work` needs to know besides the file."""
    return {
        "file": base64.b64encode(issued.file).decode(),
        "zones": [
            [zone.page, zone.title.zh_hant, zone.title.en, *map(_tenths, zone.place)]
            for zone in issued.zones
        ],
        "coded": [*sorted(coded)],
        "is_pictured": int(is_pictured),
    }


def work(content: bytes, asked: Told) -> Answer:
    """Return the findings on a file as JSON; meant for a child process with limits."""
    issued = Issued(
        base64.b64decode(cast("str", asked["file"])),
        tuple(_zone(zone) for zone in cast("list[list[str | int]]", asked["zones"])),
    )
    coded = frozenset(cast("list[int]", asked["coded"]))
    found = inspect(content, issued, coded, is_pictured=bool(asked["is_pictured"]))
    return _answer(found)


def _answer(found: Inspection) -> Answer:
    pictures: list[Answer] = []
    room = _MOST_PICTURE_BYTES
    for page, picture in found.pictures:
        room -= len(picture)
        if room >= 0:
            pictures.append([page, base64.b64encode(picture).decode()])
    return {"findings": [_finding(one) for one in found.findings], "pictures": pictures}


_MOST_PICTURE_BYTES = 2_500_000


def findings_in(answer: Answer) -> tuple[tuple[PageFinding, ...], tuple[tuple[int, bytes], ...]]:
    """Return the findings and pictures that `work` answered with."""
    whole = cast("dict[str, list[list[Answer]]]", answer)
    findings = tuple(_read(one) for one in whole["findings"])
    pictures = tuple(
        (cast("int", page), base64.b64decode(cast("str", picture)))
        for page, picture in whole["pictures"]
    )
    return findings, pictures


def _finding(one: PageFinding) -> Answer:
    place: Answer = None if one.place is None else [one.place.zh_hant, one.place.en]
    boxes: list[Answer] = [[*map(_tenths, box)] for box in one.boxes]
    return [one.code.value, one.grade.value, one.page, place, boxes, one.detail]


def _read(parts: list[Answer]) -> PageFinding:
    code, grade, page, place, boxes, detail = parts
    return PageFinding(
        PageCode(str(code)),
        Grade(str(grade)),
        cast("int | None", page),
        None if place is None else Text(*cast("list[str]", place)),
        tuple(Box(*_from_tenths(box)) for box in cast("list[list[int]]", boxes)),
        str(detail),
    )


def _zone(parts: list[str | int]) -> Zone:
    page, zh_hant, en, *edges = parts
    place = Rectangle(*_from_tenths(cast("list[int]", edges)))
    return Zone(int(page), Text(str(zh_hant), str(en)), place)


def _tenths(length: float) -> int:
    return round(length * 10)


def _from_tenths(edges: Sequence[int]) -> tuple[float, float, float, float]:
    left, top, right, bottom = (edge / 10 for edge in edges)
    return left, top, right, bottom
