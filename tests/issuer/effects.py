"""Every effect an office has outside its process, counted, and made to fail at one of them.

A fault is one of three: the effect fails unseen; it took effect and is reported as failed; it took
effect and whoever waits for it gives up after a time-out.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from enum import Enum
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy.exc import OperationalError

from credential.ids import Digest, Kid, Root
from credential.signer import Signer
from issuer.database import Database
from issuer.following import JournalFollower
from issuer.office import Office
from issuer.repository import Repository
from registry.chain_protocol import JournalHead
from registry.errors import ChainUnavailableError
from registry.journal import JournalEntry
from registry.public_folder import Document, PublicFolder
from registry.rim_errors import TransactionPendingError
from tests.issuer.file_chain import FileChain

ResultT = TypeVar("ResultT")


class Fault(Enum):
    """How one effect fails."""

    UNSEEN = "fails unseen"
    HAPPENED = "took effect and is reported as failed"
    HANGS = "took effect and nobody waited so long"


class Effects:
    """Counts effects by kind; the nth of one kind fails."""

    def __init__(self, kind: str = "", nth: int = 0, fault: Fault = Fault.UNSEEN) -> None:
        self.counts: dict[str, int] = {}
        self._kind, self._nth, self._fault = kind, nth, fault

    def happen(
        self, kind: str, effect: Callable[[], ResultT], errors: tuple[Exception, Exception]
    ) -> ResultT:
        """The effect takes place, unless it is its turn to fail: with the first error, or late."""
        self.counts[kind] = self.counts.get(kind, 0) + 1
        if (kind, self.counts[kind]) != (self._kind, self._nth):
            return effect()
        if self._fault is Fault.UNSEEN:
            raise errors[0]
        effect()
        raise errors[self._fault is Fault.HANGS]


CHAIN = (ChainUnavailableError("the connection failed"), ChainUnavailableError("no answer in time"))
SENDING = (CHAIN[0], TransactionPendingError("in no block in time", "0x12"))
COMMIT = (
    OperationalError("COMMIT", {}, Exception("disk I/O error")),
    OperationalError("COMMIT", {}, Exception("statement timeout")),
)
DISK = (OSError(5, "Input/output error"), TimeoutError(110, "Connection timed out"))


class FaultyChain:
    """A chain whose answers and sendings are effects."""

    def __init__(self, real: FileChain, effects: Effects) -> None:
        self._real, self._effects = real, effects
        self.chain_id, self.contract = real.chain_id, real.contract

    def _read(self, effect: Callable[[], ResultT]) -> ResultT:
        return self._effects.happen("chain read", effect, CHAIN)

    def head(self) -> JournalHead:
        return self._read(self._real.head)

    def finalized_head(self) -> JournalHead:
        return self._read(self._real.finalized_head)

    def finalized_size(self) -> int:
        return self._read(self._real.finalized_size)

    def entries(self, first: int, stop: int | None = None) -> list[JournalEntry]:
        return self._read(lambda: self._real.entries(first, stop))

    def last_batch_no(self) -> int:
        return self._read(self._real.last_batch_no)

    def status_version(self, list_no: int) -> int:
        return self._read(lambda: self._real.status_version(list_no))

    def anchor(self, batch_no: int, root: Root, size: int, kid: Kid) -> None:
        sending = lambda: self._real.anchor(batch_no, root, size, kid)  # noqa: E731
        self._effects.happen("chain send", sending, SENDING)

    def publish_status(self, list_no: int, version: int, digest: Digest) -> None:
        sending = lambda: self._real.publish_status(list_no, version, digest)  # noqa: E731
        self._effects.happen("status publish", sending, SENDING)


class FaultyDatabase:
    """A database whose commits are effects."""

    def __init__(self, real: Database, effects: Effects) -> None:
        self._real, self._effects = real, effects

    def __getattr__(self, name: str) -> object:
        return getattr(self._real, name)

    @contextmanager
    def transaction(self) -> Iterator[Repository]:
        with self._real._writer.connect() as connection:
            transaction = connection.begin()
            try:
                yield Repository(connection)
            except BaseException:
                transaction.rollback()
                raise
            try:
                self._effects.happen("database commit", transaction.commit, COMMIT)
            except OperationalError:
                if transaction.is_active:
                    transaction.rollback()
                raise


class FaultySigner:
    """A signer whose signatures are effects."""

    def __init__(self, real: Signer, effects: Effects) -> None:
        self.alg, self.cose_key, self.kid = real.alg, real.cose_key, Kid(real.kid)
        self._real, self._effects = real, effects

    def sign(self, message: bytes) -> bytes:
        return self._effects.happen("signature", lambda: self._real.sign(message), DISK)


class FaultyFolder(PublicFolder):
    """A public folder to which publishing is an effect."""

    def __init__(self, root: Path, effects: Effects) -> None:
        super().__init__(root)
        self._effects = effects

    def publish(self, kind: Document, document: bytes) -> Digest:
        publishing = super().publish
        return self._effects.happen("public file", lambda: publishing(kind, document), DISK)


def with_effects(
    office: Office, chain: FileChain, effects: Effects, patch: pytest.MonkeyPatch
) -> Office:
    """The same office, whose every effect passes through `effects`."""
    faulty = FaultyChain(chain, effects)
    database = FaultyDatabase(office.database, effects)
    signer = office.signer()
    for name in ("replace", "fsync"):
        real = getattr(os, name)
        patch.setattr(
            os,
            name,
            lambda *words, real=real, name=name: effects.happen(
                f"file {name}", lambda: real(*words), DISK
            ),
        )
    return replace(
        office,
        database=database,
        journal=JournalFollower(database, faulty, office.clock),
        account=faulty,
        public_folder=FaultyFolder(office.public_folder.root, effects),
        signer=lambda: FaultySigner(signer, effects),
    )
