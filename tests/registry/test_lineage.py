"""A registry that has moved: its bundles open from every home's anchor, and from no other's."""

from dataclasses import replace

import pytest

from credential import cbor
from credential.ids import UnixTime
from registry import payloads as p
from registry.anchor_file import TrustAnchor
from registry.bundle import make_full_bundle, open_bundle
from registry.bundle_file import PAGE_LIMITS, inflate, read_envelope, write_bundle_file
from registry.checkpoint import make_checkpoint, sign_statement, state_statement
from registry.errors import BundleError, ForeignRegistryError, ForkError, RollbackError
from registry.journal import Journal, make_entry
from registry.journal_homes import told_homes
from registry.lineage import registries
from registry.snapshot import snapshot_value
from registry.trust_data import BundleKind, EvidenceStrength
from tests.simulated_registries import contract_of, move
from tests.simulator import CHAIN_ID, CONTRACT, SimulatedKey, Simulator
from verifier.reasons import Reason
from verifier.verdict import Outcome
from verifier.verify import verify

KINDS = pytest.mark.parametrize("full", [True, False], ids=["full", "lite"])


class Moved:
    """A registry that issued at three homes, with a checkpoint by other signers at each."""

    def __init__(self) -> None:
        self.sim = sim = Simulator()
        self.office = office = sim.office("A1")
        self.issued = [sim.issue(office, {1: "before"})]
        self.waiting = sim.issue(office, {1: "signed before, not anchored"})
        self.rotate("first")
        self.old_full, self.old_lite = sim.full_bundle(), sim.lite_bundle()
        self.old_floor = sim.trust().floor
        for chain_id in (7, 8):
            move(sim, chain_id)
            self.issued.append(sim.issue(office, {1: f"at {chain_id}"}))
            self.rotate(f"at {chain_id}")

    def rotate(self, name: str) -> None:
        """What was issued last is anchored, and new signers take over."""
        self.sim.anchor(self.issued[-1])
        self.sim.set_signers(*(SimulatedKey(f"{name} {n}") for n in range(3)))
        self.sim.checkpoint()

    def bundle(self, *, full: bool) -> bytes:
        return self.sim.full_bundle() if full else self.sim.lite_bundle()


HERE = Moved()


@KINDS
def test_a_moved_registry_opens_from_the_old_trust_anchor(full: bool) -> None:  # noqa: FBT001
    trust = open_bundle(HERE.bundle(full=full), anchor=HERE.sim.trust_anchor)
    assert HERE.sim.trust_anchor.chain_id == CHAIN_ID
    assert trust.evidence.strength is EvidenceStrength.CHECKPOINT
    assert (trust.state.chain_id, trust.state.contract) == (8, contract_of(8))
    assert [home.chain_id for home in trust.state.homes] == [CHAIN_ID, 7, 8]


@KINDS
def test_it_opens_from_an_anchor_of_a_later_home(full: bool) -> None:  # noqa: FBT001
    here = Moved()
    first, *later = here.sim.checkpoints
    for statement in (checkpoint.statement for checkpoint in later):
        anchor = TrustAnchor(statement.chain_id, statement.contract, statement.signers, "新", "New")
        while here.sim.checkpoints[0].statement.signers != anchor.signers:
            here.sim.checkpoints.pop(0)
        assert open_bundle(here.bundle(full=full), anchor=anchor).state.chain_id == 8
    assert first.statement.chain_id == CHAIN_ID


@KINDS
def test_documents_of_every_home_are_valid_with_the_chains_gone(full: bool) -> None:  # noqa: FBT001
    trust = open_bundle(HERE.bundle(full=full), anchor=HERE.sim.trust_anchor)
    for batch in HERE.issued:
        assert verify(batch.sealed[0], trust, HERE.sim.now).outcome is Outcome.VALID


def test_a_signature_made_at_an_earlier_home_counts() -> None:
    trust = open_bundle(HERE.bundle(full=True), anchor=HERE.sim.trust_anchor)
    verdict = verify(HERE.waiting.sealed[0], trust, HERE.sim.now)
    assert verdict.checks[1].reason is Reason.PROOF_SIGNATURE


def test_a_signature_made_for_the_next_home_does_not_count_before_the_move() -> None:
    sim = Simulator()
    office = sim.office("A1")
    sim.chain_id, sim.contract = 7, contract_of(7)
    early = sim.issue(office, {1: "too early"})
    sim.chain_id, sim.contract = sim.first_home
    sim.checkpoint()
    verdict = verify(early.sealed[0], sim.trust(), sim.now)
    assert verdict.checks[1].reason is Reason.PROOF_SIGNATURE_INVALID


