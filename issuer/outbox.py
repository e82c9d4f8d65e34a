"""The outbox of `registry.outbox` in the office's database, where it outlives every process."""

from issuer.database import Database
from issuer.office import Office
from issuer.ports import Clock
from issuer.repository import Repository
from issuer.states import BatchState


class DatabaseOutbox:
    """Keeps signed transactions from before their first sending until they took effect."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Bind the database; nothing is asked of it before something is sent."""
        self._database = database
        self._clock = clock

    def signed(self, key: bytes) -> bytes | None:
        """Return the transaction that was signed for this call, by whichever process."""
        with self._database.reading() as repository:
            return repository.sendings.signed(key)

    def keep(self, key: bytes, transaction: bytes) -> None:
        """The transaction is in the database before anybody sees it."""
        with self._database.transaction() as repository:
            repository.installations.lock()
            repository.sendings.keep(key, transaction, self._clock())

    def forget(self, key: bytes) -> None:
        """The transaction is in the database no longer."""
        if self.signed(key) is None:
            return  # most calls: nothing to write
        with self._database.transaction() as repository:
            repository.sendings.forget(key)


def is_on_its_way(repository: Repository) -> bool:
    """Return whether anything of this office is, or may be, on its way to the chain."""
    return bool(
        repository.statuses.planned()
        or repository.batches.in_state(BatchState.CHECKED, BatchState.ANCHORING)
    )


def empty_outbox(office: Office) -> None:
    """Nothing is kept for sending once everything is final.

    A process that was killed after its transaction took effect leaves the bytes behind.
    """
    with office.database.reading() as repository:
        if not repository.sendings.count():
            return
    with office.database.transaction() as repository:
        repository.installations.lock()
        if not is_on_its_way(repository):
            repository.sendings.forget_all()
