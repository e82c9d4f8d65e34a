import threading
from dataclasses import replace
from pathlib import Path

import pytest

from credential.ids import UnixTime
from issuer.issue import Ending, issue, run
from issuer.states import CredentialState, OutputFile, WaitFor
from issuer.steps import Step
from registry.trust_data import BundleKind, Evidence, EvidenceStrength, TrustData
from tests.issuer.file_chain import FileChain
from tests.issuer.office_bench import (
    AGENCY,
    OfficeAndChain,
    found_office,
    issue_rows,
    open_office,
    types,
)
from tests.issuer.outside_check import assert_nothing_lost_nothing_doubled, rows_of
from verifier import Outcome, verify
from verifier.reasons import Reason
from verifier.verdict import Verdict


@pytest.fixture
def office_and_chain(tmp_path: Path) -> OfficeAndChain:
    office, chain = found_office(tmp_path)
    return replace(office, account=chain), chain


def verdict_of(folder: Path, number: str, chain: FileChain) -> Verdict:
    office, _ = open_office(folder)
    with office.database.reading() as repository:
        document = repository.statuses.newest(1).document
    from credential.status import decode_status_list  # noqa: PLC0415  (needed here alone)

    trust = TrustData(
        chain.state(),
        {(AGENCY, 1): decode_status_list(document)},
        {(kind.type_no, kind.version): kind for kind in types().values()},
        {},
        Evidence(EvidenceStrength.UNPROVEN, UnixTime(office.clock()), ()),
        BundleKind.FULL,
    )
    return verify((folder / "out" / f"{number}.sealed").read_bytes(), trust, office.clock())


def test_at_the_counter_a_document_is_valid_by_its_signature_before_it_is_anchored(
    tmp_path: Path, office_and_chain: OfficeAndChain
) -> None:
    office, chain = office_and_chain

    report = issue_rows(office, tmp_path, rows=1, wait_for=WaitFor.NONE)

    assert report.ending is Ending.DONE
    verdict = verdict_of(tmp_path, report.numbers[0], chain)
    assert verdict.outcome is Outcome.VALID
    assert Reason.ANCHOR_FRESH in {check.reason for check in verdict.checks}
    run(office)
    verdict = verdict_of(tmp_path, report.numbers[0], chain)
    assert Reason.PROOF_ANCHORED in {check.reason for check in verdict.checks}


def test_at_the_counter_documents_leave_while_the_chain_is_away(
    tmp_path: Path, office_and_chain: OfficeAndChain
) -> None:
    office, chain = office_and_chain
    issue_rows(office, tmp_path, rows=1, wait_for=WaitFor.NONE)
    chain.is_away = True
    away, _ = open_office(tmp_path)
    away = replace(away, account=chain)
    away.journal._chain = chain

    report = issue_rows(away, tmp_path, rows=2, wait_for=WaitFor.NONE)

    assert report.ending is Ending.DONE


def test_a_failing_chain_leaves_signed_documents_waiting_and_says_so(
    tmp_path: Path, office_and_chain: OfficeAndChain
) -> None:
    office, chain = office_and_chain
    office.journal.follow()
    chain.is_away = True

    report = issue_rows(office, tmp_path, rows=3)

    assert report.ending is Ending.WAITING
    assert report.counts == {CredentialState.SEALED: 3}
    assert "no endpoint answers" in report.waits_for
    chain.is_away = False
    assert [one.ending for one in run(office)] == [Ending.DONE]


def test_a_document_is_not_printed_while_its_list_is_unpublished(
    tmp_path: Path, office_and_chain: OfficeAndChain
) -> None:
    office, chain = office_and_chain
    office.journal.follow()
    chain.is_away = True

    report = issue_rows(office, tmp_path, rows=1, wait_for=WaitFor.NONE)

    assert report.ending is Ending.WAITING
    assert "status list" in report.waits_for
    assert not (tmp_path / "out").exists()
    chain.is_away = False
    run(office)
    assert len(list((tmp_path / "out").glob("*.sealed"))) == 1


def test_progress_is_told_up_to_the_whole(tmp_path: Path, office_and_chain: OfficeAndChain) -> None:
    office, _ = office_and_chain
    told = []

    issue_rows(
        replace(office, report=lambda *words: told.append(words)),
        tmp_path,
        rows=10,
        batch_size=4,
    )

    assert ("sealed", 10, 10) in told
    assert ("released", 10, 10) in told


def test_many_processes_at_one_office_take_no_number_twice(
    tmp_path: Path, office_and_chain: OfficeAndChain
) -> None:
    office, chain = office_and_chain
    issue_rows(office, tmp_path, rows=1, wait_for=WaitFor.NONE, files=frozenset())
    failures = []

    def desk(rows: int) -> None:
        folder = tmp_path / f"desk{rows}"
        folder.mkdir()
        mine, _ = open_office(tmp_path)
        try:
            issue_rows(mine, folder, rows=rows, files=frozenset({OutputFile.PNG}), batch_size=3)
        except BaseException as error:  # noqa: BLE001  (told by the test below)
            failures.append(error)

    desks = [threading.Thread(target=desk, args=(rows,)) for rows in (5, 6, 7, 8)]
    for one in desks:
        one.start()
    for one in desks:
        one.join()
    run(open_office(tmp_path)[0])

    assert failures == []
    url = f"sqlite:///{tmp_path / 'issuer.sqlite3'}"
    credentials = rows_of(url, "SELECT * FROM credential")
    assert {row["state"] for row in credentials} == {"released"}
    assert len({(row["list_no"], row["slot_index"]) for row in credentials}) == 27
    numbers = [anchor.batch_no for anchor in chain.anchors()]
    assert numbers == list(range(1, len(rows_of(url, "SELECT * FROM batch")) + 1))


def test_the_same_file_given_to_two_processes_at_once_is_issued_once(
    tmp_path: Path, office_and_chain: OfficeAndChain
) -> None:
    office, chain = office_and_chain
    rival, _ = open_office(tmp_path)
    from tests.issuer.office_bench import request_for  # noqa: PLC0415  (needed here alone)

    request = request_for(tmp_path, rows=6, batch_size=3, files=frozenset({OutputFile.PNG}))
    started = []

    def let_the_rival_in(step: Step) -> None:
        if step.value == "after-batch-planned" and not started:
            started.append(step)
            issue(rival, request)

    issue(replace(office, checkpoint=let_the_rival_in), request)

    url = f"sqlite:///{tmp_path / 'issuer.sqlite3'}"
    assert_nothing_lost_nothing_doubled(tmp_path, url, FileChain(chain.path), 6)
