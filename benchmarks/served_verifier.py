"""The verifier's service over the measured world, on one core: `python -m … FOLDER CORE`."""

import os
import socket
import sys
from pathlib import Path

from benchmarks.world import NOW, Office
from registry.anchor_file import decode_trust_anchor
from registry.bundle import open_bundle
from verifier.service.app import NoLog, create_app
from verifier.service.server import serve
from verifier.service.trust_desk import FixedDesk, Standing

BUNDLE, ANCHOR, PORT = "lite.srb", "trust-anchor.cbor", "port"


def write_world(folder: Path, office: Office, anchor: bytes) -> None:
    """The folder holds what the service needs to know."""
    (folder / BUNDLE).write_bytes(office.bundle_file)
    (folder / ANCHOR).write_bytes(anchor)


def main(folder: Path, core: int) -> None:
    """Serve until SIGTERM; the port is in the folder once the socket listens."""
    if core >= 0:
        os.sched_setaffinity(0, {core})
    bundle, anchor = (folder / BUNDLE).read_bytes(), (folder / ANCHOR).read_bytes()
    trust = open_bundle(bundle, anchor=decode_trust_anchor(anchor))
    standing = Standing(trust, as_of=trust.evidence.as_of)
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as opened:
        opened.bind(("127.0.0.1", 0))
        opened.listen(128)
        beside = folder / f".{PORT}"
        beside.write_text(str(opened.getsockname()[1]))
        beside.replace(folder / PORT)
        desk = FixedDesk(standing, bundle, decode_trust_anchor(anchor))
        serve(lambda: create_app(desk=desk, clock=lambda: int(NOW), log=NoLog()), opened)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
