"""The watch: it backs off, it never ends by a fault of the chain, and it never guesses."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from issuer.alarms import clear_alarm
from issuer.clocks import clock_trouble
from issuer.errors import ForeignChainError
from issuer.issue import Ending
from issuer.office import Office
from issuer.outbox import DatabaseOutbox
from issuer.queue import Queue, queue_of
from issuer.states import BatchState, WaitFor
from issuer.watch import pause_after, watch
from registry.chain_protocol import ChainTimes
from registry.errors import ChainUnavailableError
from registry.rim_errors import ChainLiesError, EndpointsDisagreeError
from tests.issuer.file_chain import FileChain
from tests.issuer.office_bench import OfficeAndChain, found_office, issue_rows

NOW = 1_800_000_000


@pytest.fixture
def office_and_chain(tmp_path: Path) -> OfficeAndChain:
    office, chain = found_office(tmp_path)
    return replace(office, account=chain), chain


class Told:
    """What a watch told, and how long it slept."""

    def __init__(self) -> None:
        self.events: list[str] = []
        self.slept: list[float] = []

    def tell(self, event: str, _known: Mapping[str, object]) -> None:
        self.events.append(event)


def watched(office: Office, rounds: int, seconds: float = 1.0) -> Told:
    told = Told()
    watch(replace(office, sleep=told.slept.append), seconds, told.tell, rounds=rounds)
    return told


def anchored(office: Office) -> int:
    with office.database.reading() as repository:
        return len(repository.batches.in_state(BatchState.ANCHORED))


def queue(office: Office) -> Queue:
    return queue_of(office)


def test_what_waits_drains_by_itself(tmp_path: Path, office_and_chain: OfficeAndChain) -> None:
    office, chain = office_and_chain
    issue_rows(office, tmp_path, wait_for=WaitFor.NONE)

    told = watched(office, rounds=1)

    assert told.events == ["round"]
    assert (len(chain.anchors()), anchored(office)) == (1, 1)


def test_a_chain_that_is_away_makes_the_rounds_rarer_and_ends_nothing(
    tmp_path: Path, office_and_chain: OfficeAndChain
) -> None:
    office, chain = office_and_chain
    issue_rows(office, tmp_path, wait_for=WaitFor.NONE)
    chain.is_away = True

    told = watched(office, rounds=9)

    assert told.events == ["trouble"] * 9
    assert told.slept == [2, 4, 8, 16, 32, 60, 60, 60, 60]
    seen = queue(office)
    assert seen.watch.failures == 9
    assert "no endpoint answers" in (seen.watch.last_error or "")
    chain.is_away = False
    assert watched(office, rounds=1).events == ["round"]
    assert queue(office).watch.failures == 0
    assert anchored(office) == 1


def test_each_failed_attempt_stands_in_the_queue_with_its_reason(
    tmp_path: Path, office_and_chain: OfficeAndChain
) -> None:
    office, chain = office_and_chain
    issue_rows(office, tmp_path, wait_for=WaitFor.NONE)

    def fault(moment: str, what: str) -> None:
        if (moment, what) == ("before", "anchor"):
            raise ChainUnavailableError("no answer in time")

    chain.fault = fault
    watched(office, rounds=3)

    (waiting,) = queue(office).waiting
    assert (waiting.failures, waiting.last_error) == (3, "no answer in time")
    assert waiting.since is not None
    assert queue(office).next_try is not None
    chain.fault = lambda _moment, _what: None
    watched(office, rounds=1)
    assert queue(office).waiting == []


def disagreeing(chain: FileChain) -> None:
    def head() -> None:
        raise EndpointsDisagreeError("the nodes of the chain contradict each other")

    chain.finalized_head = head


def lying(chain: FileChain) -> None:
    def entries(_first: int, _stop: int | None = None) -> None:
        raise ChainLiesError("the node left it out", 3)

    chain.entries = entries


def of_another_chain(chain: FileChain) -> None:
    chain.chain_id = 1337


FAULTS = [disagreeing, lying, of_another_chain]


@pytest.fixture(params=FAULTS, ids=lambda fault: fault.__name__)
def alarmed(
    tmp_path: Path, office_and_chain: OfficeAndChain, request: pytest.FixtureRequest
) -> OfficeAndChain:
    office, chain = office_and_chain
    issue_rows(office, tmp_path, wait_for=WaitFor.NONE, rows=1)
    request.param(chain)
    office = replace(office, journal=type(office.journal)(office.database, chain, office.clock))
    return office, chain


def test_doubt_stops_the_sending_and_not_the_watch(alarmed: OfficeAndChain) -> None:
    office, chain = alarmed
    before = list(chain.sendings)

    told = watched(office, rounds=3)

    assert told.events == ["alarm"] * 3
    assert chain.sendings == before
    (alarm,) = queue(office).alarms
    assert alarm.since is not None
    assert "clear-alarm" in alarm.way_out


def test_the_counter_goes_on_while_an_alarm_stands(tmp_path: Path, alarmed: OfficeAndChain) -> None:
    office, chain = alarmed
    watched(office, rounds=1)
    before = list(chain.sendings)
    (tmp_path / "counter").mkdir()

    report = issue_rows(office, tmp_path / "counter", wait_for=WaitFor.NONE, rows=2)

    assert report.ending is Ending.DONE
    assert chain.sendings == before


def test_an_alarm_stands_when_the_doubt_is_gone_until_a_person_clears_it(
    alarmed: OfficeAndChain,
) -> None:
    office, chain = alarmed
    watched(office, rounds=1)
    healthy = FileChain(chain.path, clock=chain.clock)
    follower = type(office.journal)(office.database, healthy, office.clock)
    office = replace(office, account=healthy, journal=follower)

    assert watched(office, rounds=2).events == ["alarm"] * 2
    assert healthy.anchors() == []
    assert clear_alarm(office) is not None
    assert watched(office, rounds=1).events == ["round"]

    assert anchored(office) == 1


def test_an_alarm_is_not_cleared_while_its_cause_is_there(alarmed: OfficeAndChain) -> None:
    office, _ = alarmed
    watched(office, rounds=1)

    with pytest.raises((ForeignChainError, ChainLiesError)):
        clear_alarm(office)

    assert len(queue(office).alarms) == 1


def test_bytes_left_behind_by_a_killed_process_are_forgotten_once_all_is_final(
    tmp_path: Path, office_and_chain: OfficeAndChain
) -> None:
    office, chain = office_and_chain
    issue_rows(office, tmp_path, wait_for=WaitFor.NONE)
    outbox = DatabaseOutbox(office.database, office.clock)
    outbox.keep(b"key", b"signed")
    chain.is_away = True
    watched(office, rounds=1)
    kept = outbox.signed(b"key")
    chain.is_away = False

    watched(office, rounds=2)

    assert (kept, outbox.signed(b"key")) == (b"signed", None)


def test_a_database_that_goes_away_for_a_round_ends_nothing(
    tmp_path: Path, office_and_chain: OfficeAndChain
) -> None:
    office, _ = office_and_chain
    issue_rows(office, tmp_path, wait_for=WaitFor.NONE)
    failures = iter([OperationalError("SELECT", {}, Exception("disk I/O error"))])
    follow = office.journal.follow

    def failing_once() -> object:
        for error in failures:
            raise error
        return follow()

    office.journal.follow = failing_once

    assert watched(office, rounds=2).events == ["trouble", "round"]
    assert anchored(office) == 1


def test_the_pause_doubles_to_its_limit_and_never_below_what_was_asked() -> None:
    assert [pause_after(failures, 5.0) for failures in range(5)] == [5, 10, 20, 40, 60]
    assert pause_after(99, 300.0) == 300.0


# ------------------------------------------------------------------------- clocks


def test_clocks_that_agree_are_not_mentioned() -> None:
    times = ChainTimes(NOW - 5_000, {"http://a": float(NOW + 20), "http://b": float(NOW - 29)})

    assert clock_trouble(NOW, 0.0, times) is None


@pytest.mark.parametrize(
    ("times", "words"),
    [
        (ChainTimes(NOW + 31, {}), "the newest block is 31 seconds ahead"),
        (ChainTimes(NOW, {"http://a": NOW + 99.0}), "http://a is 99 seconds ahead of this machine"),
        (ChainTimes(NOW, {"http://a": NOW - 99.0}), "http://a is 99 seconds behind this machine"),
        (ChainTimes(NOW + 99, {"http://a": NOW + 99.0}), "this machine's clock that is wrong"),
    ],
)
def test_a_clock_that_is_off_is_named_with_what_it_means(times: ChainTimes, words: str) -> None:
    found = clock_trouble(NOW, 0.0, times) or ""

    assert words in found
    assert "not yet valid" in found


def test_clocks_that_differ_stand_out_in_the_queue_and_stop_nothing(
    tmp_path: Path, office_and_chain: OfficeAndChain
) -> None:
    office, _ = office_and_chain
    issue_rows(office, tmp_path, wait_for=WaitFor.NONE)
    ahead = ChainTimes(office.clock() + 600, {})

    watched(replace(office, chain_times=lambda: ahead), rounds=1)

    (alarm,) = queue(office).alarms
    assert "clocks differ" in alarm.what
    assert anchored(office) == 1
