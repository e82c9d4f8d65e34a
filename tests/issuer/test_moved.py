"""An office goes on when its registry moves house: nobody at the desk notices."""

from dataclasses import replace
from pathlib import Path

import pytest

from credential.catalog import catalog_documents
from issuer.errors import ForeignChainError
from issuer.following import JournalFollower
from issuer.founding import bind_database, read_state
from issuer.issue import Ending, run
from issuer.office import Office
from issuer.states import WaitFor
from registry.anchor_file import TrustAnchor
from registry.belief import needed_chain
from registry.bundle import make_lite_bundle, open_bundle
from registry.checkpoint import make_checkpoint, sign_statement, state_statement
from registry.payloads import CheckpointSignersSet
from registry.public_folder import Document
from registry.signers import Signers
from registry.trust_data import Documents
from tests.issuer.file_chain import CHAIN_ID, CONTRACT, FileChain
from tests.issuer.office_bench import (
    AGENCY,
    OfficeAndChain,
    found_office,
    issue_rows,
    open_office,
)
from tests.simulated_keys import SimulatedKey
from verifier.reasons import Reason
from verifier.verdict import Outcome
from verifier.verify import verify

NEW = (7, b"\x77" * 20)
SIGNER = SimulatedKey("signer")


@pytest.fixture
def office_and_chain(tmp_path: Path) -> OfficeAndChain:
    office, chain = found_office(tmp_path)
    chain.append(CheckpointSignersSet(1, (SIGNER.cose_key,)))
    return office, chain


def desk(tmp_path: Path, chain: FileChain) -> Office:
    """The office of this folder as a new process finds it, with this chain."""
    office, _ = open_office(tmp_path)
    journal = JournalFollower(office.database, chain, office.clock)
    return replace(office, account=chain, journal=journal)


def test_documents_issued_before_and_after_the_move_verify_offline(
    tmp_path: Path, office_and_chain: OfficeAndChain
) -> None:
    office, chain = office_and_chain
    office = desk(tmp_path, chain)
    issue_rows(office, folder(tmp_path, "anchored before"), rows=2)
    issue_rows(office, folder(tmp_path, "signed before"), rows=3, wait_for=WaitFor.NONE)
    chain.move_to(*NEW)
    office = desk(tmp_path, chain)
    issue_rows(office, folder(tmp_path, "after"), rows=1)
    run(office)
    bundle, at = bundle_after(office, chain), office.clock()
    chain.is_away = True
    anchor = TrustAnchor(CHAIN_ID, CONTRACT, Signers(1, (SIGNER.cose_key,)), "舊", "Old")
    trust = open_bundle(bundle, anchor=anchor)
    assert (trust.state.chain_id, trust.state.contract) == NEW
    documents = [*tmp_path.glob("*/out/*.sealed")]
    assert len(documents) == 6
    for document in documents:
        assert verify(document.read_bytes(), trust, at).outcome is Outcome.VALID


def folder(tmp_path: Path, name: str) -> Path:
    made = tmp_path / name
    made.mkdir()
    return made


def bundle_after(office: Office, chain: FileChain) -> bytes:
    """A lite bundle of the journal as it stands, vouched for at the new home."""
    state, at = chain.state(), office.clock()
    statement = state_statement(state, at)
    checkpoint = make_checkpoint(statement, [sign_statement(statement, SIGNER)])
    record = state.latest_status(AGENCY, 1)
    assert record is not None
    lists = (office.public_folder.read(Document.STATUS_LIST, record.digest),)
    documents = Documents(lists, (), catalog_documents())
    assert state.signers is not None
    return make_lite_bundle(
        state, documents, made_at=at, checkpoints=needed_chain([checkpoint], state.signers)
    )


def test_a_batch_signed_before_the_move_is_anchored_after_it(
    tmp_path: Path, office_and_chain: OfficeAndChain
) -> None:
    office, chain = office_and_chain
    office.journal.follow()
    office = desk(tmp_path, chain)
    issue_rows(office, tmp_path, rows=1)
    chain.is_away = True
    report = issue_rows(office, tmp_path, rows=3, wait_for=WaitFor.NONE)
    assert report.ending is Ending.DONE
    chain.is_away = False
    before = len(chain.anchors())
    chain.move_to(*NEW)
    run(desk(tmp_path, chain))
    assert len(chain.anchors()) == before + 1


def test_a_copy_from_before_the_move_goes_on_behind_it(
    tmp_path: Path, office_and_chain: OfficeAndChain
) -> None:
    office, chain = office_and_chain
    office.journal.follow()
    chain.move_to(*NEW)
    followed = desk(tmp_path, chain).journal.follow()
    assert (followed.state.chain_id, followed.state.contract) == NEW
    assert followed.state.head == chain.head().head
    again = desk(tmp_path, chain).journal.follow()
    assert again.state.head == followed.state.head


def test_a_chain_that_only_says_it_is_the_new_home_is_refused(
    tmp_path: Path, office_and_chain: OfficeAndChain
) -> None:
    office, chain = office_and_chain
    office.journal.follow()
    chain.chain_id, chain.contract = NEW
    with pytest.raises(ForeignChainError, match="belongs to another registry"):
        desk(tmp_path, chain).journal.follow()
    chain.append(CheckpointSignersSet(1, (SimulatedKey("other").cose_key,)))
    with pytest.raises(ForeignChainError, match="belongs to another registry"):
        desk(tmp_path, chain).journal.follow()


def test_the_old_chain_is_not_the_registry_any_more(
    tmp_path: Path, office_and_chain: OfficeAndChain
) -> None:
    office, chain = office_and_chain
    chain.move_to(*NEW)
    desk(tmp_path, chain).journal.follow()
    chain.chain_id, chain.contract = chain.first_home
    with pytest.raises(ForeignChainError, match="belongs to another registry"):
        desk(tmp_path, chain).journal.follow()
    assert office.agency == AGENCY


def test_an_office_founded_after_the_move_is_bound_to_where_the_journal_began(
    office_and_chain: OfficeAndChain,
) -> None:
    office, chain = office_and_chain
    chain.move_to(*NEW)
    state = read_state(chain, chain.first_home)
    assert not bind_database(office.database, state, AGENCY, 1, after_loss=False)
    assert state.homes[0].registry == chain.first_home


def test_the_verdict_names_the_anchor_at_either_home(
    tmp_path: Path, office_and_chain: OfficeAndChain
) -> None:
    office, chain = office_and_chain
    chain.move_to(*NEW)
    issue_rows(desk(tmp_path, chain), tmp_path, rows=1)
    trust = open_bundle(bundle_after(office, chain))
    (document,) = tmp_path.glob("out/*.sealed")
    reasons = {
        check.reason for check in verify(document.read_bytes(), trust, office.clock()).checks
    }
    assert reasons & {Reason.PROOF_SIGNATURE, Reason.PROOF_ANCHORED}
