"""Who may ask how much: keys, client certificates, and addresses of those who show neither."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from typing import Final, Protocol

from verifier.service.buckets import Allowance, Buckets
from verifier.service.day_tally import DayTally
from verifier.service.exchange import Exchange
from verifier.service.key_store import DAY_SECONDS, Key, key_id
from verifier.service.problems import KEY_NEEDED, TOO_OFTEN, USED_UP, RefusedError
from verifier.service.proxies import Proxies

_CHALLENGE: Final = {"www-authenticate": 'Bearer realm="sealroot"'}
_LONGEST_WAIT: Final = 1.0


class Keys(Protocol):
    """The keys at hand, and what they have used; answered from memory."""

    def find(self, id_: str) -> Key | None:
        """Return the key with this id, or None; revoked ones are gone."""

    def find_certificate(self, name: str) -> Key | None:
        """Return the key a client certificate stands for, or None."""

    def used(self, id_: str, day: int) -> int:
        """Return how many documents the key has had checked on a day."""

    def use(self, id_: str, day: int, documents: int) -> None:
        """So many more."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever sent a request; without an allowance, one who may ask without limit."""

    callers: "Callers"
    subject: str
    allowance: Allowance | None
    key: Key | None = None

    def charge(self, documents: int) -> None:
        """So many documents are about to be checked; raises RefusedError where that is too many."""
        if self.allowance is not None:
            wait = self.callers.charge(self, documents)
            if wait:
                raise RefusedError(TOO_OFTEN, {"retry-after": str(ceil(wait))})

    def charge_for_nothing(self) -> None:
        """A request that could not be understood costs one too: reading it was work."""
        if self.allowance is not None:
            self.callers.charge_for_nothing(self.subject, self.allowance)

    async def charge_patiently(self, documents: int) -> None:
        """Wait until so many may be checked; raises RefusedError once the day is used up."""
        while self.allowance is not None:
            wait = self.callers.charge(self, documents)
            if not wait:
                return
            await asyncio.sleep(min(wait, _LONGEST_WAIT))


class Callers:
    """Finds out who asks. Without keys and without an allowance for strangers everybody may."""

    def __init__(
        self,
        keys: Keys | None,
        strangers: Allowance | None,
        proxies: Proxies,
        clock: Callable[[], int],
        monotonic: Callable[[], float],
    ) -> None:
        self._keys = keys
        self._strangers = strangers
        self._proxies = proxies
        self._clock = clock
        self._monotonic = monotonic
        self._buckets = Buckets()
        self._tally = DayTally()

    @property
    def are_open(self) -> bool:
        """True where nobody needs a key for anything."""
        return self._keys is None

    def admit(self, exchange: Exchange) -> Caller:
        """Return who asks; raises RefusedError for a wrong key, or for none where one is needed.

        So too where nothing may be asked at the moment: before the body is read.
        """
        if self._keys is None and self._strangers is None:
            return Caller(self, "", None)
        caller = self._caller(exchange)
        if caller.allowance is not None:
            wait = self._buckets.wait(caller.subject, caller.allowance, self._monotonic())
            if wait:
                headers = {"retry-after": str(ceil(wait)), "connection": "close"}
                raise RefusedError(TOO_OFTEN, headers)
        return caller

    def charge_for_nothing(self, subject: str, allowance: Allowance) -> None:
        """Take one out of a bucket."""
        self._buckets.take(subject, 1, allowance, self._monotonic())

    def _caller(self, exchange: Exchange) -> Caller:
        authorization = exchange.header(b"authorization")
        if self._keys is not None:
            key = self._key(exchange, authorization, self._keys)
            if key is not None:
                return Caller(self, key.id, Allowance(key.per_second, key.per_day), key)
        if self._strangers is None or (authorization and self._keys is not None):
            raise RefusedError(KEY_NEEDED, _CHALLENGE)
        return Caller(self, self._proxies.address(exchange), self._strangers)

    def admit_owner(self, exchange: Exchange) -> None:
        """Raises RefusedError for whoever shows no key where there are keys."""
        if self._keys is None:
            return
        if self._key(exchange, exchange.header(b"authorization"), self._keys) is None:
            raise RefusedError(KEY_NEEDED, _CHALLENGE)

    def _key(self, exchange: Exchange, authorization: str, keys: Keys) -> Key | None:
        scheme, _, secret = authorization.partition(" ")
        if scheme.lower() == "bearer":
            key = keys.find(key_id(secret))
            return key if key is not None and key.is_opened_by(secret) else None
        certificate = self._proxies.certificate(exchange)
        return keys.find_certificate(certificate) if certificate and not authorization else None

    def charge(self, caller: Caller, documents: int) -> float:
        """Take documents out of an allowance, or return for how many seconds none may be taken.

        Raises RefusedError once the day's quota is used up.
        """
        allowance = caller.allowance
        if allowance is None:
            return 0.0
        now = self._clock()
        day = now // DAY_SECONDS
        if self._used(caller, day) + documents > allowance.per_day:
            left = (day + 1) * DAY_SECONDS - now
            raise RefusedError(USED_UP, {"retry-after": str(left)})
        wait = self._buckets.take(caller.subject, documents, allowance, self._monotonic())
        if not wait:
            self._use(caller, day, documents)
        return wait

    def _used(self, caller: Caller, day: int) -> int:
        if caller.key is not None and self._keys is not None:
            return self._keys.used(caller.key.id, day)
        return self._tally.of(caller.subject, day)

    def _use(self, caller: Caller, day: int, documents: int) -> None:
        if caller.key is not None and self._keys is not None:
            self._keys.use(caller.key.id, day, documents)
        else:  # addresses are counted in memory only: they are nobody's to keep
            self._tally.add(caller.subject, documents, day)
