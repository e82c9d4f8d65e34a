"""How the registry's commands answer.

One JSON document for programs, or a plain table or sentence for people.
"""

import json
from collections.abc import Mapping, Sequence

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

Row = Mapping[str, object]


def print_rows(title: str, rows: Sequence[Row], *, as_json: bool, empty: str) -> None:
    """The rows are printed, all with the same members.

    `empty` is what people read when there are none.
    """
    if as_json:
        _print_json(list(rows))
    elif not rows:
        typer.echo(empty)
    else:
        table = Table(title=title, title_justify="left", header_style="bold")
        for name in rows[0]:
            table.add_column(name.replace("_", " "), overflow="fold")
        for row in rows:
            table.add_row(*(Text(_told(value)) for value in row.values()))
        _console().print(table)


def print_facts(title: str, facts: Row, *, as_json: bool) -> None:
    """One thing is printed with its properties."""
    if as_json:
        _print_json(dict(facts))
        return
    table = Table(title=title, title_justify="left", show_header=False)
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for name, value in facts.items():
        table.add_row(name.replace("_", " "), Text(_told(value)))
    _console().print(table)


def print_done(sentence: str, facts: Row, *, as_json: bool) -> None:
    """What was done is printed: a sentence for people, the facts for programs."""
    if as_json:
        _print_json(dict(facts))
    else:
        typer.echo(sentence)


def _print_json(value: object) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=1))


def _told(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return "\n".join(str(item) for item in value)
    return str(value)


def _console() -> Console:
    # Not cut at the width of a pipe, so that what is copied from a log is whole.
    return Console() if Console().is_terminal else Console(width=200)
