"""Many works in several processes, answers in order: what ends a process costs one work only.

The processes are forked, so that trust data are opened once and shared. Answers are bytes, read in
pieces as they come; no worker gets so far ahead that answers pile up in memory.
"""

import contextlib
import os
import select
import signal
import time
from collections.abc import Callable, Generator, Iterator

MOST_SECONDS = 300
"""Far above the limits that reading one document has itself; for what those do not see."""
MOST_ANSWER_BYTES = 64 * 1024 * 1024
AHEAD = 64
"""How many works a worker may be ahead of the first whose answer is missing."""

_LENGTH_BYTES = 8
_PIECE = 1 << 18

Work = Callable[[int], bytes]
Lost = Callable[[int, str], bytes]


def answers_in_order(count: int, jobs: int, work: Work, lost: Lost) -> Generator[bytes, None, None]:
    """Yield the answers of `work(0)` to `work(count - 1)`, worked out by this many processes.

    Where a process dies, takes too long or answers nonsense, `lost(number, because)` is called here
    and its answer stands in, and another process takes over. All processes have ended when the
    iterator is closed.
    """
    crew = _Crew(work, max(1, min(jobs, count)))
    waiting: dict[int, bytes] = {}
    given = first = 0
    try:
        while first < count:
            for worker in crew.idle():
                if given < count and given - first < AHEAD * crew.size:
                    worker.give(given)
                    given += 1
            for number, answer, because in crew.answers():
                waiting[number] = lost(number, because) if answer is None else answer
            while first in waiting:
                yield waiting.pop(first)
                first += 1
    finally:
        crew.end()


class _Crew:
    """The processes at work; a dead one is replaced."""

    def __init__(self, work: Work, size: int) -> None:
        self._work = work
        self.size = size
        self._workers: list[_Worker] = []

    def idle(self) -> list["_Worker"]:
        """Return those with nothing to do; there are `size` workers afterwards, or fewer."""
        while len(self._workers) < self.size:
            try:
                self._workers.append(_Worker(self._work, self._workers))
            except OSError:  # no further process is to be had: fewer do it, one at least
                if not self._workers:
                    raise
                self.size = len(self._workers)
        return [worker for worker in self._workers if worker.number is None]

    def answers(self) -> Iterator[tuple[int, bytes | None, str]]:
        """Wait, and yield (number, answer, why there is none) of all that came meanwhile."""
        busy = [(worker, worker.number) for worker in self._workers if worker.number is not None]
        soonest = min(worker.deadline for worker, _ in busy)
        pipes = [worker.answers for worker, _ in busy]
        ready, _, _ = select.select(pipes, [], [], max(0.0, soonest - time.monotonic()))
        for worker, number in busy:
            if worker.answers not in ready:
                continue
            try:
                answer = worker.read()
            except EOFError:
                yield number, None, self._dismissed(worker)
                continue
            except (OSError, ValueError) as error:
                yield number, None, self._dismissed(worker, str(error))
                continue
            if answer is not None:
                yield number, answer, ""
        now = time.monotonic()
        for worker in [late for late in self._workers if late.deadline <= now]:
            if worker.number is not None:
                told = f"it took more than {MOST_SECONDS} seconds"
                yield worker.number, None, self._dismissed(worker, told)

    def _dismissed(self, worker: "_Worker", because: str = "") -> str:
        """Return why the worker has no answer; it is gone, and `idle` starts another."""
        self._workers.remove(worker)
        how = worker.end()
        return because or how or "the process that read it closed its pipe"

    def end(self) -> None:
        """No process is left."""
        for worker in self._workers:
            worker.end()
        self._workers.clear()


class _Worker:
    """One process that answers numbers with bytes until its pipe is closed."""

    def __init__(self, work: Work, others: list["_Worker"]) -> None:
        self.number: int | None = None
        self.deadline = 0.0
        self._came = bytearray()
        tasks, self._tasks = os.pipe()
        self.answers, answering = os.pipe()
        try:
            self._pid = os.fork()
        except OSError:
            for end in (tasks, self._tasks, self.answers, answering):
                os.close(end)
            raise
        if self._pid == 0:
            for end in (self._tasks, self.answers, *(e for o in others for e in o.ends())):
                os.close(end)
            _serve(work, tasks, answering)
        os.close(tasks)
        os.close(answering)

    def ends(self) -> tuple[int, int]:
        """Return the pipe ends that only the parent may hold: else no worker sees it go."""
        return self._tasks, self.answers

    def give(self, number: int) -> None:
        """The worker has something to do; one that is dead is found when its answer is read."""
        self.number = number
        self.deadline = time.monotonic() + MOST_SECONDS
        with contextlib.suppress(BrokenPipeError):
            os.write(self._tasks, number.to_bytes(_LENGTH_BYTES, "big"))

    def read(self) -> bytes | None:
        """Return the answer once it is whole, None before; EOFError where the worker has gone."""
        piece = os.read(self.answers, _PIECE)
        if not piece:
            raise EOFError
        self._came += piece
        if len(self._came) < _LENGTH_BYTES:
            return None
        length = int.from_bytes(self._came[:_LENGTH_BYTES], "big")
        if length > MOST_ANSWER_BYTES:
            raise ValueError("its report is too long")
        if len(self._came) < _LENGTH_BYTES + length:
            return None
        answer = bytes(self._came[_LENGTH_BYTES:])
        self._came.clear()
        self.number = None
        return answer

    def end(self) -> str:
        """Kill the worker and what it has started; return how it had ended, if by itself."""
        for end in self.ends():
            os.close(end)
        how = _how_it_ended(self._pid)
        for kill in (os.killpg, os.kill):  # the group is there until we have asked for its leader
            with contextlib.suppress(ProcessLookupError, PermissionError):
                kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)
        return how


def _how_it_ended(pid: int) -> str:
    """Return how a process ended, empty while it runs. One that closed its pipe gets a moment."""
    for _ in range(50):
        ended = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        if ended is not None:
            by_signal = ended.si_code != os.CLD_EXITED
            kind = "signal" if by_signal else "exit code"
            return f"the process that read it ended with {kind} {ended.si_status}"
        time.sleep(0.002)
    return ""


def _serve(work: Work, tasks: int, answering: int) -> None:
    """Answer until the tasks end, then leave this process without any of the parent's clean-up."""
    status = 1
    try:
        os.setpgid(0, 0)  # Ctrl-C reaches the parent alone, which ends us and all we have started
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        while task := os.read(tasks, _LENGTH_BYTES):
            answer = work(int.from_bytes(task, "big"))
            with os.fdopen(os.dup(answering), "wb") as pipe:
                pipe.write(len(answer).to_bytes(_LENGTH_BYTES, "big") + answer)
        status = 0
    finally:
        os._exit(status)
