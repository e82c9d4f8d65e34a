"""Where a mirror's files come from: another mirror over HTTP, or a folder. Neither is trusted.

A limit holds before anything is read, while it is read, and for the time all of it takes.
"""

import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Protocol, Self
from urllib.parse import urljoin, urlsplit

import httpcore

from registry.mirror.deadline import Deadline, DeadlineBackend
from registry.mirror.errors import SourceError

REQUEST_SECONDS: Final = 60.0
_IDLE_SECONDS: Final = 15.0
_MOST_REDIRECTS: Final = 3
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


class Source(Protocol):
    """Files by their path in a mirror's tree, and connections closed at the end."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...

    @property
    def name(self) -> str:
        """The URL or folder, as it was given."""
        ...

    def fetch(self, path: str, most: int) -> bytes:
        """Return the file, of at most `most` bytes; raises SourceError."""
        ...


class FolderSource:
    """A mirror's folder, such as one on a USB stick."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @property
    def name(self) -> str:
        """The folder."""
        return str(self._root)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is kept open."""

    def fetch(self, path: str, most: int) -> bytes:
        """Return the file; raises SourceError where it is not there or too large."""
        file = self._root / path
        try:
            if not file.is_file():
                raise SourceError(f"{self.name} has no {path}", missing=True)
            with file.open("rb") as opened:
                content = opened.read(most + 1)
        except OSError as error:
            raise SourceError(f"{file} cannot be read: {error.strerror}") from error
        if len(content) > most:
            raise _too_large(self.name, path, most)
        return content


class HttpSource:
    """A mirror behind a URL."""

    def __init__(
        self,
        url: str,
        monotonic: Callable[[], float],
        *,
        request_seconds: float = REQUEST_SECONDS,
    ) -> None:
        self._url = url.rstrip("/") + "/"
        self._origin = _origin(self._url)
        self._request_seconds = request_seconds
        self._deadline = Deadline(monotonic)
        self._pool = httpcore.ConnectionPool(
            max_connections=1, network_backend=DeadlineBackend(self._deadline)
        )

    @property
    def name(self) -> str:
        """The URL."""
        return self._url

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.close()

    def fetch(self, path: str, most: int) -> bytes:
        """Return the file; raises SourceError for anything else than the whole file in time."""
        self._deadline.start(self._request_seconds)
        url = urljoin(self._url, path)
        try:
            for _ in range(_MOST_REDIRECTS + 1):
                with self._answer(url) as answer:
                    if answer.status not in _REDIRECTS:
                        return self._content(answer, path, most)
                    url = self._redirected(url, answer)
        except httpcore.TimeoutException as error:
            raise SourceError(
                f"{self.name} did not send {path} within {self._request_seconds:g} seconds"
            ) from error
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError, ValueError) as error:
            raise SourceError(f"{self.name} did not send {path}: {error}") from error
        raise SourceError(f"{self.name} sends {path} in circles")

    @contextmanager
    def _answer(self, url: str) -> Iterator[httpcore.Response]:
        timeouts = dict.fromkeys(("connect", "read", "write", "pool"), _IDLE_SECONDS)
        headers = [(b"Accept-Encoding", b"gzip"), (b"User-Agent", b"sealroot-mirror/1")]
        with self._pool.stream(
            "GET", url, headers=headers, extensions={"timeout": timeouts}
        ) as answer:
            yield answer

    def _redirected(self, url: str, answer: httpcore.Response) -> str:
        target = urljoin(url, _header(answer, b"location"))
        if _origin(target) != self._origin:
            raise SourceError(f"{self.name} sends readers to {target[:200]}: not followed")
        return target

    def _content(self, answer: httpcore.Response, path: str, most: int) -> bytes:
        if answer.status in {404, 410}:
            raise SourceError(f"{self.name} has no {path}", missing=True)
        if answer.status != 200:
            raise SourceError(f"{self.name} answers {answer.status} for {path}")
        announced = _header(answer, b"content-length")
        if announced and (not announced.isascii() or not announced.isdigit()):
            raise SourceError(f"{self.name} announces a length for {path} that is no number")
        if announced and (len(announced) > 18 or int(announced) > most):
            raise _too_large(self.name, path, most)
        encoding = _header(answer, b"content-encoding").lower()
        if encoding not in {"", "identity", "gzip"}:
            raise SourceError(f"{self.name} sends {path} in an encoding that was not asked for")
        read = _unzipped if encoding == "gzip" else _bounded
        body = read(answer.iter_stream(), most)
        if body is None:
            raise _too_large(self.name, path, most)
        return body


def _bounded(stream: Iterator[bytes], most: int) -> bytes | None:
    """The whole stream, or None where it has more than `most` bytes."""
    body = bytearray()
    for part in stream:
        body += part
        if len(body) > most:
            return None
    return bytes(body)


def _unzipped(stream: Iterator[bytes], most: int) -> bytes | None:
    """The one gzip member (RFC 1952) in the stream, or None where it inflates to more than `most`.

    Nothing is inflated behind the limit. Raises ValueError for bytes that are no gzip member.
    """
    inflater = zlib.decompressobj(zlib.MAX_WBITS | 16)
    body, taken = bytearray(), 0
    for part in stream:
        taken += len(part)
        if taken > most + 1024:
            return None
        try:
            body += inflater.decompress(part, most + 1 - len(body))
        except zlib.error as error:
            raise ValueError("its compressed bytes are damaged") from error
        if len(body) > most or inflater.unconsumed_tail:
            return None
        if inflater.unused_data:
            raise ValueError("bytes follow its compressed bytes")
    if not inflater.eof:
        raise ValueError("its compressed bytes end too soon")
    return bytes(body)


def _header(answer: httpcore.Response, name: bytes) -> str:
    found = (value for key, value in answer.headers if key.lower() == name)
    return next(found, b"").decode("latin-1").strip()


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or _DEFAULT_PORTS.get(parts.scheme)


def _too_large(source: str, path: str, most: int) -> SourceError:
    return SourceError(f"{source} has more than {most:,} bytes for {path}: not read")
