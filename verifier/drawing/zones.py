"""What lies where on the pages of a document as issued, so that a difference can be named.

The places are read from a PDF that we have just drawn ourselves, never from one handed over.
"""

import io
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple, cast

import pikepdf

from credential.type_fields import Text
from verifier.drawing.page_model import Json

_SCHEME = "zone:"


class Rectangle(NamedTuple):
    """A part of a page in points, from its upper left corner."""

    left: float
    top: float
    right: float
    bottom: float


class Zone(NamedTuple):
    """One part of a page, from page 1: what a person would call it, and where it lies."""

    page: int
    title: Text
    place: Rectangle


_FIXED: Final = {
    "agency": Text("機關名稱", "name of the agency"),
    "title": Text("文件名稱", "title of the document"),
    "heading": Text("頁首", "heading of the page"),
    "statement": Text("證明文句", "statement"),
    "number": Text("證書編號", "certificate number"),
    "page": Text("頁次", "page number"),
    "symbol": Text("查驗條碼", "QR code"),
    "verify": Text("查驗說明", "notes on verifying"),
    "note": Text("附註", "note"),
    "end": Text("以下空白", 'line "Nothing follows"'),
}


def read_zones(drawn: bytes, model: Mapping[str, Json]) -> tuple[Zone, ...]:
    """Return the zones of a PDF drawn with the input `zones`, named by the model it shows."""
    zones: list[Zone] = []
    with pikepdf.open(io.BytesIO(drawn)) as pdf:
        for number, page in enumerate(pdf.pages, 1):
            height = float(page.mediabox[3])
            for link in cast("Sequence[pikepdf.Dictionary]", page.obj.get("/Annots", [])):
                target = str(link["/A"]["/URI"])
                left, bottom, right, top = sorted_corners(link["/Rect"])
                place = Rectangle(left, height - top, right, height - bottom)
                zones.append(Zone(number, _title(target.removeprefix(_SCHEME), model), place))
    return tuple(zones)


def sorted_corners(rect: object) -> tuple[float, float, float, float]:
    """Return left, bottom, right and top of a PDF rectangle, whose corners may stand in any order.

    (ISO 32000-1, 7.9.5)
    """
    left, bottom, right, top = (float(edge) for edge in cast("Sequence[float]", rect))
    return min(left, right), min(bottom, top), max(left, right), max(bottom, top)


def _title(name: str, model: Mapping[str, Json]) -> Text:
    if name in _FIXED:
        return _FIXED[name]
    head, *path = name.split(".")
    if head == "date":
        return _text(_at(model, "dates", path[0], "label"))
    section = _at(model, "sections", path[0])
    match path[1:]:
        case ["title"]:
            return _text(_at(section, "title"))
        case ["pair", number, *_]:
            return _text(_at(section, "pairs", number, "label"))
        case ["column", number]:
            return _joined(_at(section, "header", number))
        case ["row", line, "cell", number]:
            return _in_row(line, _joined(_at(section, "header", number)))
        case ["row", line, "detail", number]:
            label = _text(_at(section, "rows", line, "details", number, "label"))
            return _in_row(line, label)
        case _:
            raise ValueError(f"the template names a zone that is not known: {name}")


def _at(model: Json, *path: str) -> Json:
    found = model
    for step in path:
        found = (
            cast("Sequence[Json]", found)[int(step)]
            if step.isdecimal()
            else cast("Mapping[str, Json]", found)[step]
        )
    return found


def _text(words: Json) -> Text:
    both = cast("Mapping[str, str]", words)
    return Text(both["zh"], both["en"])


def _joined(words: Json) -> Text:
    parts = [_text(part) for part in cast("Sequence[Json]", words)]
    return Text("、".join(part.zh_hant for part in parts), ", ".join(part.en for part in parts))


def _in_row(line: str, title: Text) -> Text:
    number = int(line) + 1
    return Text(f"第 {number} 列：{title.zh_hant}", f"row {number}: {title.en}")
