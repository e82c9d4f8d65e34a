"""The layouts that documents have been printed with, by the number each file states.

A layout that has printed documents is never changed and never taken away: whoever checks one of
them years later draws it again with the layout it was printed with. A change is a new number.
"""

import re
from typing import Final, NamedTuple


class PageLayout(NamedTuple):
    """One way of setting a page: its typst template, and the size of the symbol on it."""

    template: str
    module_mm: float
    smallest_symbol_mm: float


_MODULE_MM: Final = 25.4 / 50  # whole pixels at 150, 300 and 600 dots per inch (docs/adr/028)

LAYOUTS: Final = {
    1: PageLayout("layout_1.typ", module_mm=_MODULE_MM, smallest_symbol_mm=80 * _MODULE_MM),
}
NEWEST: Final = max(LAYOUTS)

_KEYWORD = "sealroot-layout-"
_STATED = re.compile(rf"\b{_KEYWORD}([1-9][0-9]{{0,3}})\b", re.ASCII)


def keyword(number: int) -> str:
    """Return the keyword by which a file states the number of its layout."""
    return f"{_KEYWORD}{number}"


def stated_layout(keywords: str) -> int | None:
    """Return the number that the keywords of a file state, known here or not; or None.

    Nobody signs it: a wrong one only makes the page differ from what is drawn.
    """
    found = _STATED.search(keywords)
    return int(found[1]) if found else None
