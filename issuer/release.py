"""Steps 7 to 9 of issuing: our verifier accepts each document once more, its files appear whole, it counts as released."""

import csv
from collections.abc import Sequence
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

from credential.entry import certificate_number
from credential.qr_symbol import draw_png, draw_svg
from credential.qr_text import qr_decode, qr_encode
from credential.type_fields import Text
from credential.types import CredentialType
from issuer.errors import DamagedStoreError, StateError
from issuer.following import Followed
from issuer.office import Office
from issuer.output_files import write_together
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
    """Every document of the job that may leave has its files in the output folder; returns how many left now.

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
        found = verdicts(office, followed, followed.state, lists, [one.sealed for one in chunk])
        require_accepted(found, "before release")
        _require_own_numbers(chunk, found)
        office.checkpoint(Step.AFTER_SELF_VERIFY)
        _write_files(office, job, kind, agency, chunk)
        _mark_released(office, chunk)
        released += len(chunk)
        office.report("released", released, job.plan.credentials)
    _finish(office, job)
    return released


def _require_own_numbers(chunk: Sequence[Sealed], found: Sequence[Verdict]) -> None:
    for one, verdict in zip(chunk, found, strict=True):
        if verdict.entry is None or certificate_number(verdict.entry) != one.number:
            raise DamagedStoreError(
                f"the database gives back another document under the number {one.number}. It was not released. "
                "Restore the database from its backup, then run `sealroot issuer doctor`."
            )


def _write_files(
    office: Office, job: Job, kind: CredentialType, agency: Text, chunk: Sequence[Sealed]
) -> None:
    """The files of these documents are on disk, whole; a crash leaves old files or new ones, never half of one."""
    content: dict[Path, bytes] = {}
    folder = Path(job.plan.out_dir)
    for one in chunk:
        for suffix, made in _files(job, office, kind, agency, one).items():
            content[folder / f"{one.number}.{suffix}"] = made
    # A crash between here and _mark_released leaves files of documents that are still "sealed": the next run writes
    # the same documents under the same names. Numbers and bytes do not change.
    write_together(content, office.checkpoint)


def _files(
    job: Job, office: Office, kind: CredentialType, agency: Text, one: Sealed
) -> dict[OutputFile, bytes]:
    text = qr_encode(one.sealed, job.plan.url)
    if qr_decode(text).sealed != one.sealed:
        raise DamagedStoreError(
            f"the QR text of {one.number} does not read back as what was sealed. It was not released. "
            "Do not issue with this machine until its memory and this installation are checked."
        )
    drawn = {OutputFile.SEALED: one.sealed}
    wanted = job.plan.files
    if OutputFile.PNG in wanted:
        drawn[OutputFile.PNG] = draw_png(text)
    if OutputFile.SVG in wanted:
        drawn[OutputFile.SVG] = draw_svg(text).encode()
    if OutputFile.PDF in wanted:
        drawn[OutputFile.PDF] = office.printer.draw(kind, agency, one.sealed, one.record, text)
    return drawn


def _mark_released(office: Office, chunk: Sequence[Sealed]) -> None:
    try:
        with office.database.transaction() as repository:
            repository.credentials.mark_released([one.id for one in chunk], office.clock())
            office.checkpoint(Step.BEFORE_RELEASE_COMMIT)
    except StateError:
        # Another process of this office released them in the meantime: the same bytes under the same names.
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
    # A crash right here leaves a job that is open with nothing to do; the next run writes the summary again.
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
