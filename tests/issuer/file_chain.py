"""A chain in an SQLite file.

It keeps the contract's rules, and survives the death of the process that used it.
"""

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

from credential.ids import AgencyCode, Digest, Kid, Root
from registry.chain_protocol import JournalHead
from registry.errors import ChainUnavailableError, JournalError, TransactionRefusedError
from registry.journal import JournalEntry, head_after, make_entry
from registry.payloads import (
    BatchAnchored,
    JournalCarried,
    Payload,
    StatusPublished,
    SuccessorRegistrySet,
)
from registry.records import Anchor
from registry.trust_builder import TrustBuilder
from registry.trust_state import TrustState

CHAIN_ID = 31337
CONTRACT = bytes(range(1, 21))


class FileChain:
    """The journal and the agency's anchor account in one.

    `fault` may raise before or after a change is made.
    """

    def __init__(
        self,
        path: Path,
        agency: str = "A15030000C",
        clock: Callable[[], int] = lambda: int(time.time()),
        contract: bytes = CONTRACT,
    ) -> None:
        self.path = path
        self.chain_id = CHAIN_ID
        self.contract = contract
        self.first_home = (CHAIN_ID, contract)
        self.agency = AgencyCode(agency)
        self.clock = clock
        self.is_away = False
        self.unfinal = 0
        self.sendings: list[tuple[str, int]] = []
        self.fault: Callable[[str, str], None] = lambda _moment, _what: None
        connection = self._open()
        connection.execute(
            "CREATE TABLE IF NOT EXISTS entry (position INTEGER PRIMARY KEY, time, kind, data)"
        )
        connection.close()

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, isolation_level=None, timeout=30)
        connection.execute("PRAGMA synchronous=OFF")
        return connection

    def all_entries(self) -> list[JournalEntry]:
        connection = self._open()
        rows = connection.execute("SELECT position, time, kind, data FROM entry ORDER BY position")
        found = [JournalEntry(*row) for row in rows]
        connection.close()
        return found

    def append(self, payload: Payload, at: int | None = None) -> None:
        """Append as the contract would: one at a time, and only what its rules allow.

        `at` is the time of the block; without it, the clock is read.
        """
        connection = self._open()
        connection.execute("BEGIN IMMEDIATE")
        entries = [
            JournalEntry(*row)
            for row in connection.execute("SELECT position, time, kind, data FROM entry ORDER BY 1")
        ]
        last = entries[-1].time if entries else 0
        entry = make_entry(len(entries), max(last, self.clock() if at is None else at), payload)
        builder = TrustBuilder(*self.first_home)
        builder.extend(entries)
        try:
            builder.apply(entry)
        except JournalError as error:
            connection.execute("ROLLBACK")
            connection.close()
            raise TransactionRefusedError(str(error)) from error
        connection.execute("INSERT INTO entry VALUES (?, ?, ?, ?)", tuple(entry))
        connection.execute("COMMIT")
        connection.close()

    def move_to(self, chain_id: int, contract: bytes) -> None:
        """The registry is at home there from now on, with the same journal."""
        self.append(SuccessorRegistrySet(chain_id, contract))
        self.append(JournalCarried(self.chain_id, self.contract))
        self.chain_id, self.contract = chain_id, contract

    # what the journal's readers ask

    def head(self) -> JournalHead:
        self._require_there()
        entries = self.all_entries()
        return JournalHead(len(entries), head_after(*self.first_home, entries))

    def finalized_head(self) -> JournalHead:
        size, head = self.head()
        if not self.unfinal:
            return JournalHead(size, head)
        final = self.all_entries()[: max(0, size - self.unfinal)]
        return JournalHead(len(final), head_after(*self.first_home, final))

    def finalized_size(self) -> int:
        return self.finalized_head().size

    def entries(self, first: int, stop: int | None = None) -> list[JournalEntry]:
        self._require_there()
        return self.all_entries()[first:stop]

    # what the agency's anchor account asks and does

    def last_batch_no(self) -> int:
        self._require_there()
        return len(self.anchors())

    def status_version(self, list_no: int) -> int:
        self._require_there()
        record = self.state().latest_status(self.agency, list_no)
        return 0 if record is None else record.version

    def anchor(self, batch_no: int, root: Root, size: int, kid: Kid) -> None:
        self._change("anchor", batch_no, BatchAnchored(self.agency, batch_no, root, size, kid))

    def publish_status(self, list_no: int, version: int, digest: Digest) -> None:
        self._change(
            "publish_status", version, StatusPublished(self.agency, list_no, version, digest)
        )

    def _change(self, what: str, number: int, payload: Payload) -> None:
        self._require_there()
        self.sendings.append((what, number))
        self.fault("before", what)
        self.append(payload)
        self.fault("after", what)

    def reorganise(self, entries: int) -> None:
        """The newest entries were in blocks that others replaced: they are gone."""
        connection = self._open()
        connection.execute(
            "DELETE FROM entry WHERE position >= (SELECT COUNT(*) FROM entry) - ?", (entries,)
        )
        connection.close()

    def _require_there(self) -> None:
        if self.is_away:
            raise ChainUnavailableError("no endpoint answers")

    # what a test looks at

    def state(self) -> TrustState:
        builder = TrustBuilder(*self.first_home)
        builder.extend(self.all_entries())
        return builder.build()

    def anchors(self) -> list[Anchor]:
        return [one for one in self.state().content.anchors if one.agency == self.agency]
