"""The commands `sealroot network ...`."""

from pathlib import Path
from typing import Annotated

import typer

from network import cli_state, cli_validator
from network.cli_options import DEFAULT_FOLDER, AsJson, Folder, parsed_host, progress
from network.founding import Wish, found_network, usual_hosts
from network.lab import Lab
from network.lab_record import Isolation
from network.software import Software, usual_software
from registry.cli_output import print_done
from registry.finality import Engine

network_app = typer.Typer(
    help="The validators that carry a registry: their keys, their files, and trying them out here.",
    no_args_is_help=True,
)
network_app.add_typer(cli_state.app)
network_app.add_typer(cli_validator.app, name="validator")

USUAL_CHAIN_ID = 20_261_124
LEAST_ROUND_SECONDS = 4


@network_app.command()
def init(
    *,
    out: Annotated[Path, typer.Option(help="Folder to make.")] = DEFAULT_FOLDER,
    engine: Annotated[Engine, typer.Option(help="qbft or clique.")] = Engine.QBFT,
    software: Annotated[
        Software | None, typer.Option(help="Program of the validators: goquorum, besu or geth.")
    ] = None,
    validators: Annotated[int, typer.Option(min=1, max=100, help="How many.")] = 4,
    chain_id: Annotated[int, typer.Option(min=1, help="Chain id (EIP-155).")] = USUAL_CHAIN_ID,
    block_seconds: Annotated[int, typer.Option(min=1, max=60, help="Seconds per block.")] = 1,
    host: Annotated[
        list[str] | None,
        typer.Option(help="Host of a validator, IP or IP:PORT; repeat, one for each."),
    ] = None,
    sender: Annotated[
        list[str] | None,
        typer.Option(help="Account that may send; repeat. Only Besu keeps such a list."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make keys, first block, and one folder of files for each host. Nothing is started."""
    chosen = _checked_software(engine, software)
    if sender and not chosen.has_list_of_senders:
        raise typer.BadParameter(
            f"{chosen.value} keeps no list of who may send; only Besu does. Without --sender "
            "everybody who reaches a node's RPC may send, and the contract decides what counts."
        )
    hosts = [parsed_host(text) for text in host or ()] or usual_hosts(validators)
    wish = Wish(
        chosen,
        chain_id,
        block_seconds,
        max(LEAST_ROUND_SECONDS, 2 * block_seconds),
        hosts,
        [_checked_sender(text) for text in sender or ()],
    )
    plan = found_network(out, wish)
    print_done(
        f"A network of {len(plan.validators)} validators is in {out}: chain {plan.chain_id}, "
        f"{plan.engine.value} by {plan.software.value}.\n"
        f"Copy each folder {out}/validator-N to its host and follow its README.md; "
        + (
            f"or try it out here: sealroot network up {out}"
            if plan.software.can_run_here
            else "this machine cannot run it."
        ),
        plan.model_dump(mode="json"),
        as_json=as_json,
    )


@network_app.command()
def up(
    folder: Folder = DEFAULT_FOLDER,
    *,
    isolation: Annotated[
        Isolation | None,
        typer.Option(help="namespaces (needs root) or ports; without it, the first that works."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Run all validators on this machine, each a process with its own address."""
    lab = Lab(folder)
    urls = lab.up(isolation, say=progress(as_json=as_json))
    height = lab.height()
    pids = {number: lab.process_of(number) for number in lab.numbers()}
    print_done(
        "\n".join([f"Blocks are made; the newest is {height}. RPC addresses:", *urls]),
        {"urls": urls, "height": height, "pids": pids},
        as_json=as_json,
    )


@network_app.command()
def down(folder: Folder = DEFAULT_FOLDER, *, as_json: AsJson = False) -> None:
    """Stop the validators that `up` started. Their chain stays on disk."""
    stopped = Lab(folder).down()
    print_done(
        f"Validators stopped: {stopped}. Their chain is kept." if stopped else "No validator ran.",
        {"stopped": stopped},
        as_json=as_json,
    )


def _checked_software(engine: Engine, software: Software | None) -> Software:
    if engine is Engine.HARDHAT:
        raise typer.BadParameter("a network's engine is qbft or clique")
    chosen = software or usual_software(engine)
    if chosen.engine is not engine:
        raise typer.BadParameter(f"{chosen.value} runs {chosen.engine.value}, not {engine.value}")
    return chosen


def _checked_sender(text: str) -> str:
    digits = text.removeprefix("0x").lower()
    if len(digits) != 40 or set(digits) - set("0123456789abcdef"):
        raise typer.BadParameter(f"{text!r} is no account address")
    return f"0x{digits}"
