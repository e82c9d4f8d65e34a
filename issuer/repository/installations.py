"""Queries about the installation itself.

Whose it is, and the copy of the registry's journal it keeps.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select, update

from credential.ids import AgencyCode
from issuer.errors import SettingsError
from issuer.models import installation, journal_entry
from registry.journal import JournalEntry


@dataclass(frozen=True, slots=True)
class Installation:
    """Which agency and which registry this database belongs to: by the registry's first home."""

    agency: AgencyCode
    chain_id: int
    contract: bytes
    first_list_no: int
    first_anchor_no: int
    followed_at: int
    created_at: int


class Installations:
    """Queries bound to one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Bind the queries to the transaction."""
        self._connection = connection

    def find(self) -> Installation | None:
        """Return whose database this is; None when it was never initialised."""
        row = self._connection.execute(select(installation)).one_or_none()
        if row is None:
            return None
        return Installation(
            agency=AgencyCode(row.agency),
            chain_id=int(row.chain_id),
            contract=row.contract,
            first_list_no=row.first_list_no,
            first_anchor_no=row.first_anchor_no,
            followed_at=row.followed_at,
            created_at=row.created_at,
        )

    def get(self) -> Installation:
        """Return whose database this is; raises SettingsError when it was never initialised."""
        found = self.find()
        if found is None:
            raise SettingsError("this database was never initialised: run `sealroot issuer init`")
        return found

    def lock(self) -> None:
        """Nobody else takes a batch number.

        List number or list version until this transaction ends.
        """
        self._connection.execute(select(installation.c.id).with_for_update()).one()

    def add(self, made: Installation) -> None:
        """Write down whose database this is; there is only ever one row."""
        self._connection.execute(
            insert(installation).values(
                id=1,
                agency=made.agency,
                chain_id=str(made.chain_id),
                contract=made.contract,
                first_list_no=made.first_list_no,
                first_anchor_no=made.first_anchor_no,
                followed_at=made.followed_at,
                created_at=made.created_at,
            )
        )

    def journal_size(self) -> int:
        """Return how many journal entries are kept here."""
        last: int | None = self._connection.execute(
            select(func.max(journal_entry.c.position))
        ).scalar_one()
        return 0 if last is None else last + 1

    def journal(self, start: int) -> list[JournalEntry]:
        """Return the kept entries from index `start` on, in order."""
        rows = self._connection.execute(
            select(
                journal_entry.c.position,
                journal_entry.c.time,
                journal_entry.c.kind,
                journal_entry.c.data,
            )
            .where(journal_entry.c.position >= start)
            .order_by(journal_entry.c.position)
        )
        return [JournalEntry(*row) for row in rows]

    def append_journal(self, entries: Sequence[JournalEntry], followed_at: int) -> None:
        """Keep final entries that follow on those kept.

        And the time at which they were compared.
        """
        if entries:
            self._connection.execute(
                insert(journal_entry),
                [
                    {
                        "position": entry.index,
                        "time": entry.time,
                        "kind": entry.kind,
                        "data": entry.data,
                    }
                    for entry in entries
                ],
            )
        self._connection.execute(update(installation).values(followed_at=followed_at))
