"""The vectors of mirrors: ranges, heads, deltas and the suppression of small numbers."""

import zlib
from collections.abc import Iterator
from hashlib import sha256

from credential import cbor
from registry.head import initial_head
from registry.mirror.range_file import (
    RegistryId,
    encode_heads,
    encode_range,
    heads_of,
    range_head,
)
from registry.mirror.statistics import suppressed
from tests.simulator import CHAIN_ID, CONTRACT, Simulator
from tests.vectors.make_trust_vectors import Json

OURS = RegistryId(CHAIN_ID, CONTRACT)
OLD = bytes(range(64)) * 3
NEW = OLD[:100] + b"something new" + OLD[64:]


def ranges() -> Iterator[tuple[str, dict[str, Json]]]:
    """Range files, good ones and bad ones."""
    entries = Simulator().entries
    heads = heads_of(initial_head(*OURS), entries)
    good = encode_range(OURS, 1, entries[1:3], heads[3])
    yield (
        "two_entries",
        {
            "chain_id": OURS.chain_id,
            "contract": OURS.contract.hex(),
            "first": 1,
            "entries": [
                {"index": one.index, "time": one.time, "kind": one.kind, "data": one.data.hex()}
                for one in entries[1:3]
            ],
            "head_after": heads[3].hex(),
            "range": good.hex(),
        },
    )
    bad = {
        "ends_inside_an_entry_fail": good[:-1],
        "bytes_behind_the_last_entry_fail": good + b"\0",
        "more_entries_than_a_chunk_fail": range_head(OURS, 0, 1_025, bytes(32)),
        "of_another_kind_fail": b"SEALJNL1" + good[8:],
    }
    for name, source in bad.items():
        yield name, {"range": source.hex()}


def heads() -> Iterator[tuple[str, dict[str, Json]]]:
    """Heads files."""
    entries = Simulator().entries
    found = heads_of(initial_head(*OURS), entries)[1:4]
    good = encode_heads(OURS, 1, found)
    yield "two_entries", {"first": 1, "heads": [one.hex() for one in found], "file": good.hex()}
    yield "one_head_too_few_fail", {"file": good[:-32].hex()}


def deltas() -> Iterator[tuple[str, dict[str, Json]]]:
    """Deltas between two bodies, which need not be those of bundles; good ones and bad ones."""
    pieces: list[cbor.Value] = [[0, 100, b"something new"], [64, 128, b""]]
    yield "copies_and_new_bytes", _delta(pieces, NEW)
    yield "nothing_in_common", _delta([[0, 0, NEW]], NEW)
    yield "outside_the_old_body_fail", _delta([[100, 100, b""]], NEW)
    yield "longer_than_stated_fail", _delta([*pieces, [0, 1, b""]], NEW)
    yield "shorter_than_stated_fail", _delta(pieces[:1], NEW)
    yield "another_body_than_stated_fail", _delta([[0, 0, NEW[::-1]]], NEW)
    yield "for_another_old_body_fail", _delta(pieces, NEW, {5: bytes(32)})
    yield "of_a_later_version_fail", _delta(pieces, NEW, {1: 2})
    yield "pieces_of_another_length_fail", _delta(pieces, NEW, {8: 5})


def _delta(
    pieces: list[cbor.Value], new: bytes, members: dict[cbor.Key, cbor.Value] | None = None
) -> dict[str, Json]:
    packed = cbor.encode(pieces)
    made: dict[cbor.Key, cbor.Value] = {
        1: 1,
        2: 1,
        3: OURS.chain_id,
        4: OURS.contract,
        5: sha256(OLD).digest(),
        6: len(new),
        7: sha256(new).digest(),
        8: len(packed),
        9: zlib.compress(packed, 0),  # stored, so that every zlib gives the same bytes
    }
    return {
        "kind": 1,
        "old_body": OLD.hex(),
        "delta": cbor.encode({**made, **(members or {})}).hex(),
        "new_body": new.hex(),
    }


def statistics() -> Iterator[tuple[str, dict[str, Json]]]:
    """Counts, and what is published of them."""
    cases: dict[str, dict[tuple[str, ...], int]] = {
        "nothing_small": {("1", "A1", "2026-10"): 12, ("1", "A1", "2026-11"): 30},
        "one_small_number_takes_the_first_beside_it": {
            ("1", "A1"): 3,
            ("1", "B2"): 400,
            ("1", "C3"): 50,
        },
        "two_small_numbers_are_not_enough": {("1", "A1"): 4, ("1", "B2"): 5, ("1", "C3"): 90},
        "nothing_left_to_hide_among": {("1", "A1"): 9, ("1", "B2"): 8, ("2", "C3"): 100},
        "too_few_in_all": {("1", "A1"): 7},
    }
    for name, counts in cases.items():
        listed: list[Json] = [[*path, number] for path, number in counts.items()]
        yield name, {"counts": listed, "published": suppressed("issued", counts).value()}  # type: ignore[dict-item]  # the tree is JSON
