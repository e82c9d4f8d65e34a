"""A bundle of a registry on real validators proves itself, and sees through a lie."""

from dataclasses import replace

import pytest

from credential.keys import ALG_ES256
from network.lab import Lab
from registry.anchor_file import TrustAnchor, decode_trust_anchor
from registry.bundle import make_full_bundle, open_bundle
from registry.errors import EvidenceError
from registry.journal import Journal
from registry.operations import bundles, chain_evidence, checkpoints, governance
from registry.operations.vouchers import EvidenceChoice
from registry.trust_data import Documents, EvidenceStrength
from sealroot.demo.realm import Realm, make_key

pytestmark = [
    pytest.mark.network,
    pytest.mark.enable_socket,
    pytest.mark.timeout(300),
    pytest.mark.filterwarnings("ignore::registry.key_files.InsecureKeyFileWarning"),
    pytest.mark.filterwarnings("ignore::registry.account_files.InsecureAccountFileWarning"),
]


@pytest.fixture(scope="module")
def anchor(realm: Realm) -> TrustAnchor:
    """Return the trust anchor of the registry, which names the validators of genesis."""
    key = make_key(realm.home.keys / "checkpoint-1.key", ALG_ES256)
    governance.set_checkpoint_signers(realm.registry, 1, [key.cose_key])
    return decode_trust_anchor(checkpoints.write_trust_anchor(realm.registry))


def test_a_trust_anchor_names_the_validators_of_genesis(qbft: Lab, anchor: TrustAnchor) -> None:
    named = tuple(f"0x{address.hex()}" for address in anchor.validators)

    assert named == tuple(sorted(qbft.plan.genesis_validators))
    assert anchor.consensus is not None
    assert anchor.consensus.epoch == qbft.plan.epoch_length


def test_a_full_bundle_of_a_network_is_of_strength_three(realm: Realm, anchor: TrustAnchor) -> None:
    made, _ = bundles.make_full(realm.registry, 0)
    trust = open_bundle(made, anchor=anchor)

    assert trust.evidence.strength is EvidenceStrength.CHAIN
    assert trust.state.head == realm.registry.chain.head().head
    assert trust.seals is not None
    assert set(trust.seals.sealed_by) <= set(anchor.validators)


def test_a_lite_bundle_asks_signers_and_validators(realm: Realm, anchor: TrustAnchor) -> None:
    realm.bundle(realm.home.path / "lite.srb", lite=True)
    made, _ = bundles.make_lite(realm.registry, 0, evidence=EvidenceChoice.BOTH)
    trust = open_bundle(made, anchor=anchor)

    assert trust.evidence.strength is EvidenceStrength.CHAIN
    assert trust.evidence.signed_by


def test_entries_that_a_node_forged_do_not_give_the_proven_head(
    realm: Realm, anchor: TrustAnchor
) -> None:
    found = chain_evidence.collect(realm.registry)
    journal = realm.registry.followed().journal
    *kept, last = journal.entries[: found.size]
    forged = (*kept, last._replace(time=last.time + 1))
    bundle = make_full_bundle(
        Journal(journal.chain_id, journal.contract, forged),
        Documents(),
        made_at=0,
        chain=found.evidence,
    )
    with pytest.raises(EvidenceError, match="do not give the head"):
        open_bundle(bundle, anchor=anchor)


def test_a_registry_with_other_validators_is_not_believed(
    realm: Realm, anchor: TrustAnchor
) -> None:
    made, _ = bundles.make_full(realm.registry, 0, evidence=EvidenceChoice.CHAIN)
    others = tuple(bytes([n]) * 20 for n in range(1, 5))
    with pytest.raises(EvidenceError, match="lists other validators"):
        open_bundle(made, anchor=replace(anchor, validators=others))
