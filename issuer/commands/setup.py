"""The commands that make an office and look after it: new-key, init, migrate, doctor."""

from pathlib import Path
from typing import Annotated

import typer

from issuer.belonging import Finding
from issuer.commands.session import (
    EXIT_DONE,
    EXIT_USAGE,
    IssuerCommand,
    Session,
    print_json,
    print_table,
    reporting,
)
from issuer.database import Database
from issuer.doctor import examine
from issuer.errors import RequestError
from issuer.settings import OfficeSettings, database_url, read_settings
from issuer.signers import BATCH_ALGORITHMS, InsecureFileSigner, create_key_file
from registry.key_uris import is_in_module

app = typer.Typer()
JsonOption = Annotated[bool, typer.Option("--json", help="print JSON")]


@app.command("new-key", cls=IssuerCommand)
def new_key(
    file: Annotated[Path, typer.Argument(help="where the key file is to be")],
    alg: Annotated[str, typer.Option(help=" or ".join(BATCH_ALGORITHMS))] = "es256",
    as_json: JsonOption = False,
) -> None:
    """Make a batch key in a file, for development; the council registers the COSE_Key it prints."""
    with reporting(as_json=as_json):
        if alg not in BATCH_ALGORITHMS:
            raise RequestError(f"a batch key is of {' or '.join(BATCH_ALGORITHMS)}, not {alg}")
        create_key_file(file, BATCH_ALGORITHMS[alg])
        signer = InsecureFileSigner(file)
        made = {"file": str(file), "kid": signer.kid.hex(), "cose_key": signer.cose_key.hex()}
    if as_json:
        print_json(made)
    else:
        print_table("batch key", ["", ""], list(made.items()))


@app.command("init", cls=IssuerCommand)
def init(
    ctx: typer.Context,
    agency: Annotated[str, typer.Option(help="the agency's code in the registry")],
    batch_key: Annotated[
        str, typer.Option(help="key that signs batch roots: a file, or a pkcs11: URI")
    ],
    anchor_account: Annotated[Path, typer.Option(help="account file of the anchor account")],
    registry: Annotated[Path, typer.Option(help="folder with the registry's registry.json")],
    database: Annotated[str, typer.Option(help="database address")] = "sqlite:///issuer.sqlite3",
    public: Annotated[
        Path | None, typer.Option(help="folder of published documents; default the registry's")
    ] = None,
    types: Annotated[Path | None, typer.Option(help="folder of own type documents")] = None,
    url: Annotated[str, typer.Option(help="address of the official verify page")] = "",
    list_capacity: Annotated[int, typer.Option(help="slots of a status list")] = 131_072,
    after_loss: Annotated[
        bool, typer.Option("--after-loss", help="the agency's earlier database is lost for good")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Make an office.

    Check that agency, keys and registry belong together, and publish its first status list.
    """
    session: Session = ctx.obj
    with reporting(as_json=as_json):
        settings = OfficeSettings(
            agency=agency,
            batch_key=batch_key if is_in_module(batch_key) else str(Path(batch_key).resolve()),
            anchor_account=str(anchor_account.resolve()),
            registry=str(registry.resolve()),
            database=database,
            public_folder=None if public is None else str(public.resolve()),
            types_folder=None if types is None else str(types.resolve()),
            verify_url=url,
            list_capacity=list_capacity,
        )
        made = session.found_office(session.home, settings, after_loss)
    if as_json:
        print_json(made)
    else:
        print_table(f"office in {session.home}", ["", ""], list(made.items()))


@app.command("migrate", cls=IssuerCommand)
def migrate(ctx: typer.Context, as_json: JsonOption = False) -> None:
    """Bring the database to this release's schema; back it up first."""
    session: Session = ctx.obj
    with reporting(as_json=as_json):
        database = Database(database_url(session.home, read_settings(session.home)))
        database.migrate()
        database.close()
    if as_json:
        print_json({"migrated": True})
    else:
        typer.echo("the database has this release's schema")


@app.command("doctor", cls=IssuerCommand)
def doctor(ctx: typer.Context, as_json: JsonOption = False) -> None:
    """Examine the office: keys, registry, database against chain, published lists, what waits."""
    session: Session = ctx.obj
    with reporting(as_json=as_json), session.office(quiet=as_json) as office:
        findings = examine(office)
    _print_findings(findings, as_json=as_json)
    raise typer.Exit(EXIT_DONE if all(one.is_well for one in findings) else EXIT_USAGE)


def _print_findings(findings: list[Finding], *, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "findings": [
                    {"question": one.question, "is_well": one.is_well, "detail": one.detail}
                    for one in findings
                ]
            }
        )
        return
    rows = [("ok" if one.is_well else "NOT OK", one.question, one.detail) for one in findings]
    print_table("office", ["", "question", "answer"], rows)
