"""`sealroot registry agency ...`: register agencies and see what they may do."""

from typing import Annotated

import typer

from credential.ids import AgencyCode
from registry.cli_options import (
    DEFAULT_HOME,
    AsJson,
    Code,
    Home,
    check_address,
    check_code,
    check_name,
    moment,
    opened,
)
from registry.cli_output import print_done, print_facts, print_rows
from registry.cli_proposal import (
    Lang,
    Read,
    approve_what_is_read,
    explained_of,
    language_of,
)
from registry.open_registry import OpenRegistry
from registry.operations import agencies
from registry.payloads import Names
from registry.records import Agency
from registry.trust_state import TrustState

app = typer.Typer(
    help="Agencies: register, rename, suspend, resume, close, list, show.", no_args_is_help=True
)

NameZh = Annotated[str, typer.Option("--name-zh", help="Name in Chinese.", callback=check_name)]
NameEn = Annotated[str, typer.Option("--name-en", help="Name in English.", callback=check_name)]


@app.command()
def register(
    code: Code,
    *,
    name_zh: NameZh,
    name_en: NameEn,
    anchor: Annotated[
        str | None, typer.Option(help="Address of its anchor account.", callback=check_address)
    ] = None,
    operations: Annotated[
        str | None, typer.Option(help="Address of its operations account.", callback=check_address)
    ] = None,
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Register an agency.

    Accounts not given by address are made here, unencrypted, for development.
    """
    agencies.register(
        opened(home),
        code,
        Names(name_zh, name_en),
        anchor_account=anchor,
        operations_account=operations,
    )
    print_done(f"Agency {code} is registered.", {"agency": code}, as_json=as_json)


@app.command()
def rename(
    code: Code,
    name_zh: NameZh,
    name_en: NameEn,
    home: Home = DEFAULT_HOME,
    *,
    as_json: AsJson = False,
) -> None:
    """Give an agency new names; its documents keep the code."""
    agencies.rename(opened(home), code, Names(name_zh, name_en))
    print_done(f"Agency {code} is renamed.", {"agency": code}, as_json=as_json)


@app.command()
def suspend(code: Code, home: Home = DEFAULT_HOME, *, as_json: AsJson = False) -> None:
    """Suspend an agency: what it anchored before stays as it is."""
    agencies.suspend(opened(home), code)
    print_done(f"Agency {code} is suspended.", {"agency": code}, as_json=as_json)


@app.command()
def pause(
    code: Code,
    *,
    member: Annotated[
        str | None, typer.Option("--as", help="Name of the member's account; default the only one.")
    ] = None,
    read: Read = None,
    lang: Lang = None,
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Pause an agency in an emergency: each member runs this; the last one needed suspends it.

    Whoever runs it first proposes; the others read the proposal and give its short code.
    """
    registry = opened(home)
    acting = registry.home.member_account(member)
    number = agencies.propose_pause(registry, code, acting)
    if number is not None and not agencies.is_backed(registry, number, acting):
        approve_what_is_read(registry, number, acting, read, language_of(lang), as_json=as_json)
    state = agencies.carry_out_pause(registry, code, number, acting)
    _print_pause(registry, code, state, as_json=as_json)


@app.command()
def resume(code: Code, home: Home = DEFAULT_HOME, *, as_json: AsJson = False) -> None:
    """Make a suspended agency active again. This takes as many members as any other act."""
    agencies.resume(opened(home), code)
    print_done(f"Agency {code} is active again.", {"agency": code}, as_json=as_json)


@app.command()
def close(
    code: Code,
    successor: Annotated[
        str | None, typer.Option(help="Code of the agency that takes over.", callback=check_code)
    ] = None,
    home: Home = DEFAULT_HOME,
    *,
    as_json: AsJson = False,
) -> None:
    """Close an agency for ever."""
    agencies.close(opened(home), code, successor)
    print_done(
        f"Agency {code} is closed.", {"agency": code, "successor": successor}, as_json=as_json
    )


@app.command("list")
def list_agencies(home: Home = DEFAULT_HOME, *, as_json: AsJson = False) -> None:
    """List all agencies."""
    state = opened(home).state()
    rows = [_row(agency, state) for agency in state.content.agencies.values()]
    print_rows("Agencies", rows, as_json=as_json, empty="No agency is registered.")


@app.command()
def show(code: Code, home: Home = DEFAULT_HOME, *, as_json: AsJson = False) -> None:
    """Show one agency with its history."""
    registry = opened(home)
    state = registry.state()
    agency, on_chain = state.agency(AgencyCode(code)), registry.chain.agency(AgencyCode(code))
    if agency is None or on_chain is None:
        raise typer.BadParameter(f"no agency {code} is registered")
    facts = {
        **_row(agency, state),
        "next_batch": on_chain.next_batch,
        "anchor_account": on_chain.anchor_account,
        "operations_account": on_chain.operations_account,
        "names": [f"{moment(name.at)}  {name.zh_hant} / {name.en}" for name in agency.names],
        "states": [f"{moment(change.at)}  {change.state.name.lower()}" for change in agency.states],
    }
    print_facts(f"Agency {code}", facts, as_json=as_json)


def _row(agency: Agency, state: TrustState) -> dict[str, object]:
    keys = [key for key in state.content.keys.values() if key.agency == agency.code]
    return {
        "code": agency.code,
        "name_zh_hant": agency.name.zh_hant,
        "name_en": agency.name.en,
        "state": agency.state.name.lower(),
        "registered_at": moment(agency.registered_at),
        "successor": agency.successor,
        "keys": len(keys),
        "batches": sum(anchor.agency == agency.code for anchor in state.content.anchors),
    }


def _print_pause(
    registry: OpenRegistry, code: str, pause: agencies.Pause, *, as_json: bool
) -> None:
    facts: dict[str, object] = {"agency": code, **pause._asdict()}
    if pause.is_paused:
        print_done(f"Agency {code} is suspended.", facts, as_json=as_json)
        return
    _, told = explained_of(registry, pause.proposal or 0)
    facts["code"] = told.code
    print_done(
        f"Proposal {pause.proposal} to suspend {code} has {pause.approvals} of {pause.needed} "
        f"approvals. Read its short code to the next member: {told.code}",
        facts,
        as_json=as_json,
    )
