"""The keys of the store in memory, and what they used since it was last written: once a second."""

import asyncio
from collections.abc import Callable

from verifier.errors import StoreError
from verifier.service.key_store import DAY_SECONDS, Key, KeyStore


class KeyBook:
    """Answers from memory; all of it on one thread."""

    def __init__(self, store: KeyStore, clock: Callable[[], int]) -> None:
        self._store = store
        self._clock = clock
        self._keys: dict[str, Key] = {}
        self._certificates: dict[str, Key] = {}
        self._day = clock() // DAY_SECONDS
        self._written: dict[str, int] = {}
        self._pending: dict[str, int] = {}
        self._under_way: dict[str, int] = {}
        self.write()

    def find(self, id_: str) -> Key | None:
        """Return the key with this id, or None; revoked ones are gone."""
        return self._keys.get(id_)

    def find_certificate(self, name: str) -> Key | None:
        """Return the key a client certificate stands for, or None."""
        return self._certificates.get(name)

    def used(self, id_: str, day: int) -> int:
        """Return how many documents the key has had checked on a day, this worker's at once."""
        if day != self._day:
            return 0
        return self._written.get(id_, 0) + self._pending.get(id_, 0) + self._under_way.get(id_, 0)

    def use(self, id_: str, day: int, documents: int) -> None:
        """So many more. What is used in the last second of a day may count for the next one."""
        if day != self._day:
            self._day, self._written = day, {}
        self._pending[id_] = self._pending.get(id_, 0) + documents

    def write(self) -> None:
        """What was used is in the store; keys and sums are as the store has them.

        A crash forgets what was used in the second before. Raises StoreError, and then keeps what
        was to be written for the next time.
        """
        day, taken = self._take()
        try:
            sums, keys = self._exchanged(day, taken)
        except StoreError:
            self._give_back(taken)
            raise
        self._settle(day, sums, keys)

    async def write_apart(self) -> None:
        """As `write`, while the event loop goes on."""
        day, taken = self._take()
        try:
            sums, keys = await asyncio.to_thread(self._exchanged, day, taken)
        except BaseException:  # also when it is cancelled: it may not have been written
            self._give_back(taken)
            raise
        self._settle(day, sums, keys)

    def _take(self) -> tuple[int, dict[str, int]]:
        self._under_way, self._pending = self._pending, {}
        return self._day, self._under_way

    def _exchanged(self, day: int, taken: dict[str, int]) -> tuple[dict[str, int], list[Key]]:
        sums = self._store.record(day, taken)
        return sums, [key for key in self._store.rows() if key.revoked_at is None]

    def _give_back(self, taken: dict[str, int]) -> None:
        for id_, documents in taken.items():
            self._pending[id_] = self._pending.get(id_, 0) + documents
        self._under_way = {}

    def _settle(self, day: int, sums: dict[str, int], keys: list[Key]) -> None:
        if day == self._day:
            self._written = sums
        self._under_way = {}
        self._keys = {key.id: key for key in keys}
        self._certificates = {key.certificate: key for key in keys if key.certificate}
