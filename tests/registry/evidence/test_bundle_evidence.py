"""Bundles with chain evidence: what they are worth to whom, and the lies they see through."""

from dataclasses import replace
from hashlib import sha256

import pytest

from credential.ids import UnixTime
from registry import payloads as p
from registry.anchor_file import TrustAnchor, decode_trust_anchor, encode_trust_anchor
from registry.bundle import ReadAt, make_full_bundle, make_lite_bundle, open_bundle
from registry.errors import BundleError, EvidenceError, RollbackError, TrustAnchorError
from registry.evidence.consensus import Consensus, SealEngine
from registry.evidence.file import ChainEvidence
from registry.journal import Journal, JournalEntry
from registry.trust_data import EvidenceStrength, Floor
from tests.simulated_chain import (
    CLIQUE,
    QBFT,
    START,
    CliqueChain,
    QbftChain,
    State,
    addresses,
    big_endian,
    evidence_of,
    people,
    person,
)
from tests.simulator import CHAIN_ID, CONTRACT, Simulator

FOUR = people(4)
BLOCK = 5_000
AT = START + 2 * BLOCK


def registry() -> Simulator:
    sim = Simulator()
    office = sim.office("A1")
    sim.anchor(sim.issue(office, {1: "a"}, {1: "b"}))
    return sim


SIM = registry()
STATE = State({CONTRACT: SIM.state().head})
EVIDENCE = evidence_of(QBFT, [QbftChain(FOUR).block(BLOCK, STATE.root)], STATE, CONTRACT)
ANCHOR = replace(SIM.trust_anchor, validators=addresses(FOUR), consensus=QBFT)


def full(
    evidence: ChainEvidence = EVIDENCE,
    entries: list[JournalEntry] | None = None,
    *,
    sim: Simulator = SIM,
    signed: bool = False,
) -> bytes:
    journal = Journal(sim.chain_id, sim.contract, tuple(entries or sim.entries))
    checkpoints = [sim.checkpoint()] if signed else []
    return make_full_bundle(
        journal, sim.documents(), made_at=AT, checkpoints=checkpoints, chain=evidence
    )


def lite(evidence: ChainEvidence = EVIDENCE, *, sim: Simulator = SIM) -> bytes:
    return make_lite_bundle(
        sim.state(),
        sim.documents(),
        made_at=AT,
        checkpoints=[sim.checkpoint()],
        chain=evidence,
    )


def refused(why: str, bundle: bytes, anchor: TrustAnchor = ANCHOR) -> None:
    with pytest.raises(BundleError, match=why):
        open_bundle(bundle, anchor=anchor)


def test_seals_and_proof_alone_are_strength_three_as_of_the_block() -> None:
    trust = open_bundle(full(), anchor=ANCHOR)

    assert trust.evidence == (EvidenceStrength.CHAIN, AT, ())
    assert trust.state.head == SIM.state().head
    assert trust.seals is not None
    assert trust.seals.block == BLOCK
    assert set(trust.seals.sealed_by) < set(addresses(FOUR))


def test_clique_is_strength_three_too() -> None:
    made = CliqueChain(FOUR, BLOCK - 1)
    made.append(STATE.root)
    for _ in range(3):
        made.append()
    evidence = evidence_of(CLIQUE, made.headers, STATE, CONTRACT)
    trust = open_bundle(full(evidence), anchor=replace(ANCHOR, consensus=CLIQUE))

    assert trust.evidence == (EvidenceStrength.CHAIN, AT, ())


def test_beside_a_checkpoint_a_lite_bundle_is_strength_three() -> None:
    trust = open_bundle(lite(), anchor=ANCHOR)

    assert trust.evidence.strength is EvidenceStrength.CHAIN
    assert trust.evidence.as_of == AT
    assert trust.evidence.signed_by


def test_without_validators_to_begin_from_it_is_the_checkpoint_that_counts() -> None:
    anchor = replace(ANCHOR, validators=(), consensus=None)
    for bundle in (lite(), full(signed=True)):
        trust = open_bundle(bundle, anchor=anchor)

        assert trust.evidence.strength is EvidenceStrength.CHECKPOINT
        assert trust.evidence.as_of == SIM.now
        assert trust.seals is None


def test_without_validators_and_checkpoints_nobody_vouches() -> None:
    for anchor in (None, replace(ANCHOR, validators=(), consensus=None)):
        trust = open_bundle(full(), anchor=anchor)

        assert trust.evidence == (EvidenceStrength.UNPROVEN, AT, ())


def test_without_validators_the_state_must_at_least_fit() -> None:
    other = State({CONTRACT: sha256(b"another head").digest()})
    evidence = EVIDENCE._replace(
        account_proof=other.account_proof(CONTRACT), storage_proof=other.storage_proof(CONTRACT)
    )
    with pytest.raises(EvidenceError, match="no block of the evidence"):
        open_bundle(full(evidence))


def test_an_entry_a_lying_node_forged_is_refused() -> None:
    forged = SIM.entries[-1]._replace(time=UnixTime(SIM.entries[-1].time + 1))
    refused("do not give the head", full(entries=[*SIM.entries[:-1], forged]))


def test_an_entry_left_out_or_added_is_refused() -> None:
    longer = registry()
    longer.revoke(longer.office("A2"), 1)
    refused("do not give the head", full(entries=SIM.entries[:-1]))
    refused("do not give the head", full(sim=longer))


def test_a_lite_bundle_of_another_time_than_the_block_is_refused() -> None:
    longer = registry()
    longer.register("A2")
    refused("do not give the head", lite(sim=longer))


