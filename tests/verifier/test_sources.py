from pathlib import Path

import pytest

from credential.catalog import catalog_documents
from registry.chain_protocol import JournalHead
from registry.errors import ForkError, RollbackError, TrustAnchorError
from registry.journal import JournalEntry
from registry.public_folder import Document, PublicFolder
from registry.trust_data import EvidenceStrength
from tests.simulator import Office, Simulator
from tests.verifier.codes import code
from verifier import CheckName, Outcome, verify
from verifier.errors import SourceError
from verifier.sources import (
    Helpers,
    RegistryName,
    read_trust_anchor,
    registry_of,
    trust_from_bundle,
    trust_from_chain,
)
from verifier.store import TrustStore


class ChainInMemory:
    """A simulator's journal as a node shows it; the last `unfinal` entries may still change."""

    def __init__(self, sim: Simulator, unfinal: int = 0) -> None:
        self._sim = sim
        self._unfinal = unfinal

    @property
    def chain_id(self) -> int:
        return self._sim.chain_id

    @property
    def contract(self) -> bytes:
        return self._sim.contract

    def head(self) -> JournalHead:
        state = self._sim.state()
        return JournalHead(state.size, state.head)

    def finalized_size(self) -> int:
        return len(self._sim.entries) - self._unfinal

    def entries(self, first: int, stop: int | None = None) -> list[JournalEntry]:
        return self._sim.entries[first:stop]


@pytest.fixture
def sim() -> Simulator:
    return Simulator()


@pytest.fixture
def office(sim: Simulator) -> Office:
    return sim.office("A15030000C")


@pytest.fixture
def folder(tmp_path: Path) -> PublicFolder:
    return PublicFolder(tmp_path / "public")


def publish(sim: Simulator, folder: PublicFolder) -> None:
    documents = sim.documents()
    for status_list in documents.status_lists:
        folder.publish(Document.STATUS_LIST, status_list)
    for document in documents.types:
        folder.publish(Document.TYPE, document)


def test_online_gives_the_same_verdict_from_chain_and_folder(
    sim: Simulator, office: Office, folder: PublicFolder
) -> None:
    batch = sim.issue(office, {1: "王小明"})
    sim.anchor(batch)
    publish(sim, folder)

    trust = trust_from_chain(ChainInMemory(sim), Helpers(folder=folder), sim.now)

    verdict = verify(batch.sealed[0], trust, sim.now)
    assert verdict.outcome is Outcome.VALID
    assert (trust.evidence.strength, trust.evidence.as_of) == (EvidenceStrength.UNPROVEN, sim.now)


def test_an_anchor_counts_only_when_it_is_final(
    sim: Simulator, office: Office, folder: PublicFolder
) -> None:
    publish(sim, folder)
    batch = sim.issue(office, {1: "王小明"})
    sim.anchor(batch)

    trust = trust_from_chain(ChainInMemory(sim, unfinal=1), Helpers(folder=folder), sim.now)

    assert code(verify(batch.sealed[0], trust, sim.now), CheckName.ANCHOR) == "anchor.fresh"


def test_documents_come_from_a_bundle_where_they_are_still_the_newest(
    sim: Simulator, office: Office
) -> None:
    sim.register_type(catalog_documents()[0])
    sim.checkpoint()
    bundle = sim.trust()
    batch = sim.issue(office, {1: "王小明"})
    sim.anchor(batch)

    trust = trust_from_chain(ChainInMemory(sim), Helpers(bundle=bundle), sim.now)

    assert trust.types == bundle.types
    assert verify(batch.sealed[0], trust, sim.now).outcome is Outcome.VALID


def test_a_list_that_has_moved_on_is_missing_rather_than_old(
    sim: Simulator, office: Office
) -> None:
    sim.checkpoint()
    bundle = sim.trust()
    batch = sim.issue(office, {1: "王小明"})
    sim.anchor(batch)
    sim.revoke(office, 0)

    trust = trust_from_chain(ChainInMemory(sim), Helpers(bundle=bundle), sim.now)

    verdict = verify(batch.sealed[0], trust, sim.now)
    assert verdict.outcome is Outcome.INDETERMINATE
    assert code(verdict, CheckName.STATUS) == "status.list_missing"


def test_a_changed_file_in_the_folder_is_missing_rather_than_believed(
    sim: Simulator, office: Office, folder: PublicFolder
) -> None:
    publish(sim, folder)
    newest = sim.state().latest_status(office.code, 1)
    folder.path(Document.STATUS_LIST, newest.digest).write_bytes(b"changed")

    trust = trust_from_chain(ChainInMemory(sim), Helpers(folder=folder), sim.now)

    assert trust.status_lists == {}


@pytest.mark.usefixtures("office")
def test_a_store_refuses_a_chain_that_went_back(sim: Simulator, tmp_path: Path) -> None:
    store = TrustStore(tmp_path / "store")
    trust_from_chain(ChainInMemory(sim), Helpers(store=store), sim.now)

    with pytest.raises(RollbackError):
        trust_from_chain(ChainInMemory(sim, unfinal=1), Helpers(store=store), sim.now)
    with pytest.raises(RollbackError):
        trust_from_chain(ChainInMemory(sim), Helpers(store=store), sim.now - 1)


@pytest.mark.usefixtures("office")
def test_a_store_refuses_another_journal_of_the_same_registry(
    sim: Simulator, tmp_path: Path
) -> None:
    store = TrustStore(tmp_path / "store")
    trust_from_chain(ChainInMemory(sim), Helpers(store=store), sim.now)
    other = Simulator()
    other.office("B1")
    other.register("C1")

    with pytest.raises(ForkError):
        trust_from_chain(ChainInMemory(other), Helpers(store=store), other.now)


@pytest.mark.usefixtures("office")
def test_a_store_refuses_a_bundle_that_is_older_than_the_last(
    sim: Simulator, tmp_path: Path
) -> None:
    sim.checkpoint()
    (tmp_path / "old").write_bytes(sim.lite_bundle())
    sim.register("B1")
    sim.checkpoint()
    (tmp_path / "new").write_bytes(sim.lite_bundle())
    store = TrustStore(tmp_path / "store")
    trust_from_bundle(tmp_path / "new", sim.trust_anchor, store)

    with pytest.raises(RollbackError):
        trust_from_bundle(tmp_path / "old", sim.trust_anchor, store)


def test_the_registry_is_that_of_the_anchor_then_of_the_bundle(sim: Simulator) -> None:
    sim.checkpoint()
    name = RegistryName(sim.chain_id, sim.contract)

    assert registry_of(sim.trust_anchor, None) == name
    assert registry_of(None, sim.trust()) == name
    with pytest.raises(SourceError, match="--trust-anchor"):
        registry_of(None, None)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no-such-bundle"):
        trust_from_bundle(tmp_path / "no-such-bundle", None, None)


def test_a_trust_anchor_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "anchor").write_bytes(b"\xa0")

    with pytest.raises(TrustAnchorError):
        read_trust_anchor(tmp_path / "anchor")


def test_a_file_over_its_limit_is_not_read_whole(tmp_path: Path) -> None:
    (tmp_path / "anchor").write_bytes(bytes(70_000))

    with pytest.raises(SourceError, match="more than"):
        read_trust_anchor(tmp_path / "anchor")
