"""Request bodies from strangers: as many bytes as allowed, as fast as asked, and no more held."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from verifier.service.exchange import Exchange
from verifier.service.limits import Limits
from verifier.service.problems import (
    BROKEN_BODY,
    BUSY,
    MEDIA,
    TOO_LARGE,
    TOO_SLOW,
    UNUSABLE,
    RefusedError,
)

_AGAIN = {"retry-after": "2"}


class Bodies:
    """Reads bodies, and counts what all of them hold together."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._held = 0

    @property
    def held(self) -> int:
        """Bytes of bodies that are in memory now."""
        return self._held

    @asynccontextmanager
    async def parts(self, exchange: Exchange, most: int) -> AsyncIterator[AsyncIterator[bytes]]:
        """The parts of the body as they come; their bytes count as held until the block ends.

        The iterator raises RefusedError: too large by its own word before anything is read, or by
        its bytes; too slow; broken off; busy, where all bodies together would hold too much.
        """
        declared = self._declared(exchange, most)
        seconds = self._limits.body_seconds + declared / self._limits.slowest_bytes_per_second
        deadline = asyncio.get_running_loop().time() + seconds
        taken = 0

        async def take() -> AsyncIterator[bytes]:
            nonlocal taken
            more = True
            while more:
                part, more = await _next(exchange, deadline)
                taken += len(part)
                self._held += len(part)
                if taken > most:
                    raise RefusedError(TOO_LARGE, _CLOSE)
                if self._held > self._limits.bytes_in_flight:
                    raise RefusedError(BUSY, {**_AGAIN, **_CLOSE})
                if part:
                    yield part

        try:
            yield take()
        finally:
            self._held -= taken

    async def whole(self, exchange: Exchange, most: int) -> bytes:
        """Return the whole body; raises RefusedError as `parts` does."""
        async with self.parts(exchange, most) as parts:
            return b"".join([part async for part in parts])

    def _declared(self, exchange: Exchange, most: int) -> int:
        """Return the Content-Length, 0 where none is given; raises RefusedError over the limit."""
        if exchange.header(b"content-encoding") not in {"", "identity"}:
            raise RefusedError(MEDIA)
        told = exchange.header(b"content-length")
        if not told:
            return 0
        if not (told.isascii() and told.isdigit() and len(told) < 20):
            raise RefusedError(UNUSABLE, _CLOSE)
        if int(told) > most:
            raise RefusedError(TOO_LARGE, _CLOSE)
        return int(told)


async def _next(exchange: Exchange, deadline: float) -> tuple[bytes, bool]:
    """Return the next part and whether more may come; raises RefusedError."""
    try:
        async with asyncio.timeout_at(deadline):
            message = await exchange.receive()
    except TimeoutError as error:
        raise RefusedError(TOO_SLOW, _CLOSE) from error
    if message["type"] == "http.disconnect":
        raise RefusedError(BROKEN_BODY)
    return message.get("body", b""), message.get("more_body", False)


_CLOSE = {"connection": "close"}
"""What is left of such a body is not read: the connection ends."""
