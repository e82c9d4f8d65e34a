"""`sealroot registry up|down|deploy|show`: the local chain, and the registry on a chain."""

from typing import Annotated

import typer

from registry.cli_options import (
    DEFAULT_HOME,
    AsJson,
    Home,
    check_addresses,
    moment,
    open_home,
    opened,
)
from registry.cli_output import print_done, print_facts
from registry.finality import Engine
from registry.home import RegistryHome
from registry.local_chain import find_local_chain, start_local_chain, stop_local_chain
from registry.operations.deployment import DeploymentPlan, deploy_home
from registry.payloads import Names

app = typer.Typer()


@app.command()
def up(
    home: Home = DEFAULT_HOME,
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1; 0 picks a free one.")] = 0,
    *,
    as_json: AsJson = False,
) -> None:
    """Start a local chain for trying things out. It keeps nothing when it stops."""
    chain = start_local_chain(home, port)
    facts = {"url": chain.url, "pid": chain.pid}
    print_done(
        f"A local chain answers at {chain.url} (process {chain.pid}).", facts, as_json=as_json
    )


@app.command()
def down(home: Home = DEFAULT_HOME, *, as_json: AsJson = False) -> None:
    """Stop the local chain that `up` started from this home folder."""
    stopped = stop_local_chain(home)
    sentence = (
        "The local chain has stopped; what was on it is gone." if stopped else "None was running."
    )
    print_done(sentence, {"stopped": stopped}, as_json=as_json)


@app.command()
def deploy(
    home: Home = DEFAULT_HOME,
    *,
    name_zh: Annotated[str, typer.Option(help="Name in Chinese.")] = "證書登錄處",
    name_en: Annotated[str, typer.Option(help="Name in English.")] = "Certificate Registry",
    rpc: Annotated[
        list[str] | None, typer.Option(help="RPC address; repeat for more nodes.")
    ] = None,
    member: Annotated[
        list[str] | None,
        typer.Option(
            help="Address of a council member; repeat for each.", callback=check_addresses
        ),
    ] = None,
    members: Annotated[
        int, typer.Option(min=1, max=16, help="Without --member: make this many accounts here.")
    ] = 3,
    threshold: Annotated[int, typer.Option(min=1, max=16, help="Members who must agree.")] = 2,
    pause_threshold: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=16,
            help="Members who are enough to suspend an agency; without it half of --threshold, "
            "rounded up.",
        ),
    ] = None,
    delay: Annotated[int, typer.Option(min=0, help="Seconds that dangerous acts wait.")] = 0,
    engine: Annotated[Engine, typer.Option(help="The chain's consensus engine.")] = Engine.HARDHAT,
    validators: Annotated[int, typer.Option(min=1, help="How many validators it has.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Put a registry on the chain and write registry.json.

    Run again it goes on, or says it is done.
    """
    opened_home = open_home(home)
    was_there = opened_home.has_settings()
    plan = DeploymentPlan(
        Names(name_zh, name_en),
        tuple(rpc or _local_urls(opened_home)),
        tuple(member or ()),
        members,
        threshold,
        delay,
        engine,
        validators,
        pause_threshold or 0,
    )
    settings = deploy_home(
        opened_home, plan, lambda label: None if as_json else typer.echo(f"  {label}", err=True)
    )
    done = "was deployed before and is there" if was_there else "is deployed"
    print_done(
        f"The registry {done}: chain {settings.chain_id}, contract {settings.registry}.",
        settings.model_dump(mode="json"),
        as_json=as_json,
    )


@app.command()
def show(home: Home = DEFAULT_HOME, *, as_json: AsJson = False) -> None:
    """Say where the registry is, who governs it, and how far its journal has come."""
    registry = opened(home)
    settings = registry.home.settings()
    state = registry.state()
    council = registry.council()
    successor = state.successor
    facts = {
        "name": f"{settings.name_zh_hant} / {settings.name_en}",
        "nodes": list(settings.rpc_urls),
        "chain_id": settings.chain_id,
        "contract": registry.chain.address("Registry"),
        "contract_version": registry.chain.read("Registry", "version"),
        "council": registry.chain.address("Council"),
        "council_members": council.members(),
        "council_threshold": council.threshold(),
        "council_pause_threshold": council.pause_threshold(),
        "journal_size": state.size,
        "journal_head": state.head.hex(),
        "finalized_size": registry.chain.finalized_size(),
        "last_entry_at": moment(state.time) if state.size else None,
        "agencies": len(state.content.agencies),
        "keys": len(state.content.keys),
        "anchored_batches": len(state.content.anchors),
        "earlier_homes": [
            f"chain {home.chain_id}, 0x{home.contract.hex()}" for home in state.homes[:-1]
        ],
        "successor": f"chain {successor.chain_id}, 0x{successor.contract.hex()}"
        if successor
        else None,
    }
    print_facts("Registry", facts, as_json=as_json)


def _local_urls(home: RegistryHome) -> list[str]:
    running = find_local_chain(home.path)
    if running is None:
        raise typer.BadParameter(
            "name a node with --rpc, or start a local chain: `sealroot registry up`"
        )
    return [running.url]