def test_entries_behind_a_checkpoint_count_where_the_chain_vouches_for_them() -> None:
    sim = registry()
    sim.checkpoint()
    sim.register("A2")
    state = State({CONTRACT: sim.state().head})
    evidence = evidence_of(QBFT, [QbftChain(FOUR).block(BLOCK, state.root)], state, CONTRACT)
    bundle = make_full_bundle(
        sim.journal, sim.documents(), made_at=AT, checkpoints=sim.checkpoints[-1:], chain=evidence
    )
    by_signers = open_bundle(bundle, anchor=replace(ANCHOR, validators=(), consensus=None))
    by_chain = open_bundle(bundle, anchor=ANCHOR)

    assert by_chain.state.size == by_signers.state.size + 1
    assert by_chain.evidence.strength is EvidenceStrength.CHAIN


def test_a_checkpoint_that_states_something_else_refuses_the_chain_too() -> None:
    sim = registry()
    other = Simulator()
    other.register("A9")
    sim.register("A2")
    state = State({CONTRACT: sim.state().head})
    evidence = evidence_of(QBFT, [QbftChain(FOUR).block(BLOCK, state.root)], state, CONTRACT)
    refused(
        "not the one its checkpoint",
        make_full_bundle(
            sim.journal,
            sim.documents(),
            made_at=AT,
            checkpoints=[other.checkpoint()],
            chain=evidence,
        ),
    )


def test_the_chain_of_another_registry_with_the_same_validators_proves_nothing_here() -> None:
    other = Simulator(chain_id=CHAIN_ID + 1)
    other.anchor(other.issue(other.office("A1"), {1: "a"}, {1: "b"}))
    state = State({CONTRACT: other.state().head})
    evidence = evidence_of(QBFT, [QbftChain(FOUR).block(BLOCK, state.root)], state, CONTRACT)

    refused("do not give the head", full(evidence))


def test_another_engine_than_the_trust_anchors_is_refused() -> None:
    refused("runs CLIQUE", full(), replace(ANCHOR, consensus=CLIQUE))


def test_other_validators_than_the_trust_anchors_are_refused() -> None:
    others = [person(f"other {n}") for n in range(4)]
    refused("lists other validators", full(), replace(ANCHOR, validators=addresses(others)))


def test_headers_go_forward() -> None:
    chain = QbftChain(FOUR)
    later = chain.block(BLOCK + 1, STATE.root)
    refused("ascending", full(EVIDENCE._replace(headers=(later, *EVIDENCE.headers))))
    earlier = chain.block(BLOCK + 1, STATE.root, at=big_endian(AT - 1))
    refused("ascending", full(EVIDENCE._replace(headers=(*EVIDENCE.headers, earlier))))


def test_a_genesis_block_proves_nothing() -> None:
    genesis = QbftChain(FOUR).block(0, STATE.root)
    refused("genesis", full(EVIDENCE._replace(headers=(genesis,))))


def test_a_store_never_goes_back() -> None:
    bundle = full()
    trust = open_bundle(bundle, anchor=ANCHOR)
    with pytest.raises(RollbackError):
        open_bundle(bundle, anchor=ANCHOR, floor=trust.floor._replace(as_of=UnixTime(AT + 1)))
    with pytest.raises(RollbackError):
        open_bundle(bundle, anchor=ANCHOR, floor=Floor(trust.state.size + 1, *trust.floor[1:]))


def test_a_bundle_has_not_both_a_time_of_reading_and_chain_evidence() -> None:
    bundle = make_full_bundle(
        SIM.journal,
        SIM.documents(),
        made_at=AT,
        read_at=ReadAt(len(SIM.entries), UnixTime(AT)),
        chain=EVIDENCE,
    )
    refused("either checkpoints or", bundle)


def test_a_trust_anchor_names_engine_and_epoch_with_its_validators() -> None:
    assert decode_trust_anchor(encode_trust_anchor(ANCHOR)) == ANCHOR
    without = replace(ANCHOR, validators=())
    with pytest.raises(TrustAnchorError):
        decode_trust_anchor(encode_trust_anchor(without))
    no_epoch = replace(ANCHOR, consensus=Consensus(SealEngine.QBFT, 0))
    with pytest.raises(TrustAnchorError, match="epoch"):
        decode_trust_anchor(encode_trust_anchor(no_epoch))


def test_a_trust_anchor_names_no_validator_twice() -> None:
    twice = replace(ANCHOR, validators=(*ANCHOR.validators, ANCHOR.validators[0]))
    with pytest.raises(TrustAnchorError, match="twice"):
        decode_trust_anchor(encode_trust_anchor(twice))


def test_a_home_that_was_left_is_as_of_its_last_entry_however_long_its_chain_goes_on() -> None:
    sim = registry()
    left = sim.append(p.SuccessorRegistrySet(CHAIN_ID + 1, bytes([7]) * 20))
    state = State({CONTRACT: sim.state().head})
    evidence = evidence_of(QBFT, [QbftChain(FOUR).block(10**8, state.root)], state, CONTRACT)
    trust = open_bundle(full(evidence, sim=sim), anchor=ANCHOR)

    assert trust.evidence == (EvidenceStrength.CHAIN, left.time, ())


def test_seals_count_for_no_later_home_than_the_trust_anchors() -> None:
    sim = registry()
    home = bytes([7]) * 20
    sim.append(p.SuccessorRegistrySet(CHAIN_ID, home))
    sim.append(p.JournalCarried(CHAIN_ID, CONTRACT))
    state = State({home: sim.state().head})
    evidence = evidence_of(QBFT, [QbftChain(FOUR).block(BLOCK, state.root)], state, home)
    trust = open_bundle(full(evidence, sim=sim), anchor=ANCHOR)

    assert trust.state.contract == home
    assert trust.evidence.strength is EvidenceStrength.UNPROVEN
