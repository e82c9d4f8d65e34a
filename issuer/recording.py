"""Steps 1 and 2 of issuing.

Every row is judged, then every credential is written down before anything is signed.
"""

import os
import secrets
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from credential.cbor import Value
from credential.entry import encode_entry
from credential.errors import FormatError
from credential.ids import CertificateNumber, UnixTime
from credential.keys import ALG_MLDSA44
from credential.signer import Signer
from credential.types import CredentialType
from issuer.claims import Claims, Slot, encode_claims, entry_of
from issuer.errors import InputError, Problem, RequestError
from issuer.following import Followed
from issuer.office import Office
from issuer.prepare import Prepared, PreparedRecord, read_records, write_refused
from issuer.repository import Repository
from issuer.repository.credentials import NewCredential
from issuer.repository.jobs import Job, NewJob
from issuer.states import OutputFile, WaitFor
from issuer.status_lists import take_slots
from issuer.steps import Step

CTI_BYTES = 16
MAX_URL_CHARACTERS = 512
_JOB_PURPOSE = b"sealroot/job/1"
_LONGEST_SLOT = Slot(0xFFFFFFFF, 67_108_863)


@dataclass(frozen=True, slots=True)
class IssueRequest:
    """What an officer asks for on the command line."""

    source: Path
    type_id: str
    out_dir: Path
    url: str
    wait_for: WaitFor
    files: frozenset[OutputFile]
    batch_size: int
    skip_bad: bool
    again: bool


@dataclass(frozen=True, slots=True)
class RecordedJob:
    """The job of this input, and whether it had been recorded by an earlier command."""

    job: Job
    was_known: bool


def choose_type(office: Office, followed: Followed, type_id: str) -> CredentialType:
    """Return the newest version of the type that the registry knows and this office holds.

    Raises RequestError when there is none, or when the agency is not accredited for it now.
    """
    documents = [kind for kind in office.types.values() if kind.id == type_id]
    if not documents:
        known = ", ".join(sorted({kind.id for kind in office.types.values()}))
        raise RequestError(f"there is no credential type {type_id!r}; this office knows: {known}")
    registered = [
        kind
        for kind in documents
        if followed.state.type_digest(kind.type_no, kind.version) == kind.digest
    ]
    if not registered:
        raise RequestError(
            f"the registry does not know the type {type_id} as this office's document describes "
            "it, so nobody could "
            "check it. Nothing was issued. Ask the registry's council to register this very "
            "document."
        )
    newest = max(registered, key=lambda kind: kind.version)
    if not followed.state.accredited(office.agency, newest.type_no, office.clock()):
        raise RequestError(
            f"agency {office.agency} is not accredited for {type_id} now. Nothing was issued. Ask "
            "the agency that "
            "delegates this accreditation, or the council."
        )
    return newest


def read_input(office: Office, request: IssueRequest, kind: CredentialType) -> Prepared:
    """Return the records of the input; every faulty row is in `problems`.

    Raises InputError with all problems at once when there are any, unless faulty rows are to be
    skipped.
    """
    prints = OutputFile.PDF in request.files
    missing = office.printer.missing_characters if prints else None
    prepared = read_records(request.source, kind, missing_characters=missing)
    problems = tuple(problem.as_problem() for problem in prepared.problems)
    if problems and not request.skip_bad:
        raise InputError(
            f"{len(prepared.refused)} rows cannot be issued. Nothing was issued. Correct them and "
            "give the command "
            "again, or add --skip-bad to issue the others.",
            problems,
        )
    if not prepared.records:
        raise InputError("no row of the input can be issued. Nothing was issued.", problems)
    return prepared


def record_job(
    office: Office, request: IssueRequest, kind: CredentialType, prepared: Prepared
) -> RecordedJob:
    """The job and all its credentials stand in the database with cti.

    Slot and certificate number, or none does.

    The same rows given again are the same job: it is returned as it is, unless `again` asks for new
    documents.
    """
    input_key = _input_key(office, kind, prepared)
    plans = [_plan(office, kind, record) for record in prepared.records]
    with office.database.transaction() as repository:
        repository.installations.lock()
        known = repository.jobs.latest(input_key)
        if known is not None and not request.again:
            return RecordedJob(known, was_known=True)
        repeat_no = 0 if known is None else known.plan.repeat_no + 1
        new = _new_job(request, kind, prepared, input_key, repeat_no)
        job_id = repository.jobs.add(new, office.clock())
        _add_credentials(office, repository, job_id, plans)
        job = repository.jobs.get(job_id)
        # A crash before the commit leaves nothing: no number, slot or cti was seen by anyone.
        office.checkpoint(Step.BEFORE_RECORD_COMMIT)
    # A crash right here leaves an open job; the same command, or `issuer run`, carries on with it.
    office.checkpoint(Step.AFTER_RECORD_COMMIT)
    return RecordedJob(job, was_known=False)


