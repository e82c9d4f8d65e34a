"""`sealroot registry council ...`: decide one by one, each member from their own machine."""

from pathlib import Path
from typing import Annotated

import typer

from registry.ceremony_files import CeremonyAct, ProposalFile, write_ceremony_file
from registry.cli_ceremony import account, join, send, sign
from registry.cli_options import DEFAULT_HOME, AsJson, Home, moment, opened
from registry.cli_output import print_done, print_facts, print_rows
from registry.cli_proposal import (
    Lang,
    Read,
    approve_what_is_read,
    code_of_contracts,
    explained_of,
    language_of,
    print_proposal,
)
from registry.council import Proposal
from registry.council_questions import approved_by, transactions_sent
from registry.decoded_call import decoded
from registry.explained_proposal import code_of_proposal
from registry.look_at_proposal import contracts_of
from registry.open_registry import OpenRegistry
from registry.plain_words import explained
from registry.rim_errors import CouncilError
from registry.seen import Seen
from registry.told import Language, phrase

app = typer.Typer(
    help="The council: propose, show, approve, execute, cancel.", no_args_is_help=True
)
for command in (account, join, sign, send):
    app.command()(command)

Number = Annotated[int, typer.Argument(min=1, help="Number of the proposal.")]
Member = Annotated[
    str | None,
    typer.Option("--as", help="Name of the member's account in accounts/; default the only one."),
]


