"""Token buckets: so many documents a second on average, with a burst, for each of many callers."""

from typing import Final, NamedTuple

_MOST_BUCKETS: Final = 20_000


class Allowance(NamedTuple):
    """What one caller may have checked; `burst` seconds' worth may come at once."""

    per_second: int
    per_day: int
    burst: int = 10


class Buckets:
    """One bucket for each caller. One that was not used for longest is forgotten first."""

    def __init__(self, most: int = _MOST_BUCKETS) -> None:
        self._most = most
        self._levels: dict[str, tuple[float, float]] = {}

    def take(self, caller: str, documents: int, allowance: Allowance, now: float) -> float:
        """Take documents out of the caller's bucket, or return for how many seconds it is empty.

        A bucket with anything in it gives any number, and is then below empty until it has filled
        up again: so the average holds, and a request is not too large for its bucket.
        """
        level = self._level(caller, allowance, now)
        self._levels.pop(caller, None)
        is_open = level >= 1
        self._levels[caller] = (level - documents if is_open else level, now)
        if len(self._levels) > self._most:
            del self._levels[next(iter(self._levels))]
        return 0.0 if is_open else (1 - level) / allowance.per_second

    def wait(self, caller: str, allowance: Allowance, now: float) -> float:
        """Return for how many seconds the caller's bucket is empty, and leave it as it is."""
        return max(0.0, (1 - self._level(caller, allowance, now)) / allowance.per_second)

    def _level(self, caller: str, allowance: Allowance, now: float) -> float:
        most = float(allowance.per_second * allowance.burst)
        level, at = self._levels.get(caller, (most, now))
        return min(most, level + (now - at) * allowance.per_second)
