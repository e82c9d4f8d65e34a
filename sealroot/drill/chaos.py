"""What goes wrong in a drill: validators and watches are killed at random, and started again."""

import random
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from network.errors import NetworkError
from network.lab import Lab
from sealroot.drill.load import Desk

AT_LEAST: Final = 3
"""So many disasters happen, however fast the load is; one of them is always a halt."""
SAMPLE_SECONDS: Final = 0.5
BLOCKS_BETWEEN: Final = 5
MOST_PATIENCE_SECONDS: Final = 60.0


@dataclass(slots=True)
class Disasters:
    """What was done to the network and the offices, and what it did to the blocks."""

    validators_killed: int = 0
    halts: int = 0
    """How often two of four were gone at once, so that no block could be made."""
    watches_killed: int = 0
    longest_without_block: float = 0.0
    blocks: int = 0
    told: list[str] = field(default_factory=list)


class Chaos:
    """Kills and restarts, by a seed, until the load is over."""

    def __init__(
        self, lab: Lab, desks: Sequence[Desk], seed: int, say: Callable[[str], None]
    ) -> None:
        self.done = Disasters()
        self._lab = lab
        self._desks = desks
        self._chance = random.Random(seed)  # noqa: S311  (no secret: a drill is to be repeated)
        self._say = say
        self._stop = threading.Event()
        self._watcher = threading.Thread(target=self._watch_blocks, daemon=True)

    def rage(self, deadline: float) -> None:
        """Disasters follow each other while any office issues; then everything runs again."""
        self._watcher.start()
        count = 0
        while time.monotonic() < deadline and (
            any(desk.is_issuing for desk in self._desks) or count < AT_LEAST
        ):
            time.sleep(self._chance.uniform(2.0, 6.0))
            kind = "two" if count == 1 else self._chance.choice(["one", "one", "two", "watch"])
            self._strike(kind)
            self._let_blocks_pass()
            count += 1
        self._all_up()

    def end(self) -> None:
        """The blocks are watched no longer."""
        self._stop.set()
        self._watcher.join(timeout=10)

    def _strike(self, kind: str) -> None:
        if kind == "watch":
            desk = self._chance.choice(list(self._desks))
            desk.kill_watch()
            self.done.watches_killed += 1
            self._say(f"The watch of {desk.ground.agency} is killed, and started again")
            desk.start_watch()
            return
        victims = self._chance.sample(self._lab.numbers(), 2 if kind == "two" else 1)
        for number in victims:
            self._lab.kill(number)
        self.done.validators_killed += len(victims)
        self.done.halts += len(victims) > 1
        seconds = self._chance.uniform(3.0, 9.0)
        halted = ": no block can be made" if len(victims) > 1 else ""
        names = " and ".join(map(str, victims))
        self._say(f"Validator {names} killed for {seconds:.0f} seconds{halted}")
        time.sleep(seconds)
        for number in victims:
            self._start(number)

    def _let_blocks_pass(self) -> None:
        """Some blocks are made before the next disaster, unless that takes too long.

        Validators that have waited for each other take as long again to agree: without this pause
        a drill of many disasters would be one long halt.
        """
        with suppress(NetworkError):
            self._lab.wait_for_blocks(BLOCKS_BETWEEN, seconds=MOST_PATIENCE_SECONDS)

    def _all_up(self) -> None:
        for number in self._lab.numbers():
            self._start(number)
        for desk in self._desks:
            desk.start_watch()

    def _start(self, number: int) -> None:
        try:
            self._lab.start(number)
        except NetworkError as error:  # a loaded machine: it is started again at the end
            self.done.told.append(f"validator {number} was slow to start: {error}")

    def _watch_blocks(self) -> None:
        first = height = self._lab.height() or 0
        since = time.monotonic()
        while not self._stop.wait(SAMPLE_SECONDS):
            now = self._lab.height()
            if now is not None and now > height:
                height, since = now, time.monotonic()
            gap = time.monotonic() - since
            self.done.longest_without_block = max(self.done.longest_without_block, round(gap, 1))
        self.done.blocks = height - first
