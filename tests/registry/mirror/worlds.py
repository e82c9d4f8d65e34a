"""Registries in memory, their mirrors in folders, and a web server that lies."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from registry.anchor_file import encode_trust_anchor
from registry.belief import needed_chain
from registry.head import initial_head
from registry.journal import JournalEntry
from registry.mirror.folder import Held, MirrorFolder
from registry.mirror.publish import publish
from registry.mirror.published import Published, Vouched
from registry.mirror.range_file import RegistryId, heads_of
from tests.simulator import PERMIT, Simulator

__all__ = ["PERMIT", "anchor_of", "busy", "held_by", "lying", "mirror_of", "registry_of"]


def registry_of(sim: Simulator) -> RegistryId:
    return RegistryId(sim.chain_id, sim.contract)


def anchor_of(sim: Simulator) -> bytes:
    return encode_trust_anchor(sim.trust_anchor)


def held_by(sim: Simulator, entries: list[JournalEntry] | None = None) -> Held:
    chosen = list(sim.entries if entries is None else entries)
    return Held(chosen, heads_of(initial_head(*registry_of(sim)), chosen))


def busy(batches: int = 12, **options: object) -> Simulator:
    """Return a registry with two offices, batches, revocations and a checkpoint at its end."""
    sim = Simulator(**options)  # type: ignore[arg-type]  # those of the simulator
    first, second = sim.office("A1"), sim.office("B2")
    for number in range(batches):
        sim.anchor(sim.issue(first if number % 2 else second, {1: f"holder {number}"}), size=7)
    sim.revoke(first, 3, 5)
    sim.checkpoint()
    return sim


def mirror_of(sim: Simulator, root: Path, *, old: int = 0, now: int | None = None) -> MirrorFolder:
    """Return a folder that hands out what the last checkpoint of the simulator vouches for."""
    folder = MirrorFolder(root)
    statement = sim.checkpoints[-1].statement
    vouched = Vouched(
        sim.state(statement.size),
        sim.documents(statement.size),
        needed_chain(sim.checkpoints, sim.trust_anchor.signers),
        statement.at,
    )
    made_at = sim.now if now is None else now
    published = Published(registry_of(sim), held_by(sim), vouched, anchor_of(sim), made_at)
    publish(folder, published, old=old)
    return folder


Answer = tuple[int, dict[str, str], Iterator[bytes]]


@contextlib.contextmanager
def lying(root: Path, lie: Callable[[str, bytes | None], Answer | bytes | None]) -> Iterator[str]:
    """Serve a folder over HTTP; `lie` sees every path with its bytes and answers instead.

    It returns other bytes, None for "not found", or status, headers and a body of any length.
    """

    class Liar(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = self.path.lstrip("/")
            file = root / path
            answer = lie(path, file.read_bytes() if file.is_file() else None)
            with contextlib.suppress(OSError):
                self._send(answer)

        def _send(self, answer: Answer | bytes | None) -> None:
            if isinstance(answer, tuple):
                status, headers, body = answer
                self.close_connection = True
                headers = {**headers, "Connection": "close"}
            else:
                content = b"" if answer is None else answer
                status, body = 404 if answer is None else 200, iter([content])
                headers = {"Content-Length": str(len(content))}
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            for part in body:
                self.wfile.write(part)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Liar)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
