"""The edge of a service: headers on every answer, and an access log without personal data."""

import time
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import Any, Final, Protocol

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = Sequence[tuple[bytes, bytes]]

_POLICY: Final = (
    b"default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
    b"frame-ancestors 'none'"
)
_HEADERS: Final = (
    (b"content-security-policy", _POLICY),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
    (b"cross-origin-resource-policy", b"cross-origin"),
    (b"access-control-allow-origin", b"*"),
)


class Log(Protocol):
    """Takes one line for every answer."""

    def info(self, event: str, **told: object) -> object:
        """One line more."""


def _unmeasured(_name: str, _status: int, _seconds: float) -> None:
    """Nobody counts."""


def _shortened(path: str) -> str:
    return path[:200]


class Edge:
    """Adds the headers to each answer of the application inside, and tells the log about it.

    `headers` are those for a path, `named` what the log calls it; `measured` is told the name, the
    status and the seconds of every answer.
    """

    def __init__(
        self,
        inside: Application,
        log: Log,
        *,
        log_addresses: bool = False,
        headers: Callable[[str], Headers] = lambda _path: _HEADERS,
        named: Callable[[str], str] = _shortened,
        measured: Callable[[str, int, float], None] = _unmeasured,
    ) -> None:
        self._inside = inside
        self._log = log
        self._log_addresses = log_addresses
        self._headers = headers
        self._named = named
        self._measured = measured

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._inside(scope, receive, send)
            return
        started = time.perf_counter()
        status = sent = 0
        headers = self._headers(scope["path"])

        async def send_on(message: Message) -> None:
            nonlocal status, sent
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), *headers]
            else:
                sent += len(message.get("body", b""))
            await send(message)

        try:
            await self._inside(scope, receive, send_on)
        finally:
            self._tell(scope, status, sent, time.perf_counter() - started)

    def _tell(self, scope: Scope, status: int, sent: int, seconds: float) -> None:
        """One line: what was asked for, never by whom, and never what somebody searched for."""
        name = self._named(scope["path"])
        self._measured(name, status, seconds)
        told: dict[str, object] = {
            "method": scope["method"],
            "path": name,
            "status": status,
            "bytes": sent,
            "ms": round(seconds * 1000, 2),
        }
        if self._log_addresses and scope.get("client"):
            told["address"] = scope["client"][0]
        self._log.info("request", **told)
