"""A forged bundle must not be remembered: it would make a verifier refuse every genuine one."""

from pathlib import Path

import pytest

from credential.ids import AgencyCode, UnixTime
from registry.anchor_file import decode_trust_anchor
from registry.bundle import make_full_bundle
from registry.bundle_file import ReadAt
from registry.journal import Journal, make_entry
from registry.payloads import AgencyRegistered, Names
from registry.trust_data import EvidenceStrength
from tests.verifier.paper import Counter
from verifier.sources import trust_from_bundle
from verifier.store import TrustStore


@pytest.fixture
def counter(tmp_path: Path) -> Counter:
    return Counter(tmp_path)


def forged(counter: Counter) -> Path:
    """The genuine journal and one entry that only its writer has seen.

    The bundle has no checkpoint, for nobody would sign one, and says that a node was asked.
    """
    sim = counter.sim
    names = Names("偽", "Forged")
    evil = AgencyRegistered(AgencyCode("EVIL"), b"\1" * 20, b"\2" * 20, names)
    entries = (*sim.entries, make_entry(len(sim.entries), sim.now, evil))
    bundle = make_full_bundle(
        Journal(sim.chain_id, sim.contract, entries),
        sim.documents(),
        made_at=sim.now,
        read_at=ReadAt(len(entries), UnixTime(sim.now + 60)),
    )
    return counter.write("forged.bundle", bundle)


def test_a_bundle_without_proof_is_not_remembered_where_a_trust_anchor_asks_for_it(
    counter: Counter, tmp_path: Path
) -> None:
    anchor = decode_trust_anchor(counter.anchor_file.read_bytes())
    store = TrustStore(tmp_path / "store")
    trust_from_bundle(counter.bundle, anchor, store)
    before = store.memory()

    unproven = trust_from_bundle(forged(counter), anchor, store)

    assert unproven.evidence.strength is EvidenceStrength.UNPROVEN
    assert store.memory() == before
    assert trust_from_bundle(counter.bundle, anchor, store).state.size == counter.sim.state().size
