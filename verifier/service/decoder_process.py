"""The process that forks a limited child for every picture and PDF; started before any thread.

It has the picture and PDF libraries in memory, so a child costs a fork and no more. It never reads
a document itself. A message `job <id> <seconds> <bytes>` with a socket starts a child, which takes
its work from that socket and answers on it; `end <id>` kills one. A child that is not done in time
is killed. When the service is gone, so are all children, and this process.
"""

import contextlib
import json
import math
import os
import resource
import select
import signal
import socket
import sys
import time
from dataclasses import dataclass, field
from typing import Final, NamedTuple, NoReturn

from verifier.confined import MOST_ANSWER_BYTES, Answer, confine_this_process
from verifier.documents import MOST_FILE_BYTES, read_document
from verifier.errors import DocumentError
from verifier.pages.told import Told, work
from verifier.reasons import Reason
from verifier.service.reading_codec import encode_reading, encode_refusal

_NICENESS: Final = 10  # whoever sends a bomb waits for everybody else
_MOST_MESSAGE: Final = 200
_MOST_REQUEST_BYTES: Final = MOST_FILE_BYTES + 16 * 1024 * 1024
_HEAD_END: Final = b"\n"


class Child(NamedTuple):
    """A child at work."""

    job: bytes
    deadline: float


@dataclass
class Nursery:
    """The children of this process, by process id."""

    control: socket.socket
    children: dict[int, Child] = field(default_factory=dict)

    def run(self, woken: int) -> None:
        """Serve until the service closes its end; `woken` becomes readable when a child ends."""
        while True:
            ends: list[socket.socket | int] = [self.control, woken]
            readable, _, _ = select.select(ends, [], [], self._patience())
            if woken in readable:
                os.read(woken, 4_096)
            self._bury()
            self._kill_late()
            if self.control in readable and not self._take():
                break
        for pid in [*self.children]:
            self._kill(pid)

    def _patience(self) -> float | None:
        first = min((child.deadline for child in self.children.values()), default=math.inf)
        return None if first == math.inf else max(0.0, first - time.monotonic())

    def _bury(self) -> None:
        with contextlib.suppress(ChildProcessError):
            while (pid := os.waitpid(-1, os.WNOHANG)[0]) != 0:
                self.children.pop(pid, None)

    def _kill_late(self) -> None:
        now = time.monotonic()
        for pid in [pid for pid, child in self.children.items() if child.deadline <= now]:
            self._kill(pid)

    def _kill(self, pid: int) -> None:
        """The child is killed; it is buried when it has ended."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        self.children[pid] = self.children[pid]._replace(deadline=math.inf)

    def _take(self) -> bool:
        """Obey one message; return whether there may be more."""
        message, sockets, _, _ = socket.recv_fds(self.control, _MOST_MESSAGE, 1)
        if not message:
            return False
        words = message.split()
        if words[0] == b"end":
            for pid in [pid for pid, child in self.children.items() if child.job == words[1]]:
                self._kill(pid)
            return True
        _, job, seconds, memory = words
        pid = os.fork()
        if pid == 0:
            self.control.close()
            _work(sockets[0], int(seconds), int(memory))
        os.close(sockets[0])
        self.children[pid] = Child(job, time.monotonic() + int(seconds))
        return True


def _work(descriptor: int, seconds: int, memory: int) -> NoReturn:
    """Do one job and end this process, whatever happens."""
    status = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.nice(_NICENESS)
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # it writes to its socket only
        confine_this_process(seconds, memory)
        signal.alarm(seconds + 1)  # also when the process above is gone
        with socket.socket(fileno=descriptor) as line:
            line.setblocking(True)
            line.sendall(answer_of(_received(line)))
        status = 0
    finally:
        os._exit(status)  # no clean-up of what the process above holds


def _received(line: socket.socket) -> bytes:
    """Return the whole request; raises ValueError for one that is too long."""
    parts, size = [], 0
    while part := line.recv(1 << 18):
        parts.append(part)
        size += len(part)
        if size > _MOST_REQUEST_BYTES:
            raise ValueError("the request is too long")
    return b"".join(parts)


def answer_of(request: bytes) -> bytes:
    """Return the answer to a request: a line of JSON, then the bytes of the document."""
    head, _, content = request.partition(_HEAD_END)
    told = json.loads(head)
    try:
        answer = _compared(content, told["compare"]) if "compare" in told else _read(content, told)
    except DocumentError as error:
        return encode_refusal(error)
    body = json.dumps(answer).encode("ascii")
    if len(body) > MOST_ANSWER_BYTES:
        what = "the document holds more than is taken in"
        return encode_refusal(DocumentError(Reason.DOCUMENT_TOO_LARGE, what))
    return body


def _read(content: bytes, told: dict[str, str]) -> Answer:
    return encode_reading(read_document(content, told["name"]))


def _compared(content: bytes, asked: Told) -> Answer:
    """Return how a PDF differs from what was drawn; whatever breaks on it is a refusal."""
    try:
        return work(content, asked)
    except DocumentError:
        raise
    except Exception as error:  # the outermost frame of the child: whatever the file broke
        raise DocumentError(Reason.DOCUMENT_UNREADABLE, type(error).__name__) from error


def main() -> None:
    """Serve on the socket that is this process's standard input."""
    import pypdfium2  # noqa: F401, PLC0415  (every child has it without the time it takes to load)

    import verifier.pdf  # noqa: PLC0415
    import verifier.scan  # noqa: F401, PLC0415

    woken, waking = os.pipe()
    os.set_blocking(waking, False)
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    signal.set_wakeup_fd(waking)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the service tells it when to end
    with socket.socket(fileno=os.dup(sys.stdin.fileno())) as control:
        Nursery(control).run(woken)


if __name__ == "__main__":
    main()
