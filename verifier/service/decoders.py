"""Reads pictures and PDFs in children that may be killed, a few at once; others wait or go away."""

import asyncio
import contextlib
import json
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from itertools import count

from verifier.confined import MOST_ANSWER_BYTES
from verifier.documents import Reading
from verifier.errors import DocumentError
from verifier.pages.told import Told
from verifier.reasons import Reason
from verifier.service.limits import Limits
from verifier.service.problems import BUSY, RefusedError
from verifier.service.reading_codec import decode_answer, decode_reading

_GRACE_SECONDS = 15  # for a process that is just starting


class Decoders:
    """Jobs for `verifier.service.decoder_process`, which is started again should it have died."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._numbers = count(1)
        self._room = asyncio.Semaphore(limits.children)
        self.at_work = 0
        self.waiting = 0

    def start(self) -> None:
        """The process is there; without it the first job would wait for it to start."""
        self.stop()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            words = [sys.executable, "-m", "verifier.service.decoder_process"]
            self._process = subprocess.Popen(words, stdin=theirs.fileno(), close_fds=True)
        ours.setblocking(False)
        self._control = ours

    def stop(self) -> None:
        """The process and its children are gone."""
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            try:  # it kills its children and ends when it sees that nobody is there
                self._process.wait(_GRACE_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._control = self._process = None

    async def read(self, content: bytes, name: str) -> Reading:
        """Return what a picture or PDF holds.

        Raises DocumentError where nothing can be read from it in the time and memory allowed, and
        RefusedError where too many others wait already.
        """
        members = await self._job({"name": name}, content)
        reading = None if members is None else decode_reading(members)
        if reading is None:
            seconds = self._limits.child_seconds
            raise DocumentError(
                Reason.DOCUMENT_UNREADABLE,
                f"the file could not be read within {seconds} seconds and the memory it may have",
            )
        return reading

    async def compare(self, content: bytes, asked: Told) -> dict[str, object] | None:
        """Return what `verifier.pages.told.work` says of a PDF, or None where it says nothing.

        Raises as `read` does.
        """
        return await self._job({"compare": asked}, content)

    async def _job(
        self, told: Mapping[str, str | Told], content: bytes
    ) -> dict[str, object] | None:
        async with self._turn():
            try:
                async with asyncio.timeout(self._limits.child_seconds + _GRACE_SECONDS):
                    return decode_answer(await self._asked(told, content))
            except (TimeoutError, OSError):
                return None

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """Room for one child; raises RefusedError where too many wait for it."""
        if self.waiting >= self._limits.children_waiting:
            raise RefusedError(BUSY, {"retry-after": str(self._limits.child_seconds)})
        self.waiting += 1
        try:
            await self._room.acquire()
        finally:
            self.waiting -= 1
        self.at_work += 1
        try:
            yield
        finally:
            self.at_work -= 1
            self._room.release()

    async def _asked(self, told: Mapping[str, str | Told], content: bytes) -> bytes:
        """Return the answer of a child, empty where it died; it does not outlive this call."""
        loop = asyncio.get_running_loop()
        number = next(self._numbers)
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        with ours:
            with theirs:
                self._send(number, theirs)
            try:
                await loop.sock_sendall(ours, json.dumps(told).encode("ascii") + b"\n")
                await loop.sock_sendall(ours, content)
                ours.shutdown(socket.SHUT_WR)
                return await self._collected(ours)
            finally:
                with contextlib.suppress(OSError):
                    if self._control is not None:
                        self._control.send(b"end %d" % number)

    async def _collected(self, line: socket.socket) -> bytes:
        loop, parts, size = asyncio.get_running_loop(), [], 0
        while part := await loop.sock_recv(line, 1 << 16):
            parts.append(part)
            size += len(part)
            if size > MOST_ANSWER_BYTES:
                return b""
        return b"".join(parts)

    def _send(self, number: int, line: socket.socket) -> None:
        """The process has the job; it is started where it is not there."""
        limits = self._limits
        message = b"job %d %d %d" % (number, limits.child_seconds, limits.child_bytes)
        if self._control is None or self._process is None or self._process.poll() is not None:
            self.start()
        control = self._control
        if control is None:
            raise OSError("the decoder process could not be started")
        socket.send_fds(control, [message], [line.fileno()])
