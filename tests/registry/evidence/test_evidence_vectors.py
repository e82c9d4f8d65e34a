"""Our code says of every evidence vector what the vector says."""

import json
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credential.errors import SealrootError
from registry.anchor_file import decode_trust_anchor
from registry.bundle import make_full_bundle, open_bundle
from registry.errors import BundleError
from registry.evidence.file import decode_chain_evidence
from registry.evidence.prove import prove
from registry.journal import read_journal_file
from registry.trust_data import Documents, EvidenceStrength

FOLDER = Path(__file__).parents[2] / "vectors" / "evidence"
Vector: TypeAlias = Any


def vectors(*, bad: bool) -> list[Any]:
    files = [f for f in sorted(FOLDER.glob("*.json")) if f.stem.endswith("_fail") == bad]
    return [pytest.param(json.loads(f.read_text("utf-8")), id=f.stem) for f in files]


def bundle_of(vector: Vector) -> bytes:
    """The full bundle that carries this evidence and these entries."""
    return make_full_bundle(
        read_journal_file(bytes.fromhex(vector["journal"])),
        Documents(),
        made_at=0,
        chain=decode_chain_evidence(bytes.fromhex(vector["evidence"])),
    )


@pytest.mark.parametrize("vector", vectors(bad=False))
def test_good_evidence_proves_what_it_says(vector: Vector) -> None:
    anchor = decode_trust_anchor(bytes.fromhex(vector["trust_anchor"]))
    evidence = decode_chain_evidence(bytes.fromhex(vector["evidence"]))
    assert anchor.consensus is not None
    proven = prove(evidence, anchor.validators, anchor.consensus, anchor.contract)
    expect = vector["expect"]

    assert proven.head.hex() == expect["head"]
    assert (proven.at, proven.block) == (expect["as_of"], expect["block"])
    assert proven.block_hash.hex() == expect["block_hash"]
    assert [one.hex() for one in proven.validators] == expect["validators"]
    assert [one.hex() for one in proven.sealed_by] == expect["sealed_by"]


@pytest.mark.parametrize("vector", vectors(bad=False))
def test_a_bundle_with_good_evidence_is_strength_three(vector: Vector) -> None:
    trust = open_bundle(
        bundle_of(vector), anchor=decode_trust_anchor(bytes.fromhex(vector["trust_anchor"]))
    )

    assert trust.evidence.strength is EvidenceStrength.CHAIN
    assert (trust.state.size, trust.evidence.as_of) == (
        vector["expect"]["size"],
        vector["expect"]["as_of"],
    )


@pytest.mark.parametrize("vector", vectors(bad=True))
def test_a_bundle_with_bad_evidence_is_refused(vector: Vector) -> None:
    anchor = decode_trust_anchor(bytes.fromhex(vector["trust_anchor"]))
    bundle = bundle_of(vector)
    with pytest.raises(BundleError) as refusal:
        open_bundle(bundle, anchor=anchor)

    assert refusal.value.code == vector["expect"]["refused"]


@pytest.mark.parametrize("name", ["qbft_removed", "clique_removed"])
@given(data=st.data())
def test_no_changed_bit_of_recorded_evidence_proves_anything_else(
    name: str, data: st.DataObject
) -> None:
    vector = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    anchor = decode_trust_anchor(bytes.fromhex(vector["trust_anchor"]))
    changed = bytearray.fromhex(vector["evidence"])
    bit = data.draw(st.integers(0, 8 * len(changed) - 1))
    changed[bit // 8] ^= 1 << bit % 8
    assert anchor.consensus is not None
    with pytest.raises(SealrootError):
        prove(
            decode_chain_evidence(bytes(changed)),
            anchor.validators,
            anchor.consensus,
            anchor.contract,
        )
