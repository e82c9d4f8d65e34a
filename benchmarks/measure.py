"""Timing that is fair: the things compared take turns in one process on one core; medians are kept.

Seconds are processor seconds of this process, all its threads together: what other programs do on
the machine meanwhile does not count. The garbage collector stays on, as when the product runs.
"""

import gc
import os
import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import cycle
from typing import TypeVar

Item = TypeVar("Item")


@contextmanager
def one_core() -> Iterator[None]:
    """This process runs on one core inside the `with` block, where the system lets it choose."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def over(work: Callable[[Item], object], inputs: Iterable[Item]) -> Callable[[], object]:
    """Return a work without arguments that takes the next of the inputs at every call."""
    take = cycle(inputs).__next__
    return lambda: work(take())


def side_by_side(
    works: Mapping[str, Callable[[], object]], *, rounds: int = 25, slice_seconds: float = 0.02
) -> dict[str, float]:
    """Return the median seconds per call of each work, all of them measured in turns.

    Each round gives every work one slice of about `slice_seconds`, so that a machine that slows
    down or speeds up does so for all of them.
    """
    calls = {name: _calls_within(work, slice_seconds) for name, work in works.items()}
    samples: dict[str, list[float]] = {name: [] for name in works}
    gc.collect()
    for _ in range(rounds):
        for name, work in works.items():
            samples[name].append(_seconds_per_call(work, calls[name]))
    return {name: statistics.median(values) for name, values in samples.items()}


def median_seconds(work: Callable[[], object], *, rounds: int = 5) -> float:
    """Return the median seconds of one call of a slow work."""
    samples = []
    for _ in range(rounds):
        gc.collect()
        samples.append(_seconds_per_call(work, 1))
    return statistics.median(samples)


def _calls_within(work: Callable[[], object], seconds: float) -> int:
    _seconds_per_call(work, 3)
    return max(1, int(seconds / max(_seconds_per_call(work, 10), 1e-7)))


def _seconds_per_call(work: Callable[[], object], calls: int) -> float:
    started = time.process_time()
    for _ in range(calls):
        work()
    return (time.process_time() - started) / calls
