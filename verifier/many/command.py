"""The part of `sealroot verify` for more than one document: output, reports, processes, Ctrl-C."""

import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterator
from types import FrameType

from verifier.arguments import Request
from verifier.errors import DocumentError
from verifier.examine import Finding, unread
from verifier.inputs import Listing, Named, content_of
from verifier.many.json_reports import JsonStream
from verifier.many.progress import progress_on
from verifier.many.run import Breaker, Run, Sink, check_many, open_reports
from verifier.many.tally import Summary
from verifier.many.telling import teller
from verifier.many.text_output import TextOutput
from verifier.many.told import Told
from verifier.reasons import Reason
from verifier.report import Setting

Find = Callable[[Named], Finding]


def verify_documents(request: Request, listing: Listing, find: Find, setting: Setting) -> Summary:
    """Check the documents, print and write what was asked for, and return what they amount to.

    Raises UsageError where a report cannot be written.
    """
    reports = open_reports(request.reports, setting)
    tell = teller(request, setting)
    _load_readers(listing)
    breaker = Breaker()
    run = Run(
        listing=listing._replace(inputs=[_with_content(named) for named in listing.inputs]),
        check=lambda named: tell(find(named)),
        lost=lambda named, because: _lost(named, because, tell),
        jobs=request.jobs or _cores(),
        progress=progress_on(sys.stderr, len(listing.inputs), setting.language),
        breaker=breaker,
    )
    with _broken_off_by_signals(breaker):
        return check_many(run, [_output(request, setting), *reports])


def _output(request: Request, setting: Setting) -> Sink:
    if request.as_json:
        return JsonStream(sys.stdout.write, setting)
    under_a_bar = sys.stdout.isatty() and sys.stderr.isatty()
    return TextOutput(sys.stdout, setting, at_once=not under_a_bar)


def _lost(named: Named, because: str, tell: Callable[[Finding], Told]) -> Told:
    fault = f"our own fault, please report it: {because}"
    return tell(unread(named.name, DocumentError(Reason.DOCUMENT_UNREADABLE, fault)))


def _with_content(named: Named) -> Named:
    """Return standard input with its bytes: the processes that check do not read it."""
    if named.path is not None:
        return named
    with contextlib.suppress(DocumentError):
        return named._replace(content=content_of(named))
    return named


def _load_readers(listing: Listing) -> None:
    """Load now what reading needs, once instead of in each process for each document."""
    endings = {named.path.suffix.lower() for named in listing.inputs if named.path is not None}
    if endings - {".sealed", ".txt"}:
        import verifier.scan  # noqa: PLC0415
    if ".pdf" in endings:
        import pypdfium2  # noqa: F401, PLC0415

        import verifier.drawing  # noqa: PLC0415  (its compiler has threads: each process makes one)
        import verifier.pages.comparing  # noqa: PLC0415
        import verifier.pdf  # noqa: F401, PLC0415


def _cores() -> int:
    """Return how many processes can run at a time."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextlib.contextmanager
def _broken_off_by_signals(breaker: Breaker) -> Iterator[None]:
    """Ctrl-C and a polite kill end the run with its reports marked incomplete."""

    def handler(_number: int, _frame: FrameType | None) -> None:
        breaker.pull()

    before = {}
    with contextlib.suppress(ValueError):  # outside of the main thread nobody presses Ctrl-C
        before = {
            number: signal.signal(number, handler) for number in (signal.SIGINT, signal.SIGTERM)
        }
    try:
        yield
    finally:
        for number, former in before.items():
            signal.signal(number, former)
