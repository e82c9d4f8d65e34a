"""`sealroot registry accredit|type|status|algorithm ...`.

Who may issue what, under which rules, and what is revoked.
"""

from pathlib import Path
from typing import Annotated

import typer

from registry.cli_options import (
    DEFAULT_HOME,
    AsJson,
    Code,
    Home,
    algorithm_name,
    moment,
    now,
    opened,
    parse_algorithm,
    parse_time,
)
from registry.cli_output import print_done, print_rows
from registry.kinds import AlgorithmPhase
from registry.operations import accreditations, governance, types
from registry.public_folder import Document
from registry.records import Accreditation
from registry.trust_state import TrustState

accredit_app = typer.Typer(help="Accreditation: grant, delegate, end, list.", no_args_is_help=True)
type_app = typer.Typer(help="Credential types: register, list.", no_args_is_help=True)
status_app = typer.Typer(help="Published status lists: list.", no_args_is_help=True)
algorithm_app = typer.Typer(help="Signature algorithms: set, list.", no_args_is_help=True)

Depth = Annotated[
    int, typer.Option(min=0, max=255, help="How many levels it may be delegated down.")
]
Until = Annotated[str | None, typer.Option(help="When it ends by itself; without it, never.")]


@accredit_app.command()
def grant(
    code: Code,
    type_no: Annotated[int, typer.Argument(min=1, help="Credential type number.")],
    depth: Depth = 0,
    until: Until = None,
    home: Home = DEFAULT_HOME,
    *,
    as_json: AsJson = False,
) -> None:
    """Accredit an agency for a credential type. Council."""
    ends = 0 if until is None else parse_time(until)
    number = accreditations.grant(opened(home), code, type_no, depth=depth, until=ends)
    print_done(
        f"Accreditation {number}: {code} may issue type {type_no}.",
        {"accreditation": number},
        as_json=as_json,
    )


@accredit_app.command()
def delegate(
    parent: Annotated[int, typer.Argument(min=1, help="Number of the accreditation to pass on.")],
    code: Code,
    depth: Depth = 0,
    until: Until = None,
    home: Home = DEFAULT_HOME,
    *,
    as_json: AsJson = False,
) -> None:
    """Accredit another agency within one's own accreditation.

    Operations account of the parent's agency.
    """
    ends = 0 if until is None else parse_time(until)
    number = accreditations.delegate(opened(home), parent, code, depth=depth, until=ends)
    print_done(
        f"Accreditation {number}: {code}, within {parent}.",
        {"accreditation": number},
        as_json=as_json,
    )


@accredit_app.command("end")
def end_accreditation(
    number: Annotated[int, typer.Argument(min=1, help="Number of the accreditation.")],
    by: Annotated[
        str | None, typer.Option(help="The parent's agency, where it ends what it delegated.")
    ] = None,
    home: Home = DEFAULT_HOME,
    *,
    as_json: AsJson = False,
) -> None:
    """End an accreditation and all below it. What was anchored under it stands."""
    accreditations.end(opened(home), number, by_agency=by)
    print_done(f"Accreditation {number} has ended.", {"accreditation": number}, as_json=as_json)


@accredit_app.command("list")
def list_accreditations(home: Home = DEFAULT_HOME, *, as_json: AsJson = False) -> None:
    """List all accreditations, and whether the agency may issue the type now."""
    state = opened(home).state()
    rows = [_accreditation_row(item, state) for item in state.content.accreditations.values()]
    print_rows("Accreditations", rows, as_json=as_json, empty="Nobody is accredited.")


@type_app.command()
def register(
    document: Annotated[
        str, typer.Argument(help="A type document file, or the id of a built-in type.")
    ],
    home: Home = DEFAULT_HOME,
    *,
    as_json: AsJson = False,
) -> None:
    """Register a credential type, or its next version."""
    path = Path(document)
    content = path.read_bytes() if path.is_file() else types.catalog_document(document)
    loaded = types.register(opened(home), content)
    print_done(
        f"Type {loaded.type_no} version {loaded.version} ({loaded.id}) is registered.",
        {"type": loaded.type_no, "version": loaded.version, "digest": loaded.digest.hex()},
        as_json=as_json,
    )


@type_app.command("list")
def list_types(home: Home = DEFAULT_HOME, *, as_json: AsJson = False) -> None:
    """List registered type versions, and whether their documents are here."""
    registry = opened(home)
    rows = [
        {
            "type": record.type_no,
            "version": record.version,
            "registered_at": moment(record.at),
            "document_here": registry.home.public.holds(Document.TYPE, record.digest),
            "digest": record.digest.hex(),
        }
        for record in registry.state().content.types.values()
    ]
    print_rows("Credential types", rows, as_json=as_json, empty="No type is registered.")


@status_app.command("list")
def list_status(home: Home = DEFAULT_HOME, *, as_json: AsJson = False) -> None:
    """List the newest version of each status list, and whether its file is here."""
    registry = opened(home)
    rows = [
        {
            "agency": record.agency,
            "list": record.list_no,
            "version": record.version,
            "published_at": moment(record.at),
            "file_here": registry.home.public.holds(Document.STATUS_LIST, record.digest),
            "digest": record.digest.hex(),
        }
        for record in registry.state().content.status.values()
    ]
    print_rows("Status lists", rows, as_json=as_json, empty="No status list is published.")


@algorithm_app.command("set")
def set_algorithm(
    alg: Annotated[str, typer.Argument(help="es256 or ml-dsa-44.")],
    phase: Annotated[str, typer.Argument(help="start, warn or stop.")],
    at: Annotated[
        str | None, typer.Option(help="From when; without it, at once when the act takes effect.")
    ] = None,
    home: Home = DEFAULT_HOME,
    *,
    as_json: AsJson = False,
) -> None:
    """Allow an algorithm, announce its end, or stop it."""
    steps = {
        "start": AlgorithmPhase.START,
        "warn": AlgorithmPhase.WARN,
        "stop": AlgorithmPhase.STOP,
    }
    if phase not in steps:
        raise typer.BadParameter(f"{phase!r} is none of start, warn and stop")
    number, effective_at = parse_algorithm(alg), 0 if at is None else parse_time(at)
    governance.set_algorithm(opened(home), number, steps[phase], effective_at)
    print_done(f"Algorithm {alg}: {phase}.", {"algorithm": alg, "phase": phase}, as_json=as_json)


@algorithm_app.command("list")
def list_algorithms(home: Home = DEFAULT_HOME, *, as_json: AsJson = False) -> None:
    """List what was decided about algorithms."""
    rows = [
        {
            "algorithm": algorithm_name(step.alg),
            "phase": step.phase.name.lower(),
            "effective_at": moment(step.effective_at),
            "decided_at": moment(step.at),
        }
        for step in opened(home).state().content.steps
    ]
    print_rows("Algorithms", rows, as_json=as_json, empty="No algorithm has started.")


def _accreditation_row(item: Accreditation, state: TrustState) -> dict[str, object]:
    return {
        "number": item.number,
        "agency": item.agency,
        "type": item.type_no,
        "depth": item.depth,
        "parent": item.parent or None,
        "granted_at": moment(item.at),
        "until": moment(item.until) if item.until else None,
        "ended_at": None if item.ended_at is None else moment(item.ended_at),
        "agency_may_issue_now": state.accredited(item.agency, item.type_no, now()),
    }