@app.command()
def propose(
    function: Annotated[
        str, typer.Argument(help="Function of the contract, such as suspendAgency.")
    ],
    arguments: Annotated[
        str, typer.Argument(help='Its arguments as a JSON array; bytes as "0x…", codes as "A15".')
    ] = "[]",
    *,
    contract: Annotated[str, typer.Option(help="Registry, Council or AccessManager.")] = "Registry",
    member: Member = None,
    lang: Lang = None,
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Propose a call of a contract, and approve it as its first member."""
    from registry.call_arguments import parse_arguments  # noqa: PLC0415 - web3 is slow to import

    registry = opened(home)
    name, parsed = parse_arguments(contract, function, arguments)
    proposer = registry.home.member_account(member)
    made = registry.council().propose_only(name, function, parsed, proposer)
    if made.proposer != proposer.address:
        raise proposed_before(made.number)
    seen, told = explained_of(registry, made.number)
    if as_json:
        print_facts("", {"proposal": made.number, **_facts(seen), **told.as_members()},
                    as_json=True)  # fmt: skip
        return
    print_proposal(told, language_of(lang), as_json=False)


@app.command()
def show(
    number: Annotated[
        int | None, typer.Argument(min=1, help="One proposal; without it, the latest.")
    ] = None,
    *,
    lang: Lang = None,
    export: Annotated[
        Path | None, typer.Option(help="Also write a file for a machine without a network.")
    ] = None,
    for_member: Annotated[
        str | None, typer.Option("--for", help="With --export: address of the member who signs.")
    ] = None,
    act: Annotated[
        CeremonyAct, typer.Option(help="With --export: what that member shall sign.")
    ] = CeremonyAct.APPROVE,
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Show the latest proposals, or say in words what one would do."""
    registry = opened(home)
    if number is None:
        if export is not None:
            raise typer.BadParameter("name the proposal to export")
        _print_latest(registry, lang, as_json=as_json)
        return
    seen, told = explained_of(registry, number)
    if as_json:
        print_facts("", {"proposal": number, **_facts(seen), **told.as_members()}, as_json=True)
    else:
        print_proposal(told, language_of(lang), as_json=False)
    if export is not None:
        _export(registry, seen, act, for_member, export)
        typer.echo(f"The file to sign is {export}.", err=True)


@app.command()
def approve(
    number: Number,
    *,
    member: Member = None,
    read: Read = None,
    lang: Lang = None,
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Read a proposal in words, and approve it by its short code."""
    registry = opened(home)
    approver = registry.home.member_account(member)
    approve_what_is_read(registry, number, approver, read, language_of(lang), as_json=as_json)
    _print_after(registry, number, "is approved by this member", as_json=as_json)


@app.command()
def withdraw(
    number: Number, member: Member = None, home: Home = DEFAULT_HOME, *, as_json: AsJson = False
) -> None:
    """Take back one's approval of a proposal that is not yet carried out."""
    registry = opened(home)
    registry.council().withdraw(number, registry.home.member_account(member))
    _print_after(registry, number, "is no longer approved by this member", as_json=as_json)


@app.command()
def execute(
    number: Number, member: Member = None, home: Home = DEFAULT_HOME, *, as_json: AsJson = False
) -> None:
    """Carry out a proposal.

    One with a delay is scheduled first, and carried out by the second call.
    """
    registry = opened(home)
    found = registry.council().execute(number, registry.home.member_account(member))
    ready = f" until {moment(found.ready_at)}" if found.ready_at else ""
    _print_after(registry, number, f"is {found.state.name.lower()}{ready}", as_json=as_json)


@app.command()
def cancel(
    number: Number, member: Member = None, home: Home = DEFAULT_HOME, *, as_json: AsJson = False
) -> None:
    """Give up a proposal; only the member who made it can."""
    registry = opened(home)
    registry.council().cancel(number, registry.home.member_account(member))
    _print_after(registry, number, "is cancelled", as_json=as_json)


@app.command()
def members(home: Home = DEFAULT_HOME, *, as_json: AsJson = False) -> None:
    """Show who is in the council, how many must agree, and how long dangerous acts wait."""
    registry = opened(home)
    council = registry.council()
    _, delay = registry.chain.read(
        "AccessManager", "hasRole", DELAYED_ROLE, registry.chain.address("Council")
    )
    facts = {
        "code": code_of_contracts(registry.home.settings()),
        "council": registry.chain.address("Council"),
        "members": council.members(),
        "must_agree": council.threshold(),
        "must_agree_to_pause": council.pause_threshold(),
        "delay_seconds": int(delay),
    }
    print_facts("Council", facts, as_json=as_json)


DELAYED_ROLE = 2
"""Role of the acts that wait (registry/deploy.py, not imported: it loads the whole client)."""


def _export(
    registry: OpenRegistry, seen: Seen, act: CeremonyAct, member: str | None, path: Path
) -> None:
    if member is None or member.lower() not in {one.lower() for one in seen.members}:
        raise typer.BadParameter(f"say with --for which member signs: {', '.join(seen.members)}")
    nonce = transactions_sent(registry.chain, member)
    write_ceremony_file(path, ProposalFile(act=act, member=member, nonce=nonce, seen=seen))


def _print_latest(registry: OpenRegistry, lang: str | None, *, as_json: bool) -> None:
    rows = [
        _row(registry, found, None if as_json else language_of(lang))
        for found in registry.council().latest()
    ]
    print_rows("Proposals", rows, as_json=as_json, empty="Nothing was proposed.")


def _row(registry: OpenRegistry, found: Proposal, language: Language | None) -> dict[str, object]:
    call = decoded(contracts_of(registry), found.target, found.call)
    council, state = registry.council(), found.state.name.lower()
    return {
        "proposal": found.number,
        "state": state if language is None else phrase(f"proposal.{state}").in_language(language),
        "calls": f"{call.contract or found.target}.{call.function or '?'}",
        "approvals": f"{found.approvals} of {council.approvals_needed(found.number)}",
        "proposer": found.proposer,
        "expires_at": moment(found.expires_at),
        "ready_at": moment(found.ready_at) if found.ready_at else None,
    }


def _print_after(registry: OpenRegistry, number: int, what: str, *, as_json: bool) -> None:
    council = registry.council()
    found = council.proposal(number)
    facts = {
        "proposal": number,
        "state": found.state.name.lower(),
        "approved_by": approved_by(registry.chain, number, council.members()),
        "needed": council.approvals_needed(number),
        "ready_at": moment(found.ready_at) if found.ready_at else None,
    }
    print_done(f"Proposal {number} {what}.", facts, as_json=as_json)


def _facts(seen: Seen) -> dict[str, object]:
    return {
        "state": seen.state,
        "proposer": seen.proposer,
        "target": seen.target,
        "call": f"0x{seen.call}",
        "approved_by": list(seen.approved_by),
        "needed": seen.needed,
        "expires_at": moment(seen.expires_at),
        "ready_at": moment(seen.ready_at) if seen.ready_at else None,
        "delay_seconds": seen.delay_seconds,
        "code": code_of_proposal(seen),
    }


def proposed_before(number: int) -> CouncilError:
    """Return the error for a call that another member has proposed already."""
    return explained(
        CouncilError(f"another member has proposed this already: it is proposal {number}"),
        means="Nothing was proposed or approved: a member approves what they have read.",
        way_out=f"Read it and approve it: `sealroot registry council approve {number}`.",
    )
