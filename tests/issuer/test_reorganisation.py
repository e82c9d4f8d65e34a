"""Blocks that were there and are gone again: nothing is doubled, and nothing left too early."""

from dataclasses import replace
from pathlib import Path

import pytest

from issuer.following import JournalFollower
from issuer.issue import Ending, issue, run
from issuer.office import Office
from issuer.states import BatchState, OutputFile, WaitFor
from tests.issuer.file_chain import FileChain
from tests.issuer.office_bench import OfficeAndChain, found_office, issue_rows, request_for
from tests.issuer.outside_check import assert_nothing_lost_nothing_doubled

ROWS = 6


@pytest.fixture
def office_and_chain(tmp_path: Path) -> OfficeAndChain:
    """An office whose list is published, on a chain whose newest three entries are not final."""
    office, chain = found_office(tmp_path)
    run(office)
    chain.unfinal = 3
    follower = JournalFollower(office.database, chain, office.clock)
    now = [office.clock()]

    def clock() -> int:
        now[0] += 1
        return now[0]

    return replace(office, account=chain, journal=follower, clock=clock), chain


def states(office: Office) -> list[BatchState]:
    with office.database.reading() as repository:
        return [batch.state for batch in repository.batches.all()]


@pytest.mark.parametrize("gone", [1, 2])
def test_an_anchor_that_vanishes_before_it_is_final_is_made_again_once(
    tmp_path: Path, office_and_chain: OfficeAndChain, gone: int
) -> None:
    office, chain = office_and_chain
    request = request_for(tmp_path, rows=ROWS, batch_size=3, files=frozenset({OutputFile.PNG}))
    first = issue(office, request)
    assert first.ending is Ending.WAITING
    assert len(chain.anchors()) == 2
    assert not list((tmp_path / "out").glob("*.sealed"))

    chain.reorganise(gone)
    again = issue(office, request)
    assert again.ending is Ending.WAITING
    assert not list((tmp_path / "out").glob("*.sealed"))

    chain.unfinal = 0
    run(office)
    url = f"sqlite:///{tmp_path / 'issuer.sqlite3'}"
    assert_nothing_lost_nothing_doubled(tmp_path, url, chain, ROWS)


def test_anchors_that_come_back_in_another_order_are_taken_as_they_are(
    tmp_path: Path, office_and_chain: OfficeAndChain
) -> None:
    office, chain = office_and_chain
    issue_rows(office, tmp_path, rows=2, wait_for=WaitFor.NONE, files=frozenset({OutputFile.PNG}))
    run(office)
    (before,) = chain.anchors()
    chain.reorganise(1)
    chain.anchor(1, before.root, before.size, before.kid)  # from the pool of another validator
    sendings = len(chain.sendings)

    chain.unfinal = 0
    run(office)

    assert states(office) == [BatchState.ANCHORED]
    assert len(chain.sendings) == sendings


def test_nothing_is_sent_out_of_order_after_several_anchors_vanished(
    tmp_path: Path, office_and_chain: OfficeAndChain
) -> None:
    office, chain = office_and_chain
    for rows in (1, 2, 3):
        issue_rows(office, tmp_path, rows=rows, wait_for=WaitFor.NONE)
    run(office)
    chain.reorganise(3)
    chain.sendings.clear()

    run(office)

    assert chain.sendings == [("anchor", 1), ("anchor", 2), ("anchor", 3)]


def test_a_node_that_lags_behind_what_was_final_is_waited_for(
    tmp_path: Path, office_and_chain: OfficeAndChain
) -> None:
    office, chain = office_and_chain
    issue_rows(office, tmp_path, wait_for=WaitFor.NONE, rows=1)
    chain.unfinal = 0
    run(office)
    lagging = FileChain(chain.path, clock=chain.clock)
    lagging.unfinal = 2
    follower = JournalFollower(office.database, lagging, office.clock)

    followed = follower.follow()

    assert "catching up" in str(followed.unreachable)
    assert followed.state.size == len(chain.all_entries())
