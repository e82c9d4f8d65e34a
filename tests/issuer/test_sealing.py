from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from credential.ids import Kid
from credential.keys import ALG_MLDSA44
from credential.sealed import decode_sealed
from credential.signer import Signer
from issuer.errors import DamagedStoreError, TrialRefusedError
from issuer.issue import Ending, issue, run
from issuer.office import Limits, Office
from issuer.repository.batches import Batch
from issuer.sealing import plan_batch, seal
from issuer.states import BatchState, CredentialState, WaitFor
from issuer.steps import Step
from registry.payloads import KeyCompromised, KeyEnded, Payload
from tests.issuer.office_bench import (
    OfficeAndChain,
    found_office,
    issue_rows,
    open_office,
    request_for,
)


class CountingSigner:
    def __init__(self, real: Signer) -> None:
        self.alg, self.cose_key, self.kid, self.real = real.alg, real.cose_key, real.kid, real
        self.signed = 0

    def sign(self, message: bytes) -> bytes:
        self.signed += 1
        return self.real.sign(message)


@pytest.fixture
def office_and_chain(tmp_path: Path) -> OfficeAndChain:
    return found_office(tmp_path)


def damage(folder: Path, statement: str) -> None:
    engine = create_engine(f"sqlite:///{folder / 'issuer.sqlite3'}")
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def job_recorded_and_planned(office: Office, folder: Path) -> Batch:
    """A job whose one batch is written down and not yet signed."""

    class StopError(Exception):
        pass

    def stop(step: Step) -> None:
        if step.value == "after-batch-planned":
            raise StopError

    with pytest.raises(StopError):
        issue(replace(office, checkpoint=stop), request_for(folder))
    with office.database.reading() as repository:
        return repository.batches.in_state(BatchState.TO_SIGN)[0]


def test_a_batch_is_signed_once_however_many_documents_it_has(
    tmp_path: Path, office_and_chain: OfficeAndChain
) -> None:
    office, _ = office_and_chain
    signer = CountingSigner(office.signer())

    issue_rows(replace(office, signer=lambda: signer), tmp_path, rows=20)

    assert signer.signed == 1


def test_documents_are_sealed_in_batches_of_the_size_asked_for(
    tmp_path: Path, office_and_chain: OfficeAndChain
) -> None:
    office, chain = office_and_chain

    issue_rows(office, tmp_path, rows=10, batch_size=4)

    assert [anchor.size for anchor in chain.anchors()] == [4, 4, 2]


def test_ml_dsa_batches_are_issued_and_valid(tmp_path: Path) -> None:
    office, _ = found_office(tmp_path, alg=ALG_MLDSA44)

    report = issue_rows(office, tmp_path)

    assert report.ending is Ending.DONE
    sealed = next((tmp_path / "out").glob("*.sealed")).read_bytes()
    assert decode_sealed(sealed).receipt.alg == ALG_MLDSA44


@pytest.mark.parametrize("entry", [KeyEnded, lambda kid: KeyCompromised(kid, 1)])
def test_the_real_key_does_not_sign_what_the_trial_run_refuses(
    tmp_path: Path, office_and_chain: OfficeAndChain, entry: Callable[[Kid], Payload]
) -> None:
    office, chain = office_and_chain
    signer = CountingSigner(office.signer())
    chain.append(entry(signer.kid))

    with pytest.raises(TrialRefusedError, match="trial run"):
        issue_rows(replace(office, signer=lambda: signer), tmp_path)

    assert signer.signed == 0
    with office.database.reading() as repository:
        batch = repository.batches.in_state(BatchState.TO_SIGN)[0]
    assert "key" in batch.refusal


def test_a_key_the_registry_does_not_know_never_signs(
    tmp_path: Path, office_and_chain: OfficeAndChain
) -> None:
    office, _ = office_and_chain
    other, _ = found_office(tmp_path / "other")
    stranger = CountingSigner(other.signer())

    with pytest.raises(TrialRefusedError, match="key_unknown"):
        issue_rows(replace(office, signer=lambda: stranger), tmp_path)

    assert stranger.signed == 0


