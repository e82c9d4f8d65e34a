"""The load: each office issues its files one after the other, while its watch anchors them.

Both are commands of their own, as in an office; whatever ends one of them loses nothing.
"""

import json
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from sealroot.drill.grounds import TYPE, Ground

PROGRAM: Final = (sys.executable, "-c", "from sealroot.cli import main; main()", "issuer")
WATCH_SECONDS: Final = 1
COMMAND_SECONDS: Final = 900
EVERY_NTH_WAITS: Final = 4
"""So many files of which one is issued with `--wait anchor`: its command sends too, beside the
watch, so that two processes share one account."""


class Desk:
    """One office at work."""

    def __init__(self, ground: Ground, *, waits: bool) -> None:
        self.ground = ground
        self.issued_commands = 0
        self.problems: list[str] = []
        self._waits = waits
        self._watch: subprocess.Popen[bytes] | None = None
        self._log = (ground.home / "watch.log").open("ab")
        self._thread = threading.Thread(target=self._issue_all, daemon=True)

    def open(self) -> None:
        """The watch runs, and the files are being issued."""
        self.start_watch()
        self._thread.start()

    def start_watch(self) -> None:
        """The office's watch runs."""
        if self._watch is None or self._watch.poll() is not None:
            self._watch = subprocess.Popen(
                self._command("run", "--watch", str(WATCH_SECONDS)),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._log,
                start_new_session=True,
            )

    def kill_watch(self) -> None:
        """The watch was killed as `kill -9` does, wherever it was."""
        self._end_watch(signal.SIGKILL)

    def close(self) -> None:
        """Nothing of this office runs any more."""
        self._end_watch(signal.SIGTERM)
        self._log.close()

    def _end_watch(self, how: signal.Signals) -> None:
        if self._watch is not None:
            with suppress(ProcessLookupError):
                self._watch.send_signal(how)
            try:
                self._watch.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self._watch.kill()
                self._watch.wait()

    @property
    def is_issuing(self) -> bool:
        """Whether files are left to issue."""
        return self._thread.is_alive()

    def queue(self) -> dict[str, Any]:
        """Return what waits in this office, as its own command tells it."""
        done = subprocess.run(
            self._command("queue", "--json"),
            capture_output=True,
            check=False,
            timeout=COMMAND_SECONDS,
        )
        try:
            told: dict[str, Any] = json.loads(done.stdout)
        except ValueError:
            return {"waiting": [{"what": "the queue cannot be read"}], "alarms": []}
        return told

    def finish(self) -> None:
        """One more `issuer run` finds nothing to do."""
        done = subprocess.run(
            self._command("run", "--json"),
            capture_output=True,
            check=False,
            timeout=COMMAND_SECONDS,
        )
        if done.returncode:
            self.problems.append(f"the last run ended with {done.returncode}")

    def _issue_all(self) -> None:
        for number, records in enumerate(self.ground.records):
            waits = self._waits and number % EVERY_NTH_WAITS == EVERY_NTH_WAITS - 1
            self._issue(records, wait="anchor" if waits else "none")

    def _issue(self, records: Path, *, wait: str) -> None:
        words = ("issue", str(records), "--type", TYPE, "--out", str(self.ground.out))
        done = subprocess.run(
            self._command(*words, "--files", "", "--wait", wait, "--json"),
            capture_output=True,
            check=False,
            timeout=COMMAND_SECONDS,
        )
        self.issued_commands += 1
        # 2 is: written down, signed, and waiting. Anything else but 0 is a fault of the drill.
        if done.returncode not in {0, 2}:
            told = (done.stdout + done.stderr).decode("utf-8", "replace")
            self.problems.append(f"{records.name}: exit code {done.returncode}: {told[-400:]}")

    def _command(self, *words: str) -> list[str]:
        return [*PROGRAM, "--home", str(self.ground.home), *words]


def wait_until_drained(desks: list[Desk], deadline: float) -> bool:
    """Return whether nothing waits in any office before the deadline (`time.monotonic()`)."""
    while time.monotonic() < deadline:
        if not any(desk.queue()["waiting"] for desk in desks):
            return True
        time.sleep(0.5)
    return False
