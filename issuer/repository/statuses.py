"""Queries about status lists.

The slots they give away, their versions, and the changes asked for.
"""

from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, func, insert, select, update

from credential.ids import CertificateNumber, Digest
from issuer.models import credential, status_change, status_list, status_version
from issuer.repository.transitions import move
from issuer.states import CredentialStatus, StatusAction, StatusReason, VersionState


class ListRow(NamedTuple):
    """One list.

    How many slots it has, in which order it gives them away, and how many it has given.
    """

    list_no: int
    capacity: int
    seed: bytes
    taken: int


class Version(NamedTuple):
    """One version of a list: the bytes that are, or will be, published."""

    list_no: int
    version: int
    digest: Digest
    document: bytes
    details: bytes
    state: VersionState

    @property
    def name(self) -> str:
        """What people call it."""
        return f"version {self.version} of status list {self.list_no}"


class NewChange(NamedTuple):
    """A change an officer asked for."""

    credential_id: int
    list_no: int
    action: StatusAction
    status_after: CredentialStatus
    reason: StatusReason
    effective_at: int
    replaced_by: CertificateNumber | None
    recorded_at: int


@dataclass(frozen=True, slots=True)
class Change:
    """A recorded change.

    `version` is the list version that carries it, `state` how far that version is.
    """

    id: int
    status_after: CredentialStatus
    action: StatusAction
    reason: StatusReason
    effective_at: int
    replaced_by: CertificateNumber | None
    recorded_at: int
    list_no: int
    version: int | None
    slot_index: int
    number: CertificateNumber


class Statuses:
    """Queries bound to one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Bind the queries to the transaction."""
        self._connection = connection

    def add_list(self, made: ListRow, created_at: int) -> None:
        """Write down a new list."""
        self._connection.execute(
            insert(status_list).values(**made._asdict(), created_at=created_at)
        )

    def lists(self) -> list[ListRow]:
        """Return every list in order.

        In a writing transaction nobody else takes slots until it ends.
        """
        rows = self._connection.execute(
            select(*(getattr(status_list.c, name) for name in ListRow._fields))
            .order_by(status_list.c.list_no)
            .with_for_update()
        )
        return [ListRow(*row) for row in rows]

    def take(self, list_no: int, count: int) -> None:
        """So many more slots of the list are given away.

        The rule of the table refuses more than there are.
        """
        self._connection.execute(
            update(status_list)
            .where(status_list.c.list_no == list_no)
            .values(taken=status_list.c.taken + count)
        )

    def add_version(self, made: Version, planned_at: int) -> None:
        """Write down the bytes of a version before anyone sees them."""
        self._connection.execute(
            insert(status_version).values(
                **{**made._asdict(), "state": made.state.value}, planned_at=planned_at
            )
        )

    def newest(self, list_no: int) -> Version | None:
        """Return the newest version of the list, published or not; None when there is none."""
        row = self._connection.execute(
            select(*(getattr(status_version.c, name) for name in Version._fields))
            .where(status_version.c.list_no == list_no)
            .order_by(status_version.c.version.desc())
            .limit(1)
        ).one_or_none()
        return None if row is None else _version(row)

    def find_version(self, list_no: int, version: int) -> Version | None:
        """Return that version of the list; None when there is none here."""
        row = self._connection.execute(
            select(*(getattr(status_version.c, name) for name in Version._fields)).where(
                status_version.c.list_no == list_no, status_version.c.version == version
            )
        ).one_or_none()
        return None if row is None else _version(row)

    def planned(self) -> list[Version]:
        """Return the versions whose publication is not final, in order."""
        rows = self._connection.execute(
            select(*(getattr(status_version.c, name) for name in Version._fields))
            .where(status_version.c.state == VersionState.PLANNED.value)
            .order_by(status_version.c.list_no, status_version.c.version)
        )
        return [_version(row) for row in rows]

    def planned_since(self) -> dict[tuple[int, int], int]:
        """Return when each version was planned whose publication is not final."""
        rows = self._connection.execute(
            select(
                status_version.c.list_no, status_version.c.version, status_version.c.planned_at
            ).where(status_version.c.state == VersionState.PLANNED.value)
        )
        return {(row.list_no, row.version): row.planned_at for row in rows}

    def mark_published(self, list_no: int, version: int, published_at: int) -> None:
        """The version's publication is final since the given block time: planned to published."""
        move(
            self._connection,
            status_version,
            (status_version.c.list_no == list_no) & (status_version.c.version == version),
            before=VersionState.PLANNED,
            after=VersionState.PUBLISHED,
            changes={"published_at": published_at},
        )

    def add_change(self, new: NewChange) -> int:
        """Write down what was asked for and return its id."""
        result = self._connection.execute(
            insert(status_change).values(**new._asdict()).returning(status_change.c.id)
        )
        return int(result.scalar_one())

    def changes_of(self, credential_id: int) -> list[Change]:
        """Return what was asked for this credential, oldest first."""
        return self._changes(status_change.c.credential_id == credential_id)

    def waiting(self, list_no: int | None = None) -> list[Change]:
        """Return the changes no version carries yet, oldest first."""
        unplanned = status_change.c.version.is_(None)
        if list_no is None:
            return self._changes(unplanned)
        return self._changes(unplanned & (status_change.c.list_no == list_no))

    def in_force(self, list_no: int) -> list[Change]:
        """Return the newest change of every credential of the list that ever had one."""
        newest = (
            select(func.max(status_change.c.id))
            .where(status_change.c.list_no == list_no)
            .group_by(status_change.c.credential_id)
        )
        return self._changes(status_change.c.id.in_(newest))

    def change(self, change_id: int) -> Change:
        """Return the change, which exists."""
        return self._changes(status_change.c.id == change_id)[0]

    def put_in_version(self, list_no: int, version: int) -> None:
        """Every change of the list that no version carries yet is carried by this one."""
        self._connection.execute(
            update(status_change)
            .where(status_change.c.list_no == list_no, status_change.c.version.is_(None))
            .values(version=version)
        )

    def _changes(self, where: ColumnElement[bool]) -> list[Change]:
        rows = self._connection.execute(
            select(
                *(
                    getattr(status_change.c, name)
                    for name in Change.__slots__
                    if name not in ("slot_index", "number")
                ),
                credential.c.slot_index,
                credential.c.number,
            )
            .join(credential, credential.c.id == status_change.c.credential_id)
            .where(where)
            .order_by(status_change.c.id)
        )
        return [_change(row) for row in rows]


def _version(row: Row[*tuple[object, ...]]) -> Version:
    return Version(**{**row._asdict(), "state": VersionState(row.state)})


def _change(row: Row[*tuple[object, ...]]) -> Change:
    return Change(
        **{
            **row._asdict(),
            "status_after": CredentialStatus(row.status_after),
            "action": StatusAction(row.action),
            "reason": StatusReason(row.reason),
        }
    )
