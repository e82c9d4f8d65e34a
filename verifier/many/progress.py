"""How far a long run is: a bar on a terminal, a line every few seconds elsewhere."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, TextIO

from verifier.many.tally import Tally
from verifier.verdict import Outcome
from verifier.words import Language, phrase

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

QUIET_SECONDS = 2
"""A run that is over sooner shows nothing, and does not pay for loading the bar."""
SECONDS_A_LINE = 5
_SECONDS_A_DRAWING = 0.1

Clock = Callable[[], float]


class Shown(Protocol):
    """Told after each document, and at the end."""

    def after(self, tally: Tally) -> None:
        """One document more is done."""

    def end(self) -> None:
        """Nothing moves on the screen any more."""


def progress_on(
    stream: TextIO, total: int, language: Language, clock: Clock = time.monotonic
) -> Shown:
    """Return what shows progress on this stream."""
    kind = Bar if stream.isatty() else Lines
    return kind(stream, total, language, clock)


class Lines:
    """A plain line every few seconds, for logs and pipes."""

    def __init__(self, stream: TextIO, total: int, language: Language, clock: Clock) -> None:
        self._stream, self._total, self._language, self._clock = stream, total, language, clock
        self._began = clock()
        self._next = self._began + SECONDS_A_LINE

    def after(self, tally: Tally) -> None:
        """Write a line, where it is time for one and something is left to do."""
        now = self._clock()
        if now < self._next or tally.done >= self._total:
            return
        self._next = now + SECONDS_A_LINE
        left = (now - self._began) / tally.done * (self._total - tally.done)
        told = phrase("many", "remaining", self._language).format(_length(left))
        line = "; ".join((_words(tally, self._total, self._language), told))
        self._stream.write(line + "\n")
        self._stream.flush()

    def end(self) -> None:
        """Lines need no end."""


class Bar:
    """A bar that is drawn by this thread alone: processes are forked beside it."""

    def __init__(self, stream: TextIO, total: int, language: Language, clock: Clock) -> None:
        self._stream, self._total, self._language, self._clock = stream, total, language, clock
        self._next = clock() + QUIET_SECONDS
        self._bar: Progress | None = None
        self._task: TaskID | None = None

    def after(self, tally: Tally) -> None:
        """Draw the bar, where it is time to."""
        now = self._clock()
        if now < self._next:
            return
        self._next = now + _SECONDS_A_DRAWING
        if self._bar is None:
            self._bar = self._begun()
            self._task = self._bar.add_task("", total=self._total)
        if self._task is not None:
            words = _words(tally, self._total, self._language)
            self._bar.update(self._task, completed=tally.done, description=words)
            self._bar.refresh()

    def _begun(self) -> "Progress":
        from rich.console import Console  # noqa: PLC0415  (only a long run on a terminal pays for it)
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

        bar = Progress(
            BarColumn(),
            TextColumn("{task.description}", markup=False),
            TimeRemainingColumn(),
            console=Console(file=self._stream),
            auto_refresh=False,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        bar.start()
        return bar

    def end(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None


def _words(tally: Tally, total: int, language: Language) -> str:
    parts = [phrase("many", "progress", language).format(f"{tally.done:,}", f"{total:,}")]
    parts += [
        f"{phrase('many', outcome.value, language)} {count:,}"
        for outcome in (Outcome.INVALID, Outcome.INDETERMINATE)
        if (count := tally.count(outcome))
    ]
    return ", ".join(parts)


def _length(seconds: float) -> str:
    """Return a length of time such as 0:07 or 1:23:45."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
