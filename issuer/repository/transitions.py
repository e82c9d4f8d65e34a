"""One guarded update.

A row moves from the state it must be in, or nothing moves and StateError says so.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, update

from issuer.errors import StateError


def move(
    connection: Connection,
    table: Table,
    where: ColumnElement[bool],
    *,
    before: StrEnum,
    after: StrEnum,
    changes: Mapping[str, Any],
    expected: int = 1,
) -> None:
    """Exactly `expected` rows have gone from `before` to `after`.

    Raises StateError when fewer were in `before`.
    """
    done = connection.execute(
        update(table)
        .where(where, table.c.state == before.value)
        .values(state=after.value, **changes)
    )
    if done.rowcount != expected:
        raise StateError(
            f"{done.rowcount} of {expected} rows of {table.name} were {before.value}, so none "
            "becomes "
            f"{after.value}: another process is at the same work"
        )
