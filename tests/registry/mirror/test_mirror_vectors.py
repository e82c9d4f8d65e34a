"""The vectors of mirrors, as other programs meet them."""

import json
import zlib
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from credential import cbor
from registry.bundle_file import PAGE_LIMITS, inflate, read_envelope
from registry.errors import BundleError, JournalError
from registry.mirror.delta import apply_delta
from registry.mirror.range_file import decode_heads, decode_range, encode_heads, encode_range
from registry.mirror.statistics import suppressed

VECTORS = Path(__file__).parents[2] / "vectors"
Vector: TypeAlias = Any


def vectors(folder: str, *, bad: bool = False) -> Vector:
    files = sorted((VECTORS / folder).glob("*.json"))
    chosen = [file for file in files if file.stem.endswith("_fail") == bad]
    assert chosen, f"no vectors in {folder}; run python -m tests.vectors.generate"
    return pytest.mark.parametrize(
        "vector", [pytest.param(json.loads(file.read_text()), id=file.stem) for file in chosen]
    )


@vectors("mirror-range")
def test_a_range_file_says_what_the_vector_says(vector: Vector) -> None:
    source = bytes.fromhex(vector["range"])

    found = decode_range(source)

    assert [entry.data.hex() for entry in found.entries] == [
        one["data"] for one in vector["entries"]
    ]
    assert encode_range(found.registry, found.first, found.entries, found.head_after) == source


@vectors("mirror-range", bad=True)
def test_a_bad_range_file_is_refused(vector: Vector) -> None:
    with pytest.raises(JournalError):
        decode_range(bytes.fromhex(vector["range"]))


@vectors("mirror-heads")
def test_a_heads_file_says_what_the_vector_says(vector: Vector) -> None:
    source = bytes.fromhex(vector["file"])

    found = decode_heads(source)

    assert [head.hex() for head in found.heads] == vector["heads"]
    assert encode_heads(found.registry, found.first, found.heads) == source


@vectors("mirror-heads", bad=True)
def test_a_bad_heads_file_is_refused(vector: Vector) -> None:
    with pytest.raises(JournalError):
        decode_heads(bytes.fromhex(vector["file"]))


def wrapped(vector: Vector) -> bytes:
    body = bytes.fromhex(vector["old_body"])
    members = {1: 1, 2: vector["kind"], 3: 1, 4: bytes(20), 5: len(body), 6: zlib.compress(body)}
    return cbor.encode(members)


@vectors("mirror-delta")
def test_a_delta_gives_the_new_body(vector: Vector) -> None:
    made = apply_delta(wrapped(vector), bytes.fromhex(vector["delta"]))

    envelope = read_envelope(made, PAGE_LIMITS)
    assert inflate(envelope.compressed, envelope.body_bytes).hex() == vector["new_body"]


@vectors("mirror-delta", bad=True)
def test_a_bad_delta_is_refused(vector: Vector) -> None:
    with pytest.raises(BundleError):
        apply_delta(wrapped(vector), bytes.fromhex(vector["delta"]))


@vectors("mirror-statistics")
def test_what_is_published_of_counts_is_what_the_vector_says(vector: Vector) -> None:
    counts = {tuple(path): number for *path, number in vector["counts"]}

    assert suppressed("issued", counts).value() == vector["published"]
