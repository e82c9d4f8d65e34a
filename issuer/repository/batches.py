"""Queries about batches: planned, signed, checked, anchored, in this order and no other."""

from dataclasses import dataclass

from sqlalchemy import Connection, Row, func, insert, select, update

from credential.ids import Kid, Root
from issuer.models import batch
from issuer.repository.transitions import move
from issuer.states import BatchState


@dataclass(frozen=True, slots=True)
class Batch:
    """One tree of entries, its root, and how far it is; `anchor_no` is its number on the chain."""

    id: int
    job_id: int
    root: Root
    size: int
    alg: int | None
    kid: Kid | None
    signature: bytes | None
    state: BatchState
    anchor_no: int | None
    refusal: str | None
    planned_at: int
    anchored_at: int | None


class Batches:
    """Queries bound to one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Bind the queries to the transaction."""
        self._connection = connection

    def plan(self, job_id: int, root: Root, size: int, planned_at: int) -> int:
        """Write down that this root is to be signed and return the id of the batch."""
        result = self._connection.execute(
            insert(batch)
            .values(
                job_id=job_id,
                root=root,
                size=size,
                state=BatchState.TO_SIGN.value,
                planned_at=planned_at,
            )
            .returning(batch.c.id)
        )
        return int(result.scalar_one())

    def get(self, batch_id: int) -> Batch:
        """Return the batch, which exists."""
        return _batch(self._connection.execute(select(batch).where(batch.c.id == batch_id)).one())

    def in_state(self, *states: BatchState, job_id: int | None = None) -> list[Batch]:
        """Return the batches in any of these states, oldest first."""
        query = select(batch).where(batch.c.state.in_([state.value for state in states]))
        if job_id is not None:
            query = query.where(batch.c.job_id == job_id)
        return [_batch(row) for row in self._connection.execute(query.order_by(batch.c.id))]

    def all(self) -> list[Batch]:
        """Return every batch, oldest first."""
        return [_batch(row) for row in self._connection.execute(select(batch).order_by(batch.c.id))]

    def store_signature(self, batch_id: int, alg: int, kid: Kid, signature: bytes) -> None:
        """The signature of the root is stored: to-sign to signed."""
        self._move(
            batch_id,
            BatchState.TO_SIGN,
            BatchState.SIGNED,
            alg=alg,
            kid=kid,
            signature=signature,
        )

    def mark_checked(self, batch_id: int) -> None:
        """What was stored was read back and accepted: signed to checked."""
        self._move(batch_id, BatchState.SIGNED, BatchState.CHECKED)

    def number(self, batch_id: int, anchor_no: int) -> None:
        """The batch will be sent under this number and no other batch will.

        Checked to anchoring.
        """
        self._move(
            batch_id, BatchState.CHECKED, BatchState.ANCHORING, anchor_no=anchor_no, refusal=None
        )

    def take_number_back(self, batch_id: int, refusal: str) -> None:
        """The registry refused the batch for the reason given, and its number is free again.

        Anchoring to checked.
        """
        self._move(
            batch_id, BatchState.ANCHORING, BatchState.CHECKED, anchor_no=None, refusal=refusal
        )

    def mark_anchored(self, batch_id: int, anchored_at: int) -> None:
        """The anchor is final since the given block time: anchoring to anchored."""
        self._move(batch_id, BatchState.ANCHORING, BatchState.ANCHORED, anchored_at=anchored_at)

    def note_refusal(self, batch_id: int, refusal: str) -> None:
        """The reason why the batch does not go on is written down for people.

        Its state is unchanged.
        """
        self._connection.execute(
            update(batch).where(batch.c.id == batch_id).values(refusal=refusal)
        )

    def last_anchor_no(self) -> int | None:
        """Return the highest number any batch was given on the chain; None when there was none."""
        newest: int | None = self._connection.execute(
            select(func.max(batch.c.anchor_no))
        ).scalar_one()
        return newest

    def _move(
        self, batch_id: int, before: BatchState, after: BatchState, **changes: object
    ) -> None:
        move(
            self._connection,
            batch,
            batch.c.id == batch_id,
            before=before,
            after=after,
            changes=changes,
        )


def _batch(row: Row[*tuple[object, ...]]) -> Batch:
    return Batch(**{**row._asdict(), "state": BatchState(row.state)})
