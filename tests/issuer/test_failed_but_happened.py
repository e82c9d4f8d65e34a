"""Every effect outside the process.

Once it fails unseen, once it fails but took effect. The next run makes it good.
"""

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from credential.ids import Kid
from credential.signer import Signer
from issuer.errors import IssuerError
from issuer.following import JournalFollower
from issuer.issue import Ending, issue, run
from issuer.office import Office
from issuer.recording import IssueRequest
from issuer.states import OutputFile, StatusAction, StatusReason
from issuer.status_changes import StatusRequest, change_status
from issuer.steps import Checkpoint, Step
from registry.errors import ChainError, ChainUnavailableError
from registry.public_folder import PublicFolder
from tests.issuer.effects import Effects, Fault, with_effects
from tests.issuer.file_chain import FileChain
from tests.issuer.office_bench import (
    OfficeAndChain,
    found_office,
    issue_rows,
    open_office,
    request_for,
)
from tests.issuer.outside_check import assert_nothing_lost_nothing_doubled

ROWS = 6
ERROR = OperationalError("COMMIT", {}, Exception("disk I/O error"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def office_and_chain(folder: Path) -> OfficeAndChain:
    return found_office(folder)


def request_in(folder: Path) -> IssueRequest:
    return request_for(folder, rows=ROWS, batch_size=4, files=frozenset({OutputFile.PNG}))


def assert_next_run_makes_it_good(folder: Path, chain: FileChain, *, revoked: int = 0) -> None:
    chain.fault = lambda _moment, _what: None
    chain.is_away = False
    office, _ = open_office(folder)
    again = issue(office, request_in(folder))
    assert again.ending is Ending.DONE
    run(office)
    url = f"sqlite:///{folder / 'issuer.sqlite3'}"
    assert_nothing_lost_nothing_doubled(folder, url, chain, ROWS, revoked=revoked)


def raising_at(wanted: Step, error: Exception) -> Checkpoint:
    fired = []

    def checkpoint(step: Step) -> None:
        if step is wanted and not fired:
            fired.append(step)
            raise error

    return checkpoint


# ------------------------------------------------------------------ the database


@pytest.mark.parametrize(
    "step",
    [Step.BEFORE_RECORD_COMMIT, Step.BEFORE_SIGNATURE_COMMIT, Step.BEFORE_RELEASE_COMMIT],
)
def test_a_commit_that_fails_leaves_nothing_of_its_transaction(
    folder: Path, office_and_chain: OfficeAndChain, step: Step
) -> None:
    office, chain = office_and_chain
    failing = replace(office, checkpoint=raising_at(step, ERROR))

    with pytest.raises(OperationalError):
        issue(failing, request_in(folder))

    assert_next_run_makes_it_good(folder, chain)


@pytest.mark.parametrize(
    "step",
    [
        Step.AFTER_RECORD_COMMIT,
        Step.AFTER_BATCH_PLANNED,
        Step.AFTER_SIGNATURE_COMMIT,
        Step.AFTER_ANCHOR_NUMBERED,
        Step.AFTER_RELEASE_COMMIT,
    ],
)
def test_a_commit_that_succeeded_but_was_reported_as_failed_is_found(
    folder: Path, office_and_chain: OfficeAndChain, step: Step
) -> None:
    office, chain = office_and_chain
    failing = replace(office, checkpoint=raising_at(step, ERROR))

    with pytest.raises(OperationalError):
        issue(failing, request_in(folder))

    assert_next_run_makes_it_good(folder, chain)


# -------------------------------------------------------------------- the signer


class FaultySigner:
    """A hardware module that fails once, before or after it has signed."""

    def __init__(self, real: Signer, *, signs_first: bool) -> None:
        self.alg, self.cose_key, self.kid = real.alg, real.cose_key, Kid(real.kid)
        self.real, self.signs_first, self.failures = real, signs_first, 0

    def sign(self, message: bytes) -> None:
        if self.signs_first:
            self.real.sign(message)
        self.failures += 1
        raise OSError("the hardware module does not answer")


@pytest.mark.parametrize("signs_first", [False, True])
def test_a_signer_that_fails_leaves_a_batch_that_is_signed_later(
    folder: Path, office_and_chain: OfficeAndChain, *, signs_first: bool
) -> None:
    office, chain = office_and_chain
    faulty = FaultySigner(office.signer(), signs_first=signs_first)

    with pytest.raises(OSError, match="hardware module"):
        issue(replace(office, signer=lambda: faulty), request_in(folder))

    assert faulty.failures == 1
    assert chain.anchors() == []
    assert_next_run_makes_it_good(folder, chain)


# --------------------------------------------------------------------- the chain


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("what", ["anchor", "publish_status"])
def test_an_unanswered_sending_is_looked_up_and_never_made_twice(
    folder: Path, office_and_chain: OfficeAndChain, moment: str, what: str
) -> None:
    office, chain = office_and_chain

    def fault(now: str, doing: str) -> None:
        if (now, doing) == (moment, what):
            raise ChainUnavailableError("no answer in time")

    chain.fault = fault
    office = replace(office, account=chain)

    report = issue(office, request_in(folder))

    assert report.ending is Ending.WAITING
    assert report.waits_for is not None
    assert_next_run_makes_it_good(folder, chain)
    assert len(chain.anchors()) == 2


def test_a_chain_that_goes_away_while_waiting_for_finality_costs_only_time(
    folder: Path, office_and_chain: OfficeAndChain
) -> None:
    office, chain = office_and_chain
    chain.unfinal = 1

    def fault(now: str, doing: str) -> None:
        if (now, doing) == ("after", "anchor") and chain.last_batch_no() == 2:
            chain.is_away = True

    chain.fault = fault
    office = replace(office, account=chain, journal=_followed_by(office, chain))

    report = issue(office, request_in(folder))

    assert report.ending is Ending.WAITING
    chain.unfinal = 0
    assert_next_run_makes_it_good(folder, chain)


def _followed_by(office: Office, chain: FileChain) -> JournalFollower:
    from issuer.following import JournalFollower  # noqa: PLC0415  (only this test rewires it)

    return JournalFollower(office.database, chain, office.clock)


# --------------------------------------------------------------------- the files


@pytest.mark.parametrize("step", [Step.AFTER_FILES_WRITTEN, Step.AFTER_FILES_RENAMED])
def test_files_that_fail_before_or_after_they_appear_are_written_again(
    folder: Path, office_and_chain: OfficeAndChain, step: Step
) -> None:
    office, chain = office_and_chain
    failing = replace(office, checkpoint=raising_at(step, OSError(28, "No space left on device")))

    with pytest.raises(OSError, match="No space left"):
        issue(failing, request_in(folder))

    assert_next_run_makes_it_good(folder, chain)


class FullFolder(PublicFolder):
    """A public folder whose disk is full, before or after the file is there."""

    def __init__(self, root: Path, *, writes_first: bool) -> None:
        super().__init__(root)
        self.writes_first = writes_first

    def publish(self, kind: object, document: bytes) -> None:
        if self.writes_first:
            super().publish(kind, document)
        raise OSError(28, "No space left on device")


@pytest.mark.parametrize("writes_first", [False, True])
def test_a_status_list_that_cannot_be_stored_is_not_published(
    folder: Path, office_and_chain: OfficeAndChain, *, writes_first: bool
) -> None:
    office, chain = office_and_chain
    full = FullFolder(folder / "public", writes_first=writes_first)

    with pytest.raises(OSError, match="No space left"):
        issue(replace(office, public_folder=full), request_in(folder))

    assert chain.status_version(1) == 0
    assert_next_run_makes_it_good(folder, chain)


# ---------------------------------------------------------------- status changes


@pytest.mark.parametrize("moment", ["before", "after"])
def test_an_unanswered_revocation_is_published_once(
    folder: Path, office_and_chain: OfficeAndChain, moment: str
) -> None:
    office, chain = office_and_chain
    issue_rows(office, folder, rows=ROWS, batch_size=4, files=frozenset({OutputFile.PNG}))
    with office.database.reading() as repository:
        number = repository.credentials.page(limit=1, offset=0)[0].number
    wish = StatusRequest(number, StatusAction.REVOKE, StatusReason.DEATH, office.clock())

    def fault(now: str, doing: str) -> None:
        if (now, doing) == (moment, "publish_status"):
            raise ChainUnavailableError("no answer in time")

    chain.fault = fault
    first = change_status(replace(office, account=chain), wish)

    assert not first.published
    assert first.waits_for is not None
    assert_next_run_makes_it_good(folder, chain, revoked=1)
    assert chain.status_version(1) == 2


# ------------------------------------------- the matrix: every effect, in every place


MATRIX_ROWS = 3
KINDS = [
    "chain read",
    "chain send",
    "status publish",
    "database commit",
    "signature",
    "public file",
    "file replace",
    "file fsync",
]


def matrix_request(folder: Path) -> IssueRequest:
    return request_for(folder, rows=MATRIX_ROWS, batch_size=2, files=frozenset())


def effects_of_one_run(folder: Path, patch: pytest.MonkeyPatch) -> dict[str, int]:
    """How many effects of each kind there are from the first follow to the last release."""
    office, chain = found_office(folder)
    effects = Effects()
    with patch.context() as patched:
        issue(with_effects(office, chain, effects, patched), matrix_request(folder))
    return effects.counts


def fail_at(folder: Path, effects: Effects, patch: pytest.MonkeyPatch) -> None:
    """One office, one fault, then a healthy process that carries on, and the invariants."""
    office, chain = found_office(folder)
    with (
        patch.context() as patched,
        suppress(OSError, OperationalError, ChainError, IssuerError),
    ):
        issue(with_effects(office, chain, effects, patched), matrix_request(folder))
    again, _ = open_office(folder)
    assert issue(again, matrix_request(folder)).ending is Ending.DONE
    run(again)
    url = f"sqlite:///{folder / 'issuer.sqlite3'}"
    assert_nothing_lost_nothing_doubled(folder, url, chain, MATRIX_ROWS)
    again.database.close()


def test_the_matrix_knows_every_kind_of_effect(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sorted(effects_of_one_run(folder, monkeypatch)) == sorted(KINDS)


@pytest.mark.slow
@pytest.mark.parametrize("fault", list(Fault), ids=lambda fault: fault.name.lower())
@pytest.mark.parametrize("kind", KINDS)
def test_any_effect_may_fail_at_any_place_in_any_way(
    folder: Path, monkeypatch: pytest.MonkeyPatch, kind: str, fault: Fault
) -> None:
    count = effects_of_one_run(folder / "0", monkeypatch)[kind]

    for nth in range(1, count + 1):
        fail_at(folder / str(nth), Effects(kind, nth, fault), monkeypatch)

    assert count > 0
