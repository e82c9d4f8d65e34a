"""A node that fails on purpose: it loses calls before or after they take effect, or lies."""

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

import httpx

Answer = dict[str, Any]


class FaultyNode:
    """Forwards JSON-RPC to `upstream`, save for what it is told to lose or alter, by method."""

    def __init__(self, upstream: str) -> None:
        self.calls: list[str] = []
        self.lose_before: set[str] = set()
        self.lose_after: set[str] = set()
        self.alter: dict[str, Callable[[Answer], Answer]] = {}
        self._upstream = upstream
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, body: bytes) -> bytes | None:
        """The bytes to send back, or None to hang up without an answer."""
        method = json.loads(body)["method"]
        self.calls.append(method)
        if method in self.lose_before:
            return None
        found = httpx.post(self._upstream, content=body, timeout=30.0, trust_env=False).json()
        if method in self.lose_after:
            return None
        return json.dumps(self.alter.get(method, lambda same: same)(found)).encode()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        node = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                content = node.answer(body)
                if content is None:
                    self.close_connection = True
                    return
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                """Say nothing: a test reports for itself."""

        return Handler
