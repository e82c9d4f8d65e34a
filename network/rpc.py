"""One question to one node: over HTTP, or through the socket on its own host."""

import json
import socket
from email.utils import parsedate_to_datetime
from typing import Any, Final

import httpx

from network.errors import NodeSilentError
from registry.plain_words import explained

USUAL_SECONDS: Final = 5.0
LONGEST_ANSWER: Final = 16 * 1024 * 1024
IPC_PREFIX: Final = "ipc:"


class Node:
    """A node, by its RPC address: http://HOST:PORT, or ipc:PATH."""

    def __init__(self, url: str, timeout_seconds: float = USUAL_SECONDS) -> None:
        self.url = url
        self._timeout = timeout_seconds

    def ask(self, method: str, *parameters: object) -> Any:  # noqa: ANN401 - whatever JSON holds
        """Return the result of one call; raises `NodeSilentError`."""
        question = {"jsonrpc": "2.0", "id": 1, "method": method, "params": list(parameters)}
        try:
            if self.url.startswith(IPC_PREFIX):
                answer = _through_socket(self.url[len(IPC_PREFIX) :], question, self._timeout)
            else:
                answer = httpx.post(
                    self.url, json=question, timeout=self._timeout, trust_env=False
                ).json()
        except (httpx.HTTPError, OSError, ValueError) as error:
            raise _silent(f"{self.url} does not answer {method}") from error
        if not isinstance(answer, dict) or "result" not in answer:
            told = answer.get("error") if isinstance(answer, dict) else answer
            raise _silent(f"{self.url} refuses {method}: {str(told)[:200]}")
        return answer["result"]

    def clock(self) -> float:
        """Return the time of the node's host, Unix seconds, to about one second.

        From the Date of its HTTP answer; raises `NodeSilentError`, for a socket too.
        """
        try:
            answer = httpx.get(self.url, timeout=self._timeout, trust_env=False)
            return parsedate_to_datetime(answer.headers["date"]).timestamp()
        except (httpx.HTTPError, httpx.UnsupportedProtocol, KeyError, ValueError) as error:
            raise _silent(f"{self.url} does not tell its time") from error

    def number(self, method: str, *parameters: object) -> int:
        """Return a result that is a number in hexadecimal digits."""
        found = self.ask(method, *parameters)
        try:
            return int(found, 16)
        except (TypeError, ValueError) as error:
            raise _silent(f"{self.url} answers {method} with {str(found)[:60]!r}") from error


def _through_socket(path: str, question: object, timeout: float) -> Any:  # noqa: ANN401 - as above
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(timeout)
        connection.connect(path)
        connection.sendall(json.dumps(question).encode() + b"\n")
        received = b""
        while len(received) < LONGEST_ANSWER:
            part = connection.recv(65_536)
            received += part
            if not part or received.endswith(b"\n"):
                break
    return json.loads(received)


def _silent(what: str) -> NodeSilentError:
    return explained(
        NodeSilentError(what),
        means="Nothing is known of this node; the others may do without it.",
        way_out="See `sealroot network status` and `sealroot network doctor`, and the node's log.",
    )
