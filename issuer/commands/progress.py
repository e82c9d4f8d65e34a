"""A progress bar for long work, with rate and time left."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from issuer.ports import ReportProgress


class _Rate(ProgressColumn):
    """How many are done in a second, once that can be said."""

    def render(self, task: Task) -> Text:
        """Return the rate of one task."""
        return Text("" if task.speed is None else f"{task.speed:.0f}/s", justify="right")


@contextmanager
def shown_progress(console: Console) -> Iterator[ReportProgress]:
    """Yield what work reports to.

    Each kind of work has a bar of its own, gone when the block ends.
    """
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeRemainingColumn(),
    )
    tasks: dict[str, TaskID] = {}
    with Progress(*columns, console=console, transient=True) as bar:

        def report(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=total)
            bar.update(tasks[what], completed=done, total=total)

        yield report
