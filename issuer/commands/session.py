"""What a command receives.

The way to its office, and one place where results and errors become words and exit codes.
"""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy.exc import DBAPIError
from typer.core import TyperCommand

from credential.errors import SealrootError
from issuer.commands.progress import shown_progress
from issuer.errors import (
    DamagedStoreError,
    ForeignChainError,
    InputError,
    ListUnpublishedError,
    RequestError,
    TrialRefusedError,
)
from issuer.office import Office
from issuer.ports import Clock, ReportProgress, silent
from issuer.settings import OfficeSettings
from registry.errors import ChainError, ChainMismatchError
from registry.plain_words import told
from registry.rim_errors import ChainLiesError

EXIT_DONE = 0
EXIT_REFUSED = 1
EXIT_WAITING = 2
EXIT_USAGE = 3
EXIT_FOREIGN = 4
EXIT_DAMAGED = 5


class IssuerCommand(TyperCommand):
    """A command whose usage errors end with 3: the 2 that is usual there means "waits" here."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401  (typer keeps its type to itself)
        """Parse as usual, with our exit code on every complaint."""
        try:
            return super().parse_args(ctx, args)
        except typer.TyperException as error:
            error.exit_code = EXIT_USAGE
            raise


@dataclass(frozen=True, slots=True)
class Session:
    """The home folder named on the command line, and how its office is opened."""

    home: Path
    clock: Clock
    open_office: Callable[[Path, ReportProgress], AbstractContextManager[Office]]
    found_office: Callable[[Path, OfficeSettings, bool], Mapping[str, Any]]

    @contextmanager
    def office(self, *, quiet: bool) -> Iterator[Office]:
        """Yield the office, with a progress bar on standard error unless it is to be quiet."""
        if quiet or not sys.stderr.isatty():
            with self.open_office(self.home, silent) as office:
                yield office
            return
        with (
            shown_progress(Console(stderr=True)) as report,
            self.open_office(self.home, report) as office,
        ):
            yield office


def print_json(value: Mapping[str, Any]) -> None:
    """One JSON object stands on standard output."""
    typer.echo(json.dumps(value, ensure_ascii=False))


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A table stands on standard output; without rows, one line that says so."""
    if not rows:
        typer.echo(f"{title}: none")
        return
    table = Table(*columns, title=title, title_justify="left")
    for row in rows:
        table.add_row(*(str(cell) for cell in row))
    Console().print(table)


@contextmanager
def reporting(*, as_json: bool) -> Iterator[None]:
    """Errors of the block become words, or one JSON object.

    And the exit code that says what kind they were.
    """
    try:
        yield
    except SealrootError as error:
        _leave(error, _exit_code(error), as_json=as_json)
    except DBAPIError as error:
        _leave(
            SealrootError(
                f"the database does not answer: {error.orig}. What was committed is safe and "
                "nothing was doubled. "
                "Bring it back, then run `sealroot issuer run`."
            ),
            EXIT_WAITING,
            as_json=as_json,
        )
    except OSError as error:
        _leave(
            SealrootError(
                f"{error.filename or 'a file'}: {error.strerror}. Documents that were not written "
                "are kept in the "
                "database. Put it right, then run `sealroot issuer run`."
            ),
            EXIT_WAITING,
            as_json=as_json,
        )


def _exit_code(error: SealrootError) -> int:
    match error:
        case InputError() | RequestError() | TrialRefusedError():
            return EXIT_REFUSED
        case ForeignChainError() | ChainMismatchError() | ChainLiesError():
            return EXIT_FOREIGN
        case ChainError() | ListUnpublishedError():
            return EXIT_WAITING
        case DamagedStoreError():
            return EXIT_DAMAGED
        case _:
            return EXIT_USAGE


def _leave(error: SealrootError, code: int, *, as_json: bool) -> NoReturn:
    what, means, way_out = told(error)
    problems = error.problems if isinstance(error, InputError) else ()
    if as_json:
        print_json(
            {
                "error": type(error).__name__,
                "message": what,
                "means": means,
                "way_out": way_out,
                "problems": [problem._asdict() for problem in problems],
                "exit_code": code,
            }
        )
    else:
        typer.echo(" ".join(part for part in (what, means, way_out) if part), err=True)
        for problem in problems:
            typer.echo(f"  row {problem.row}, {problem.column or '-'}: {problem.reason}", err=True)
    raise typer.Exit(code)
