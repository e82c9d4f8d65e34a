"""kill -9 at every named step, over and over.

Then the database, the files and the chain must tell one story.
"""

import os
import signal
import traceback
from pathlib import Path

import pytest

from credential.ids import UnixTime
from issuer.issue import run
from issuer.states import OutputFile, StatusAction, StatusReason, WaitFor
from issuer.status_changes import StatusRequest, change_status
from issuer.steps import Checkpoint, Step
from tests.issuer.file_chain import FileChain
from tests.issuer.office_bench import found_office, issue_rows, open_office
from tests.issuer.outside_check import assert_nothing_lost_nothing_doubled

ROWS = 10

# Where each command can be stopped. A step that is passed several times is stopped at each passing
# in turn.
ISSUING = [
    Step.BEFORE_RECORD_COMMIT,
    Step.AFTER_RECORD_COMMIT,
    Step.AFTER_BATCH_PLANNED,
    Step.AFTER_TRIAL,
    Step.AFTER_SIGN,
    Step.BEFORE_SIGNATURE_COMMIT,
    Step.AFTER_SIGNATURE_COMMIT,
    Step.AFTER_RECHECK,
    Step.AFTER_VERSION_STORED,
    Step.BEFORE_STATUS_SEND,
    Step.AFTER_STATUS_SEND,
    Step.AFTER_VERSION_PUBLISHED,
    Step.AFTER_ANCHOR_NUMBERED,
    Step.BEFORE_ANCHOR_SEND,
    Step.AFTER_ANCHOR_SEND,
    Step.AFTER_ANCHOR_FINAL,
    Step.AFTER_SELF_VERIFY,
    Step.AFTER_FILES_WRITTEN,
    Step.AFTER_FILES_RENAMED,
    Step.BEFORE_RELEASE_COMMIT,
    Step.AFTER_RELEASE_COMMIT,
    Step.AFTER_SUMMARY,
]
REVOKING = [
    Step.AFTER_CHANGE_RECORDED,
    Step.AFTER_VERSION_PLANNED,
    Step.AFTER_VERSION_STORED,
    Step.BEFORE_STATUS_SEND,
    Step.AFTER_STATUS_SEND,
    Step.AFTER_VERSION_PUBLISHED,
]


def killer(name: str, nth: int) -> Checkpoint:
    """What kills the process at the nth passing of the step."""
    left = nth

    def stop(step: Step) -> None:
        nonlocal left
        if step.value == name:
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    return stop


def command_in(folder: Path, command: str, checkpoint: Checkpoint) -> None:
    """What a new process does when it is given this command."""
    office, _ = open_office(folder, checkpoint=checkpoint)
    if command == "run":
        run(office)
    elif command == "revoke":
        with office.database.reading() as repository:
            number = repository.credentials.page(limit=1, offset=0)[0].number
        now = UnixTime(office.clock())
        change_status(office, StatusRequest(number, StatusAction.REVOKE, StatusReason.FRAUD, now))
    else:
        issue_rows(
            office,
            folder,
            rows=ROWS,
            batch_size=4,
            wait_for=WaitFor(command),
            files=frozenset({OutputFile.PNG}),
        )


def work(folder: Path, command: str, step: str = "none", nth: int = 1) -> int:
    """Run the command in a process of its own and return how it ended; -9 is a kill."""
    child = os.fork()
    if child == 0:
        try:
            command_in(folder, command, killer(step, nth))
        except BaseException:  # noqa: BLE001  (the child must not go on as a second pytest)
            (folder / "error.txt").write_text(traceback.format_exc())
            os._exit(1)
        os._exit(0)
    ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert ended in (0, -signal.SIGKILL), (folder / "error.txt").read_text()
    return ended


def finish_and_check(folder: Path, chain: FileChain, *, revoked: int = 0) -> None:
    assert work(folder, "run") == 0
    url = f"sqlite:///{folder / 'issuer.sqlite3'}"
    assert_nothing_lost_nothing_doubled(folder, url, chain, ROWS, revoked=revoked)


@pytest.fixture
def chain(tmp_path: Path) -> FileChain:
    office, chain = found_office(tmp_path)
    office.database.close()  # no connection of this process may live on in its children
    return chain


def test_every_step_of_the_pipeline_is_killed_in_these_tests() -> None:
    assert {*ISSUING, *REVOKING} == set(Step)


@pytest.mark.parametrize("step", ISSUING)
def test_killed_while_issuing_and_given_again_loses_and_doubles_nothing(
    tmp_path: Path, chain: FileChain, step: Step
) -> None:
    killed = work(tmp_path, "anchor", step)

    given_again = work(tmp_path, "anchor")

    assert (killed, given_again) == (-signal.SIGKILL, 0)
    finish_and_check(tmp_path, chain)


@pytest.mark.slow
@pytest.mark.parametrize("step", ISSUING)
def test_killed_at_each_passing_of_a_step_until_none_is_left(
    tmp_path: Path, chain: FileChain, step: Step
) -> None:
    kills = 0
    while work(tmp_path, "anchor", step, nth=1 if kills % 2 == 0 else 2) == -signal.SIGKILL:
        kills += 1
        assert kills < 20
        if step is Step.BEFORE_RECORD_COMMIT and kills == 2:
            break  # nothing is ever recorded while every attempt is killed before its commit

    work(tmp_path, "anchor")

    finish_and_check(tmp_path, chain)


@pytest.mark.slow
def test_killed_once_at_every_step_one_after_the_other_in_one_office(
    tmp_path: Path, chain: FileChain
) -> None:
    for step in ISSUING:
        work(tmp_path, "none", step)
        work(tmp_path, "run", step)

    work(tmp_path, "none")

    finish_and_check(tmp_path, chain)


@pytest.mark.parametrize("step", REVOKING)
def test_killed_while_revoking_and_carried_on_revokes_once(
    tmp_path: Path, chain: FileChain, step: Step
) -> None:
    assert work(tmp_path, "anchor") == 0

    killed = work(tmp_path, "revoke", step)

    assert killed == -signal.SIGKILL
    finish_and_check(tmp_path, chain, revoked=1)
    assert chain.status_version(1) == 2
