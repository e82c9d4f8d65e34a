"""POST /verify/batch: a line in, a line out, in order, as fast as the reader reads.

Nothing is read ahead: while the client does not take its answers, nothing more is taken from it. So
memory is bounded by one piece of the body and one of the answer, however long the stream is.
"""

import asyncio
from collections import Counter as Tally
from typing import Final, Protocol

from verifier.service.callers import Caller, Callers
from verifier.service.exchange import Exchange, said
from verifier.service.judging import Bench
from verifier.service.limits import Limits
from verifier.service.line_answers import Answering, CompactLines, FullLines, error_line
from verifier.service.lines import Lines
from verifier.service.problems import BUSY, MEDIA, METHOD, TOO_LARGE, RefusedError
from verifier.service.trust_desk import TrustDesk
from verifier.service.turn import Turn
from verifier.words import Language

NDJSON: Final = "application/x-ndjson"
MEDIA_TYPES: Final = (NDJSON, "application/ndjson", "application/jsonl")
_SENT_AT_ONCE: Final = 32 * 1024
_AT_ONCE: Final = 64  # lines that are charged together, and judged before others have their turn


class LineCounter(Protocol):
    """Counts lines by outcome."""

    def count_lines(self, outcomes: dict[str, int]) -> None:
        """So many lines more."""


class StreamEndedError(Exception):
    """The client is gone, or stands still for too long: whatever is left is not done."""


class BatchRoute:
    """Answers streams of credentials."""

    def __init__(
        self,
        desk: TrustDesk,
        bench: Bench,
        limits: Limits,
        *,
        callers: Callers,
        counter: LineCounter,
    ) -> None:
        self._anchor = desk.anchor
        self._bench = bench
        self._limits = limits
        self._callers = callers
        self._counter = counter
        self.under_way = 0

    async def __call__(self, exchange: Exchange) -> None:
        """Answer one stream; raises RefusedError before its first line, and never after."""
        if exchange.method != "POST":
            raise RefusedError(METHOD, {"allow": "POST"})
        caller = self._callers.admit(exchange)
        query = exchange.query("full", "lang")
        language, is_full = exchange.language(query.get("lang")), said(query.get("full"))
        coding = exchange.header(b"content-encoding")
        if exchange.media_type() not in MEDIA_TYPES or coding not in {"", "identity"}:
            raise RefusedError(MEDIA, {"accept": NDJSON, "connection": "close"})
        if self.under_way >= self._limits.streams:
            raise RefusedError(BUSY, {"retry-after": "10", "connection": "close"})
        answering = FullLines(language, self._anchor) if is_full else CompactLines(language)
        stream = _Stream(exchange, self._limits, self._bench, answering, caller, language)
        self.under_way += 1
        try:
            await exchange.start(NDJSON)
            await stream.run()
        except StreamEndedError:
            return  # nobody is there to be told; the server closes what was not finished
        finally:
            self.under_way -= 1
            self._counter.count_lines(stream.tally)


class _Stream:
    """One stream, from its first line to its last."""

    def __init__(  # noqa: PLR0917  (what a stream needs, each once)
        self,
        exchange: Exchange,
        limits: Limits,
        bench: Bench,
        answering: Answering,
        caller: Caller,
        language: Language,
    ) -> None:
        self._exchange = exchange
        self._limits = limits
        self._bench = bench
        self._answering = answering
        self._caller = caller
        self._language = language
        self._turn = Turn(limits.slice_seconds)
        self._number = 0
        self._ready: list[bytes] = []
        self._ready_bytes = 0
        self.tally: Tally[str] = Tally()

    async def run(self) -> None:
        """Every line is answered; raises StreamEndedError."""
        lines, more = Lines(self._limits.line_bytes), True
        try:
            while more:
                piece, more = await self._receive()
                await self._answer(lines.take(piece))
                if not more:
                    await self._answer(lines.end())
                await self._send()
        except RefusedError as refused:  # over the number of lines, or the day's quota
            self._put(error_line(self._number + 1, refused.problem, self._language))
        await self._send(last=True)

    async def _answer(self, lines: list[bytes | None]) -> None:
        for start in range(0, len(lines), _AT_ONCE):
            some = lines[start : start + _AT_ONCE]
            some = some[: self._limits.lines - self._number]
            await self._caller.charge_patiently(len(some))
            sitting = self._bench.sitting()
            for line in some:
                self._number += 1
                outcome, answer = self._answering.answer(self._number, line, sitting)
                self.tally[outcome] += 1
                self._put(answer)
            if len(some) < len(lines[start : start + _AT_ONCE]):
                raise RefusedError(TOO_LARGE)
            if self._ready_bytes > _SENT_AT_ONCE:
                await self._send()
            await self._turn.pass_on()

    def _put(self, answer: bytes) -> None:
        self._ready.append(answer)
        self._ready_bytes += len(answer)

    async def _receive(self) -> tuple[bytes, bool]:
        """Return the next piece and whether more may come."""
        try:
            async with asyncio.timeout(self._limits.stream_stall_seconds):
                message = await self._exchange.receive()
        except TimeoutError as error:
            raise StreamEndedError from error
        if message["type"] == "http.disconnect":
            raise StreamEndedError
        return message.get("body", b""), message.get("more_body", False)

    async def _send(self, *, last: bool = False) -> None:
        """What is ready is sent; waits while the reader does not read."""
        body = b"".join(self._ready)
        self._ready, self._ready_bytes = [], 0
        if not body and not last:
            return
        try:
            async with asyncio.timeout(self._limits.stream_stall_seconds):
                await self._exchange.go_on(body, last=last)
        except TimeoutError as error:
            raise StreamEndedError from error