def require_printable(request: IssueRequest, signer: Signer) -> None:
    """Raise RequestError where no symbol could carry the signature.

    And the anchor is not waited for.
    """
    if signer.alg == ALG_MLDSA44 and request.wait_for is WaitFor.NONE:
        raise RequestError(
            "this office signs with ML-DSA-44, whose signature is too long for a QR symbol: its "
            "documents can be printed "
            "once they are anchored. Nothing was issued. Give the command again with --wait anchor."
        )


def write_refused_rows(request: IssueRequest, prepared: Prepared) -> Path | None:
    """The refused rows stand in the output folder with their reasons; None when there are none."""
    if not prepared.refused:
        return None
    request.out_dir.mkdir(parents=True, exist_ok=True)
    path = request.out_dir / "refused-rows.csv"
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    write_refused(prepared, temporary)
    temporary.replace(path)
    return path


@dataclass(frozen=True, slots=True)
class _Plan:
    title: str
    cti: bytes
    claims: bytes
    record: bytes | None


def _plan(office: Office, kind: CredentialType, record: PreparedRecord) -> _Plan:
    """Return what will be stored.

    After an entry of the longest possible slot was made from it and checked.
    """
    cti = secrets.token_bytes(CTI_BYTES)
    full_record = record.full_record(cti)
    fields: dict[int, Value] = record.claims(full_record)
    claims = Claims(fields, record.validity)
    now = UnixTime(office.clock())
    try:
        encode_entry(entry_of(office.agency, kind, claims, cti=cti, slot=_LONGEST_SLOT, iat=now))
        kind.check_fields(fields)
    except FormatError as error:
        row = record.rows[0]
        raise InputError(
            "a row cannot become a credential. Nothing was issued.", (Problem(row, "", str(error)),)
        ) from error
    return _Plan(record.title, cti, encode_claims(claims), full_record)


def _add_credentials(
    office: Office, repository: Repository, job_id: int, plans: list[_Plan]
) -> None:
    slots = take_slots(repository, office, len(plans))
    repository.credentials.add(
        job_id,
        [
            NewCredential(
                position=position,
                number=_number(office, slot),
                title=plan.title,
                cti=plan.cti,
                list_no=slot.list_no,
                slot_index=slot.slot_index,
                claims=plan.claims,
                record=plan.record,
            )
            for position, (plan, slot) in enumerate(zip(plans, slots, strict=True))
        ],
    )


def _number(office: Office, slot: Slot) -> CertificateNumber:
    """Return what `certificate_number` will say of the entry (docs/formats/sealed.md)."""
    return CertificateNumber(f"{office.agency}-{slot.list_no}-{slot.slot_index:06d}")


def _new_job(
    request: IssueRequest,
    kind: CredentialType,
    prepared: Prepared,
    input_key: bytes,
    repeat_no: int,
) -> NewJob:
    return NewJob(
        input_key=input_key,
        repeat_no=repeat_no,
        source=str(request.source),
        type_no=kind.type_no,
        type_version=kind.version,
        type_digest=kind.digest,
        out_dir=str(request.out_dir.resolve()),
        url=request.url,
        wait_for=request.wait_for,
        files=request.files,
        batch_size=request.batch_size,
        credentials=len(prepared.records),
        refused_rows=len(prepared.refused),
    )


def _input_key(office: Office, kind: CredentialType, prepared: Prepared) -> bytes:
    """Return what makes two inputs the same.

    Agency, type version, and every record in its order.
    """
    hashed = sha256(_JOB_PURPOSE)
    hashed.update(office.agency.encode().ljust(16, b"\0") + kind.digest)
    for record in prepared.records:
        hashed.update(record.input_key)
    return hashed.digest()
