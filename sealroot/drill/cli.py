"""The command `sealroot drill`: a load, disasters, and what a stranger finds afterwards."""

import json
import shutil
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.table import Table

from network.lab import Isolation, Lab
from sealroot.drill.chaos import Chaos
from sealroot.drill.grounds import Grounds, Say, Size, lay_grounds, start_network
from sealroot.drill.load import Desk, wait_until_drained
from sealroot.drill.outside import examine, journal_of, state_of

MARK: Final = ".sealroot-drill"
EXIT_FAILED: Final = 1
WIDTH_OF_A_LOG: Final = 130


def drill(
    *,
    out: Annotated[Path, typer.Option(help="Folder for all files; made anew each time.")] = Path(
        "drill-output"
    ),
    issues: Annotated[int, typer.Option(help="Documents to issue in all.", min=8)] = 5_000,
    offices: Annotated[int, typer.Option(help="Offices that issue at once.", min=1, max=8)] = 4,
    batch_size: Annotated[
        int, typer.Option(help="Documents a batch: few make many anchors.", min=1, max=4_096)
    ] = 10,
    job_rows: Annotated[int, typer.Option(help="Records a file.", min=1)] = 125,
    seed: Annotated[int, typer.Option(help="The same seed plans the same disasters.")] = 1,
    minutes: Annotated[float, typer.Option(help="The longest that load and drain may take.")] = 30,
    isolation: Annotated[
        Isolation, typer.Option(help="How the validators are kept apart on this machine.")
    ] = Isolation.PORTS,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Kill and restart validators during a load, then count: zero lost, zero double.

    Four QBFT validators, offices that issue at the counter and in bulk, kill -9 of one validator,
    of two at once (the chain halts), and of the offices' own watches. Needs the engines of `make
    engines`. Ends with 0 when nothing was lost, nothing is double and everything is VALID.
    """
    console = Console(stderr=as_json, width=None if sys.stdout.isatty() else WIDTH_OF_A_LOG)
    began = time.monotonic()

    def say(text: str) -> None:
        console.print(f"[dim]{time.monotonic() - began:6.1f} s[/]  {text}", highlight=False)

    folder = _emptied(out.resolve())
    lab = start_network(folder / "network", isolation)
    try:
        say("Four validators make blocks")
        size = Size(issues, offices, job_rows, batch_size)
        grounds = lay_grounds(folder, lab, size, say)
        found = _played(grounds, size, seed, time.monotonic() + 60 * minutes, say)
    finally:
        lab.down()
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False))
    else:
        _show(found, console)
    if not found["passed"]:
        raise typer.Exit(EXIT_FAILED)


def _played(grounds: Grounds, size: Size, seed: int, deadline: float, say: Say) -> dict[str, Any]:
    desks = [Desk(ground, waits=True) for ground in grounds.offices]
    chaos = Chaos(grounds.lab, desks, seed, say)
    began = time.monotonic()
    try:
        for desk in desks:
            desk.open()
        chaos.rage(deadline)
        all_up = time.monotonic()
        say("Every validator and every watch runs again; what waits drains")
        drained = wait_until_drained(desks, deadline)
        ended = time.monotonic()
        for desk in desks:
            desk.finish()
        alarms = sum(len(desk.queue()["alarms"]) for desk in desks)
    finally:
        chaos.end()
        for desk in desks:
            desk.close()
    say("Drained" if drained else "Time is over and something waits")
    found = {
        **_counted(grounds, size, say),
        "drained": drained,
        "seconds_load_and_disasters": round(all_up - began, 1),
        "seconds_to_drain": round(ended - all_up, 1),
        "seconds_in_all": round(ended - began, 1),
        "alarms": alarms,
        "desk_problems": [problem for desk in desks for problem in desk.problems],
        **asdict(chaos.done),
        "seed": seed,
    }
    return {**found, "passed": is_good(found)}


def _counted(grounds: Grounds, size: Size, say: Say) -> dict[str, Any]:
    say("A stranger counts: databases, files, and the journal of each validator")
    _catch_up(grounds.lab)
    entries, faults = journal_of(grounds.registry, grounds.lab.urls())
    state = state_of(grounds.registry, entries)
    now = int(time.time())
    found = [
        examine(ground, size.rows_of(number), grounds.registry, state, now)
        for number, ground in enumerate(grounds.offices, 1)
    ]
    return {
        "issues": size.issues,
        "offices": size.offices,
        "released": sum(one.released for one in found),
        "anchors": sum(one.anchors for one in found),
        "lost": sum(one.lost for one in found),
        "doubled": sum(one.doubled for one in found),
        "not_valid": sum(one.not_valid for one in found),
        "faults": [*faults, *(fault for one in found for fault in one.faults)],
    }


def _catch_up(lab: Lab) -> None:
    """Every validator has come to where the foremost one stands now."""
    goal = lab.height() or 0
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if all(lab.node(number).number("eth_blockNumber") >= goal for number in lab.numbers()):
            return
        time.sleep(0.2)


def is_good(found: dict[str, Any]) -> bool:
    """Return whether nothing is lost or double, everything is VALID, and everything drained."""
    zero = ("lost", "doubled", "not_valid", "alarms")
    return (
        found["drained"]
        and not any(found[name] for name in zero)
        and not found["faults"]
        and not found["desk_problems"]
        and found["released"] == found["issues"]
    )


def _show(found: dict[str, Any], console: Console) -> None:
    table = Table("", "", title="drill", title_justify="left")
    for name, value in found.items():
        if not isinstance(value, list):
            table.add_row(name.replace("_", " "), str(value))
    console.print(table)
    for name in ("faults", "desk_problems", "told"):
        for line in found[name]:
            console.print(f"  {line}", highlight=False, markup=False)
    words = "Nothing lost, nothing double, everything VALID." if found["passed"] else "FAILED."
    console.print(words, style="bold green" if found["passed"] else "bold red")


def _emptied(folder: Path) -> Path:
    """Return the folder, new: one of ours is replaced, anybody else's is never touched."""
    if folder.exists() and any(folder.iterdir()):
        if not (folder / MARK).is_file():
            raise typer.BadParameter(f"{folder} holds files that are not of a drill")
        Lab(folder / "network").down()  # of a drill that was killed itself
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).touch()
    return folder
