"""Routes that tell of the service what programs ask: its numbers, and the keys of its receipts."""

from collections.abc import Callable
from hashlib import sha256
from typing import Final

from verifier.policy import Policy
from verifier.service.callers import Callers
from verifier.service.exchange import Exchange
from verifier.service.metrics import CONTENT_TYPE, Metrics
from verifier.service.problems import METHOD, RefusedError
from verifier.service.standing_routes import standing_told
from verifier.service.trust_desk import TrustDesk

KEY_SET_TYPE: Final = "application/cose-key-set"
_READ: Final = {"GET", "HEAD"}


class MetricsRoute:
    """Answers Prometheus. Where keys are needed for anything, one is needed here."""

    def __init__(  # noqa: PLR0917  (what it tells of, each once)
        self,
        metrics: Metrics,
        gauges: Callable[[], dict[str, float]],
        desk: TrustDesk,
        policy: Policy,
        clock: Callable[[], int],
        callers: Callers,
    ) -> None:
        self._metrics = metrics
        self._gauges = gauges
        self._desk = desk
        self._policy = policy
        self._clock = clock
        self._callers = callers

    async def __call__(self, exchange: Exchange) -> None:
        """Answer one request; raises RefusedError."""
        _check_read(exchange)
        self._callers.admit_owner(exchange)
        told = standing_told(self._desk.current(), self._policy, self._clock())
        trust = {"trust_usable": float(told["ready"])}
        if told["age_seconds"] is not None:
            trust["trust_age_seconds"] = told["age_seconds"]
        self._metrics.set({**self._gauges(), **trust})
        body = self._metrics.text()
        await exchange.answer(200, body, CONTENT_TYPE, {"cache-control": "no-store"})


class ReceiptKeyRoute:
    """Hands out the keys that receipts of this service are checked with."""

    def __init__(self, key_set: bytes) -> None:
        self._key_set = key_set
        self._etag = f'"{sha256(key_set).hexdigest()}"'

    async def __call__(self, exchange: Exchange) -> None:
        """Answer one request; raises RefusedError."""
        _check_read(exchange)
        headers = {"etag": self._etag, "cache-control": "public, max-age=300"}
        if exchange.header(b"if-none-match") == self._etag:
            await exchange.answer(304, b"", KEY_SET_TYPE, headers)
            return
        body = b"" if exchange.method == "HEAD" else self._key_set
        await exchange.answer(200, body, KEY_SET_TYPE, headers, str(len(self._key_set)))


def _check_read(exchange: Exchange) -> None:
    if exchange.method not in _READ:
        raise RefusedError(METHOD, {"allow": "GET, HEAD"})
