"""Queries about what is on its way to the chain: signed bytes, failed attempts, and the watch."""

from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, func, insert, select, update

from issuer.models import attempt, sending, watch

_LONGEST_ERROR = 2_000


class Attempt(NamedTuple):
    """How often one thing could not be sent, and what was said the last time."""

    what: str
    failures: int
    first_at: int
    last_at: int
    last_error: str


class Watch(NamedTuple):
    """How the watch fares.

    `failures` are rounds in a row that the chain failed; while there is an `alarm` nothing is sent.
    """

    round_at: int
    next_at: int
    failures: int
    last_error: str | None
    clock_trouble: str | None
    alarm: str | None
    alarm_at: int | None


NO_WATCH = Watch(0, 0, 0, None, None, None, None)
"""What is known where no watch has ever run."""


class Sendings:
    """Queries bound to one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Bind the queries to the transaction."""
        self._connection = connection

    def signed(self, key: bytes) -> bytes | None:
        """Return the transaction kept under this key; None when there is none."""
        found: bytes | None = self._connection.execute(
            select(sending.c.signed).where(sending.c.key == key)
        ).scalar_one_or_none()
        return None if found is None else bytes(found)

    def keep(self, key: bytes, signed: bytes, kept_at: int) -> None:
        """The transaction is kept under this key, in place of any other."""
        self.forget(key)
        self._connection.execute(insert(sending).values(key=key, signed=signed, kept_at=kept_at))

    def forget(self, key: bytes) -> None:
        """No transaction is kept under this key."""
        self._connection.execute(delete(sending).where(sending.c.key == key))

    def count(self) -> int:
        """Return how many transactions are kept."""
        return self._connection.execute(select(func.count()).select_from(sending)).scalar_one()

    def forget_all(self) -> None:
        """No transaction is kept."""
        self._connection.execute(delete(sending))

    def note_failure(self, what: str, error: str, at: int) -> None:
        """One more attempt to send this failed, for the reason given."""
        known = self.attempt(what)
        if known is None:
            self._connection.execute(
                insert(attempt).values(
                    what=what,
                    failures=1,
                    first_at=at,
                    last_at=at,
                    last_error=error[:_LONGEST_ERROR],
                )
            )
            return
        self._connection.execute(
            update(attempt)
            .where(attempt.c.what == what)
            .values(failures=known.failures + 1, last_at=at, last_error=error[:_LONGEST_ERROR])
        )

    def attempt(self, what: str) -> Attempt | None:
        """Return what is known of failed attempts to send this; None when none failed."""
        row = self._connection.execute(select(attempt).where(attempt.c.what == what)).one_or_none()
        return None if row is None else Attempt(*row)

    def sent_well(self, what: str) -> None:
        """This is final on the chain: its failed attempts are of no interest any more."""
        self._connection.execute(delete(attempt).where(attempt.c.what == what))

    def watch(self) -> Watch:
        """Return how the watch fares."""
        columns = [getattr(watch.c, name) for name in Watch._fields]
        row = self._connection.execute(select(*columns)).one_or_none()
        return NO_WATCH if row is None else Watch(*row)

    def note_watch(self, **changes: Any) -> None:  # noqa: ANN401 - columns of the table
        """The watch fares so; what is not named stays as it was."""
        if self._connection.execute(select(watch.c.id)).one_or_none() is None:
            values = {**NO_WATCH._asdict(), **changes}
            self._connection.execute(insert(watch).values(id=1, **values))
            return
        self._connection.execute(update(watch).values(**changes))
