from dataclasses import replace
from pathlib import Path

import pytest

from credential.ids import Root
from issuer.anchoring import send_everything, wait_until_final
from issuer.errors import ForeignChainError
from issuer.following import JournalFollower
from issuer.issue import Ending, run
from issuer.office import Office
from issuer.ports import AnchorAccount, Clock
from issuer.repository.batches import Batch
from issuer.states import BatchState, WaitFor
from registry.errors import ChainUnavailableError
from registry.payloads import AgencyResumed, AgencySuspended
from tests.issuer.file_chain import FileChain
from tests.issuer.office_bench import OfficeAndChain, found_office, issue_rows, open_office


@pytest.fixture
def office_and_chain(tmp_path: Path) -> OfficeAndChain:
    office, chain = found_office(tmp_path)
    return replace(office, account=chain), chain


def batches_in(office: Office, *states: BatchState) -> list[Batch]:
    with office.database.reading() as repository:
        return repository.batches.in_state(*states)


def test_printed_documents_are_anchored_later_without_a_reprint(
    tmp_path: Path, office_and_chain: OfficeAndChain
) -> None:
    office, chain = office_and_chain
    issue_rows(office, tmp_path, wait_for=WaitFor.NONE)
    printed = {path: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    assert chain.anchors() == []

    run(office)

    assert len(chain.anchors()) == 1
    assert {path: path.read_bytes() for path in (tmp_path / "out").iterdir()} == printed
    assert len(batches_in(office, BatchState.ANCHORED)) == 1


def test_nothing_is_sent_twice_when_there_is_nothing_to_send(
    tmp_path: Path, office_and_chain: OfficeAndChain
) -> None:
    office, chain = office_and_chain
    issue_rows(office, tmp_path)
    before = list(chain.sendings)

    run(office)

    assert chain.sendings == before


def test_documents_wait_while_their_anchor_is_not_final(
    tmp_path: Path, office_and_chain: OfficeAndChain
) -> None:
    office, chain = office_and_chain
    issue_rows(office, tmp_path, wait_for=WaitFor.NONE, rows=1)
    chain.unfinal = 1
    office = replace(
        office,
        journal=JournalFollower(office.database, chain, office.clock),
        clock=counting(office.clock()),
    )

    report = issue_rows(office, tmp_path, rows=2)

    assert report.ending is Ending.WAITING
    assert "not final" in report.waits_for
    assert len(list((tmp_path / "out").glob("*.sealed"))) == 1


def counting(start: int) -> Clock:
    now = start

    def clock() -> int:
        nonlocal now
        now += 1
        return now

    return clock


def test_a_refused_batch_gives_its_number_to_the_next_and_says_why(
    tmp_path: Path, office_and_chain: OfficeAndChain
) -> None:
    office, chain = office_and_chain
    issue_rows(office, tmp_path, wait_for=WaitFor.NONE, rows=1)
    chain.append(AgencySuspended(chain.agency))

    send_everything(office)

    refused = batches_in(office, BatchState.CHECKED)
    assert [batch.anchor_no for batch in refused] == [None]
    assert "suspended" in refused[0].refusal

    chain.append(AgencyResumed(chain.agency))
    run(office)

    assert [anchor.batch_no for anchor in chain.anchors()] == [1]
    assert batches_in(office, BatchState.CHECKED) == []


def test_an_anchor_made_by_another_database_is_recognised(
    tmp_path: Path, office_and_chain: OfficeAndChain
) -> None:
    office, chain = office_and_chain
    issue_rows(office, tmp_path, wait_for=WaitFor.NONE, rows=1)
    chain.anchor(1, Root(b"\x77" * 32), 1, office.signer().kid)

    with pytest.raises(ForeignChainError, match="another database"):
        run(office)

    assert len(chain.anchors()) == 1


def test_another_database_that_takes_our_number_at_the_last_moment_is_recognised(
    tmp_path: Path, office_and_chain: OfficeAndChain
) -> None:
    office, chain = office_and_chain
    issue_rows(office, tmp_path, wait_for=WaitFor.NONE, rows=1)
    kid = office.signer().kid

    def fault(moment: str, what: str) -> None:
        if (moment, what) == ("before", "anchor") and not chain.anchors():
            chain.fault = lambda _moment, _what: None
            chain.anchor(1, Root(b"\x77" * 32), 1, kid)

    chain.fault = fault

    with pytest.raises(ForeignChainError, match="another batch"):
        run(office)


def test_a_database_restored_from_an_old_backup_is_recognised(
    tmp_path: Path, office_and_chain: OfficeAndChain
) -> None:
    office, _ = office_and_chain
    office.database.close()
    backup = (tmp_path / "issuer.sqlite3").read_bytes()
    issue_rows(office, tmp_path, rows=2)
    office.database.close()
    for name in ("issuer.sqlite3-wal", "issuer.sqlite3-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    (tmp_path / "issuer.sqlite3").write_bytes(backup)
    restored, _ = open_office(tmp_path)

    with pytest.raises(ForeignChainError):
        issue_rows(restored, tmp_path, rows=3)


def test_a_number_another_process_has_just_given_is_sent_by_whoever_comes_first(
    tmp_path: Path, office_and_chain: OfficeAndChain
) -> None:
    office, chain = office_and_chain
    issue_rows(office, tmp_path, wait_for=WaitFor.NONE, rows=1)
    with office.database.transaction() as repository:
        repository.batches.number(batches_in(office, BatchState.CHECKED)[0].id, 1)
    account = replace_last(chain, answers=[1, 0, 1, 1])

    send_everything(replace(office, account=account))

    assert [anchor.batch_no for anchor in chain.anchors()] == [1]


def test_a_node_that_lags_behind_is_not_believed(
    tmp_path: Path, office_and_chain: OfficeAndChain
) -> None:
    office, chain = office_and_chain
    issue_rows(office, tmp_path, rows=1)
    issue_rows(office, tmp_path, rows=2, wait_for=WaitFor.NONE)
    account = replace_last(chain, answers=[0, 0])

    with pytest.raises(ChainUnavailableError, match="lags behind"):
        send_everything(replace(office, account=account))

    assert len(chain.anchors()) == 1


def test_a_sending_given_up_as_refused_that_took_effect_later_counts(
    tmp_path: Path, office_and_chain: OfficeAndChain
) -> None:
    office, chain = office_and_chain
    issue_rows(office, tmp_path, wait_for=WaitFor.NONE, rows=1)
    issue_rows(office, tmp_path, wait_for=WaitFor.NONE, rows=2)
    late, other = batches_in(office, BatchState.CHECKED)
    with office.database.transaction() as repository:
        repository.batches.number(other.id, 1)
    chain.anchor(1, late.root, late.size, late.kid)

    run(office)

    assert [(b.id, b.anchor_no) for b in batches_in(office, BatchState.ANCHORED)] == [
        (late.id, 1),
        (other.id, 2),
    ]
    assert [anchor.root for anchor in chain.anchors()] == [late.root, other.root]


def replace_last(chain: FileChain, answers: list[int]) -> AnchorAccount:
    """The chain, with nodes that do not agree on the number of batches."""

    class TwoNodes:
        def __getattr__(self, name: str) -> object:
            return getattr(chain, name)

        def last_batch_no(self) -> int:
            return answers.pop(0)

    return TwoNodes()


def test_waiting_ends_when_its_time_is_over(
    tmp_path: Path, office_and_chain: OfficeAndChain
) -> None:
    office, chain = office_and_chain
    issue_rows(office, tmp_path, wait_for=WaitFor.NONE, rows=1)
    chain.unfinal = 1
    slept = []
    office = replace(
        office,
        journal=JournalFollower(office.database, chain, office.clock),
        clock=counting(office.clock()),
        sleep=slept.append,
    )
    send_everything(office)

    wait_until_final(office)

    assert 0 < len(slept) < 10
    assert len(batches_in(office, BatchState.ANCHORING)) == 1
