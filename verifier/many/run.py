"""Checks many documents: several processes, reports as they come, and an end whatever happens."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, Protocol

from verifier.inputs import Listing, Named
from verifier.many.csv_report import CsvReport
from verifier.many.files import ReportFile
from verifier.many.html_report import HtmlReport
from verifier.many.json_reports import JsonReport, NdjsonReport
from verifier.many.progress import Shown
from verifier.many.tally import Summary, Tally
from verifier.many.told import Told, decode_told, encode_told
from verifier.many.workers import answers_in_order
from verifier.report import Setting

Check = Callable[[Named], Told]
Lost = Callable[[Named, str], Told]


class Sink(Protocol):
    """Where results go, in order of the inputs."""

    def add(self, told: Told) -> None:
        """One document more."""

    def end(self, summary: Summary) -> None:
        """No document more."""

    def discard(self) -> None:
        """It could not be ended."""


class Breaker:
    """Breaks a run off between two documents, never while one is being written down."""

    def __init__(self) -> None:
        self._is_asked = False
        self._is_writing = False

    def pull(self) -> None:
        """Called when a signal comes: raises KeyboardInterrupt, at once or when it can be."""
        self._is_asked = True
        if not self._is_writing:
            raise KeyboardInterrupt

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Inside, nothing is broken off; afterwards it is."""
        self._is_writing = True
        yield
        self._is_writing = False
        if self._is_asked:
            raise KeyboardInterrupt

    def hold(self) -> None:
        """From now on the end is being written: signals change nothing any more."""
        self._is_writing = True


class Run(NamedTuple):
    """What a run needs: how one document is checked, and what is told of one that got lost."""

    listing: Listing
    check: Check
    lost: Lost
    jobs: int
    progress: Shown
    breaker: Breaker


def check_many(run: Run, sinks: Sequence[Sink]) -> Summary:
    """Check every document, in this many processes; the sinks get each result in order.

    Broken off by the person, or by a reader of the output who has gone, the sinks end with what was
    done, marked as incomplete; the summary says so too.
    """
    named = run.listing.inputs
    tally = Tally([one.name for one in named], run.listing.passed_over)
    is_complete = False
    try:
        _check_all(run, named, tally, sinks)
        is_complete = True
    except KeyboardInterrupt:
        pass
    except BaseException:
        run.breaker.hold()
        _end(sinks, tally.summary(is_complete=False), is_failing=True)
        raise
    run.breaker.hold()
    summary = tally.summary(is_complete=is_complete)
    _end(sinks, summary)
    return summary


def _check_all(run: Run, named: list[Named], tally: Tally, sinks: Sequence[Sink]) -> None:
    answers = answers_in_order(
        len(named),
        run.jobs,
        lambda number: encode_told(run.check(named[number])),
        lambda number, because: encode_told(run.lost(named[number], because)),
    )
    try:
        for answer in answers:
            with run.breaker.writing():
                told = tally.add(decode_told(answer))
                for sink in sinks:
                    sink.add(told)
            run.progress.after(tally)
    finally:
        answers.close()
        run.progress.end()


def _end(sinks: Sequence[Sink], summary: Summary, *, is_failing: bool = False) -> None:
    """End every sink, also where one cannot be ended; then its error is raised."""
    first: Exception | None = None
    for sink in sinks:
        try:
            sink.end(summary)
        except Exception as error:  # noqa: BLE001  (raised below: one must not cost the others)
            first = first or error
    if first is not None and not is_failing:
        raise first


def open_reports(paths: Sequence[Path], setting: Setting) -> list[Sink]:
    """Return a sink for each report file; UsageError where one cannot be written, and none is."""
    opened: list[Sink] = []
    try:
        for path in paths:
            kind = SUFFIXES[path.suffix.lower()]
            opened.append(kind(ReportFile(path), setting))
    except BaseException:
        for sink in opened:
            sink.discard()
        raise
    return opened


SUFFIXES: dict[str, Callable[[ReportFile, Setting], Sink]] = {
    ".csv": CsvReport,
    ".html": HtmlReport,
    ".json": JsonReport,
    ".ndjson": NdjsonReport,
}
