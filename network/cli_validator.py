"""`sealroot network validator add|remove`: changing who the validators are."""

from pathlib import Path
from typing import Annotated

import typer

from network.cli_options import DEFAULT_FOLDER, AsJson, Folder, Rpc, parsed_host, progress
from network.founding import add_host, drop_host
from network.lab import Lab
from network.membership import (
    add_to_lab,
    candidate_of,
    remove_from_lab,
    require_another,
    seat,
)
from network.plan import Validator, load_plan
from network.rpc import Node
from network.voting import validators_now
from registry.cli_output import print_done

app = typer.Typer(help="Add or remove a validator, by vote of the others.", no_args_is_help=True)


@app.command()
def add(
    folder: Folder = DEFAULT_FOLDER,
    *,
    host: Annotated[str | None, typer.Option(help="Its host, IP or IP:PORT.")] = None,
    rpc: Rpc = None,
    as_json: AsJson = False,
) -> None:
    """Add a validator. Run again, it goes on with one that has no seat yet.

    A network that runs on this machine: it is started and voted in. Else, without --rpc, the
    folder for its host is made; with --rpc, more than half of the validators vote it in.
    """
    say = progress(as_json=as_json)
    if rpc:
        added = _vote_in(folder, rpc, as_json=as_json)
        told = f"{added.name} is a validator now."
    elif Lab(folder).find_record() is not None:
        added = add_to_lab(Lab(folder), parsed_host(host) if host else None, say)
        told = f"{added.name} runs and is a validator now."
    else:
        added = add_host(folder, parsed_host(host) if host else None)
        told = (
            f"The folder {folder}/{added.name} is made. Next: copy it to its host and start it; "
            "copy the other folders' changed files to their hosts; then run this again with --rpc "
            "for more than half of the validators."
        )
    print_done(told, added.model_dump(mode="json"), as_json=as_json)


@app.command()
def remove(
    number: Annotated[int, typer.Argument(help="Its number.")],
    folder: Folder = DEFAULT_FOLDER,
    *,
    rpc: Rpc = None,
    as_json: AsJson = False,
) -> None:
    """Vote a validator out; on this machine it is stopped too."""
    say = progress(as_json=as_json)
    if rpc:
        plan = load_plan(folder)
        require_another(plan)
        leaving = plan.named(number).address
        seat(plan, [Node(url) for url in rpc], leaving, wanted=False, say=say)
        plan = drop_host(folder, number)
    else:
        plan = remove_from_lab(Lab(folder), number, say)
    print_done(
        f"validator-{number} is no validator any more; left: {len(plan.validators)}.",
        plan.model_dump(mode="json"),
        as_json=as_json,
    )


def _vote_in(folder: Path, rpc: list[str], *, as_json: bool) -> Validator:
    plan = load_plan(folder)
    nodes = [Node(url) for url in rpc]
    found = candidate_of(plan, validators_now(plan.software, nodes[0]))
    if found is None:
        raise typer.BadParameter("every validator of network.json has its seat; add one first")
    seat(plan, nodes, found.address, wanted=True, say=progress(as_json=as_json))
    return found
