"""`sealroot registry move start|continue|show`: the registry goes on in a new contract."""

from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from registry.cli_options import DEFAULT_HOME, AsJson, Home, check_addresses, opened
from registry.cli_output import print_done, print_facts
from registry.finality import Engine
from registry.home import RegistrySettings
from registry.open_registry import OpenRegistry
from registry.operations import moving
from registry.operations.moving import MovePlan, Stage, Standing

app = typer.Typer(
    help="Move the registry to a new contract, on this chain or another; its journal goes on there."
)

_SAID = {
    Stage.AT_HOME: "no move is under way",
    Stage.BEGUN: "the new contract stands, closed; the old registry has not named it yet",
    Stage.ANNOUNCED: "the old registry has ended; its journal is being carried",
    Stage.CARRIED: "the journal is at the new contract; registry.json still names the old one",
}


@app.command()
def start(
    rpc: Annotated[
        list[str], typer.Option(help="RPC address of the new chain; repeat for more nodes.")
    ],
    home: Home = DEFAULT_HOME,
    *,
    member: Annotated[
        list[str] | None,
        typer.Option(
            help="Address of a council member there; repeat. Default: those of now.",
            callback=check_addresses,
        ),
    ] = None,
    threshold: Annotated[
        int, typer.Option(min=0, max=16, help="Members who must agree there; 0: as now.")
    ] = 0,
    pause_threshold: Annotated[
        int, typer.Option(min=0, max=16, help="Enough to suspend an agency there; 0: as now.")
    ] = 0,
    delay: Annotated[int, typer.Option(min=0, help="Seconds that dangerous acts wait there.")] = 0,
    engine: Annotated[Engine, typer.Option(help="The new chain's engine.")] = Engine.HARDHAT,
    validators: Annotated[int, typer.Option(min=1, help="How many validators it has.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Put the new contract on its chain, and go on as far as it goes now.

    The old registry is ended by this: it can append nothing more once it has named the new one.
    """
    registry = opened(home)
    plan = MovePlan(
        tuple(rpc), tuple(member or ()), threshold, delay, pause_threshold, engine, validators
    )
    moving.begin(
        registry, plan, lambda label: None if as_json else typer.echo(f"  {label}", err=True)
    )
    _go_on(registry, as_json=as_json)


@app.command("continue")
def go_on(home: Home = DEFAULT_HOME, *, as_json: AsJson = False) -> None:
    """Go on with a move that waited, or was interrupted. It can be run again at any time."""
    _go_on(opened(home), as_json=as_json)


@app.command()
def show(home: Home = DEFAULT_HOME, *, as_json: AsJson = False) -> None:
    """Say where a move stands, and which homes the registry has had."""
    found = moving.standing(opened(home))
    print_facts("Move", _facts(found), as_json=as_json)


def _go_on(registry: OpenRegistry, *, as_json: bool) -> None:
    with Progress(console=Console(stderr=True), transient=True, disable=as_json) as bar:
        task = bar.add_task("Carrying the journal", total=None)
        done = moving.go_on(
            registry, lambda now, whole: bar.update(task, completed=now, total=whole)
        )
    print_done(
        f"The registry is at home in contract {done.old.registry} on chain {done.old.chain_id}, "
        f"with all {done.size} entries of its journal. Documents issued before stay as they are; "
        "offices that use this home folder go on issuing here. Make a checkpoint and a bundle "
        "next.",
        _facts(done),
        as_json=as_json,
    )


def _facts(found: Standing) -> dict[str, object]:
    earlier = (found.new or found.old).earlier_homes
    return {
        "stage": found.stage.value,
        "meaning": _SAID[found.stage],
        "at_home": _named(found.old),
        "moving_to": None if found.new is None else _named(found.new),
        "entries": found.size,
        "head": None if found.head is None else found.head.hex(),
        "carried": found.carried,
        "earlier_homes": [f"chain {one.chain_id}, {one.registry}" for one in earlier],
    }


def _named(settings: RegistrySettings) -> str:
    return f"chain {settings.chain_id}, {settings.registry}"
