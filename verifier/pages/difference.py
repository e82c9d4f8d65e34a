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
    tint: int
    """The mean colour of a small cell may be off by this much."""
    least_pixels: int
    """Fewer pixels than these are no difference but a rough edge."""


DRAWN: Final = Tolerance(near=1, tint=28, least_pixels=4)
SCANNED: Final = Tolerance(near=2, tint=64, least_pixels=12)


def difference(given: Picture, issued: Picture, tolerance: Tolerance = DRAWN) -> Difference | None:
    """Return how two pictures of equal size differ, or None where they are the same.

    Another program may have drawn the page, with every edge a little elsewhere; so ink counts as
    there if it is there within a pixel. At 200 dots an inch no letter becomes another so.
    """
    off = np.abs(given.astype(np.int16) - issued).max(axis=2) > _STEP
    if not off.any():
        return None
    was, is_now = _grey(issued), _grey(given)
    had_ink, has_ink = was < _INK, is_now < _INK
    gone = had_ink & ~(_darkest_near(is_now, tolerance.near) < _NEAR_INK)
    added = has_ink & ~(_darkest_near(was, tolerance.near) < _NEAR_INK)
    tinted = _tinted(given, issued, tolerance.tint) & ~gone & ~added
    match = 1 - _count(gone) / max(1, _count(had_ink))
    inked = _cells(had_ink)
    is_everywhere = _count(_cells(off) & inked) > _EVERYWHERE * max(1, _count(inked))
    changed = gone | added | tinted
    whole = changed if is_everywhere else off
    return Difference(match, _areas(whole, (gone, added, tinted), tolerance.least_pixels))


def alikeness(given: Picture, issued: Picture) -> float:
    """Return from 0 to 1 how much of the ink of two pictures lies in the same cells."""
    one, other = 255 - _means(_grey(given), 16), 255 - _means(_grey(issued), 16)
    total = float(one.sum() + other.sum())
    return 1 - float(np.abs(one - other).sum()) / total if total else 1.0


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
    rows, columns = (-(-edge // size) for edge in values.shape[:2])
    padding = ((0, rows * size - values.shape[0]), (0, columns * size - values.shape[1]))
    padded = np.pad(values, padding, constant_values=fill)
    return padded.reshape(rows, size, columns, size)


def _cells(mask: _Mask) -> _Mask:
    """Return for each cell whether any of its pixels is set."""
    return np.asarray(_whole_cells(mask, _CELL, fill=0).any(axis=(1, 3)), dtype=np.bool_)


def _means(grey: _Grey, size: int) -> NDArray[np.float64]:
    means: NDArray[np.float64] = _whole_cells(grey, size, fill=255).mean(axis=(1, 3))
    return means


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
