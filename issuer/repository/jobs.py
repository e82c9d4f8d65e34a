"""Queries about jobs: one input file of records, issued once."""

from dataclasses import dataclass

from sqlalchemy import Connection, Row, func, insert, select

from credential.ids import Digest
from issuer.models import job
from issuer.repository.transitions import move
from issuer.states import JobState, OutputFile, WaitFor


@dataclass(frozen=True, slots=True)
class NewJob:
    """What is written down about an input before anything of it is signed."""

    input_key: bytes
    repeat_no: int
    source: str
    type_no: int
    type_version: int
    type_digest: Digest
    out_dir: str
    url: str
    wait_for: WaitFor
    files: frozenset[OutputFile]
    batch_size: int
    credentials: int
    refused_rows: int


@dataclass(frozen=True, slots=True)
class Job:
    """One input file and how far it is."""

    id: int
    plan: NewJob
    state: JobState
    created_at: int
    done_at: int | None


class Jobs:
    """Queries bound to one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Bind the queries to the transaction."""
        self._connection = connection

    def latest(self, input_key: bytes) -> Job | None:
        """Return the newest job of this input; None when it was never given."""
        row = self._connection.execute(
            select(job)
            .where(job.c.input_key == input_key)
            .order_by(job.c.repeat_no.desc())
            .limit(1)
        ).one_or_none()
        return None if row is None else _job(row)

    def get(self, job_id: int) -> Job:
        """Return the job, which exists."""
        return _job(self._connection.execute(select(job).where(job.c.id == job_id)).one())

    def unfinished(self) -> list[Job]:
        """Return every open job, oldest first."""
        rows = self._connection.execute(
            select(job).where(job.c.state == JobState.OPEN.value).order_by(job.c.id)
        )
        return [_job(row) for row in rows]

    def count(self) -> int:
        """Return how many jobs there are."""
        return self._connection.execute(select(func.count()).select_from(job)).scalar_one()

    def add(self, new: NewJob, created_at: int) -> int:
        """Write the job down as open and return its id."""
        result = self._connection.execute(
            insert(job)
            .values(
                input_key=new.input_key,
                repeat_no=new.repeat_no,
                source=new.source,
                type_no=new.type_no,
                type_version=new.type_version,
                type_digest=new.type_digest,
                out_dir=new.out_dir,
                url=new.url,
                wait_for=new.wait_for.value,
                files=",".join(sorted(new.files)),
                batch_size=new.batch_size,
                credentials=new.credentials,
                refused_rows=new.refused_rows,
                state=JobState.OPEN.value,
                created_at=created_at,
            )
            .returning(job.c.id)
        )
        return int(result.scalar_one())

    def finish(self, job_id: int, done_at: int) -> None:
        """The job is done: open to done."""
        move(
            self._connection,
            job,
            job.c.id == job_id,
            before=JobState.OPEN,
            after=JobState.DONE,
            changes={"done_at": done_at},
        )


def _job(row: Row[*tuple[object, ...]]) -> Job:
    plan = NewJob(
        input_key=row.input_key,
        repeat_no=row.repeat_no,
        source=row.source,
        type_no=row.type_no,
        type_version=row.type_version,
        type_digest=Digest(row.type_digest),
        out_dir=row.out_dir,
        url=row.url,
        wait_for=WaitFor(row.wait_for),
        files=frozenset(OutputFile(name) for name in row.files.split(",") if name),
        batch_size=row.batch_size,
        credentials=row.credentials,
        refused_rows=row.refused_rows,
    )
    return Job(row.id, plan, JobState(row.state), row.created_at, row.done_at)
