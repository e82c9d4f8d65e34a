"""Runs the service in uvicorn: one process or several behind one port, which nobody can hold up.

uvicorn gives a client all the time it likes for its headers, and any number of them. A phone in a
lift needs seconds; whoever takes longer holds a connection that others need.
"""

import asyncio
import contextlib
import gc
import os
import signal
import socket
import time
from collections.abc import Callable
from types import FrameType
from typing import Any, Final

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from verifier.service.exchange import Application

MOST_CONNECTIONS: Final = 1_024
MOST_HEADER_BYTES: Final = 16 * 1024
HEADER_SECONDS: Final = 10.0
_KEEP_ALIVE_SECONDS: Final = 20
_SHUTDOWN_SECONDS: Final = 10
_RESTART_SECONDS: Final = 1.0

MakeService = Callable[[], Application]


class PromptProtocol(HttpToolsProtocol):
    """HTTP/1.1 whose headers are short and come at once, and whose bodies end before the answer."""

    _deadline: asyncio.TimerHandle | None = None
    _header_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client is there: it has some seconds to ask."""
        super().connection_made(transport)
        if len(self.connections) > MOST_CONNECTIONS:
            transport.close()
        else:
            self._arm()

    def connection_lost(self, exc: Exception | None) -> None:
        """The client is gone."""
        self._disarm()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """A request begins: its headers come soon."""
        super().on_message_begin()
        self._header_bytes = 0
        self._arm()

    def on_url(self, url: bytes) -> None:
        """A piece of the address."""
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header, or a trailer behind a body."""
        self._count(len(name) + len(value))
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """All headers are there; how long a body may take is the routes' to say."""
        self._disarm()
        super().on_headers_complete()

    def on_response_complete(self) -> None:
        """An answer is sent: whatever is still to come of its request is not wanted."""
        if self.cycle.more_body:
            self.transport.close()
        super().on_response_complete()

    def _count(self, size: int) -> None:
        self._header_bytes += size
        if self._header_bytes > MOST_HEADER_BYTES:
            raise ValueError("the headers are too long")  # the parser then answers 400

    def _arm(self) -> None:
        self._disarm()
        self._deadline = self.loop.call_later(HEADER_SECONDS, self.transport.close)

    def _disarm(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


def server_of(service: Application, **changes: Any) -> uvicorn.Server:  # noqa: ANN401  (uvicorn's)
    """Return the server, not running yet."""
    settings: dict[str, Any] = {
        "http": PromptProtocol,
        "log_level": "warning",
        "access_log": False,
        "server_header": False,
        "date_header": False,
        "proxy_headers": False,
        "lifespan": "on",
        "ws": "none",
        "timeout_keep_alive": _KEEP_ALIVE_SECONDS,
        "timeout_graceful_shutdown": _SHUTDOWN_SECONDS,
    }
    return uvicorn.Server(uvicorn.Config(service, **{**settings, **changes}))


class Settling:
    """Called every second; the first time, all that was loaded is taken out of garbage collection.

    The trust data of a country are some hundred thousand objects that live for hours: to walk them
    again and again made requests wait for tens of milliseconds.
    """

    def __init__(self) -> None:
        self._is_settled = False

    async def __call__(self) -> None:
        """Settle once."""
        if not self._is_settled:
            self._is_settled = True
            gc.collect()
            gc.freeze()


def serve(
    make_service: MakeService,
    opened: socket.socket,
    workers: int = 1,
    buried: Callable[[int], None] | None = None,
) -> None:
    """The service answers on the socket until SIGTERM or SIGINT.

    `make_service` is called in each worker, after the fork: nothing may have been started before.
    `buried` is told the process id of a worker that ended; another is started in its place.
    """
    if workers == 1:
        server = server_of(make_service(), callback_notify=Settling(), timeout_notify=1)
        try:
            server.run(sockets=[opened])
        finally:
            gc.unfreeze()  # or libraries complain of what is never freed, over the last words
        return
    Supervisor(make_service, opened, buried).run(workers)


class Supervisor:
    """Keeps so many workers running. It starts no thread and answers nothing itself."""

    def __init__(
        self,
        make_service: MakeService,
        opened: socket.socket,
        buried: Callable[[int], None] | None,
    ) -> None:
        self._make_service = make_service
        self._opened = opened
        self._buried = buried
        self._workers: set[int] = set()
        self._is_ending = False

    def run(self, workers: int) -> None:
        """Run until a signal; workers then finish what they have begun."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._end)
        for _ in range(workers):
            self._start()
        while self._workers:
            pid, _status = os.wait()
            if pid not in self._workers:
                continue  # another child of this process: not ours to start again
            self._workers.discard(pid)
            if self._buried is not None:
                self._buried(pid)
            if not self._is_ending:
                time.sleep(_RESTART_SECONDS)  # one that cannot start must not spin
                self._start()

    def _start(self) -> None:
        if self._is_ending:
            return
        pid = os.fork()
        if pid == 0:
            self._work()
        self._workers.add(pid)
        self._end_late_one(pid)

    def _end_late_one(self, pid: int) -> None:
        """The signal may have come between the fork and the note of the new worker."""
        if self._is_ending:
            os.kill(pid, signal.SIGTERM)

    def _end(self, _number: int, _frame: FrameType | None) -> None:
        self._is_ending = True
        for pid in self._workers:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)

    def _work(self) -> None:
        status = 1
        try:
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, signal.SIG_DFL)
            parent = os.getppid()
            server: uvicorn.Server

            settling = Settling()

            async def look_after_parent() -> None:
                await settling()
                if os.getppid() != parent:
                    server.should_exit = True

            server = server_of(
                self._make_service(), callback_notify=look_after_parent, timeout_notify=1
            )
            server.run(sockets=[self._opened])
            status = 0
        finally:
            os._exit(status)
