"""What sealing costs a credential in time and memory, from prepared records, few and many."""

import gc
import os
import secrets
import statistics
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from benchmarks.measure import side_by_side
from benchmarks.results import Measured
from benchmarks.world import DRIVER, World, drivers, encode_record
from credential.batch import MAX_BATCH
from issuer.prepare import PreparedRecord

KEYS: Final = ("seal_per_s", "seal_cost_growth", "seal_bytes_per_credential")
_FEW, _MANY = 1_000, 100_000


def measure(*, quick: bool) -> Measured:
    """Return the three keys about sealing, with the stages of one credential in the details."""
    many = _MANY // 10 if quick else _MANY
    world = World()
    records = drivers(world, many)
    resident = _resident_growth(world, records) / many
    few_seconds, many_seconds = _seconds_for_both(world, records, rounds=2 if quick else 5)
    traced = traced_bytes(lambda: seal_all(world, records)) / many
    return Measured(
        {
            "seal_per_s": many / many_seconds,
            "seal_cost_growth": (many_seconds / many) / (few_seconds / _FEW),
            "seal_bytes_per_credential": traced,
        },
        {
            "credentials": many,
            "batches of at most": MAX_BATCH,
            "microseconds a credential, 1,000": round(few_seconds / _FEW * 1e6, 2),
            f"microseconds a credential, {many:,}": round(many_seconds / many * 1e6, 2),
            "resident bytes a credential": round(resident),
            "stages, microseconds a credential": _stages(world, records[:MAX_BATCH]),
        },
    )


def seal_all(world: World, records: Sequence[PreparedRecord]) -> list[bytes]:
    """Return every record sealed, in batches as large as a sealer makes them.

    Each record becomes an entry with fresh randomness; each batch a tree, one signature, and all
    its receipts.
    """
    kind, sealed = world.types[DRIVER], []
    for slot, batch in _batches(records):
        entries = [
            encode_record(record, kind, secrets.token_bytes(16), index)
            for index, record in enumerate(batch, slot)
        ]
        sealed += world.seal(entries).sealed
    return sealed


def _batches(
    records: Sequence[PreparedRecord],
) -> Iterator[tuple[int, Sequence[PreparedRecord]]]:
    for first in range(0, len(records), MAX_BATCH):
        yield first, records[first : first + MAX_BATCH]


def _seconds_for_both(
    world: World, records: Sequence[PreparedRecord], *, rounds: int
) -> tuple[float, float]:
    """Return the median seconds for 1,000 and for all, measured in turns."""
    few, many = [], []
    seal_all(world, records[:_FEW])
    for _ in range(rounds):
        gc.collect()
        few += [_seconds(lambda: seal_all(world, records[:_FEW])) for _ in range(10)]
        gc.collect()
        many.append(_seconds(lambda: seal_all(world, records)))
    return statistics.median(few), statistics.median(many)


def _seconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def traced_bytes(work: Callable[[], object]) -> int:
    """Return the most memory that Python held for a work, its result included."""
    gc.collect()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        kept = work()
        _, most = tracemalloc.get_traced_memory()
        del kept
    finally:
        tracemalloc.stop()
    return most - before


def _resident_growth(world: World, records: Sequence[PreparedRecord]) -> int:
    """Return how much a process grows that seals all records and keeps the result."""
    if not hasattr(os, "fork"):
        return 0
    reading, writing = os.pipe()
    if (child := os.fork()) == 0:
        before = _resident_bytes()
        kept = seal_all(world, records)
        os.write(writing, str(_resident_bytes() - before).encode())
        os._exit(len(kept) != len(records))
    os.waitpid(child, 0)
    grown = int(os.read(reading, 32))
    os.close(reading)
    os.close(writing)
    return grown


def _resident_bytes() -> int:
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123  (no path, but a window into the kernel)
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _stages(world: World, records: Sequence[PreparedRecord]) -> dict[str, float]:
    kind = world.types[DRIVER]
    entries = world.encode(records)
    seconds = side_by_side(
        {
            "entry": lambda: [
                encode_record(record, kind, secrets.token_bytes(16), 7) for record in records
            ],
            "tree, signature and receipts": lambda: world.seal(entries),
        },
        rounds=7,
    )
    return {name: round(value / len(records) * 1e6, 2) for name, value in seconds.items()}
