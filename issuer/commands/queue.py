"""The commands that show what waits and clear an alarm."""

from typing import Annotated

import typer
from rich.console import Console

from issuer.alarms import clear_alarm
from issuer.commands.session import (
    EXIT_FOREIGN,
    IssuerCommand,
    Session,
    print_json,
    print_table,
    reporting,
)
from issuer.commands.words import queue_json, utc
from issuer.queue import Queue, queue_of

app = typer.Typer()
JsonOption = Annotated[bool, typer.Option("--json", help="print JSON")]
_SHOWN_ERROR = 160


@app.command("queue", cls=IssuerCommand)
def queue_command(ctx: typer.Context, as_json: JsonOption = False) -> None:
    """Show what waits, for what and since when, and what stands in the way.

    Ends with 4 while an alarm has stopped the sending of this office, else with 0.
    """
    session: Session = ctx.obj
    with reporting(as_json=as_json), session.office(quiet=True) as office:
        queue = queue_of(office)
    if as_json:
        print_json(queue_json(queue))
    else:
        print_queue(queue)
    if queue.watch.alarm is not None:
        raise typer.Exit(EXIT_FOREIGN)


@app.command("clear-alarm", cls=IssuerCommand)
def clear_alarm_command(ctx: typer.Context, as_json: JsonOption = False) -> None:
    """Let this office send again, after somebody has found out what the alarm was about.

    The chain is looked at first: where the nodes still contradict each other the alarm stands on.
    """
    session: Session = ctx.obj
    with reporting(as_json=as_json), session.office(quiet=True) as office:
        cleared = clear_alarm(office)
    if as_json:
        print_json({"cleared": cleared})
    elif cleared is None:
        typer.echo("No alarm stands.")
    else:
        typer.echo(f"Cleared: {cleared}\nSending goes on with the next `sealroot issuer run`.")


def print_queue(queue: Queue) -> None:
    """The queue stands on standard output, alarms before all else."""
    console = Console()
    for alarm in queue.alarms:
        since = utc(alarm.since)
        console.print(f"ALARM since {since}", style="bold red", highlight=False)
        console.print(
            f"{alarm.what}\n{alarm.means}\n{alarm.way_out}\n", highlight=False, markup=False
        )
    rows = [
        (
            one.what,
            one.count,
            one.waits_for,
            utc(one.since) or "",
            one.failures or "",
            (one.last_error or "")[:_SHOWN_ERROR],
        )
        for one in queue.waiting
    ]
    print_table("waiting", ["what", "count", "for", "since", "failed attempts", "last error"], rows)
    watch = queue.watch
    if watch.round_at:
        failed = f", {watch.failures} rounds in a row failed" if watch.failures else ""
        console.print(
            f"watch: looked at {utc(watch.round_at)}, looks again at {utc(watch.next_at)}{failed}",
            highlight=False,
        )
        if watch.last_error is not None:
            console.print(watch.last_error, highlight=False, markup=False)
    elif queue.waiting:
        console.print("No watch runs here: `sealroot issuer run` tries again.", highlight=False)
