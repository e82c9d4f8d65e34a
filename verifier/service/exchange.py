"""One request and its answer over ASGI, without a framework's cost: headers, query, answers."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Final, cast
from urllib.parse import parse_qsl

from registry.mirror.edge import Application, Message, Receive, Scope, Send
from verifier.service.problems import MEDIA_TYPE, UNUSABLE, RefusedError, language_asked
from verifier.words import LANGUAGES, Language

__all__ = ["Application", "ClientGoneError", "Exchange", "Message", "Receive", "Scope", "Send"]

JSON: Final = "application/json"
_MOST_QUERY_BYTES: Final = 1_000
_WORDS: Final = {"true": True, "1": True, "false": False, "0": False}

Endpoint = Callable[["Exchange"], Awaitable[None]]


class ClientGoneError(Exception):
    """Whoever asked is gone, and nobody waits for the answer."""


class Exchange:
    """What was asked, and how to answer it."""

    __slots__ = ("_send", "headers", "method", "receive", "scope")

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scope = scope
        self.method: str = scope["method"]
        self.headers: dict[bytes, bytes] = dict(scope["headers"])
        self.receive = receive
        self._send = send

    def header(self, name: bytes) -> str:
        """Return a header of the request, or an empty string."""
        return self.headers.get(name, b"").decode("latin-1")

    def media_type(self) -> str:
        """Return what the body is said to be, without parameters."""
        return self.header(b"content-type").partition(";")[0].strip().lower()

    def query(self, *known: str) -> dict[str, str]:
        """Return the parameters of the address; raises RefusedError for one that is not known."""
        raw = self.scope["query_string"]
        if not raw:
            return {}
        try:
            pairs = parse_qsl(
                raw.decode("ascii"), keep_blank_values=True, strict_parsing=True, max_num_fields=16
            )
        except ValueError as error:
            raise RefusedError(UNUSABLE) from error
        told = dict(pairs)
        if len(raw) > _MOST_QUERY_BYTES or len(told) < len(pairs) or not told.keys() <= {*known}:
            raise RefusedError(UNUSABLE)
        return told

    def language(self, told: str | None = None) -> Language:
        """Return the language of words: the one named, else what Accept-Language prefers."""
        if told is None:
            return language_asked(self.header(b"accept-language"))
        for language in LANGUAGES:
            if told == language:
                return language
        raise RefusedError(UNUSABLE)

    @asynccontextmanager
    async def while_connected(self) -> AsyncIterator[None]:
        """The block is broken off with ClientGoneError once the client has gone.

        The body has been read before; what the block waits for is cancelled.
        """
        task, is_gone = cast("asyncio.Task[None]", asyncio.current_task()), False

        async def watch() -> None:
            nonlocal is_gone
            while (await self.receive())["type"] != "http.disconnect":
                pass
            is_gone = True
            task.cancel()

        watching = asyncio.create_task(watch())
        try:
            yield
        except asyncio.CancelledError:
            if is_gone and task.uncancel() == 0:
                raise ClientGoneError from None
            raise
        finally:
            watching.cancel()

    async def answer(
        self,
        status: int,
        body: bytes,
        media_type: str,
        headers: Mapping[str, str] | None = None,
        length: str | None = None,
    ) -> None:
        """The whole answer is sent; `length` is said where the body is not (HEAD)."""
        told = [
            (b"content-type", media_type.encode("latin-1")),
            (b"content-length", (length or str(len(body))).encode()),
            *((name.encode(), value.encode("latin-1")) for name, value in (headers or {}).items()),
        ]
        await self._send({"type": "http.response.start", "status": status, "headers": told})
        await self._send({"type": "http.response.body", "body": body})

    async def answer_json(self, text: str) -> None:
        """The answer is JSON, in ASCII; no cache keeps what was found about a document."""
        await self.answer(200, text.encode("ascii"), JSON, _NOT_KEPT)

    async def refuse(self, refused: RefusedError) -> None:
        """The answer is a problem."""
        language = language_asked(self.header(b"accept-language"))
        headers = {"cache-control": "no-store", "content-language": language, **refused.headers}
        problem = refused.problem
        await self.answer(problem.status, problem.content(language), MEDIA_TYPE, headers)

    async def start(self, media_type: str) -> None:
        """An answer of unknown length begins."""
        headers = [(b"content-type", media_type.encode()), (b"cache-control", b"no-store")]
        await self._send({"type": "http.response.start", "status": 200, "headers": headers})

    async def go_on(self, body: bytes, *, last: bool = False) -> None:
        """More of it is sent, once the reader has room."""
        await self._send({"type": "http.response.body", "body": body, "more_body": not last})


_NOT_KEPT: Final = {"cache-control": "no-store"}


def said(value: str | None) -> bool:
    """Return whether a parameter says yes; raises RefusedError for what is neither yes nor no."""
    if value is None:
        return False
    if value not in _WORDS:
        raise RefusedError(UNUSABLE)
    return _WORDS[value]
