"""How many documents each stranger had checked today, in a fixed amount of memory.

A count-min sketch: an address stands for one counter in each of four rows, found by a keyed hash,
and has had checked what the lowest of them says. Others may share a counter, so an answer may be
too high by a little and is never too low. No address is kept.
"""

import os
from array import array
from hashlib import blake2b
from typing import Final

_ROWS: Final = 4
_WIDTH: Final = 1 << 16  # counters of each row: the two bytes a hash gives for it
_MOST: Final = (1 << 32) - 1


class DayTally:
    """Counts for one day; nothing of a day before stays. It takes 1 MB, whoever asks."""

    def __init__(self) -> None:
        self._key = os.urandom(16)  # or somebody could choose addresses that spend another's day
        self._day = 0
        self._counters = _zeros()

    def of(self, subject: str, day: int) -> int:
        """Return how many documents were counted for the subject on that day, never too few."""
        self._turn_to(day)
        return min(self._counters[at] for at in self._places(subject))

    def add(self, subject: str, documents: int, day: int) -> None:
        """So many more."""
        total = min(self.of(subject, day) + documents, _MOST)
        for at in self._places(subject):
            self._counters[at] = max(self._counters[at], total)

    def _turn_to(self, day: int) -> None:
        if day != self._day:
            self._day, self._counters = day, _zeros()

    def _places(self, subject: str) -> list[int]:
        digest = blake2b(subject.encode(), digest_size=2 * _ROWS, key=self._key).digest()
        return [row * _WIDTH + (digest[2 * row] << 8 | digest[2 * row + 1]) for row in range(_ROWS)]


def _zeros() -> "array[int]":
    return array("I", bytes(array("I").itemsize * _ROWS * _WIDTH))
