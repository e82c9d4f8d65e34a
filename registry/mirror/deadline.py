"""A deadline for everything one request does on the network, however slowly the bytes drip."""

import ssl
from collections.abc import Callable, Iterable
from typing import Any

import httpcore


class Deadline:
    """How long the request under way may still take."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._at = 0.0

    def start(self, seconds: float) -> None:
        """A request begins, and has this long."""
        self._at = self._monotonic() + seconds

    def left(self, timeout: float | None) -> float:
        """Return the smaller of what is left and `timeout`; raises when nothing is left."""
        left = self._at - self._monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the whole request took too long")
        return left if timeout is None else min(left, timeout)


class DeadlineStream(httpcore.NetworkStream):
    """A connection on which every step ends at the deadline."""

    def __init__(self, inner: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._inner = inner
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Return bytes as they come."""
        return self._inner.read(max_bytes, self._deadline.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """The bytes are sent."""
        self._inner.write(buffer, self._deadline.left(timeout))

    def close(self) -> None:
        """The connection is closed."""
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """Return the connection, encrypted from here on."""
        left = self._deadline.left(timeout)
        inner = self._inner.start_tls(ssl_context, server_hostname, left)
        return DeadlineStream(inner, self._deadline)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - the library decides
        """Return what the library asks about the connection."""
        return self._inner.get_extra_info(info)


class DeadlineBackend(httpcore.NetworkBackend):
    """Opens connections that keep the deadline."""

    def __init__(self, deadline: Deadline) -> None:
        self._inner = httpcore.SyncBackend()
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Return a connection to the host."""
        left = self._deadline.left(timeout)
        inner = self._inner.connect_tcp(host, port, left, local_address, socket_options)
        return DeadlineStream(inner, self._deadline)
