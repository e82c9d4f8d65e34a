"""How large the QR symbols of real rows are, and how long one takes to draw."""

from collections.abc import Callable, Sequence
from typing import Final

from benchmarks.measure import over, side_by_side
from benchmarks.results import Measured
from benchmarks.world import DRIVER, HOUSEHOLD, URL, World, real_records
from credential.qr_symbol import draw_png, draw_png_reference, draw_svg, symbol_version
from credential.qr_text import qr_encode
from credential.sealed import without_signature
from issuer.prepare import PreparedRecord

KEYS: Final = ("qr_version_single", "qr_version_4096", "qr_draw_ms")
_BATCHES: Final = (1, 16, 256, 4_096)
_HOUSEHOLD_OF: Final = 4
_LATE_SLOT: Final = 1_000_000  # a long list, so that the slot takes as many bytes as it ever will


def measure(*, quick: bool) -> Measured:
    """Return the largest symbols of all real rows, and the time to draw one."""
    world = World(first_slot=_LATE_SLOT)
    licences = real_records(world.types[DRIVER], in_force=False)
    households = [
        record
        for record in real_records(world.types[HOUSEHOLD], in_force=False)
        if len(record.rows) == _HOUSEHOLD_OF
    ]
    versions = {
        "driver licence": _versions(world, licences[:40] if quick else licences, DRIVER),
        "household of four": _versions(world, households, HOUSEHOLD),
    }
    drawing = side_by_side(_drawing_works(world, licences), rounds=3 if quick else 9)
    alone, largest = (versions["driver licence"][str(size)] for size in (1, _BATCHES[-1]))
    return Measured(
        {
            "qr_version_single": alone["signed, largest"],
            "qr_version_4096": largest["signed, largest"],
            "qr_draw_ms": drawing["PNG, 8 pixels a module"] * 1e3,
        },
        {
            "versions by batch size": versions,
            "rows": {"driver licence": len(licences), "household of four": len(households)},
            "address before the digits, characters": len(URL),
            "drawing a licence of a batch of 4,096, ms": {
                name: round(seconds * 1e3, 2) for name, seconds in drawing.items()
            },
        },
    )


def _versions(
    world: World, records: Sequence[PreparedRecord], type_id: str
) -> dict[str, dict[str, int]]:
    """Return the versions of these rows for each batch size, with and without signature."""
    return {str(size): _versions_in(world, records, type_id, size) for size in _BATCHES}


def _versions_in(
    world: World, records: Sequence[PreparedRecord], type_id: str, size: int
) -> dict[str, int]:
    signed = _sealed_in(world, records, type_id, size)
    unsigned = [without_signature(sealed) for sealed in signed]
    found = {}
    for name, variant in (("signed", signed), ("unsigned", unsigned)):
        versions = sorted(symbol_version(qr_encode(sealed, URL)) for sealed in variant)
        found[f"{name}, median"] = versions[len(versions) // 2]
        found[f"{name}, largest"] = versions[-1]
    return found


def _sealed_in(
    world: World, records: Sequence[PreparedRecord], type_id: str, size: int
) -> list[bytes]:
    """Return each record sealed in a full batch of that size, the same rows again before it.

    It stands at the end, where the leaf index is longest.
    """
    entries = world.encode(records, type_id)
    sealed: list[bytes] = []
    for first in range(0, len(entries), size):
        asked = entries[first : first + size]
        others = (entries * (size // len(entries) + 1))[: size - len(asked)]
        sealed += world.seal([*others, *asked]).sealed[len(others) :]
    return sealed


def _drawing_works(
    world: World, licences: Sequence[PreparedRecord]
) -> dict[str, Callable[[], object]]:
    texts = [qr_encode(each, URL) for each in _sealed_in(world, licences[:64], DRIVER, 4_096)]
    return {
        "PNG, 8 pixels a module": over(draw_png, texts),
        "SVG": over(draw_svg, texts),
        "PNG by the qrcode library": over(draw_png_reference, texts),
    }