@KINDS
def test_another_registry_by_the_same_signers_is_foreign(full: bool) -> None:  # noqa: FBT001
    other = Simulator(chain_id=7, contract=contract_of(7))
    other.checkpoint()
    bundle = other.full_bundle() if full else other.lite_bundle()
    with pytest.raises(ForeignRegistryError, match="says nothing about this registry"):
        open_bundle(bundle, anchor=Simulator().trust_anchor)


def test_a_snapshot_cannot_claim_an_earlier_home_that_nobody_vouched_for() -> None:
    other = Simulator(chain_id=7, contract=contract_of(7))
    other.checkpoint()
    value = snapshot_value(other.state())
    assert isinstance(value, dict)
    value[19] = [[CHAIN_ID, CONTRACT, 1]]
    bundle = write_bundle_file(
        BundleKind.LITE,
        (7, contract_of(7)),
        value,
        other.documents(),
        made_at=0,
        checkpoints=other.checkpoints,
    )
    with pytest.raises(BundleError, match="not what its last checkpoint states"):
        open_bundle(bundle, anchor=Simulator().trust_anchor)


def test_a_journal_cannot_be_carried_off_to_a_registry_nobody_vouched_for() -> None:
    sim = Simulator()
    sim.checkpoint()
    anchor, stolen = sim.trust_anchor, 66
    move(sim, stolen)
    thief = [SimulatedKey(f"thief {n}") for n in range(3)]
    sim.set_signers(*thief)
    statement = state_statement(sim.state(), sim.now)
    by_thieves = make_checkpoint(statement, [sign_statement(statement, key) for key in thief])
    for checkpoints in ([by_thieves], [*sim.checkpoints, by_thieves]):
        bundle = make_full_bundle(sim.journal, sim.documents(), made_at=0, checkpoints=checkpoints)
        with pytest.raises(BundleError, match="0 signatures by the signers trusted so far"):
            open_bundle(bundle, anchor=anchor)


def test_entries_behind_the_last_checkpoint_move_nothing() -> None:
    sim = Simulator()
    sim.checkpoint()
    move(sim, 66)
    trust = open_bundle(sim.full_bundle(), anchor=sim.trust_anchor)
    assert (trust.state.chain_id, len(trust.state.homes)) == (CHAIN_ID, 1)
    stolen = replace(sim.trust_anchor, chain_id=66, contract=contract_of(66))
    with pytest.raises(ForeignRegistryError):
        open_bundle(sim.full_bundle(), anchor=stolen)


def test_a_bundle_names_the_registry_in_force_after_its_last_entry() -> None:
    sim = Simulator()
    sim.append(p.SuccessorRegistrySet(7, contract_of(7)))
    read_at = make_full_bundle(sim.journal, sim.documents(), made_at=0, read_at=None)
    assert read_envelope(read_at, PAGE_LIMITS).chain_id == CHAIN_ID
    sim.append(p.JournalCarried(CHAIN_ID, CONTRACT))
    moved = sim.full_bundle(read_at=sim.now)
    assert read_envelope(moved, PAGE_LIMITS).chain_id == 7
    envelope = read_envelope(moved, PAGE_LIMITS)
    body = cbor.decode(inflate(envelope.compressed, envelope.body_bytes), max_bytes=10**6)
    assert isinstance(body, dict)
    body[8] = [len(sim.entries) - 1, sim.now]
    members = cbor.decode(moved, max_bytes=10**6)
    assert isinstance(members, dict)
    fewer = repacked(members, body)
    with pytest.raises(BundleError, match="but the journal has 1 more"):
        open_bundle(fewer)


def repacked(members: dict[cbor.Key, cbor.Value], body: dict[cbor.Key, cbor.Value]) -> bytes:
    """The bundle file with another body."""
    import zlib  # noqa: PLC0415

    encoded = cbor.encode(body)
    return cbor.encode({**members, 5: len(encoded), 6: zlib.compress(encoded)})


