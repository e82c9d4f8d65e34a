"""The council's commands for a member's own folder, and for a machine without a network."""

from pathlib import Path
from typing import Annotated

import typer

from registry.ceremony_files import (
    CeremonyAct,
    ProposalFile,
    SignedElsewhere,
    SignedFile,
    read_ceremony_file,
    signed_act,
    write_ceremony_file,
)
from registry.cli_options import DEFAULT_HOME, AsJson, Home, open_home, opened
from registry.cli_output import print_done, print_facts
from registry.cli_proposal import (
    Lang,
    Read,
    code_of_contracts,
    language_of,
    name_of,
    other_code,
    print_proposal,
    require_read,
)
from registry.council import Council
from registry.council_questions import require_council_of
from registry.decoded_call import decoded
from registry.explained_proposal import code_of_proposal, explained_proposal
from registry.home import read_settings
from registry.look_at_proposal import look_at
from registry.proposal_code import is_same_code
from registry.settings import account_password

ExistingFile = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)]


def account(
    name: Annotated[str, typer.Argument(help="Name of the account file to make in accounts/.")],
    home: Home = DEFAULT_HOME,
    *,
    insecure: Annotated[
        bool, typer.Option("--insecure", help="Unencrypted, for development only.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Make a member's account here, encrypted by a passphrase; only its address leaves."""
    from registry.account_files import (  # noqa: PLC0415 - eth-account is slow to import
        address_of,
        find_account_file,
        make_encrypted_account,
        make_insecure_account,
    )

    folder = open_home(home).accounts
    path = find_account_file(folder, name)
    was_there = path is not None
    if path is None and insecure:
        path = make_insecure_account(folder, name)
    elif path is None:
        path = make_encrypted_account(folder, name, _new_passphrase())
    facts = {"address": address_of(path), "file": str(path), "was_there": was_there}
    verb = "was there before" if was_there else "is new"
    print_done(f"{facts['address']}  ({path} {verb})", facts, as_json=as_json)


def join(
    settings_file: ExistingFile,
    rpc: Annotated[
        list[str] | None, typer.Option(help="RPC address to use instead; repeat for more nodes.")
    ] = None,
    home: Home = DEFAULT_HOME,
    *,
    as_json: AsJson = False,
) -> None:
    """Take over registry.json from who deployed, once the chain has confirmed what it says."""
    given = read_settings(settings_file)
    settings = given.model_copy(update={"rpc_urls": tuple(rpc)}) if rpc else given
    own = open_home(home)
    if own.has_settings() and own.settings().registry.lower() != settings.registry.lower():
        raise typer.BadParameter(f"{home} is the home of another registry; name a new folder")
    chain = own.chain_of(settings)
    require_council_of(chain)
    # A crash before this line leaves nothing; after it the folder is joined.
    own.save_settings(settings)
    council = Council(chain)
    facts = {
        "code": code_of_contracts(settings),
        "name": f"{settings.name_zh_hant} / {settings.name_en}",
        "chain_id": settings.chain_id,
        "registry": settings.registry,
        "council": settings.council,
        "members": council.members(),
        "must_agree": council.threshold(),
    }
    print_facts("Joined: compare this with the other members", facts, as_json=as_json)


def sign(
    proposal_file: ExistingFile,
    *,
    out: Annotated[Path | None, typer.Option(help="Signed file; default FILE.signed.")] = None,
    member: Annotated[
        str | None, typer.Option("--as", help="Name of the account; default the only one.")
    ] = None,
    read: Read = None,
    lang: Lang = None,
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Read an exported proposal in words and sign the act on it. Opens no connection."""
    own, file = open_home(home), read_ceremony_file(proposal_file, ProposalFile)
    settings, seen = own.settings(), file.seen
    contracts = {
        settings.registry.lower(): "Registry",
        settings.council.lower(): "Council",
        settings.manager.lower(): "AccessManager",
    }
    call = decoded(contracts, seen.target, seen.call_bytes())  # type: ignore[arg-type] # the three names are literals
    told = explained_proposal(seen, call, name_of(settings))
    if not as_json:
        print_proposal(told, language_of(lang), as_json=False)
        typer.echo(f"\n{file.act.value}: {file.member}", err=True)
    require_read(told, read, language_of(lang))
    signed = signed_act(file, settings, own.member_account(member))
    path = out or proposal_file.with_name(f"{proposal_file.name}.signed")
    write_ceremony_file(path, signed)
    facts = {"file": str(path), "act": file.act.value, "proposal": seen.number, "code": told.code}
    print_done(f"The signed file is {path}.", facts, as_json=as_json)


def send(signed_file: ExistingFile, home: Home = DEFAULT_HOME, *, as_json: AsJson = False) -> None:
    """Send what a member signed elsewhere, once, where the chain still holds what was read."""
    signed = read_ceremony_file(signed_file, SignedFile)
    registry = opened(home)
    seen, _ = look_at(registry, signed.number)
    if not is_same_code(signed.code, code_of_proposal(seen)):
        raise other_code(
            f"the member read {signed.code}, and proposal {signed.number} on the chain is "
            f"{code_of_proposal(seen)}"
        )
    council, member = registry.council(), SignedElsewhere(signed)
    if signed.act is CeremonyAct.APPROVE:
        council.approve(council.proposal(signed.number), member)
    else:
        {
            CeremonyAct.WITHDRAW: council.withdraw,
            CeremonyAct.EXECUTE: council.execute,
            CeremonyAct.CANCEL: council.cancel,
        }[signed.act](signed.number, member)
    found = council.proposal(signed.number)
    facts = {
        "proposal": signed.number,
        "act": signed.act.value,
        "member": signed.member,
        "state": found.state.name.lower(),
        "approvals": found.approvals,
    }
    print_done(
        f"Proposal {signed.number}: {signed.act.value} by {signed.member} is on the chain.",
        facts,
        as_json=as_json,
    )


def _new_passphrase() -> str:
    given = account_password()
    if given is not None:
        return given
    return str(typer.prompt("New passphrase", hide_input=True, confirmation_prompt=True, err=True))
