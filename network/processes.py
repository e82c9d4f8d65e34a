"""Starting, finding and killing the processes of validators: only ever our own.

A process is ours when its command line names the data folder of one of our validators: no two
processes can use one data folder. So nothing is lost when a command dies between starting a
validator and writing its process id down.
"""

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from network.errors import NetworkError
from network.settings import environment_of_validator
from registry.plain_words import explained

_PROCESSES: Final = Path("/proc")
STOP_SECONDS: Final = 20.0
PAUSE_SECONDS: Final = 0.05


def spawn(command: Sequence[str], log: Path) -> int:
    """A process of its own is running, child of nobody here; returns its process id."""
    script = 'log=$1; shift; "$@" >>"$log" 2>&1 </dev/null & echo $!'
    started = subprocess.run(
        ["/bin/sh", "-c", script, "sh", str(log), *command],
        env=environment_of_validator(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        check=True,
        start_new_session=True,  # an interrupt at the terminal must not stop it behind our back
    )
    return int(started.stdout)


def run_to_end(command: Sequence[str], what: str) -> None:
    """The command has succeeded; raises `NetworkError` with the last it said."""
    ran = subprocess.run(
        list(command),
        env=environment_of_validator(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode:
        said = (ran.stderr or ran.stdout).strip().splitlines()[-1:] or ["nothing"]
        raise explained(
            NetworkError(f"{what} failed: {said[0][:300]}"),
            means="The network is not running; no data of it was lost.",
            way_out="Correct what is named and run the command again.",
        )


def find_process(data_folder: Path) -> int | None:
    """Return the id of the running process that uses this data folder."""
    if not _PROCESSES.is_dir():
        raise explained(
            NetworkError("validators can be run and found only on Linux"),
            means="Nothing was started or stopped; making a network's files works everywhere.",
            way_out="Try it out on a Linux machine, or in a container.",
        )
    wanted = str(data_folder)
    for entry in _PROCESSES.iterdir():
        if not entry.name.isdecimal():
            continue
        words = _command_of(entry)
        if "--mine" in words and wanted in words:
            return int(entry.name)
    return None


def stop(data_folder: Path, *, at_once: bool = False) -> bool:
    """No process uses this data folder; returns whether one did. `at_once` is `kill -9`."""
    pid = find_process(data_folder)
    if pid is None:
        return False
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL if at_once else signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while _is_ours(pid, data_folder):
        if time.monotonic() > deadline:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(PAUSE_SECONDS)
    return True


def _is_ours(pid: int, data_folder: Path) -> bool:
    return str(data_folder) in _command_of(_PROCESSES / str(pid))


def _command_of(entry: Path) -> list[str]:
    """The words of a running process; none where it has ended, or left only its remains."""
    try:
        return entry.joinpath("cmdline").read_bytes().decode("utf-8", "replace").split("\0")
    except OSError:
        return []
