"""Steps 7 to 9 of issuing.

Our verifier accepts each document once more, its files appear whole, it counts as released.
"""

import csv
from collections.abc import Sequence
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

from credential.entry import certificate_number
from credential.type_fields import Text
from issuer.errors import DamagedStoreError, StateError
from issuer.following import Followed
from issuer.office import Office
from issuer.output_files import write_together
from issuer.paper import Face, files_of, on_paper
from issuer.repository.credentials import Sealed
from issuer.repository.jobs import Job
from issuer.self_check import published_lists, require_accepted, verdicts
from issuer.states import BatchState, CredentialState, OutputFile, WaitFor
from issuer.steps import Step
from verifier.verdict import Verdict

_MAY_LEAVE = {
    WaitFor.NONE: (BatchState.CHECKED, BatchState.ANCHORING, BatchState.ANCHORED),
    WaitFor.ANCHOR: (BatchState.ANCHORED,),
}
SUMMARY_NAME = "summary.csv"


def release_job(office: Office, followed: Followed, job: Job) -> int:
    """Every document of the job that may leave has its files in the output folder.

    Returns how many left now.

    A job with nothing left to release is done, and its summary is written.
    """
    kind = office.type_of(job.plan.type_digest)
    agency = _name_of(office, followed)
    lists = published_lists(office, followed)
    released = 0
    while True:
        with office.database.reading() as repository:
            chunk = repository.credentials.releasable(
                job.id, _MAY_LEAVE[job.plan.wait_for], office.limits.release_chunk
            )
        if not chunk:
            break
        sealed = [one.sealed for one in chunk]
        printed = [on_paper(one) for one in sealed]
        for carried in (sealed,) if printed == sealed else (sealed, printed):
            found = verdicts(office, followed, followed.state, lists, carried)
            require_accepted(found, "before release")
            _require_own_numbers(chunk, found)
        office.checkpoint(Step.AFTER_SELF_VERIFY)
        _write_files(office, job, Face(kind, agency), chunk)
        _mark_released(office, chunk)
        released += len(chunk)
        office.report("released", released, job.plan.credentials)
    _finish(office, job)
    return released


def _require_own_numbers(chunk: Sequence[Sealed], found: Sequence[Verdict]) -> None:
    for one, verdict in zip(chunk, found, strict=True):
        if verdict.entry is None or certificate_number(verdict.entry) != one.number:
            raise DamagedStoreError(
                f"the database gives back another document under the number {one.number}. It was "
                "not released. "
                "Restore the database from its backup, then run `sealroot issuer doctor`."
            )


def _write_files(office: Office, job: Job, face: Face, chunk: Sequence[Sealed]) -> None:
    """The files of these documents are on disk, whole.

    A crash leaves old files or new ones, never half of one.
    """
    content: dict[Path, bytes] = {}
    folder = Path(job.plan.out_dir)
    for one in chunk:
        for suffix, made in files_of(one, face, job.plan, office.printer).items():
            content[folder / f"{one.number}.{suffix}"] = made
    # A crash between here and _mark_released leaves files of documents that are still "sealed": the
    # next run writes the same documents under the same names. Numbers and bytes do not change.
    write_together(content, office.checkpoint)


def _mark_released(office: Office, chunk: Sequence[Sealed]) -> None:
    try:
        with office.database.transaction() as repository:
            repository.credentials.mark_released([one.id for one in chunk], office.clock())
            office.checkpoint(Step.BEFORE_RELEASE_COMMIT)
    except StateError:
        # Another process of this office released them in the meantime: the same bytes under the
        # same names.
        return
    office.checkpoint(Step.AFTER_RELEASE_COMMIT)


def _finish(office: Office, job: Job) -> None:
    with office.database.reading() as repository:
        counts = repository.credentials.count_by_state(job.id)
        everything = repository.credentials.of_job(job.id)
    if set(counts) != {CredentialState.RELEASED}:
        return
    summary = StringIO()
    writer = csv.writer(summary)
    writer.writerow(["number", "title", "batch", "leaf", "released_at", "files"])
    suffixes = " ".join(sorted(job.plan.files | {OutputFile.SEALED}))
    for one in everything:
        released_at = _utc_text(one.released_at)
        writer.writerow(
            [one.number, one.title, one.batch_id, one.leaf_index, released_at, suffixes]
        )
    path = Path(job.plan.out_dir) / SUMMARY_NAME
    write_together({path: summary.getvalue().encode()}, office.checkpoint)
    # A crash right here leaves a job that is open with nothing to do; the next run writes the
    # summary again.
    office.checkpoint(Step.AFTER_SUMMARY)
    try:
        with office.database.transaction() as repository:
            repository.jobs.finish(job.id, office.clock())
    except StateError:
        return  # finished by another process of this office


def _name_of(office: Office, followed: Followed) -> Text:
    agency = followed.state.agency(office.agency)
    if agency is None:
        raise StateError(f"the registry does not know the agency {office.agency}")
    return Text(agency.name.zh_hant, agency.name.en)


def _utc_text(seconds: int | None) -> str:
    return "" if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat()
