"""Queries about single credentials.

Recorded with number, slot and cti first, sealed and released later.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, bindparam, func, insert, select, update

from credential.ids import CertificateNumber
from issuer.errors import StateError
from issuer.models import batch, credential
from issuer.repository.transitions import move
from issuer.states import BatchState, CredentialState


class NewCredential(NamedTuple):
    """What is written down about a credential before anything is signed."""

    position: int
    number: CertificateNumber
    title: str
    cti: bytes
    list_no: int
    slot_index: int
    claims: bytes
    record: bytes | None


class Recorded(NamedTuple):
    """A credential that waits for its entry."""

    id: int
    position: int
    cti: bytes
    list_no: int
    slot_index: int
    claims: bytes


class Made(NamedTuple):
    """The entry made for a recorded credential, and its place in the batch."""

    id: int
    leaf_index: int
    entry: bytes


class Sealed(NamedTuple):
    """A sealed credential that waits for its release."""

    id: int
    number: CertificateNumber
    title: str
    sealed: bytes
    record: bytes | None


class StoredLeaf(NamedTuple):
    """What the database gives back for one leaf."""

    number: CertificateNumber
    sealed: bytes | None


@dataclass(frozen=True, slots=True)
class Known:
    """Everything an officer may ask about one credential, without its claims."""

    id: int
    number: CertificateNumber
    title: str
    job_id: int
    list_no: int
    slot_index: int
    state: CredentialState
    sealed: bytes | None
    batch_id: int | None
    leaf_index: int | None
    released_at: int | None


class Credentials:
    """Queries bound to one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Bind the queries to the transaction."""
        self._connection = connection

    def add(self, job_id: int, new: Sequence[NewCredential]) -> None:
        """Write the credentials down.

        Every number, cti and slot is used once or the transaction fails.
        """
        self._connection.execute(
            insert(credential).values(job_id=job_id, state=CredentialState.RECORDED.value),
            [made._asdict() for made in new],
        )

    def recorded(self, job_id: int, limit: int) -> list[Recorded]:
        """Return the next credentials of the job that are in no batch yet.

        In the order of the input.
        """
        columns = [getattr(credential.c, name) for name in Recorded._fields]
        rows = self._connection.execute(
            select(*columns)
            .where(
                credential.c.job_id == job_id,
                credential.c.state == CredentialState.RECORDED.value,
            )
            .order_by(credential.c.position)
            .limit(limit)
            .with_for_update()
        )
        return [Recorded(*row) for row in rows]

    def put_in_batch(self, batch_id: int, made: Sequence[Made]) -> None:
        """The entries are leaves of the batch and the claims they were made from are dropped.

        Recorded to in-batch.
        """
        done = self._connection.execute(
            update(credential)
            .where(
                credential.c.id == bindparam("b_id"),
                credential.c.state == CredentialState.RECORDED.value,
            )
            .values(
                batch_id=batch_id,
                leaf_index=bindparam("b_leaf_index"),
                entry=bindparam("b_entry"),
                claims=None,
                state=CredentialState.IN_BATCH.value,
            ),
            [{f"b_{name}": value for name, value in one._asdict().items()} for one in made],
        )
        _require_all(done.rowcount, len(made))

    def entries(self, batch_id: int) -> list[bytes]:
        """Return the entries of the batch in leaf order."""
        rows = self._connection.execute(
            select(credential.c.entry)
            .where(credential.c.batch_id == batch_id)
            .order_by(credential.c.leaf_index)
        )
        return [row.entry for row in rows]

    def store_sealed(self, batch_id: int, sealed: Sequence[bytes]) -> None:
        """Every credential of the batch has its receipt, given in leaf order.

        In-batch to sealed.
        """
        done = self._connection.execute(
            update(credential)
            .where(
                credential.c.batch_id == batch_id,
                credential.c.leaf_index == bindparam("b_leaf_index"),
                credential.c.state == CredentialState.IN_BATCH.value,
            )
            .values(sealed=bindparam("b_sealed"), state=CredentialState.SEALED.value),
            [{"b_leaf_index": leaf, "b_sealed": one} for leaf, one in enumerate(sealed)],
        )
        _require_all(done.rowcount, len(sealed))

    def sealed_of(self, batch_id: int) -> list[StoredLeaf]:
        """Return what is stored for each leaf of the batch, in leaf order."""
        rows = self._connection.execute(
            select(credential.c.number, credential.c.sealed)
            .where(credential.c.batch_id == batch_id)
            .order_by(credential.c.leaf_index)
        )
        return [StoredLeaf(*row) for row in rows]

    def releasable(
        self, job_id: int, batch_states: Sequence[BatchState], limit: int
    ) -> list[Sealed]:
        """Return the next unreleased credentials of the job whose batch is in one of the states."""
        columns = [getattr(credential.c, name) for name in Sealed._fields]
        rows = self._connection.execute(
            select(*columns)
            .join(batch, batch.c.id == credential.c.batch_id)
            .where(
                credential.c.job_id == job_id,
                credential.c.state == CredentialState.SEALED.value,
                batch.c.state.in_([state.value for state in batch_states]),
            )
            .order_by(credential.c.position)
            .limit(limit)
        )
        return [Sealed(*row) for row in rows]

    def mark_released(self, ids: Sequence[int], released_at: int) -> None:
        """The files of these credentials are in their folder: sealed to released."""
        move(
            self._connection,
            credential,
            credential.c.id.in_(ids),
            before=CredentialState.SEALED,
            after=CredentialState.RELEASED,
            changes={"released_at": released_at},
            expected=len(ids),
        )

    def count_by_state(self, job_id: int | None = None) -> dict[CredentialState, int]:
        """Return how many credentials of the job (or of all) are in each state that occurs."""
        query = select(credential.c.state, func.count()).group_by(credential.c.state)
        if job_id is not None:
            query = query.where(credential.c.job_id == job_id)
        return {CredentialState(state): count for state, count in self._connection.execute(query)}

    def find(self, number: str) -> Known | None:
        """Return the credential with this certificate number; None when there is none."""
        found = self._known(credential.c.number == number, limit=1, offset=0)
        return found[0] if found else None

    def of_job(self, job_id: int) -> list[Known]:
        """Return every credential of the job in the order of the input."""
        return self._known(credential.c.job_id == job_id, limit=None, offset=0)

    def numbers(self, job_id: int, limit: int) -> tuple[CertificateNumber, ...]:
        """Return the first certificate numbers of the job, in the order of the input."""
        rows = self._connection.execute(
            select(credential.c.number)
            .where(credential.c.job_id == job_id)
            .order_by(credential.c.position)
            .limit(limit)
        )
        return tuple(CertificateNumber(row.number) for row in rows)

    def page(self, *, limit: int, offset: int, number_part: str = "") -> list[Known]:
        """Return a page of credentials, newest last, whose number holds `number_part`."""
        return self._known(
            credential.c.number.contains(number_part, autoescape=True), limit=limit, offset=offset
        )

    def _known(self, where: ColumnElement[bool], *, limit: int | None, offset: int) -> list[Known]:
        columns = [getattr(credential.c, name) for name in Known.__slots__]
        rows = self._connection.execute(
            select(*columns)
            .where(where)
            .order_by(credential.c.job_id, credential.c.position)
            .limit(limit)
            .offset(offset)
        )
        return [Known(**{**row._asdict(), "state": CredentialState(row.state)}) for row in rows]


def _require_all(done: int, expected: int) -> None:
    # Some drivers cannot count the rows of many statements sent at once and say -1; the guard in
    # the statement itself still holds, and the re-read of the batch finds a leaf that was left out.
    if done not in (expected, -1):
        raise StateError(
            f"{done} of {expected} credentials could be moved: another process is at the same batch"
        )
