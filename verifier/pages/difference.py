"""Where two pictures of one page differ, told apart by what it means: gone, added, or tinted."""

from collections import deque
from collections.abc import Iterator
from typing import Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Picture: TypeAlias = NDArray[np.uint8]
"""Rows of pixels of three colours."""
_Grey: TypeAlias = NDArray[np.uint8]
_Mask: TypeAlias = NDArray[np.bool_]

_STEP: Final = 24  # a channel may be off by this much: rounding and anti-aliasing
_INK: Final = 190  # darker than this is ink
_NEAR_INK: Final = 220  # and beside it, an edge
_CELL: Final = 8
_EVERYWHERE: Final = 0.3  # of the cells with ink
_MOST_BOXES: Final = 200


class Area(NamedTuple):
    """One place that differs, in pixels, with how many of them lost ink, got ink, or are tinted."""

    left: int
    top: int
    right: int
    bottom: int
    gone: int
    added: int
    tinted: int

    def shrunk(self, times: int) -> "Area":
        """Return the same place in a picture with so many times fewer dots."""
        right, bottom = -(-self.right // times), -(-self.bottom // times)
        return self._replace(
            left=self.left // times, top=self.top // times, right=right, bottom=bottom
        )


class Difference(NamedTuple):
    """How one picture differs from another; `match` is the part of the ink that is still there.

    Without areas the page looks the same and was only drawn by another program.
    """

    match: float
    areas: tuple[Area, ...]


class Tolerance(NamedTuple):
    """How far two pictures may be apart and still be the same page."""

    near: int
    """Ink counts as there if it is there within this many pixels."""
    fade: int
    """It may be lighter by this much."""
    tint: int
    """The mean colour of a small cell may be off by this much."""
    least_pixels: int
    """Fewer pixels than these are no difference but a rough edge."""


DRAWN: Final = Tolerance(near=1, fade=128, tint=28, least_pixels=4)
SCANNED: Final = Tolerance(near=2, fade=170, tint=64, least_pixels=12)


def difference(given: Picture, issued: Picture, tolerance: Tolerance = DRAWN) -> Difference | None:
    """Return how two pictures of equal size differ, or None where they are the same.

    Another program may have drawn the page, with every edge a little elsewhere; so ink counts as
    there if it is there within a pixel. At 400 dots an inch no letter becomes another so; at 200
    a few do, such as those that differ in the length of one stroke.
    """
    if np.array_equal(given, issued):
        return None
    off = _off(given, issued)
    if not off.any():
        return None
    was, is_now = _grey(issued), _grey(given)
    had_ink, has_ink = was < _INK, is_now < _INK
    near_was, near_now = (_darkest_near(one, tolerance.near) for one in (was, is_now))
    faded = _darkest_near(near_now, 1) > near_was.astype(np.int16) + tolerance.fade
    gone = had_ink & ((near_now >= _NEAR_INK) | faded)
    added = has_ink & (near_was >= _NEAR_INK)
    tinted = _tinted(given, issued, tolerance.tint) & ~gone & ~added
    match = 1 - _count(gone) / max(1, _count(had_ink))
    inked = _cells(had_ink)
    is_everywhere = _count(_cells(off) & inked) > _EVERYWHERE * max(1, _count(inked))
    changed = gone | added | tinted
    whole = changed if is_everywhere else off
    return Difference(match, _areas(whole, (gone, added, tinted), tolerance.least_pixels))


def alikeness(given: Picture, issued: Picture) -> float:
    """Return from 0 to 1 how much of the ink of two pictures lies in the same cells."""
    one, other = (255 - _means(_grey(page[::4, ::4]), 4) for page in (given, issued))
    total = float(one.sum() + other.sum())
    return 1 - float(np.abs(one - other).sum()) / total if total else 1.0


def _off(given: Picture, issued: Picture) -> _Mask:
    """Return the pixels of which any channel is off by more than a step."""
    off: _Mask = np.zeros(given.shape[:2], dtype=np.bool_)
    for channel in range(3):
        one, other = given[..., channel], issued[..., channel]
        off |= np.maximum(one, other) - np.minimum(one, other) > _STEP
    return off


def _count(mask: _Mask) -> int:
    return int(np.count_nonzero(mask))


def grey(picture: Picture) -> Picture:
    """Return the picture without its colours, as most scans are."""
    return np.repeat(_grey(picture)[..., np.newaxis], 3, axis=2)


def _grey(picture: Picture) -> _Grey:
    channels = picture.astype(np.uint16)
    return ((channels[..., 0] * 2 + channels[..., 1] * 5 + channels[..., 2]) // 8).astype(np.uint8)


def _darkest_near(grey: _Grey, near: int) -> _Grey:
    """Return for each pixel the darkest within so many pixels of it."""
    for _ in range(near):
        padded = np.pad(grey, 1, constant_values=255)
        lines = np.minimum(np.minimum(padded[:-2], padded[1:-1]), padded[2:])
        grey = np.minimum(np.minimum(lines[:, :-2], lines[:, 1:-1]), lines[:, 2:])
    return grey


def _whole_cells(values: NDArray[np.generic], size: int, fill: int) -> NDArray[np.generic]:
    """Return the values filled up to whole cells of this size."""
    height, width = values.shape
    return np.pad(values, ((0, -height % size), (0, -width % size)), constant_values=fill)


def _cells(mask: _Mask) -> _Mask:
    """Return for each cell whether any of its pixels is set."""
    whole = _whole_cells(mask, _CELL, fill=0)
    rows, width = whole.shape[0] // _CELL, whole.shape[1]
    lines = np.asarray(whole.reshape(rows, _CELL, width).any(axis=1))
    return np.asarray(lines.reshape(rows, width // _CELL, _CELL).any(axis=2), dtype=np.bool_)


def _means(grey: _Grey, size: int) -> NDArray[np.float64]:
    whole = _whole_cells(grey, size, fill=255)
    lines = whole.reshape(-1, size, whole.shape[1]).sum(axis=1, dtype=np.uint32)
    sums = lines.reshape(len(lines), -1, size).sum(axis=2)
    return np.asarray(sums / (size * size), dtype=np.float64)


def _tinted(given: Picture, issued: Picture, most: int) -> _Mask:
    """Return the pixels of cells whose mean colour is another."""
    size = 2 * _CELL
    off: _Mask = np.zeros(_means(given[..., 0], size).shape, dtype=np.bool_)
    for channel in range(3):
        apart = np.abs(_means(given[..., channel], size) - _means(issued[..., channel], size))
        off |= apart > most
    spread = off.repeat(size, axis=0).repeat(size, axis=1)
    return spread[: given.shape[0], : given.shape[1]]


def _areas(whole: _Mask, kinds: tuple[_Mask, _Mask, _Mask], least: int) -> tuple[Area, ...]:
    """Return the places where any pixel is off, near ones as one, that hold enough of a kind."""
    areas = []
    for top, bottom, left, right in _groups(_cells(whole)):
        window = (
            slice(top * _CELL, (bottom + 1) * _CELL),
            slice(left * _CELL, (right + 1) * _CELL),
        )
        gone, added, tinted = (_count(mask[window]) for mask in kinds)
        if gone + added < least and tinted < _LEAST_TINTED:
            continue
        rows, columns = np.nonzero(whole[window])
        areas.append(
            Area(
                left * _CELL + int(columns.min()),
                top * _CELL + int(rows.min()),
                left * _CELL + int(columns.max()) + 1,
                top * _CELL + int(rows.max()) + 1,
                gone if gone + added >= least else 0,
                added if gone + added >= least else 0,
                tinted,
            )
        )
    return tuple(sorted(areas, key=lambda area: (area.top, area.left))[:_MOST_BOXES])


_LEAST_TINTED: Final = 64


def _groups(cells: _Mask) -> Iterator[tuple[int, int, int, int]]:
    """Yield the first and last row and column of each group of neighbouring cells."""
    left_over = {(int(row), int(column)) for row, column in zip(*np.nonzero(cells), strict=True)}
    while left_over:
        first = left_over.pop()
        group, waiting = [first], deque([first])
        while waiting:
            row, column = waiting.popleft()
            near = {(row + down, column + on) for down in (-1, 0, 1) for on in (-2, -1, 0, 1, 2)}
            found = near & left_over
            left_over -= found
            group += found
            waiting += found
        rows, columns = zip(*group, strict=True)
        yield min(rows), max(rows), min(columns), max(columns)
