"""How much a mirror serves, and how long a copy of a long journal takes.

The service runs in a process of its own on one core; this process asks from the other, over a few
connections that stay open, with requests written out by hand so that asking costs little. Seconds
are of the wall clock: two processes and the loopback between them are what is measured.
"""

import json
import os
import selectors
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from benchmarks.results import Measured
from benchmarks.trust import Country, long_history
from benchmarks.world import CHAIN_ID, CHECKPOINT_AT, CONTRACT
from credential.ids import UnixTime
from registry.anchor_file import encode_trust_anchor
from registry.head import initial_head
from registry.mirror.folder import Held, MirrorFolder
from registry.mirror.publish import publish
from registry.mirror.published import Published, Vouched
from registry.mirror.range_file import RegistryId, heads_of
from registry.mirror.sources import HttpSource
from registry.mirror.sync import sync
from registry.usable_documents import usable_documents

KEYS: Final = ("mirror_bundle_per_s", "mirror_range_per_s", "sync_100k_s")
_REGISTRY: Final = RegistryId(CHAIN_ID, CONTRACT)
_ENTRIES: Final = 100_000
_CONNECTIONS: Final = 8
_SECONDS: Final = 3.0
_BUNDLE: Final = "/bundles/lite.srb"
_RANGE: Final = "/journal/range?first=500&count=100"
_PAGE: Final = "/agencies/A00000001X"


def measure(*, quick: bool) -> Measured:
    """Return requests a second for a cached bundle and a range, and the seconds of a long sync."""
    rounds = 1 if quick else 3
    seconds = 0.5 if quick else _SECONDS
    entries = _ENTRIES // (10 if quick else 1)
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        nation, history = Country(), long_history(entries)
        _make_mirror(place / "nation", nation)
        _make_mirror(place / "history", history)
        with _served(place / "nation") as url:
            bundle = statistics.median(_per_second(url, _BUNDLE, seconds) for _ in range(rounds))
            part = statistics.median(_per_second(url, _RANGE, seconds) for _ in range(rounds))
            page = _per_second(url, _PAGE, seconds)
        anchor = encode_trust_anchor(history.council.anchor())
        with _served(place / "history") as url:
            copied = [_sync_seconds(url, anchor, place / f"copy {at}") for at in range(rounds)]
    return Measured(
        {
            "mirror_bundle_per_s": bundle,
            "mirror_range_per_s": part,
            "sync_100k_s": statistics.median(copied),
        },
        {
            "connections": _CONNECTIONS,
            "entries in a range": 100,
            "entries synced over HTTP": entries,
            "explorer pages of an agency a second": round(page),
        },
    )


def _make_mirror(root: Path, country: Country) -> None:
    entries = country.world.entries
    state = country.state()
    documents = usable_documents(state, country.documents()).documents
    checkpoint = country.council.checkpoint(state)
    vouched = Vouched(state, documents, (checkpoint,), UnixTime(CHECKPOINT_AT))
    journal = Held(entries, heads_of(initial_head(*_REGISTRY), entries))
    anchor = encode_trust_anchor(country.council.anchor())
    published = Published(_REGISTRY, journal, vouched, anchor, CHECKPOINT_AT)
    publish(MirrorFolder(root), published, old=0)


@contextmanager
def _served(root: Path) -> Iterator[str]:
    """The service answers at this URL, on a core of its own where there are two."""
    words = ["registry", "serve", "--folder", str(root), "--port", "0", "--json"]
    command = [sys.executable, "-c", "from sealroot.cli import main; main()", *words]
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        try:
            assert server.stdout is not None
            told = "".join(iter(server.stdout.readline, "}\n")) + "}"
            if len(cores) > 1:
                os.sched_setaffinity(server.pid, {cores[-1]})
                os.sched_setaffinity(0, {cores[0]})
            yield json.loads(told)["url"]
        finally:
            server.terminate()
            if cores:
                os.sched_setaffinity(0, set(cores))


def _per_second(url: str, path: str, seconds: float) -> float:
    """Return how many whole answers a second came over a few connections."""
    parts = urlsplit(url)
    request = f"GET {path} HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n".encode()
    answers = 0
    with selectors.DefaultSelector() as selector:
        for _ in range(_CONNECTIONS):
            opened = socket.create_connection((parts.hostname, parts.port))
            opened.sendall(request)
            selector.register(opened, selectors.EVENT_READ, _Answer())
        started = time.perf_counter()
        while time.perf_counter() - started < seconds:
            for key, _ in selector.select(1):
                connection = key.fileobj
                assert isinstance(connection, socket.socket)
                if key.data.take(connection.recv(1 << 18)):
                    answers += 1
                    connection.sendall(request)
        took = time.perf_counter() - started
        for key in list(selector.get_map().values()):
            assert isinstance(key.fileobj, socket.socket)
            key.fileobj.close()
    return answers / took


class _Answer:
    """Counts the bytes of one answer after the other on a connection."""

    def __init__(self) -> None:
        self._head = b""
        self._left: int | None = None

    def take(self, part: bytes) -> bool:
        """Return whether an answer is whole with these bytes; only 200 will do."""
        assert part, "the service closed the connection"
        if self._left is None:
            self._head += part
            head, found, body = self._head.partition(b"\r\n\r\n")
            if not found:
                return False
            assert head.startswith(b"HTTP/1.1 200"), head[:80]
            length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
            self._left, part = int(length), body
        self._left -= len(part)
        if self._left > 0:
            return False
        self._head, self._left = b"", None
        return True


def _sync_seconds(url: str, anchor: bytes, into: Path) -> float:
    started = time.perf_counter()
    with HttpSource(url, time.monotonic) as source:
        report = sync([source], MirrorFolder(into), anchor, now=CHECKPOINT_AT)
    took = time.perf_counter() - started
    assert report.outcomes[0].result == "synced", report.outcomes
    return took
