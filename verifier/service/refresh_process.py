"""Starts the process that keeps trust data fresh, and waits for its first word."""

import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from registry.plain_words import explained
from verifier.errors import SourceError
from verifier.service.refresh_folder import FolderStanding, TrustFolder
from verifier.service.refresh_plan import END, RefreshPlan

_ENDS_WITHIN_SECONDS = 10.0
_LOOK_SECONDS = 0.05


@contextmanager
def refreshing(plan: RefreshPlan, *, first_seconds: float = 120.0) -> Iterator[FolderStanding]:
    """Within it the folder is kept fresh; what is given is the standing after the first round.

    Raises SourceError where the process ends at once, or where a file is all there is to ask and
    it cannot be used: then nothing will ever be known about any document.
    """
    folder = TrustFolder(plan.folder)
    before = folder.standing().rounds
    command = [sys.executable, "-m", "verifier.service.cli_refresh"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, text=True) as process:
        try:
            _send(process, plan.to_json())
            standing = _first_word(process, folder, before, first_seconds)
            if standing.judged is None and plan.is_fixed:
                raise explained(
                    SourceError(f"the bundle {plan.bundle} cannot be used: {_why(standing)}"),
                    means="No document could be judged, so the service does not start.",
                    way_out="Give a newer bundle of the registry that the trust anchor names, or "
                    "add mirrors with --source.",
                )
            yield standing
        finally:
            # Said, since workers that were forked hold the other end of its input open too.
            with contextlib.suppress(OSError):
                _send(process, END)
            with contextlib.suppress(OSError):  # one that ended by itself reads nothing any more
                if process.stdin is not None:
                    process.stdin.close()
            try:
                process.wait(_ENDS_WITHIN_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()


def _send(process: "subprocess.Popen[str]", line: str) -> None:
    if process.stdin is not None:
        process.stdin.write(line + "\n")
        process.stdin.flush()


def _first_word(
    process: "subprocess.Popen[str]",
    folder: TrustFolder,
    rounds_before: int,
    most_seconds: float,
) -> FolderStanding:
    """Return the standing once a round has ended, or as it is after `most_seconds`."""
    deadline = time.monotonic() + most_seconds
    while time.monotonic() < deadline:
        standing = folder.standing()
        if standing.rounds != rounds_before:
            return standing
        if process.poll() is not None:
            raise explained(
                SourceError("the process that fetches trust data ended at once"),
                means="No document could be judged, so the service does not start.",
                way_out="The line above says why; another service may be using the same --store.",
            )
        time.sleep(_LOOK_SECONDS)
    return folder.standing()


def _why(standing: FolderStanding) -> str:
    return standing.last_failure.partition(": ")[2] or "it was not read in time"
