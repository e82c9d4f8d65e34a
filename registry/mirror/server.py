"""Runs the service in uvicorn, with limits that suit a public read-only server."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from registry.mirror.edge import Application

MOST_HEADER_BYTES = 16 * 1024
MOST_CONNECTIONS = 512


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """A socket that listens at this address and port, closed at the end."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol named, asyncio turns off Nagle: else each small answer waits 40 ms.
    with socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP) as opened:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind((host, port))
        opened.listen(MOST_CONNECTIONS)
        yield opened


def server_of(service: Application) -> uvicorn.Server:
    """Return the server, not running yet."""
    config = uvicorn.Config(
        service,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        lifespan="off",
        ws="none",
        h11_max_incomplete_event_size=MOST_HEADER_BYTES,
        limit_concurrency=MOST_CONNECTIONS,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=5,
    )
    return uvicorn.Server(config)


def run(service: Application, opened: socket.socket) -> None:
    """The service answers on the socket until it is interrupted."""
    server_of(service).run(sockets=[opened])
