"""The commands that change what a list says of a document: revoke, suspend, resume, supersede."""

from typing import Annotated

import typer

from credential.ids import CertificateNumber
from issuer.commands.session import (
    EXIT_DONE,
    EXIT_WAITING,
    IssuerCommand,
    Session,
    print_json,
    reporting,
)
from issuer.commands.words import parse_time, status_json, utc
from issuer.states import StatusAction, StatusReason
from issuer.status_changes import StatusRequest, change_status

app = typer.Typer()

NumberArgument = Annotated[str, typer.Argument(help="certificate number")]
ReasonOption = Annotated[StatusReason, typer.Option(help="why, as the status details will say")]
EffectiveOption = Annotated[
    str | None, typer.Option(help="since when: 2026-11-23, or a time; default now", metavar="TIME")
]
JsonOption = Annotated[bool, typer.Option("--json", help="print JSON")]


@app.command("revoke", cls=IssuerCommand)
def revoke(
    ctx: typer.Context,
    number: NumberArgument,
    reason: ReasonOption,
    effective: EffectiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Revoke a document for ever, and publish that."""
    _change(ctx, number, StatusAction.REVOKE, reason, effective, as_json=as_json)


@app.command("suspend", cls=IssuerCommand)
def suspend(
    ctx: typer.Context,
    number: NumberArgument,
    reason: ReasonOption,
    effective: EffectiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Suspend a document until it is resumed or revoked, and publish that."""
    _change(ctx, number, StatusAction.SUSPEND, reason, effective, as_json=as_json)


@app.command("resume", cls=IssuerCommand)
def resume(
    ctx: typer.Context,
    number: NumberArgument,
    reason: ReasonOption = StatusReason.OTHER,
    effective: EffectiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a suspended document valid again, and publish that."""
    _change(ctx, number, StatusAction.RESUME, reason, effective, as_json=as_json)


@app.command("supersede", cls=IssuerCommand)
def supersede(
    ctx: typer.Context,
    number: NumberArgument,
    by: Annotated[
        str | None, typer.Option(help="certificate number of the document that replaces it")
    ] = None,
    reason: ReasonOption = StatusReason.SUPERSEDED,
    effective: EffectiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Revoke a document because a newer one has taken its place, and publish that."""
    _change(ctx, number, StatusAction.SUPERSEDE, reason, effective, as_json=as_json, by=by)


def _change(
    ctx: typer.Context,
    number: str,
    action: StatusAction,
    reason: StatusReason,
    effective: str | None,
    *,
    as_json: bool,
    by: str | None = None,
) -> None:
    session: Session = ctx.obj
    with reporting(as_json=as_json), session.office(quiet=True) as office:
        request = StatusRequest(
            number=number,
            action=action,
            reason=reason,
            effective_at=parse_time(effective, office.clock()),
            replaced_by=None if by is None else CertificateNumber(by),
        )
        report = change_status(office, request)
    change = report.change
    if as_json:
        print_json(status_json(report))
    elif report.published:
        typer.echo(
            f"{number} is {change.status_after} ({change.reason}) since "
            f"{utc(change.effective_at)}; "
            f"version {change.version} of status list {change.list_no} is published."
        )
    else:
        typer.echo(
            f"{number} will be {change.status_after}, but verifiers do not know it yet: "
            f"{report.waits_for}. "
            "It is written down. Carry on with `sealroot issuer run`.",
            err=True,
        )
    raise typer.Exit(EXIT_DONE if report.published else EXIT_WAITING)
