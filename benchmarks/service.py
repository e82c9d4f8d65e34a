"""What one worker of the verifier's service does on one core, asked from the other over HTTP.

Every request is another credential of one batch with all checks; requests are written out before,
and answers are only counted, so that asking costs little. Seconds are of the wall clock.
"""

import base64
import contextlib
import json
import os
import resource
import selectors
import socket
import struct
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator, Sequence
from itertools import cycle
from pathlib import Path
from typing import Final

from benchmarks.results import Measured
from benchmarks.served_verifier import PORT, write_world
from benchmarks.world import URL, Office, office_with
from credential.qr_text import qr_encode
from registry.anchor_file import encode_trust_anchor

KEYS: Final = (
    "http_verify_per_s",
    "http_verify_p99_ms",
    "http_rss_growth_pct",
    "batch_stream_per_s",
)
_BATCH: Final = 4_096
_CONNECTIONS: Final = 16
_LINES: Final = 100_000
_PIECE: Final = 1 << 18
_START_SECONDS: Final = 60.0
_WARM_SECONDS: Final = 20.0
_MEMORY_SECONDS: Final = 300.0


class Load:
    """What came of asking for a while: answers and how long each took."""

    def __init__(self, seconds: float, waits: list[float]) -> None:
        self.per_second = len(waits) / seconds
        waits.sort()
        self.median_ms = waits[len(waits) // 2] * 1e3
        self.p99_ms = waits[int(len(waits) * 0.99)] * 1e3


def measure(*, quick: bool) -> Measured:
    """Return requests a second, their 99th percentile, growth of memory, and lines a second."""
    office = office_with(_BATCH)
    good = [_json_request(qr_encode(sealed, URL)) for sealed in office.sealed]
    seconds = 1.0 if quick else 10.0
    with tempfile.TemporaryDirectory() as name, _served(Path(name), office) as (port, pid):
        _load(port, good, 1.0 if quick else _WARM_SECONDS)
        before = _resident(pid)
        plain = _load(port, good, seconds)
        hostile = _load(port, _with_hostile(good), seconds, counted=frozenset(good))
        sealed = [{"sealed": base64.b64encode(one).decode()} for one in office.sealed]
        texts = [{"text": qr_encode(one, URL)} for one in office.sealed]
        lines = _LINES // (20 if quick else 1)
        streams = [_stream_seconds(port, sealed, lines) for _ in range(1 if quick else 3)]
        text_stream = _stream_seconds(port, texts, lines)
        long = _load(port, good, 2.0 if quick else _MEMORY_SECONDS)
        after = _resident(pid)
    return Measured(
        {
            "http_verify_per_s": plain.per_second,
            "http_verify_p99_ms": plain.p99_ms,
            "http_rss_growth_pct": (after / before - 1) * 100,
            "batch_stream_per_s": lines / sorted(streams)[len(streams) // 2],
        },
        {
            "connections": _CONNECTIONS,
            "median, ms": round(plain.median_ms, 2),
            "p99 of good requests with one hostile in ten, ms": round(hostile.p99_ms, 2),
            "good requests a second with one hostile in ten": round(hostile.per_second),
            "requests a second over the long run": round(long.per_second),
            "p99 over the long run, ms": round(long.p99_ms, 2),
            "lines a second of QR texts": round(lines / text_stream),
            "resident MB after warming up": round(before / 1e6, 1),
            "seconds of load between": 2 if quick else _MEMORY_SECONDS,
        },
    )


@contextlib.contextmanager
def _served(folder: Path, office: Office) -> Iterator[tuple[int, int]]:
    """The service's port and process id, on a core of its own where there are two."""
    write_world(folder, office, encode_trust_anchor(office.anchor))
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    core = cores[-1] if len(cores) > 1 else -1
    command = [sys.executable, "-m", "benchmarks.served_verifier", str(folder), str(core)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as server:
        try:
            if core >= 0:
                os.sched_setaffinity(0, {cores[0]})
            ends = time.monotonic() + _START_SECONDS
            while not (folder / PORT).exists():
                assert time.monotonic() < ends, "the service did not start"
                assert server.poll() is None, "the service ended"
                time.sleep(0.05)
            port = int((folder / PORT).read_text())
            _wait_for_answer(port)
            yield port, server.pid
        finally:
            server.terminate()
            server.wait()
            if cores:
                os.sched_setaffinity(0, set(cores))


def _wait_for_answer(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), _START_SECONDS) as line:
        line.sendall(b"GET /healthz HTTP/1.1\r\nHost: v\r\nConnection: close\r\n\r\n")
        assert line.recv(100), "the service does not answer"


def _load(
    port: int,
    requests: Sequence[bytes],
    seconds: float,
    counted: frozenset[bytes] | None = None,
) -> Load:
    """Ask over a few connections, each of which waits for its answer before it asks again.

    Where some are `counted`, the others are not: whoever sends a bomb may wait for it.
    """
    following, waits = cycle(requests).__next__, []
    clock = time.perf_counter
    with selectors.DefaultSelector() as selector:
        for _ in range(_CONNECTIONS):
            _connect(selector, port, following())
        began = clock()
        while clock() - began < seconds:
            for key, _ in selector.select(1):
                asked: _Asked = key.data
                connection = key.fileobj
                assert isinstance(connection, socket.socket)
                if not asked.take(connection.recv(1 << 16)):
                    continue
                if counted is None or asked.request in counted:
                    waits.append(clock() - asked.at)
                if asked.is_last:  # the service closes after some refusals
                    selector.unregister(connection)
                    connection.close()
                    _connect(selector, port, following())
                    continue
                asked.at, asked.request = clock(), following()
                _say(connection, asked.request)
        took = clock() - began
        for key in [*selector.get_map().values()]:
            assert isinstance(key.fileobj, socket.socket)
            key.fileobj.close()
    return Load(took, waits)


def _connect(selector: selectors.BaseSelector, port: int, request: bytes) -> None:
    connection = socket.create_connection(("127.0.0.1", port))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    selector.register(connection, selectors.EVENT_READ, _Asked(time.perf_counter(), request))
    _say(connection, request)


def _say(connection: socket.socket, request: bytes) -> None:
    with contextlib.suppress(ConnectionError):  # refused before all was taken: the answer is there
        connection.sendall(request)


class _Asked:
    """One connection: when it asked, and how much of the answer is there."""

    def __init__(self, at: float, request: bytes) -> None:
        self.at = at
        self.request = request
        self.is_last = False
        self._got = b""

    def take(self, part: bytes) -> bool:
        """Return whether the answer is whole with these bytes."""
        if not part:
            self.is_last = True
            return True
        self._got += part
        head, found, body = self._got.partition(b"\r\n\r\n")
        if not found:
            return False
        length = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])
        if len(body) < length:
            return False
        self.is_last = b"connection: close" in head
        self._got = b""
        return True


