"""Syncing what validators vouch for, what has moved house, and what others are guests of."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from credential import cbor
from credential.ids import UnixTime
from registry.anchor_file import TrustAnchor, encode_trust_anchor
from registry.belief import needed_chain
from registry.bundle import open_bundle
from registry.evidence.file import ChainEvidence, chain_evidence_value
from registry.head import initial_head
from registry.mirror.folder import Held, MirrorFolder
from registry.mirror.publish import publish
from registry.mirror.published import Published, Vouched
from registry.mirror.range_file import RegistryId, heads_of
from registry.mirror.sources import FolderSource
from registry.mirror.sync import sync
from registry.mirror.sync_report import SyncReport
from registry.recognition import RecognisedRegistry
from registry.trust_data import EvidenceStrength
from tests.registry.mirror.worlds import busy, mirror_of
from tests.simulated_chain import QBFT, START, QbftChain, State, addresses, evidence_of, people
from tests.simulated_registries import contract_of, move, recognise
from tests.simulator import CHAIN_ID, CONTRACT, Simulator

FOUR = people(4)
BLOCK = 5_000
AT = UnixTime(START + 2 * BLOCK)
FIRST_HOME = RegistryId(CHAIN_ID, CONTRACT)


def sealed_by(validators: list, sim: Simulator, block: int = BLOCK) -> ChainEvidence:  # type: ignore[type-arg] # the simulated chain's own
    state = State({sim.contract: sim.state().head})
    return evidence_of(QBFT, [QbftChain(validators).block(block, state.root)], state, sim.contract)


def anchor_with_validators(sim: Simulator) -> TrustAnchor:
    return replace(sim.trust_anchor, validators=addresses(FOUR), consensus=QBFT)


def publish_sealed(sim: Simulator, root: Path, *, signed: bool, block: int = BLOCK) -> None:
    checkpoints = needed_chain(sim.checkpoints, sim.trust_anchor.signers) if signed else ()
    chain = sealed_by(FOUR, sim, block)
    as_of = UnixTime(START + 2 * block)
    vouched = Vouched(sim.state(), sim.documents(), checkpoints, as_of, chain)
    held = Held(sim.entries, heads_of(initial_head(*FIRST_HOME), sim.entries))
    anchor = encode_trust_anchor(anchor_with_validators(sim))
    publish(MirrorFolder(root), Published(FIRST_HOME, held, vouched, anchor, sim.now), old=0)


def synced(anchor: TrustAnchor, source: Path, into: Path) -> SyncReport:
    encoded = encode_trust_anchor(anchor)
    return sync([FolderSource(source)], MirrorFolder(into), encoded, now=AT + 60)


@pytest.fixture
def sim() -> Simulator:
    made = Simulator()
    office = made.office("A1")
    made.anchor(made.issue(office, {1: "a"}, {1: "b"}))
    return made


def test_seals_alone_are_enough_where_the_trust_anchor_names_validators(
    tmp_path: Path, sim: Simulator
) -> None:
    publish_sealed(sim, tmp_path / "home", signed=False)

    report = synced(anchor_with_validators(sim), tmp_path / "home", tmp_path / "copy")

    bundle = (tmp_path / "copy/bundles/full.srb").read_bytes()
    trust = open_bundle(bundle, anchor=anchor_with_validators(sim))
    assert (report.size, report.as_of) == (len(sim.entries), AT)
    assert trust.evidence.strength is EvidenceStrength.CHAIN


def test_seals_reach_entries_behind_the_last_checkpoint(tmp_path: Path, sim: Simulator) -> None:
    sim.checkpoint()
    sim.office("B2")
    publish_sealed(sim, tmp_path / "home", signed=True)

    report = synced(anchor_with_validators(sim), tmp_path / "home", tmp_path / "copy")

    assert report.size == len(sim.entries)
    assert (tmp_path / "copy/bundles/lite.srb").is_file()


def test_seals_mean_nothing_to_a_trust_anchor_without_validators(
    tmp_path: Path, sim: Simulator
) -> None:
    publish_sealed(sim, tmp_path / "home", signed=False)

    report = synced(sim.trust_anchor, tmp_path / "home", tmp_path / "copy")

    assert report.outcomes[0].code == "unvouched"


def test_seals_of_other_validators_are_refused(tmp_path: Path, sim: Simulator) -> None:
    publish_sealed(sim, tmp_path / "home", signed=False)
    false = sealed_by(people(7)[3:], sim)
    (tmp_path / "home/evidence.cbor").write_bytes(cbor.encode(chain_evidence_value(false)))

    report = synced(anchor_with_validators(sim), tmp_path / "home", tmp_path / "copy")

    assert report.outcomes[0].code == "unvouched"


def test_seals_of_a_shorter_journal_with_a_claim_of_more_are_refused(
    tmp_path: Path, sim: Simulator
) -> None:
    old = sealed_by(FOUR, sim)
    sim.office("B2")
    publish_sealed(sim, tmp_path / "home", signed=False)
    (tmp_path / "home/evidence.cbor").write_bytes(cbor.encode(chain_evidence_value(old)))

    report = synced(anchor_with_validators(sim), tmp_path / "home", tmp_path / "copy")

    assert (report.outcomes[0].result, report.size) == ("refused", 0)


def test_older_seals_are_a_rollback(tmp_path: Path, sim: Simulator) -> None:
    publish_sealed(sim, tmp_path / "old", signed=False, block=BLOCK - 10)
    publish_sealed(sim, tmp_path / "new", signed=False)
    synced(anchor_with_validators(sim), tmp_path / "new", tmp_path / "copy")

    report = synced(anchor_with_validators(sim), tmp_path / "old", tmp_path / "copy")

    assert report.outcomes[0].code == "rollback"


def moved() -> Simulator:
    sim = Simulator()
    office = sim.office("A1")
    sim.anchor(sim.issue(office, {1: "before"}))
    sim.checkpoint()
    return sim


def publish_moved(sim: Simulator, root: Path, *, old: int = 0) -> None:
    """The mirror of a journal that began in the first home, whatever home is in force."""
    vouched = Vouched(
        sim.state(),
        sim.documents(),
        needed_chain(sim.checkpoints, sim.trust_anchor.signers),
        UnixTime(sim.checkpoints[-1].statement.at),
    )
    held = Held(sim.entries, heads_of(initial_head(*FIRST_HOME), sim.entries))
    published = Published(FIRST_HOME, held, vouched, None, sim.now)
    publish(MirrorFolder(root), published, old=old)


def test_mirror_follows_a_journal_to_its_new_home(tmp_path: Path) -> None:
    sim = moved()
    anchor = sim.trust_anchor
    publish_moved(sim, tmp_path / "home")
    synced(anchor, tmp_path / "home", tmp_path / "copy")
    old = len(sim.entries)
    move(sim, 7)
    sim.office("B2")
    sim.checkpoint()
    publish_moved(sim, tmp_path / "home", old=old)

    report = synced(anchor, tmp_path / "home", tmp_path / "copy")

    assert (report.size, report.outcomes[0].result) == (len(sim.entries), "synced")


def test_trust_anchor_of_the_new_home_opens_the_same_mirror(tmp_path: Path) -> None:
    sim = moved()
    move(sim, 7)
    sim.checkpoint()
    publish_moved(sim, tmp_path / "home")
    later = replace(sim.trust_anchor, chain_id=7, contract=contract_of(7))
    synced(later, tmp_path / "home", tmp_path / "copy")

    report = synced(
        replace(later, chain_id=CHAIN_ID, contract=CONTRACT), tmp_path / "home", tmp_path / "copy"
    )

    assert report.outcomes[0].result == "newest already"
    assert not (tmp_path / "copy/registries").exists()


def test_mirror_that_only_claims_a_home_is_refused(tmp_path: Path) -> None:
    sim = moved()
    publish_moved(sim, tmp_path / "home")
    stranger = replace(sim.trust_anchor, chain_id=7, contract=contract_of(7))
    standing = tmp_path / "home/mirror.json"
    home = f'{{"chain_id": 7, "contract": "0x{contract_of(7).hex()}"}}'
    standing.write_text(standing.read_text().replace('"homes": [', f'"homes": [{home},'))

    report = synced(stranger, tmp_path / "home", tmp_path / "copy")

    assert report.outcomes[0].code == "foreign"


def test_bundle_of_a_recognised_neighbour_is_a_guest_in_ours(tmp_path: Path) -> None:
    sim, neighbour = moved(), busy(chain_id=99)
    signers = neighbour.first_signers
    assert signers is not None
    contents = RecognisedRegistry(signers, (1,), "鄰國", "Neighbour")
    recognise(sim, 99, neighbour.contract, contents=contents)
    sim.checkpoint()
    publish_moved(sim, tmp_path / "home")
    mirror_of(neighbour, tmp_path / "neighbour")
    synced(sim.trust_anchor, tmp_path / "home", tmp_path / "copy")
    synced(neighbour.trust_anchor, tmp_path / "neighbour", tmp_path / "copy")
    sim.office("C3")
    sim.checkpoint()
    publish_moved(sim, tmp_path / "home")

    synced(sim.trust_anchor, tmp_path / "home", tmp_path / "copy")

    bundle = (tmp_path / "copy/bundles/lite.srb").read_bytes()
    (guest,) = open_bundle(bundle, anchor=sim.trust_anchor).guests
    assert guest.trust.state.chain_id == 99


def test_broken_bundle_of_a_neighbour_harms_nobody(tmp_path: Path) -> None:
    sim, neighbour = moved(), busy(chain_id=99)
    publish_moved(sim, tmp_path / "home")
    mirror_of(neighbour, tmp_path / "neighbour")
    synced(sim.trust_anchor, tmp_path / "home", tmp_path / "copy")
    synced(neighbour.trust_anchor, tmp_path / "neighbour", tmp_path / "copy")
    for path in (tmp_path / "copy/registries").glob("*/bundles/*.srb"):
        path.write_bytes(b"broken")
    shutil.rmtree(tmp_path / "copy/bundles")
    (tmp_path / "copy/mirror.json").unlink()

    report = synced(sim.trust_anchor, tmp_path / "home", tmp_path / "copy")

    assert report.outcomes[0].result == "synced"


def test_claim_of_any_number_of_entries_under_seals_is_refused_at_the_first_missing(
    tmp_path: Path, sim: Simulator
) -> None:
    publish_sealed(sim, tmp_path / "home", signed=False)
    standing = tmp_path / "home/mirror.json"
    size = len(sim.entries)
    standing.write_text(standing.read_text().replace(f'size": {size}', f'size": {2**63}'))

    report = synced(anchor_with_validators(sim), tmp_path / "home", tmp_path / "copy")

    assert (report.outcomes[0].result, report.size) == ("refused", 0)
