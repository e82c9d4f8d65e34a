"""Runs a parser of hostile files in a child with limits: a crash costs one document only."""

import contextlib
import json
import os
import resource
import select
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from verifier.errors import DocumentError
from verifier.reasons import Reason

MOST_MEMORY_BYTES = 2 * 1024**3
"""What a confined process may take beside what it holds when it begins."""
MOST_ANSWER_BYTES = 4 * 1024**2

Answer: TypeAlias = "str | int | list[Answer] | dict[str, Answer] | None"


class _Process:
    """What is known of this process: a confined one stays so to its end."""

    is_confined = False


def confine_this_process(seconds: int, memory_bytes: int = MOST_MEMORY_BYTES) -> None:
    """This process has limits from here on; whatever is `confined` in it runs in place.

    A fork begins with the address space of its parent, which may be large and costs nothing.
    """
    most_bytes = _address_space_bytes() + memory_bytes
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (most_bytes, most_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _Process.is_confined = True


def _address_space_bytes() -> int:
    """Return how much address space this process has; 0 where no file of the kernel tells."""
    try:
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[0]
    except OSError:
        return 0
    return int(pages) * resource.getpagesize()


def confined(work: Callable[[], Answer], seconds: int) -> Answer:
    """Return what `work` returns in a child process that has this much time and bounded memory.

    The answer comes back as JSON, never pickled: the child has read what an attacker wrote.
    Raises DocumentError when the child found nothing to read, ran out of time or memory, or died.
    """
    if _Process.is_confined:
        return work()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _answer_and_leave(work, writing, seconds)
    os.close(writing)
    try:
        answer = _collect(reading, time.monotonic() + seconds)
    finally:
        os.close(reading)
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    if answer is None:
        raise DocumentError(
            Reason.DOCUMENT_UNREADABLE,
            f"the file could not be read within {seconds} seconds and the memory allowed for it",
        )
    if isinstance(answer, dict) and "refused" in answer:
        raise DocumentError(Reason(str(answer["refused"])), str(answer["because"]))
    return answer


def _answer_and_leave(work: Callable[[], Answer], writing: int, seconds: int) -> None:
    """Write the answer of `work` to the pipe and end this process, whatever happens."""
    status = 1
    try:
        confine_this_process(seconds)
        try:
            answer = work()
        except DocumentError as error:
            answer = {"refused": error.reason.value, "because": str(error)}
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(json.dumps(answer).encode())
        status = 0
    finally:
        os._exit(status)  # no clean-up of the parent's objects, no second flush of its output


def _collect(reading: int, deadline: float) -> Answer:
    """Return the whole answer, or None when it did not come in time, is too long, or is cut off."""
    parts: list[bytes] = []
    size = 0
    while size <= MOST_ANSWER_BYTES:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([reading], [], [], left)[0]:
            return None
        part = os.read(reading, 1 << 16)
        if not part:
            break
        parts.append(part)
        size += len(part)
    try:
        answer: Answer = json.loads(b"".join(parts))
    except ValueError:
        return None
    return answer
