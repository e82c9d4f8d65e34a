"""What the client sends and gets, over HTTP/1.1: one request, or a stream in both directions."""

import contextlib
import http.client
import secrets
import socket
import ssl
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Final, NamedTuple
from urllib.parse import quote, urlsplit

MOST_ANSWER_BYTES: Final = 64 * 1024 * 1024
MOST_LINE_BYTES: Final = 1024 * 1024
_AGENT: Final = "sealroot-client/1"
_SENT_AT_ONCE: Final = 16 * 1024


@dataclass(frozen=True, slots=True)
class Address:
    """Where a service answers."""

    url: str
    host: str
    port: int
    path: str
    tls: ssl.SSLContext | None = field(repr=False)

    @property
    def is_private(self) -> bool:
        """Say whether nobody on the way can read what is sent."""
        if self.tls is not None or self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False

    def connection(self, timeout: float) -> http.client.HTTPConnection:
        """Return a connection, not made yet."""
        if self.tls is None:
            return http.client.HTTPConnection(self.host, self.port, timeout=timeout)
        return http.client.HTTPSConnection(self.host, self.port, timeout=timeout, context=self.tls)


class Reply(NamedTuple):
    """A whole answer."""

    status: int
    media_type: str
    body: bytes
    retry_after: float | None


def address_of(url: str, tls: ssl.SSLContext | None) -> Address:
    """Return the address in a URL; raises ValueError for one that is none."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("it needs http:// or https:// and a host")
    if parts.query or parts.fragment or parts.username or parts.password:
        raise ValueError("it must have no query, fragment, name or password")
    if parts.scheme == "https" and tls is None:
        tls = ssl.create_default_context()
    if parts.scheme == "http" and tls is not None:
        raise ValueError("it is not encrypted, so the TLS settings would say nothing")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return Address(url, parts.hostname, port, parts.path.rstrip("/") + "/", tls)


def ask(  # noqa: PLR0917  (the parts of a request)
    address: Address,
    method: str,
    path: str,
    headers: dict[str, str],
    body: bytes | None,
    timeout: float,
) -> Reply:
    """Return the answer to one request; a redirection is not followed. Raises OSError."""
    connection = address.connection(timeout)
    try:
        told = {**headers, "User-Agent": _AGENT, "Connection": "close"}
        connection.request(method, address.path + path, body, told)
        return _reply(connection.getresponse())
    except http.client.HTTPException as error:
        raise ConnectionError(f"no whole answer came ({type(error).__name__})") from error
    finally:
        connection.close()


def _reply(response: http.client.HTTPResponse) -> Reply:
    body = response.read(MOST_ANSWER_BYTES + 1)
    if len(body) > MOST_ANSWER_BYTES:
        raise ConnectionError(f"the answer has more than {MOST_ANSWER_BYTES:,} bytes")
    if response.length:  # the library says nothing where fewer bytes came than were announced
        raise ConnectionError("the answer broke off")
    media_type = response.headers.get_content_type()
    told = response.headers.get("Retry-After", "")
    wait = float(told) if told.isascii() and told.isdigit() and len(told) < 9 else None
    return Reply(response.status, media_type, body, wait)


def form_of(content: bytes, name: str, *, receipt: bool) -> tuple[str, bytes]:
    """Return media type and body of a form with one file (RFC 7578)."""
    boundary = "sealroot-" + secrets.token_hex(20)
    plain = quote(name, safe=" ()[]{}+-_.,@&=~!$'") or "document"
    file = f'Content-Disposition: form-data; name="file"; filename="{plain}"'
    parts = [(f"{file}\r\nContent-Type: application/octet-stream", content)]
    if receipt:
        parts.append(('Content-Disposition: form-data; name="receipt"', b"true"))
    body = b"".join(
        b"--%s\r\n%s\r\n\r\n%s\r\n" % (boundary.encode(), head.encode("ascii"), part)
        for head, part in parts
    )
    return f"multipart/form-data; boundary={boundary}", body + f"--{boundary}--\r\n".encode()


class Answers:
    """The lines of an answer; `refusal` is the whole reply where the stream did not begin."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self._response = response
        self.refusal = _reply(response) if response.status != 200 else None
        self.count = 0

    def __iter__(self) -> Iterator[bytes]:
        """Yield each line; raises ConnectionError where the stream ends inside one."""
        try:
            while line := self._response.readline(MOST_LINE_BYTES + 1):
                if not line.endswith(b"\n"):
                    raise ConnectionError("the answer ended in the middle of a line")
                self.count += 1
                yield line
        except http.client.HTTPException as error:
            raise ConnectionError("the answer ended before its end") from error


@contextlib.contextmanager
def stream(
    address: Address,
    path: str,
    headers: dict[str, str],
    pieces: Iterable[bytes],
    timeout: float,
) -> Iterator[Answers]:
    """Within it pieces are sent, from a thread, while their answers are read. Raises OSError.

    Neither runs ahead: the service reads no more while its answers are not taken.
    """
    connection = address.connection(timeout)
    try:
        connection.putrequest("POST", address.path + path)
        told = {**headers, "User-Agent": _AGENT, "Connection": "close"}
        for name, value in {**told, "Transfer-Encoding": "chunked"}.items():
            connection.putheader(name, value)
        connection.endheaders()
        sending = _Sending(connection.sock, pieces)
        sending.start()
        try:
            answers = Answers(connection.getresponse())
            yield answers
        except (OSError, http.client.HTTPException):
            sending.stop()
            sending.raise_fault()
            raise
        finally:
            sending.stop()
        # The library takes a stream that was cut off between two lines for a whole one.
        sending.raise_fault()
        if answers.refusal is None and answers.count != sending.count:
            raise ConnectionError(f"the stream ended after {answers.count} answers")
    except http.client.HTTPException as error:
        raise ConnectionError(f"no answer came ({type(error).__name__})") from error
    finally:
        connection.close()


class _Sending:
    """Sends pieces as chunks (RFC 9112 §7.1) in a thread; what they raise is raised in the end."""

    def __init__(self, opened: socket.socket, pieces: Iterable[bytes]) -> None:
        self._socket = opened
        self._pieces = pieces
        self._fault: BaseException | None = None
        self._stopped = False
        self.count = 0
        self._thread = threading.Thread(target=self._run, name="send stream", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """No more is sent, also where the service has stopped reading."""
        if self._thread.is_alive():
            self._stopped = True
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join()

    def raise_fault(self) -> None:
        """Raise what the iterable of pieces raised: the stream then ended early."""
        if self._fault is not None:
            raise self._fault

    def _run(self) -> None:
        try:
            for chunk in _gathered(self._counted()):
                self._socket.sendall(b"%x\r\n%s\r\n" % (len(chunk), chunk))
            self._socket.sendall(b"0\r\n\r\n")
        except OSError:
            pass  # the answer, or its absence, says what happened
        except BaseException as error:  # noqa: BLE001  (it belongs to whoever gave the pieces)
            if not self._stopped:
                self._fault = error
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def _counted(self) -> Iterator[bytes]:
        for piece in self._pieces:
            self.count += 1
            yield piece


def _gathered(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield pieces together in chunks worth sending."""
    held = bytearray()
    for piece in pieces:
        held += piece
        if len(held) >= _SENT_AT_ONCE:
            yield bytes(held)
            held.clear()
    if held:
        yield bytes(held)