def test_a_refused_job_does_not_hold_up_the_next(
    tmp_path: Path, office_and_chain: OfficeAndChain
) -> None:
    office, chain = office_and_chain
    stranger = found_office(tmp_path / "other")[0].signer()
    with pytest.raises(TrialRefusedError):
        issue_rows(replace(office, signer=lambda: stranger), tmp_path, rows=2)

    report = issue_rows(office, tmp_path, rows=4)

    assert report.ending is Ending.DONE
    assert [one.ending for one in run(office)] == [Ending.DONE]
    assert len(chain.anchors()) == 2


def test_an_entry_that_changed_on_disk_is_not_signed(
    tmp_path: Path, office_and_chain: OfficeAndChain
) -> None:
    office, _ = office_and_chain
    batch = job_recorded_and_planned(office, tmp_path)
    signer = CountingSigner(office.signer())
    damage(tmp_path, "UPDATE credential SET entry = zeroblob(100) WHERE leaf_index = 1")

    with pytest.raises(DamagedStoreError, match="backup"):
        seal(replace(office, signer=lambda: signer), office.journal.follow(), batch)

    assert signer.signed == 0


def stopped_after_signature_commit(office: Office, folder: Path, change: str) -> None:
    """The office is stopped once the signature is stored; then the disk changes something."""

    class StopError(Exception):
        pass

    def stop(step: Step) -> None:
        if step.value == "after-signature-commit":
            raise StopError

    with pytest.raises(StopError):
        issue(replace(office, checkpoint=stop), request_for(folder))
    damage(folder, change)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE credential SET sealed = NULL WHERE leaf_index = 1",
        "UPDATE credential SET sealed = zeroblob(300) WHERE leaf_index = 1",
        "UPDATE credential SET sealed = (SELECT min(sealed) FROM credential) WHERE leaf_index < 2",
    ],
)
def test_what_was_stored_is_read_back_before_anything_relies_on_it(
    tmp_path: Path, office_and_chain: OfficeAndChain, change: str
) -> None:
    office, chain = office_and_chain
    stopped_after_signature_commit(office, tmp_path, change)

    with pytest.raises(DamagedStoreError):
        run(open_office(tmp_path)[0])

    assert chain.anchors() == []
    assert not (tmp_path / "out").exists()


def test_two_processes_at_one_batch_store_one_signature(
    tmp_path: Path, office_and_chain: OfficeAndChain
) -> None:
    office, _ = office_and_chain
    batch = job_recorded_and_planned(office, tmp_path)
    rival, _ = open_office(tmp_path)

    def let_the_rival_finish(step: Step) -> None:
        if step.value == "after-sign":
            seal(rival, rival.journal.follow(), batch)

    seal(replace(office, checkpoint=let_the_rival_finish), office.journal.follow(), batch)

    with office.database.reading() as repository:
        stored = repository.batches.get(batch.id)
        sealed = [leaf.sealed for leaf in repository.credentials.sealed_of(batch.id)]
    assert stored.state is BatchState.CHECKED
    assert {decode_sealed(one).receipt.signature for one in sealed} == {stored.signature}


def test_a_job_without_records_left_plans_no_batch(
    tmp_path: Path, office_and_chain: OfficeAndChain
) -> None:
    office, _ = office_and_chain
    report = issue_rows(office, tmp_path, wait_for=WaitFor.NONE)

    assert plan_batch(office, report.job) is None
    assert set(report.counts) == {CredentialState.RELEASED}


def test_thousands_are_sealed_in_seconds(tmp_path: Path) -> None:
    office, _ = found_office(tmp_path, limits=Limits())

    report = issue_rows(office, tmp_path, rows=4096 + 4, files=frozenset())

    assert report.counts == {CredentialState.RELEASED: 4100}