def _json_request(text: str) -> bytes:
    return _request("application/json", json.dumps({"text": text}).encode())


def _request(media_type: str, body: bytes) -> bytes:
    head = f"POST /verify HTTP/1.1\r\nHost: v\r\nContent-Type: {media_type}\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def _with_hostile(good: Sequence[bytes]) -> list[bytes]:
    """Return nine good requests and a hostile one, and so on."""
    bad = cycle(_hostile())
    return [request for at, one in enumerate(good) for request in _followed(at, one, bad)]


def _followed(at: int, one: bytes, bad: Iterator[bytes]) -> tuple[bytes, ...]:
    return (one, next(bad)) if at % 9 == 8 else (one,)


def _hostile() -> list[bytes]:
    """Return requests that try to cost much: nested, endless, repeated, bombs of pixels."""
    side = 6_000
    rows = zlib.compress(bytes((side + 1) * side), 9)
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)),
        (b"IDAT", rows),
        (b"IEND", b""),
    )
    bomb = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content))
        + kind
        + content
        + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in chunks
    )
    form = (
        b'--e\r\nContent-Disposition: form-data; name="f"; filename="x"\r\n\r\n'
        + bomb
        + b"\r\n--e--\r\n"
    )
    return [
        _request("application/json", b"[" * 100_000),
        _request("application/json", b'{"text":"' + b'\\"' * 100_000 + b'"}'),
        _request("application/json", b'{"text":"' + b"1" * 40_000 + b'"}'),
        _request("multipart/form-data; boundary=e", form),
        _request("application/json", json.dumps({"documents": [{"text": "1"}] * 100}).encode()),
        _request("multipart/form-data; boundary=e", b"--e\r\n" * 10_000),
        _request("application/json", b'{"a":' * 20_000),
    ]


def _stream_seconds(port: int, asked: Sequence[dict[str, str]], lines: int) -> float:
    """Return how long a stream of so many lines takes, every answer read and counted."""
    kept = [json.dumps(one).encode() + b"\n" for one in asked]
    following = cycle(kept).__next__
    body = b"".join(following() for _ in range(lines))
    head = "POST /verify/batch HTTP/1.1\r\nHost: v\r\nContent-Type: application/x-ndjson\r\n"
    request = memoryview(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
    sent, answers, valid = 0, 0, 0
    began = time.perf_counter()
    with (
        socket.create_connection(("127.0.0.1", port)) as line,
        selectors.DefaultSelector() as selector,
    ):
        line.setblocking(False)
        selector.register(line, selectors.EVENT_READ | selectors.EVENT_WRITE)
        while answers < lines:
            for _, events in selector.select(10):
                if events & selectors.EVENT_WRITE:
                    sent += line.send(request[sent : sent + _PIECE])
                    if sent == len(request):
                        selector.modify(line, selectors.EVENT_READ)
                if events & selectors.EVENT_READ:
                    part = line.recv(_PIECE)
                    assert part, "the service ended the stream"
                    answers += part.count(b'{"line":')
                    valid += part.count(b'"VALID"')
    took = time.perf_counter() - began
    assert valid >= lines * 0.99, "not all of them were VALID"  # pieces may cut a word in two
    return took


def _resident(pid: int) -> int:
    """Return the bytes of memory a process has, not shared ones counted apart."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * resource.getpagesize()
