"""A small static server on the loopback, as any office has one: the page, and mirrors of bundles.

What it serves is a table in memory, so that a test changes a bundle, makes it endless or takes the
server away; every request is remembered.
"""

import threading
import time
from collections.abc import Iterator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final, NamedTuple, Self

TYPES: Final = {".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm"}
_CHUNK: Final = bytes(65_536)


class Answer(NamedTuple):
    """What one path is answered with; `endless` goes on sending until the client is gone."""

    content: bytes
    status: int = 200
    media_type: str = "application/octet-stream"
    endless: bool = False
    slow_seconds: float = 0.0


class StaticServer:
    """Files by path; `headers` go with every answer."""

    def __init__(self, headers: dict[str, str] | None = None) -> None:
        self.files: dict[str, Answer] = {}
        self.headers = headers or {}
        self.asked: list[str] = []
        self.listening: ThreadingHTTPServer | None = None
        self._port = 0

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """Its origin."""
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """It listens, on the same port as before where it had one."""
        site = self

        class Handler(_Handler):
            pass

        Handler.site = site
        self.listening = ThreadingHTTPServer(("127.0.0.1", self._port), Handler)
        self.listening.handle_error = _silently  # a browser that leaves early is no fault
        self.listening.daemon_threads = True
        self._port = self.listening.server_address[1]
        threading.Thread(target=self.listening.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        """Nothing listens any more."""
        if self.listening is not None:
            self.listening.shutdown()
            self.listening.server_close()
            self.listening = None

    def answer(self, path: str) -> Answer:
        """What a path is answered with; a folder by its index.html."""
        name = path.partition("?")[0]
        missing = Answer(b"not here", status=HTTPStatus.NOT_FOUND, media_type="text/plain")
        return self.files.get(f"{name}index.html" if name.endswith("/") else name, missing)


def _silently(*_: object) -> None:
    pass


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    site: StaticServer

    def do_GET(self) -> None:
        if self.server is not self.site.listening:  # a connection kept open from before the stop
            self.close_connection = True
            return
        self.site.asked.append(self.path)
        answer = self.site.answer(self.path)
        time.sleep(answer.slow_seconds)
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.media_type)
        self.send_header("Cache-Control", "no-cache")
        self.send_header("Access-Control-Allow-Origin", "*")
        for name, value in self.site.headers.items():
            self.send_header(name, value)
        if not answer.endless:
            self.send_header("Content-Length", str(len(answer.content)))
        else:
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()
        for part in self._parts(answer):
            try:
                self.wfile.write(part)
            except OSError:
                return

    def _parts(self, answer: Answer) -> Iterator[bytes]:
        yield answer.content
        while answer.endless and self.site.listening is not None:
            yield _CHUNK

    def log_message(self, *_: object) -> None:
        pass
