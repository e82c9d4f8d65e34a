"""A host's folder as its operator uses it: start.sh alone, in a network of its own."""

import os
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from network.engines import find_program
from network.errors import NodeSilentError
from network.rpc import Node
from network.software import Software
from network.wires import can_lay_wires
from sealroot.commands import run

pytestmark = [
    pytest.mark.network,
    pytest.mark.enable_socket,
    pytest.mark.timeout(300),
]
PATIENCE_SECONDS = 60


def made(folder: Path, *words: str) -> Path:
    arguments = ["network", "init", "--out", str(folder), "--validators", "1", "--json", *words]
    assert run(arguments) == 0
    return folder


@contextmanager
def started(host: Path, software: Software) -> Iterator[Node]:
    """The folder's own script runs, where nothing outside can be reached; gives its socket."""
    command = "ip link set lo up && exec ./start.sh"
    with (host / "log").open("wb") as log:
        process = subprocess.Popen(
            [str(shutil.which("unshare")), "--net", "sh", "-c", command],
            cwd=host,
            env={**os.environ, "ENGINE": str(find_program(software))},
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield Node(f"ipc:{host / 'data' / 'geth.ipc'}")
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(PATIENCE_SECONDS)


def wait_for_height(node: Node, height: int) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            if node.number("eth_blockNumber") >= height:
                return
        except NodeSilentError:
            pass
        assert time.monotonic() < deadline
        time.sleep(0.2)


@pytest.mark.skipif(
    shutil.which("unshare") is None or not can_lay_wires(),
    reason="needs root, to start it where nothing outside can be reached",
)
@pytest.mark.parametrize(
    ("engine", "software"), [("qbft", Software.GOQUORUM), ("clique", Software.GETH)]
)
def test_the_script_of_a_host_starts_its_validator_twice(engine: str, software: Software) -> None:
    # A path of few characters, for the socket within it.
    folder = Path("/tmp") / f"nw-{secrets.token_hex(4)}"  # noqa: S108 - as said
    try:
        host = made(folder, "--engine", engine) / "validator-1"
        with started(host, software) as node:
            wait_for_height(node, 2)
        with started(host, software) as node:
            wait_for_height(node, 4)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
