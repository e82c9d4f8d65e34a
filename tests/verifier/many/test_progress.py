import io

from verifier.many.facts import Facts
from verifier.many.progress import Bar, Lines, progress_on
from verifier.many.tally import Tally
from verifier.many.told import Told
from verifier.verdict import Outcome


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


class Watch:
    """A clock that moves by a second with each document."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def counted(kind: type[Bar] | type[Lines], stream: io.StringIO, *, total: int, step: float) -> str:
    watch = Watch()
    shown = kind(stream, total, "en", watch)
    tally = Tally(["x"] * total, 0)
    for number in range(total):
        outcome = Outcome.INVALID if number == 1 else Outcome.VALID
        tally.add(Told(outcome, Facts("x", outcome.value, "document.read"), ""))
        watch.seconds += step
        shown.after(tally)
    shown.end()
    return stream.getvalue()


def test_a_line_every_five_seconds_where_nobody_looks() -> None:
    told = counted(Lines, io.StringIO(), total=12, step=1).splitlines()

    assert told == [
        "5 of 12 documents checked, INVALID 1; about 0:07 left",
        "10 of 12 documents checked, INVALID 1; about 0:02 left",
    ]


def test_a_short_run_says_nothing() -> None:
    assert counted(Lines, io.StringIO(), total=12, step=0.1) == ""
    assert counted(Bar, Screen(), total=12, step=0.1) == ""


def test_a_bar_on_a_terminal_is_gone_at_the_end() -> None:
    told = counted(Bar, Screen(), total=12, step=1)

    assert "12 of 12 documents checked, INVALID 1" in told
    assert told.rstrip().endswith("\x1b[?25h") or "\x1b[2K" in told


def test_the_stream_decides_which() -> None:
    assert isinstance(progress_on(Screen(), 1, "en"), Bar)
    assert isinstance(progress_on(io.StringIO(), 1, "en"), Lines)
