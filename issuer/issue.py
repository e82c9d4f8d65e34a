"""The issuing flow of docs/flows.md, with its step numbers.

`issue` and `run` are the same steps over one job and all.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from credential.ids import CertificateNumber
from issuer.alarms import standing_alarm
from issuer.anchoring import confirm_anchored, send_everything, wait_until_final
from issuer.errors import ChainInDoubtError, ListUnpublishedError, TrialRefusedError
from issuer.following import Followed
from issuer.list_versions import plan_versions
from issuer.office import Office
from issuer.outbox import empty_outbox, is_on_its_way
from issuer.recording import (
    IssueRequest,
    choose_type,
    read_input,
    record_job,
    require_printable,
    write_refused_rows,
)
from issuer.release import release_job
from issuer.repository.jobs import Job
from issuer.sealing import seal_job
from issuer.states import BatchState, CredentialState, JobState, WaitFor
from issuer.status_lists import publish_planned
from registry.errors import ChainError, ChainMismatchError, ChainUnavailableError
from registry.rim_errors import ChainLiesError

SHOWN_NUMBERS = 100


class Ending(StrEnum):
    """How a command ended."""

    DONE = "done"  # everything asked for has left
    WAITING = "waiting"  # something is signed or recorded and waits; nothing is lost


@dataclass(frozen=True, slots=True)
class JobReport:
    """How far one job is, and why it is no further."""

    job: Job
    was_known: bool
    counts: dict[CredentialState, int]
    refused_file: Path | None
    waits_for: str | None
    numbers: tuple[CertificateNumber, ...]
    """The first certificate numbers of the job, in the order of the input."""

    @property
    def ending(self) -> Ending:
        """DONE when every document of the job has left."""
        return Ending.DONE if set(self.counts) <= {CredentialState.RELEASED} else Ending.WAITING


def issue(office: Office, request: IssueRequest) -> JobReport:
    """Every record of the input is a released document, or is written down and waits.

    Nothing is in between.
    """
    # 1 read the journal, then every row of the input: all faults at once, and nothing is recorded
    # with one
    followed = (
        office.journal.at_counter(office.limits.counter_seconds)
        if request.wait_for is WaitFor.NONE
        else office.journal.follow()
    )
    kind = choose_type(office, followed, request.type_id)
    require_printable(request, office.signer())
    prepared = read_input(office, request, kind)
    refused_file = write_refused_rows(request, prepared)

    # 2 write every credential down with its cti, its slot and its certificate number
    recorded = record_job(office, request, kind, prepared)

    # 3 to 9
    waits_for = carry_on(office, followed, recorded.job)
    return _report(office, recorded.job.id, refused_file, waits_for, was_known=recorded.was_known)


def carry_on(office: Office, followed: Followed, job: Job) -> str | None:
    """The job is as far as it can be now; returns what it waits for, or None when it is done.

    It does not matter where an earlier process stopped: every step looks at what is there and does
    the rest.
    """
    if job.state is JobState.DONE:
        return None

    # 3 seal: the entries become a batch, a trial run under a throwaway key, then the real signature
    # 4 store signature and receipts, read them back, hash them again
    seal_job(office, followed, job)

    # 5 anchor the batch under the chain's next number
    # 6 wait until the anchor is final
    if job.plan.wait_for is WaitFor.ANCHOR:
        followed, waits_for = anchor(office, followed)
    else:
        followed, waits_for = publish_lists(office, followed)

    # 7 our verifier accepts the document as it will leave
    # 8 write its files
    # 9 it is released
    return release(office, followed, job) or waits_for


def run(office: Office) -> list[JobReport]:
    """Everything unfinished is as far as it can be now.

    Jobs, anchors of printed documents, status lists.

    One job that cannot go on does not hold up the others.
    """
    return run_with(office, office.journal.follow()).reports


@dataclass(frozen=True, slots=True)
class Carried:
    """How far everything is, and why the chain did not do its part, where it did not."""

    reports: list[JobReport]
    trouble: str | None


def run_with(office: Office, followed: Followed) -> Carried:
    """Everything unfinished is as far as it can be, with what is known of the journal."""
    with office.database.reading() as repository:
        unfinished = repository.jobs.unfinished()
    reasons: dict[int, str | None] = {}
    for job in unfinished:
        try:
            seal_job(office, followed, job)
        except TrialRefusedError as error:
            reasons[job.id] = str(error)
    plan_versions(office)
    followed, waits_for = anchor(office, followed)
    if waits_for is None and plan_versions(
        office
    ):  # changes that came while a version was on its way
        followed, waits_for = anchor(office, followed)
    for job in unfinished:
        try:
            reasons[job.id] = release(office, followed, job) or reasons.get(job.id) or waits_for
        except TrialRefusedError as error:
            reasons[job.id] = str(error)
    reports = [_report(office, job.id, None, reasons[job.id], was_known=True) for job in unfinished]
    return Carried(reports, None if followed.unreachable is None else str(followed.unreachable))


def release(office: Office, followed: Followed, job: Job) -> str | None:
    """Every document of the job that may leave has left.

    Returns what the others wait for, where that is known.
    """
    try:
        release_job(office, followed, job)
    except ListUnpublishedError as error:
        return str(error)
    return None


def anchor(office: Office, followed: Followed) -> tuple[Followed, str | None]:
    """Everything that can be on the chain is there and final, or the reason why not is returned.

    A chain that does not answer costs nothing but time: what is signed stays signed and waits.
    """
    try:
        if _nothing_to_send(office):
            empty_outbox(office)
            return followed, None
        if (alarm := standing_alarm(office)) is not None:
            return followed, alarm
        # An earlier process may have left anchors that took effect: know them before anything is
        # sent.
        confirm_anchored(office, followed)
        send_everything(office)
        return wait_until_final(office), _what_still_waits(office)
    except (ChainMismatchError, ChainLiesError):
        raise  # waiting does not help: somebody must look
    except ChainError as error:
        return replace(followed, unreachable=error), str(error)


def publish_lists(office: Office, followed: Followed) -> tuple[Followed, str | None]:
    """Every list that documents of the counter stand in is published.

    Their anchors follow later, by `run`.
    """
    try:
        if not _has_unpublished_list(office):
            return followed, None
        if (alarm := standing_alarm(office)) is not None:
            return followed, alarm
        publish_planned(office)
        return wait_until_final(office), None
    except (ChainError, ChainInDoubtError) as error:
        return replace(followed, unreachable=_as_chain_error(error)), str(error)


def _as_chain_error(error: ChainError | ChainInDoubtError) -> ChainError:
    return error if isinstance(error, ChainError) else ChainUnavailableError(str(error))


def _nothing_to_send(office: Office) -> bool:
    with office.database.reading() as repository:
        return not is_on_its_way(repository)


def _has_unpublished_list(office: Office) -> bool:
    with office.database.reading() as repository:
        return any(version.version == 1 for version in repository.statuses.planned())


def _what_still_waits(office: Office) -> str | None:
    with office.database.reading() as repository:
        waiting = repository.batches.in_state(BatchState.CHECKED, BatchState.ANCHORING)
        planned = repository.statuses.planned()
    for batch in waiting:
        if batch.refusal is not None:
            return f"the registry refused batch {batch.id}: {batch.refusal}"
    if waiting or planned:
        return "what was sent to the chain is not final yet"
    return None


def _report(
    office: Office,
    job_id: int,
    refused_file: Path | None,
    waits_for: str | None,
    *,
    was_known: bool,
) -> JobReport:
    with office.database.reading() as repository:
        return JobReport(
            job=repository.jobs.get(job_id),
            was_known=was_known,
            counts=repository.credentials.count_by_state(job_id),
            refused_file=refused_file,
            waits_for=waits_for,
            numbers=repository.credentials.numbers(job_id, SHOWN_NUMBERS),
        )
