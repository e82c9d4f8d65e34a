"""The commands that issue and carry on: issue, run, list, show."""

from pathlib import Path
from typing import Annotated, Any

import typer

from issuer.commands.queue import print_queue
from issuer.commands.session import (
    EXIT_DONE,
    EXIT_WAITING,
    IssuerCommand,
    Session,
    print_json,
    print_table,
    reporting,
)
from issuer.commands.watch_log import watch_log
from issuer.commands.words import change_json, job_json, queue_json, utc
from issuer.errors import RequestError
from issuer.issue import Ending, JobReport, issue, run
from issuer.office import Office
from issuer.queue import queue_of
from issuer.recording import IssueRequest
from issuer.repository.credentials import Known
from issuer.settings import read_settings
from issuer.states import OutputFile, WaitFor
from issuer.watch import watch as watch_for_ever

app = typer.Typer()
JsonOption = Annotated[bool, typer.Option("--json", help="print JSON")]


@app.command("issue", cls=IssuerCommand)
def issue_command(
    ctx: typer.Context,
    records: Annotated[Path, typer.Argument(help="CSV file of records, UTF-8, with a header row")],
    type_id: Annotated[str, typer.Option("--type", help="credential type, such as driver-licence")],
    out: Annotated[Path, typer.Option(help="folder for the documents")],
    wait: Annotated[
        WaitFor, typer.Option(help="none: documents leave once sealed; anchor: once anchored")
    ] = WaitFor.ANCHOR,
    files: Annotated[
        str, typer.Option(help="what to write beside the sealed file: png, svg, pdf")
    ] = "png,svg,pdf",
    url: Annotated[str | None, typer.Option(help="address in the QR text")] = None,
    batch_size: Annotated[int | None, typer.Option(min=1, max=4096)] = None,
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="issue the good rows, write the others to a file")
    ] = False,
    again: Annotated[
        bool, typer.Option("--again", help="issue the same records once more")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Issue every record of a file, and carry on with a file that was given before.

    Ends with 0 when every document has left, 1 when rows were refused and nothing was issued, 2
    when documents wait.
    """
    session: Session = ctx.obj
    with reporting(as_json=as_json), session.office(quiet=as_json) as office:
        settings = read_settings(session.home)
        request = IssueRequest(
            source=records,
            type_id=type_id,
            out_dir=out,
            url=settings.verify_url if url is None else url,
            wait_for=wait,
            files=output_files(files),
            batch_size=settings.batch_size if batch_size is None else batch_size,
            skip_bad=skip_bad,
            again=again,
        )
        report = issue(office, request)
    _print_jobs([report], as_json=as_json)
    raise typer.Exit(EXIT_DONE if report.ending is Ending.DONE else EXIT_WAITING)


@app.command("continue", cls=IssuerCommand)
@app.command("run", cls=IssuerCommand)
def run_command(
    ctx: typer.Context,
    watch: Annotated[
        float | None,
        typer.Option(help="go on for ever, looking again after so many seconds", min=0.1),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Carry on with everything unfinished: seal, anchor, release, publish.

    Ends with 0 when nothing waits any more and 2 when something does. With --watch it never ends:
    it waits longer after each round that the chain failed, and where the nodes contradict each
    other it raises an alarm and sends nothing more until a person clears it (`clear-alarm`).
    """
    session: Session = ctx.obj
    with reporting(as_json=as_json), session.office(quiet=as_json) as office:
        if watch is not None:
            watch_for_ever(office, watch, watch_log(office.agency))
        reports = run(office)
        queue = queue_of(office)
    if as_json:
        print_json({"jobs": [job_json(report) for report in reports], **queue_json(queue)})
    else:
        _print_jobs(reports, as_json=False)
        print_queue(queue)
    raise typer.Exit(EXIT_WAITING if queue.waiting else EXIT_DONE)


@app.command("list", cls=IssuerCommand)
def list_command(
    ctx: typer.Context,
    number: Annotated[str, typer.Option(help="part of the certificate number")] = "",
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 50,
    offset: Annotated[int, typer.Option(min=0)] = 0,
    as_json: JsonOption = False,
) -> None:
    """List documents, oldest first, without their claims."""
    session: Session = ctx.obj
    with (
        reporting(as_json=as_json),
        session.office(quiet=True) as office,
        office.database.reading() as repository,
    ):
        found = repository.credentials.page(limit=limit, offset=offset, number_part=number)
    if as_json:
        print_json({"credentials": [_known_json(one) for one in found]})
        return
    rows = [(one.number, one.title, one.state, one.batch_id or "", one.job_id) for one in found]
    print_table("documents", ["number", "title", "state", "batch", "job"], rows)


@app.command("show", cls=IssuerCommand)
def show_command(
    ctx: typer.Context,
    number: Annotated[str, typer.Argument(help="certificate number")],
    as_json: JsonOption = False,
) -> None:
    """Show one document: where it is, how it was anchored, and what was done to its status."""
    session: Session = ctx.obj
    with reporting(as_json=as_json), session.office(quiet=True) as office:
        shown = _shown(office, number)
    if as_json:
        print_json(shown)
        return
    print_table(number, ["", ""], [row for row in shown.items() if row[0] != "status_changes"])
    rows = [
        (change["effective"], change["action"], change["reason"], change["version"] or "waits")
        for change in shown["status_changes"]
    ]
    print_table("status changes", ["effective", "change", "reason", "version"], rows)


def output_files(text: str) -> frozenset[OutputFile]:
    """Return the kinds of files a person named; raises RequestError for one that is none."""
    names = {name.strip() for name in text.split(",") if name.strip()}
    unknown = sorted(names - {one.value for one in OutputFile})
    if unknown:
        raise RequestError(f"no files of kind {', '.join(unknown)} can be written: png, svg, pdf")
    return frozenset(OutputFile(name) for name in names)


def _print_jobs(reports: list[JobReport], *, as_json: bool) -> None:
    if as_json:
        for report in reports:
            print_json(job_json(report))
        return
    for report in reports:
        plan = report.job.plan
        known = " It was given before; nothing was issued twice." if report.was_known else ""
        counts = ", ".join(f"{count} {state}" for state, count in report.counts.items())
        typer.echo(f"job {report.job.id}: {counts}; documents in {plan.out_dir}.{known}")
        if report.refused_file is not None:
            typer.echo(f"  {plan.refused_rows} rows were refused: {report.refused_file}")
        if report.ending is Ending.WAITING:
            reason = report.waits_for or "their anchor"
            typer.echo(f"  The rest waits and nothing is lost: {reason}", err=True)
            typer.echo("  Carry on with `sealroot issuer run`.", err=True)


def _known_json(one: Known) -> dict[str, object]:
    return {
        "number": one.number,
        "title": one.title,
        "state": one.state.value,
        "job": one.job_id,
        "list": one.list_no,
        "index": one.slot_index,
        "batch": one.batch_id,
        "released": utc(one.released_at),
    }


def _shown(office: Office, number: str) -> dict[str, Any]:
    with office.database.reading() as repository:
        known = repository.credentials.find(number)
        if known is None:
            raise RequestError(f"no document of this office has the certificate number {number}")
        batch = None if known.batch_id is None else repository.batches.get(known.batch_id)
        changes = repository.statuses.changes_of(known.id)
        job = repository.jobs.get(known.job_id)
    return {
        **_known_json(known),
        "out": job.plan.out_dir,
        "status": changes[-1].status_after.value if changes else "valid",
        "leaf": known.leaf_index,
        "root": None if batch is None else batch.root.hex(),
        "kid": None if batch is None or batch.kid is None else batch.kid.hex(),
        "batch_state": None if batch is None else batch.state.value,
        "anchor_number": None if batch is None else batch.anchor_no,
        "anchored": None if batch is None else utc(batch.anchored_at),
        "status_changes": [change_json(change) for change in changes],
    }
