"""What the network's commands share on the command line, and how they answer."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from network.founding import HostAddress
from network.lab import Lab
from network.plan import NetworkPlan
from network.rpc import Node

DEFAULT_FOLDER = Path("sealroot-network")

Folder = Annotated[Path, typer.Argument(help="The network's folder, made by `init`.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document, for programs.")]
Rpc = Annotated[
    list[str] | None,
    typer.Option(help="RPC address of a node, http://HOST:PORT or ipc:PATH; repeat."),
]


def named_nodes(
    folder: Path, plan: NetworkPlan, rpc: Sequence[str] | None
) -> list[tuple[str, Node]]:
    """Return the nodes to ask, by name: those given, else those that run on this machine."""
    if rpc:
        names = {f"http://{one.host}:{one.rpc_port}": one.name for one in plan.validators}
        return [(names.get(url, url), Node(url)) for url in rpc]
    lab = Lab(folder)
    return [(f"validator-{number}", lab.node(number)) for number in lab.numbers()]


def parsed_host(text: str) -> HostAddress:
    """Return a host from IP or IP:PORT."""
    head, colon, tail = text.rpartition(":")
    if colon and ":" not in head and tail.isascii() and tail.isdigit():
        return HostAddress(head, int(tail))
    return HostAddress(text)


def progress(*, as_json: bool) -> Callable[[str], None]:
    """Return what tells people how far a command has come; programs are told nothing."""
    return lambda text: None if as_json else typer.echo(text, err=True)
