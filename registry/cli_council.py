"""`sealroot registry council ...`: decide one by one, each member from their own machine."""

import json
from typing import Annotated, Any

import typer

from registry.cli_options import DEFAULT_HOME, AsJson, Home, moment, opened
from registry.cli_output import print_done, print_facts, print_rows
from registry.open_registry import OpenRegistry

app = typer.Typer(
    help="The council: propose, show, approve, execute, cancel.", no_args_is_help=True
)

Number = Annotated[int, typer.Argument(min=1, help="Number of the proposal.")]
Member = Annotated[str, typer.Option("--as", help="Name of the member's account in accounts/.")]
DEFAULT_MEMBER = "council-1"


@app.command()
def propose(
    function: Annotated[
        str, typer.Argument(help="Function of the contract, such as suspendAgency.")
    ],
    arguments: Annotated[
        str, typer.Argument(help='Its arguments as a JSON array; bytes as "0x…", codes as "A15".')
    ] = "[]",
    contract: Annotated[str, typer.Option(help="Registry, Council or AccessManager.")] = "Registry",
    member: Member = DEFAULT_MEMBER,
    home: Home = DEFAULT_HOME,
    *,
    as_json: AsJson = False,
) -> None:
    """Propose a call of a contract, and approve it as its first member."""
    from registry.call_arguments import parse_arguments  # noqa: PLC0415 - web3 is slow to import

    registry = opened(home)
    name, parsed = parse_arguments(contract, function, arguments)
    made = registry.council().propose(name, function, parsed, registry.home.account(member))
    print_done(
        f"Proposal {made.number} is open.",
        {"proposal": made.number, **_facts(registry, made.number)},
        as_json=as_json,
    )


@app.command()
def show(
    number: Annotated[
        int | None, typer.Argument(min=1, help="One proposal; without it, the latest.")
    ] = None,
    home: Home = DEFAULT_HOME,
    *,
    as_json: AsJson = False,
) -> None:
    """Show the latest proposals, or one with all its arguments."""
    registry = opened(home)
    if number is not None:
        print_facts(f"Proposal {number}", _facts(registry, number), as_json=as_json)
        return
    latest = registry.council().latest()
    rows = [
        {"proposal": found.number, **_facts(registry, found.number, whole=as_json)}
        for found in latest
    ]
    print_rows("Proposals", rows, as_json=as_json, empty="Nothing was proposed.")


@app.command()
def approve(
    number: Number,
    member: Member = DEFAULT_MEMBER,
    home: Home = DEFAULT_HOME,
    *,
    as_json: AsJson = False,
) -> None:
    """Approve a proposal as a member."""
    registry = opened(home)
    registry.council().approve(number, registry.home.account(member))
    _print_after(registry, number, "is approved by this member", as_json=as_json)


@app.command()
def withdraw(
    number: Number,
    member: Member = DEFAULT_MEMBER,
    home: Home = DEFAULT_HOME,
    *,
    as_json: AsJson = False,
) -> None:
    """Take back one's approval of a proposal that is not yet carried out."""
    registry = opened(home)
    registry.council().withdraw(number, registry.home.account(member))
    _print_after(registry, number, "is no longer approved by this member", as_json=as_json)


@app.command()
def execute(
    number: Number,
    member: Member = DEFAULT_MEMBER,
    home: Home = DEFAULT_HOME,
    *,
    as_json: AsJson = False,
) -> None:
    """Carry out a proposal.

    One with a delay is scheduled first, and carried out by the second call.
    """
    registry = opened(home)
    found = registry.council().execute(number, registry.home.account(member))
    _print_after(registry, number, f"is {found.state.name.lower()}", as_json=as_json)


@app.command()
def cancel(
    number: Number,
    member: Member = DEFAULT_MEMBER,
    home: Home = DEFAULT_HOME,
    *,
    as_json: AsJson = False,
) -> None:
    """Give up a proposal; only the member who made it can."""
    registry = opened(home)
    registry.council().cancel(number, registry.home.account(member))
    _print_after(registry, number, "is cancelled", as_json=as_json)


def _print_after(registry: OpenRegistry, number: int, what: str, *, as_json: bool) -> None:
    print_done(f"Proposal {number} {what}.", _facts(registry, number), as_json=as_json)


def _facts(registry: OpenRegistry, number: int, *, whole: bool = True) -> dict[str, object]:
    council = registry.council()
    found = council.proposal(number)
    function, arguments = council.describe(found)
    return {
        "state": found.state.name.lower(),
        "calls": f"{function} {json.dumps(_plain(arguments, whole=whole), ensure_ascii=False)}",
        "approvals": f"{found.approvals} of {council.threshold()}",
        "proposer": found.proposer,
        "expires_at": moment(found.expires_at),
        "ready_at": moment(found.ready_at) if found.ready_at else None,
    }


def _plain(arguments: dict[str, Any], *, whole: bool) -> dict[str, Any]:
    return {name: _value(name, value, whole=whole) for name, value in arguments.items()}


def _value(name: str, value: object, *, whole: bool) -> object:
    if not isinstance(value, bytes):
        return value
    if name.endswith("Code"):
        return value.rstrip(b"\0").decode("ascii", "replace")
    text = f"0x{value.hex()}"
    return text if whole or len(value) <= 32 else f"{text[:34]}… ({len(value)} bytes)"
