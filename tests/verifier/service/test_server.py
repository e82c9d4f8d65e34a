"""The service on a socket: slow and odd clients, several workers behind one port, a clean end."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.verifier.service.test_forms import noise
from tests.verifier.service.worlds import WORLD
from verifier.service.limits import DEFAULT_LIMITS

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
ROOT = Path(__file__).parents[3]
PATIENCE = 60.0


@contextmanager
def served(folder: Path, workers: int = 1) -> Iterator[tuple[int, subprocess.Popen[str]]]:
    command = [sys.executable, "-m", "tests.verifier.service.served", str(folder), str(workers)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline()), process
        finally:
            process.terminate()
            process.wait(PATIENCE)


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with served(tmp_path_factory.mktemp("one")) as (number, _):
        yield number


def said(port: int, request: bytes) -> bytes:
    """Everything the service says until it closes the connection."""
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as line:
        line.sendall(request)
        return b"".join(iter(lambda: line.recv(1 << 16), b""))


def posted(body: bytes, *headers: str) -> bytes:
    told = ["Host: x", "Content-Type: application/json", "Connection: close", *headers]
    return ("POST /verify HTTP/1.1\r\n" + "\r\n".join(told) + "\r\n\r\n").encode() + body


def test_answers_over_a_socket(port: int) -> None:
    body = json.dumps({"text": WORLD.text()}).encode()

    answer = said(port, posted(body, f"Content-Length: {len(body)}"))

    assert answer.startswith(b"HTTP/1.1 200")
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["outcome"] == "VALID"


def test_a_body_that_says_it_is_too_long_is_refused_unread(port: int) -> None:
    answer = said(port, posted(b"", "Content-Length: 99999999999"))

    assert answer.startswith(b"HTTP/1.1 413")


def test_endless_chunks_end_the_connection(port: int) -> None:
    chunk = b"10000\r\n" + b" " * 65_536 + b"\r\n"
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as line:
        line.sendall(posted(b"", "Transfer-Encoding: chunked"))
        sent = 0
        try:
            while sent < 1_000:
                line.sendall(chunk)
                sent += 1
        except OSError:
            pass

    assert sent < 1_000


@pytest.mark.parametrize(
    "request_",
    [
        b"GET /healthz HTTP/1.1\r\nHost: x\r\n" + b"x: " + b"1" * 20_000 + b"\r\n\r\n",
        b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: x\r\n" + b"x: 1\r\n" * 10_000 + b"\r\n",
        posted(b"{}", "Content-Length: 2", "Transfer-Encoding: chunked"),
        posted(b"{}", "Content-Length: 2", "Content-Length: 3"),
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
)
def test_odd_requests_are_refused_and_the_connection_ends(port: int, request_: bytes) -> None:
    try:
        answer = said(port, request_)
    except ConnectionResetError:  # it was closed before all of the request was taken
        return

    assert answer.startswith(b"HTTP/1.1 400")


def test_an_answer_to_a_request_that_goes_on_ends_the_connection(port: int) -> None:
    request = b"GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nx"

    assert said(port, request).startswith(b"HTTP/1.1 200")


def test_slow_headers_hold_no_other_client(port: int) -> None:
    slow = [socket.create_connection(("127.0.0.1", port), PATIENCE) for _ in range(50)]
    for line in slow:
        line.sendall(b"GET /healthz HTTP/1.1\r\nHost:")

    answer = said(port, b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 200")
    slow[0].settimeout(PATIENCE)
    assert slow[0].recv(10) == b""  # closed, after some seconds
    for line in slow:
        line.close()


def eventually(holds: Callable[[], bool]) -> bool:
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        if holds():
            return True
        time.sleep(0.05)
    return False


def workers_of(process: subprocess.Popen[str]) -> list[int]:
    path = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    return [int(one) for one in path.read_text().split()]


def commands_below(pid: int) -> dict[int, str]:
    """The processes that a process started, with the words they were started with."""
    path = Path(f"/proc/{pid}/task/{pid}/children")
    below = [int(one) for one in path.read_text().split()]
    return {one: Path(f"/proc/{one}/cmdline").read_text() for one in below}


def test_the_decoder_process_ends_when_the_service_was_killed(tmp_path: Path) -> None:
    with served(tmp_path) as (port, process):
        said(port, b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        below = commands_below(process.pid)
        decoders = [pid for pid, words in below.items() if "decoder_process" in words]
        process.kill()
        process.wait(PATIENCE)

        assert len(decoders) == 1
        assert eventually(lambda: not Path(f"/proc/{decoders[0]}/stat").exists())


def test_a_child_ends_when_its_client_hangs_up(tmp_path: Path) -> None:
    form = (
        b'--e\r\nContent-Disposition: form-data; name="file"; filename="slow.png"\r\n\r\n'
        + noise()
        + b"\r\n--e--\r\n"
    )
    head = f"POST /verify HTTP/1.1\r\nHost: x\r\nContent-Length: {len(form)}\r\n"
    head += "Content-Type: multipart/form-data; boundary=e\r\n\r\n"
    with served(tmp_path) as (port, process):
        said(port, b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        below = commands_below(process.pid)
        (decoder,) = (pid for pid, words in below.items() if "decoder_process" in words)
        with socket.create_connection(("127.0.0.1", port), PATIENCE) as line:
            line.sendall(head.encode() + form)
            assert eventually(lambda: len(commands_below(decoder)) == 1)
            (child,) = commands_below(decoder)
            os.kill(child, signal.SIGSTOP)  # it ends when it is killed, for being late at last
        hung_up = time.monotonic()

        assert eventually(lambda: commands_below(decoder) == {})
        assert time.monotonic() - hung_up < DEFAULT_LIMITS.child_seconds / 2


def test_several_workers_count_together_and_one_that_dies_is_replaced(tmp_path: Path) -> None:
    body = json.dumps({"text": WORLD.text()}).encode()
    request = posted(body, f"Content-Length: {len(body)}")
    with served(tmp_path, workers=2) as (port, process):
        for _ in range(12):
            assert said(port, request).startswith(b"HTTP/1.1 200")
        numbers = said(port, b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert eventually(lambda: len(workers_of(process)) == 2)
        first = workers_of(process)
        os.kill(first[0], signal.SIGKILL)

        assert b'sealroot_documents_total{outcome="VALID"} 12.0' in numbers
        assert eventually(lambda: len({*workers_of(process)} - {*first}) == 1)
        assert said(port, request).startswith(b"HTTP/1.1 200")
        process.terminate()
        assert process.wait(PATIENCE) == 0