@pytest.mark.parametrize("named", [(CHAIN_ID, CONTRACT), (8, contract_of(8))])
def test_a_statement_names_the_registry_in_force_at_its_size(named: tuple[int, bytes]) -> None:
    sim = Simulator()
    first = sim.signer_keys
    move(sim, 7)
    sim.set_signers(*(SimulatedKey(f"second {n}") for n in range(3)))
    wrong = state_statement(sim.state(), sim.now)._replace(chain_id=named[0], contract=named[1])
    sim.checkpoints.append(
        make_checkpoint(wrong, [sign_statement(wrong, key) for key in (*first, *sim.signer_keys)])
    )
    sim.checkpoint()
    sim.set_signers(*(SimulatedKey(f"new {n}") for n in range(3)))
    move(sim, 8)
    sim.checkpoint()
    for bundle in (sim.full_bundle(), sim.lite_bundle()):
        with pytest.raises(BundleError, match="than the one in force there"):
            open_bundle(bundle, anchor=sim.trust_anchor)


@KINDS
def test_a_store_goes_on_across_the_move_and_never_back(full: bool) -> None:  # noqa: FBT001
    anchor = HERE.sim.trust_anchor
    after = open_bundle(HERE.bundle(full=full), anchor=anchor, floor=HERE.old_floor)
    assert after.floor.size > HERE.old_floor.size
    assert after.floor.homes[0] == HERE.old_floor.homes[0]
    with pytest.raises(RollbackError):
        open_bundle(HERE.old_full if full else HERE.old_lite, anchor=anchor, floor=after.floor)


def test_a_move_does_not_hide_a_fork() -> None:
    forked = HERE.old_floor._replace(size=3)
    with pytest.raises(ForkError):
        open_bundle(HERE.bundle(full=True), anchor=HERE.sim.trust_anchor, floor=forked)


def test_a_store_of_another_registry_makes_the_bundle_foreign() -> None:
    elsewhere = HERE.old_floor._replace(homes=((99, contract_of(99)),))
    with pytest.raises(ForeignRegistryError, match="seen before"):
        open_bundle(HERE.bundle(full=False), anchor=HERE.sim.trust_anchor, floor=elsewhere)


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (p.JournalCarried(CHAIN_ID, contract_of(1)), "but the registry in force is"),
        (p.SuccessorRegistrySet(9, contract_of(9)), "nothing may but journalCarried"),
    ],
)
def test_a_bundle_with_an_impossible_move_is_refused_naming_the_entry(
    payload: p.Payload, reason: str
) -> None:
    sim = Simulator()
    sim.append(p.SuccessorRegistrySet(7, contract_of(7)))
    size = len(sim.entries)
    entries = (*sim.entries, make_entry(size, UnixTime(sim.now), payload))
    bundle = make_full_bundle(
        Journal(*sim.first_home, entries), sim.documents(), made_at=0, read_at=None
    )
    bundle = with_read_at(bundle, size + 1)
    with pytest.raises(BundleError, match=f"journal entry {size}: .*{reason}"):
        open_bundle(bundle)


def with_read_at(bundle: bytes, size: int) -> bytes:
    """The bundle, said to be read from a node after so many entries."""
    envelope = read_envelope(bundle, PAGE_LIMITS)
    body = cbor.decode(inflate(envelope.compressed, envelope.body_bytes), max_bytes=10**6)
    members = cbor.decode(bundle, max_bytes=10**6)
    assert isinstance(body, dict)
    assert isinstance(members, dict)
    return repacked(members, {**body, 8: [size, 1]})


def test_entries_of_a_move_that_are_malformed_tell_of_nothing() -> None:
    sim = Simulator()
    move(sim, 7)
    cut = [entry._replace(data=entry.data[:-1]) for entry in sim.entries]
    assert registries(told_homes(sim.first_home, sim.entries)) == (
        sim.first_home,
        (7, contract_of(7)),
    )
    assert registries(told_homes(sim.first_home, cut)) == (sim.first_home,)


def test_a_bundle_that_counts_less_than_its_own_move_is_refused() -> None:
    sim = Simulator()
    sim.checkpoint()
    before = sim.checkpoints[:]
    move(sim, 7)
    moved = sim.full_bundle(read_at=sim.now)
    members = cbor.decode(moved, max_bytes=10**6)
    still = make_full_bundle(sim.journal, sim.documents(), made_at=0, checkpoints=before)
    assert open_bundle(still, anchor=sim.trust_anchor).state.chain_id == CHAIN_ID
    inside = cbor.decode(still, max_bytes=10**6)
    assert isinstance(members, dict)
    assert isinstance(inside, dict)
    renamed = cbor.encode({**inside, 3: members[3], 4: members[4]})
    with pytest.raises(BundleError, match="names another registry than the one in force after its"):
        open_bundle(renamed, anchor=sim.trust_anchor)
