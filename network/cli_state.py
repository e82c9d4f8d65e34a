"""`sealroot network status|doctor`: looking at a network."""

import time
from typing import Annotated

import typer

from network.cli_options import DEFAULT_FOLDER, AsJson, Folder, Rpc, named_nodes
from network.doctor import Finding, Level, examine_files, examine_nodes, nobody_asked
from network.lab import Lab
from network.plan import load_plan
from network.status import network_status
from registry.cli_output import print_facts, print_rows

EXIT_FAULTY = 4

app = typer.Typer()


@app.command()
def status(folder: Folder = DEFAULT_FOLDER, *, rpc: Rpc = None, as_json: AsJson = False) -> None:
    """Say how high the chain is, who its validators are, and who signed the newest blocks."""
    plan = load_plan(folder)
    found = network_status(plan, named_nodes(folder, plan, rpc), int(time.time()))
    rows = [node._asdict() for node in found.nodes]
    facts = {**found._asdict(), "validators": list(found.validators), "nodes": rows}
    if as_json:
        print_facts("", facts, as_json=True)
        return
    del facts["nodes"]
    print_facts("Network", facts, as_json=False)
    print_rows("Nodes", rows, as_json=False, empty="No node was asked.")


@app.command()
def doctor(
    folder: Folder = DEFAULT_FOLDER,
    *,
    rpc: Rpc = None,
    bad_only: Annotated[bool, typer.Option("--faults", help="Leave out what is good.")] = False,
    as_json: AsJson = False,
) -> None:
    """Find what is wrong: halted chain, silent nodes, missing peers, clocks, disk, keys.

    Ends with 4 when something is bad.
    """
    plan = load_plan(folder)
    found = list(examine_files(folder, plan))
    if rpc or Lab(folder).find_record() is not None:
        nodes = named_nodes(folder, plan, rpc)
        state = network_status(plan, nodes, int(time.time()))
        found += examine_nodes(folder, plan, nodes, state, time.time)
    else:
        found.append(nobody_asked())
    shown = [one for one in found if not bad_only or one.level is not Level.GOOD]
    print_rows("Findings", [_row(one) for one in shown], as_json=as_json, empty="Nothing wrong.")
    if any(one.level is Level.BAD for one in found):
        raise typer.Exit(EXIT_FAULTY)


def _row(finding: Finding) -> dict[str, object]:
    return {
        "level": finding.level.value,
        "found": finding.found,
        "means": finding.means or None,
        "what_to_do": finding.way_out or None,
    }
