"""The command for a counter: it stays open, and a document leaves while its holder waits."""

import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from issuer.commands.pipeline import output_files
from issuer.commands.session import IssuerCommand, Session, print_json, reporting
from issuer.commands.words import job_json
from issuer.errors import InputError, RequestError
from issuer.issue import issue
from issuer.office import Office
from issuer.recording import IssueRequest
from issuer.settings import read_settings
from issuer.states import WaitFor

app = typer.Typer()
MOST_CHARACTERS = 65_536


@app.command("counter", cls=IssuerCommand)
def counter_command(
    ctx: typer.Context,
    type_id: Annotated[str, typer.Option("--type", help="credential type, such as driver-licence")],
    out: Annotated[Path, typer.Option(help="folder for the documents")],
    files: Annotated[
        str, typer.Option(help="what to write beside the sealed file: png, svg, pdf")
    ] = "pdf",
    url: Annotated[str | None, typer.Option(help="address in the QR text")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object a record")] = False,
) -> None:
    """Issue record after record from standard input, each at once; ends with the input.

    The first line names the columns, as in a CSV file; each further line is one record. A line
    that cannot be issued is told, and the next one is read. Anchors follow with `issuer run`.
    """
    session: Session = ctx.obj
    with (
        reporting(as_json=as_json),
        session.office(quiet=True) as office,
        TemporaryDirectory(prefix="sealroot-counter-") as folder,
    ):
        settings = read_settings(session.home)
        request = IssueRequest(
            source=Path(folder) / "record.csv",
            type_id=type_id,
            out_dir=out,
            url=settings.verify_url if url is None else url,
            wait_for=WaitFor.NONE,
            files=output_files(files),
            batch_size=settings.batch_size,
            skip_bad=False,
            again=False,
        )
        office.journal.follow()  # whatever is slow to open is open before anybody waits
        typer.echo("Ready.", err=True)
        header = sys.stdin.readline(MOST_CHARACTERS)
        while line := sys.stdin.readline(MOST_CHARACTERS):
            if line.strip():
                # The file is ours alone, and the next record overwrites it.
                request.source.write_text(f"{header}{line}", encoding="utf-8")
                _hand_over(office, request, as_json=as_json)


def _hand_over(office: Office, request: IssueRequest, *, as_json: bool) -> None:
    began = time.perf_counter()
    try:
        report = issue(office, request)
    except InputError as error:
        _tell(str(error), [problem._asdict() for problem in error.problems], as_json=as_json)
        return
    except RequestError as error:
        _tell(str(error), [], as_json=as_json)
        return
    seconds = time.perf_counter() - began
    if as_json:
        print_json({**job_json(report), "seconds": round(seconds, 3)})
        return
    for number in report.numbers:
        again = " (given before; nothing was issued twice)" if report.was_known else ""
        typer.echo(f"{number}: {report.ending} in {seconds:.2f} s{again}")
    if report.waits_for is not None:
        typer.echo(f"  It waits and nothing is lost: {report.waits_for}", err=True)


def _tell(error: str, problems: list[dict[str, object]], *, as_json: bool) -> None:
    if as_json:
        print_json({"error": error, "problems": problems})
        return
    typer.echo(f"Not issued: {error}", err=True)
    for problem in problems:
        typer.echo(f"  {problem['column'] or '-'}: {problem['reason']}", err=True)
