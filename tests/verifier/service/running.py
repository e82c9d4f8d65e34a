"""A real service in a process of its own, as `sealroot verifier serve` starts it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, NamedTuple

from credential.qr_text import qr_encode
from tests.verifier.paper import URL, Counter, symbol
from verifier.client import Client

ENDS_WITHIN_SECONDS = 120


class Running(NamedTuple):
    """A service that answers, what it said at its start, and whose documents it knows."""

    url: str
    told: dict[str, Any]
    counter: Counter
    process: "subprocess.Popen[str]"

    def client(self, **wishes: Any) -> Client:  # noqa: ANN401 - those of the client
        return Client(self.url, **wishes)

    @property
    def text(self) -> str:
        """The text of a genuine QR code."""
        return qr_encode(self.counter.mine, URL)


@contextmanager
def running(folder: Path, *options: object) -> Iterator[Running]:
    """A service over a new registry answers within the block, and has ended after it."""
    folder.mkdir(exist_ok=True)
    counter = Counter(folder)
    counter.write("mine.sealed", counter.mine)
    counter.write("mine.png", symbol(counter.mine))
    counter.write("mine.txt", qr_encode(counter.mine, URL).encode())
    with started(counter, "--bundle", counter.bundle, *options) as process:
        told = first_words(process)
        yield Running(told["url"], told, counter, process)


@contextmanager
def started(
    counter: Counter, *options: object, stderr: IO[str] | None = None
) -> Iterator["subprocess.Popen[str]"]:
    """The command runs within the block; it is ended as Ctrl-C ends it."""
    words = ["--trust-anchor", counter.anchor_file, "--store", counter.folder / "store"]
    words += ["--port", 0, "--no-log", "--json", *options]
    # Where these tests run in the background of a shell, the signal is ignored from the start.
    listens = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    entry = f"{listens}; import sealroot.cli; sealroot.cli.main()"
    command = [sys.executable, "-c", entry, "verifier", "serve", *map(str, words)]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
        env={**os.environ, "LANG": "C.UTF-8"},
    ) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(ENDS_WITHIN_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                raise


def first_words(process: "subprocess.Popen[str]") -> dict[str, Any]:
    """What the service says when it answers: one JSON object over several lines."""
    assert process.stdout is not None
    lines: list[str] = []
    for line in process.stdout:
        lines.append(line)
        if line == "}\n":
            break
    told: dict[str, Any] = json.loads("".join(lines))
    return told
