"""A node that fails on purpose: a real HTTP server on loopback, before a real node.

with FaultProxy(chain.url) as node:
    node.on("eth_sendRawTransaction", LoseReply())        every call of this method
    node.on("eth_call", RpcError(-32000, "busy"), nth=3)  only its third from now on
    node.close_door()                                     connection refused
    node.heal()                                           an honest node again
"""

import json
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

import httpx

Answer = dict[str, Any]


@dataclass(frozen=True)
class HangUp:
    """The connection ends without an answer, and the node never saw the call."""


@dataclass(frozen=True)
class LoseReply:
    """The node did what was asked, and the connection ends without an answer."""


@dataclass(frozen=True)
class Reset:
    """The connection is torn down (RST), and the node never saw the call."""


@dataclass(frozen=True)
class Status:
    """An HTTP status and no JSON-RPC."""

    code: int


@dataclass(frozen=True)
class RpcError:
    """The node reports an error of its own; with `forwarded` it did what was asked first."""

    code: int
    message: str
    data: Any = None
    forwarded: bool = False


@dataclass(frozen=True)
class Hang:
    """No answer for so long, and the node never saw the call."""

    seconds: float = 5.0


@dataclass(frozen=True)
class Late:
    """The node did what was asked, and its answer comes so late."""

    seconds: float


@dataclass(frozen=True)
class Alter:
    """The node did what was asked, and its answer is changed: a lie."""

    change: Callable[[Answer], Answer]


@dataclass(frozen=True)
class Result:
    """This result, and the node never saw the call: another lie."""

    value: Any


@dataclass(frozen=True)
class Garbage:
    """These bytes, as if they were JSON."""

    content: bytes


@dataclass(frozen=True)
class Endless:
    """An answer that never ends."""


@dataclass(frozen=True)
class Drip:
    """A header that comes byte by byte and never ends."""


Fault = (
    HangUp | LoseReply | Reset | Status | RpcError | Hang | Late | Alter | Result | Garbage
    | Endless | Drip
)  # fmt: skip


class FaultProxy:
    """Forwards JSON-RPC to `upstream`, save for the faults it was given."""

    def __init__(self, upstream: str) -> None:
        self.calls: list[str] = []
        self.parameters: dict[str, list[Any]] = {}
        self.bytes_sent = 0
        self._upstream = upstream
        self._faults: dict[str, list[tuple[int | None, Fault]]] = {}
        self._counts: dict[str, int] = {}
        self._ended = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._port = self._server.server_port
        self.url = f"http://127.0.0.1:{self._port}"
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def _serve(self) -> None:
        self._server.serve_forever(poll_interval=0.05)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self.close_door()

    def on(self, method: str, fault: Fault, *, nth: int | None = None) -> None:
        """The calls of this method fail so: all of them, or only the nth from now on."""
        self._counts[method] = 0
        self._faults.setdefault(method, []).append((nth, fault))

    def heal(self) -> None:
        """Nothing fails any more."""
        self._faults.clear()

    def close_door(self) -> None:
        """Connections are refused."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._server.server_close()
            self._thread.join()

    def _fault_of(self, method: str) -> Fault | None:
        self._counts[method] = self._counts.get(method, 0) + 1
        for nth, fault in self._faults.get(method, []):
            if nth is None or nth == self._counts[method]:
                return fault
        return None

    def _forward(self, body: bytes) -> Answer:
        return httpx.post(self._upstream, content=body, timeout=30.0, trust_env=False).json()

    def _handler(self) -> type[BaseHTTPRequestHandler]:  # noqa: C901  (one branch a fault)
        node = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:  # noqa: C901, PLR0912  (one branch a fault)
                body = self.rfile.read(int(self.headers["Content-Length"]))
                asked = json.loads(body)
                method, number = asked["method"], asked["id"]
                node.calls.append(method)
                node.parameters.setdefault(method, []).append(asked["params"])
                match node._fault_of(method):
                    case None:
                        self._answer(node._forward(body))
                    case HangUp():
                        self.close_connection = True
                    case LoseReply():
                        node._forward(body)
                        self.close_connection = True
                    case Reset():
                        linger = struct.pack("ii", 1, 0)
                        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                        self.connection.shutdown(socket.SHUT_RD)
                        self.close_connection = True
                    case Status(code):
                        self._send(b"no", status=code)
                    case RpcError(code, message, data, forwarded):
                        if forwarded:
                            node._forward(body)
                        error = {"code": code, "message": message}
                        error |= {} if data is None else {"data": data}
                        self._answer({"jsonrpc": "2.0", "id": number, "error": error})
                    case Hang(seconds):
                        node._ended.wait(seconds)
                        self.close_connection = True
                    case Late(seconds):
                        answer = node._forward(body)
                        time.sleep(seconds)
                        self._answer(answer)
                    case Alter(change):
                        self._answer(change(node._forward(body)))
                    case Result(value):
                        self._answer({"jsonrpc": "2.0", "id": number, "result": value})
                    case Garbage(content):
                        self._send(content)
                    case Endless():
                        self._flood()
                    case Drip():
                        self._drip()

            def _answer(self, answer: Answer) -> None:
                self._send(json.dumps(answer).encode())

            def _send(self, content: bytes, status: int = 200) -> None:
                try:
                    self.send_response(status)
                    self.send_header("Content-Type", "application/json")
                    self.send_header("Content-Length", str(len(content)))
                    self.end_headers()
                    self.wfile.write(content)
                except OSError:
                    self.close_connection = True  # whoever asked has hung up

            def _flood(self) -> None:
                self.send_response(200)
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                piece = b"[" * 65_536
                chunk = b"%x\r\n" % len(piece) + piece + b"\r\n"
                self.close_connection = True
                try:
                    while not node._ended.is_set():
                        self.wfile.write(chunk)
                        node.bytes_sent += len(piece)
                except OSError:
                    return

            def _drip(self) -> None:
                self.close_connection = True
                try:
                    self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                    while not node._ended.wait(0.05):
                        self.wfile.write(b"a")
                        self.wfile.flush()
                except OSError:
                    return

            def log_message(self, *_: object) -> None:
                """Say nothing: a test reports for itself."""

        return Handler
