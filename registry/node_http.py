"""One HTTP call to a node, bounded in bytes and in time.

A node may be anybody's: an endless, a dripping or a swollen answer must cost neither memory nor the
hour. Redirects, compression and proxies are not for talking to one's own nodes, so there are none.
"""

import base64
import http.client
import socket
import ssl
import threading
import time
import weakref
from contextlib import suppress
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import SplitResult, urlsplit

CHUNK: Final = 65_536
_OK: Final = 200
_BUSY: Final = 429


class NoAnswerError(Exception):
    """A node gave no usable answer: another node may."""


class TooLongAnswerError(NoAnswerError):
    """A node's answer was longer than any honest one; what came after the limit was not read."""


class NodeHttp:
    """The connection to one node, kept open between calls."""

    def __init__(self, url: str, timeout_seconds: float) -> None:
        self._parts = urlsplit(url)
        self._timeout = timeout_seconds
        self._open: list[http.client.HTTPConnection] = []
        weakref.finalize(self, _close, self._open)
        self.clock_ahead_of_monotonic: float | None = None
        """The node's clock as its answers date themselves, less `time.monotonic()` here."""

    def post(self, body: bytes, max_bytes: int) -> bytes:
        """Return the body of the answer, of at most so many bytes, within the timeout.

        Raises `NoAnswerError`.
        """
        reused = bool(self._open)
        try:
            return self._exchange(body, max_bytes)
        except (http.client.RemoteDisconnected, ConnectionError) as error:
            self.close()
            if not reused:
                raise NoAnswerError(_words(error)) from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            self.close()
            raise NoAnswerError(_words(error)) from error
        except NoAnswerError:
            self.close()
            raise
        # A node closes connections that were quiet for long. The request may have been read all the
        # same: everything we send means the same when it comes twice.
        return self.post(body, max_bytes)

    def close(self) -> None:
        """No connection is open."""
        _close(self._open)

    def _exchange(self, body: bytes, max_bytes: int) -> bytes:
        if not self._open:
            self._open.append(self._connect())
        connection = self._open[0]
        cut = threading.Event()
        watchdog = threading.Timer(self._timeout, _cut, (connection.sock, cut))
        watchdog.daemon = True
        watchdog.start()
        try:
            connection.request("POST", self._target(), body, self._headers())
            answer = connection.getresponse()
            content = _read(answer, max_bytes)
        except (OSError, http.client.HTTPException, ValueError):
            if cut.is_set():
                raise NoAnswerError("it does not answer in time") from None
            raise
        finally:
            watchdog.cancel()
        if cut.is_set():
            raise NoAnswerError("it does not answer in time")
        self._note_date(answer.headers.get("Date"))
        if answer.will_close:
            self.close()
        if answer.status != _OK:
            busy = ": it has too much to do" if answer.status == _BUSY else ""
            raise NoAnswerError(f"it answers with HTTP status {answer.status}{busy}")
        return content

    def _connect(self) -> http.client.HTTPConnection:
        host, port = self._parts.hostname or "", self._parts.port
        connection: http.client.HTTPConnection
        if self._parts.scheme == "https":
            context = ssl.create_default_context()
            connection = http.client.HTTPSConnection(
                host, port, timeout=self._timeout, context=context
            )
        elif self._parts.scheme == "http":
            connection = http.client.HTTPConnection(host, port, timeout=self._timeout)
        else:
            raise NoAnswerError("its address begins with neither http:// nor https://")
        connection.connect()
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def _target(self) -> str:
        query = f"?{self._parts.query}" if self._parts.query else ""
        return (self._parts.path or "/") + query

    def _headers(self) -> dict[str, str]:
        return {
            "Content-Type": "application/json",
            "Accept": "application/json",
            "Accept-Encoding": "identity",  # nothing to inflate, so no bomb
            **_authorization(self._parts),
        }

    def _note_date(self, date: str | None) -> None:
        if date is not None:
            with suppress(ValueError, TypeError, OverflowError):
                told = parsedate_to_datetime(date).timestamp()
                self.clock_ahead_of_monotonic = told - time.monotonic()


def _close(held: list[http.client.HTTPConnection]) -> None:
    while held:
        held.pop().close()


def _cut(open_socket: socket.socket, cut: threading.Event) -> None:
    """Whoever waits at this socket waits no longer, however slowly the other side drips."""
    cut.set()
    with suppress(OSError):
        open_socket.shutdown(socket.SHUT_RDWR)


def _read(answer: http.client.HTTPResponse, max_bytes: int) -> bytes:
    if answer.headers.get("Content-Encoding", "identity") != "identity":
        raise NoAnswerError("it compresses its answer unasked")
    told = answer.headers.get("Content-Length", "0")
    if not (told.isascii() and told.isdecimal()) or int(told[:20]) > max_bytes:
        raise TooLongAnswerError(f"its answer is longer than {max_bytes} bytes")
    content = bytearray()
    while chunk := answer.read(CHUNK):
        content += chunk
        if len(content) > max_bytes:
            raise TooLongAnswerError(f"its answer is longer than {max_bytes} bytes")
    return bytes(content)


def _authorization(parts: SplitResult) -> dict[str, str]:
    if parts.username is None:
        return {}
    login = f"{parts.username}:{parts.password or ''}".encode()
    return {"Authorization": f"Basic {base64.b64encode(login).decode()}"}


def _words(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "it does not answer in time"
    if isinstance(error, ConnectionRefusedError):
        return "it does not answer"
    first_line = (str(error) or type(error).__name__).splitlines()[0]
    return f"the connection failed ({first_line[:120]})"
