"""`sealroot verifier key add|list|revoke`: who may use a service, and how much."""

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from credential.display import one_line
from registry.cli_output import print_done, print_facts, print_rows
from registry.plain_words import explained
from verifier.errors import UsageError
from verifier.service.key_store import DAY_SECONDS, KeyStore, key_id

key_app = typer.Typer(help="API keys of the service.", no_args_is_help=True)

StoreFile = Annotated[Path, typer.Option("--keys", help="The key store, as `serve --keys`.")]
AsJson = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]


@key_app.callback()
def keys() -> None:
    """Say who may use the service, and how much."""


@key_app.command("add")
def add(
    name: Annotated[str, typer.Argument(help="Whose key it is, for you to recognise it.")],
    *,
    store: StoreFile,
    per_second: Annotated[int, typer.Option(min=1, help="Documents a second.")] = 50,
    per_day: Annotated[int, typer.Option(min=1, help="Documents a day.")] = 100_000,
    certificate: Annotated[
        str | None,
        typer.Option(help="Client certificate, as your proxy names it, that stands for the key."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make a key. It is shown once; only its hash is kept."""
    if one_line(name) != name or not 1 <= len(name) <= 100:
        raise explained(
            UsageError("the name of a key has 1 to 100 characters on one line"),
            means="No key was made.",
            way_out="Give another name.",
        )
    secret = KeyStore(store).add(
        name, per_second=per_second, per_day=per_day, at=_now(), certificate=certificate
    )
    facts = {"id": key_id(secret), "name": name, "key": secret}
    print_done(
        f"The key of {name}, shown this once and kept nowhere:\n\n    {secret}\n\n"
        "Send it as: Authorization: Bearer <key>",
        facts,
        as_json=as_json,
    )


@key_app.command("list")
def list_keys(*, store: StoreFile, as_json: AsJson = False) -> None:
    """List the keys, with what each has used today (UTC); the keys themselves are not known."""
    opened = KeyStore(_there(store))
    used = opened.used(_now() // DAY_SECONDS)
    rows = [
        {
            "id": key.id,
            "name": key.name,
            "per_second": key.per_second,
            "per_day": key.per_day,
            "used_today": used.get(key.id, 0),
            "certificate": key.certificate,
            "created_at": _moment(key.created_at),
            "revoked_at": None if key.revoked_at is None else _moment(key.revoked_at),
        }
        for key in opened.rows()
    ]
    print_rows("Keys", rows, as_json=as_json, empty="There is no key yet.")


@key_app.command("revoke")
def revoke(
    key: Annotated[str, typer.Argument(help="The key's id, as `list` shows it.")],
    *,
    store: StoreFile,
    as_json: AsJson = False,
) -> None:
    """End a key; running services refuse it within seconds."""
    id_ = key_id(key) or key  # the whole key will do, from who found it in a log
    if not KeyStore(_there(store)).revoke(id_, at=_now()):
        raise explained(
            UsageError(f"there is no key {one_line(id_)}"),
            means="Nothing was changed.",
            way_out="See the ids with `sealroot verifier key list`.",
        )
    told = next(row for row in KeyStore(store).rows() if row.id == id_)
    if as_json:
        print_facts("", {"id": id_, "revoked_at": _moment(told.revoked_at or 0)}, as_json=True)
    else:
        typer.echo(f"The key {id_} of {told.name} opens nothing any more.")


def _there(store: Path) -> Path:
    if not store.is_file():
        raise explained(
            UsageError(f"there is no key store at {store}"),
            means="No key is known.",
            way_out="Check --keys, or make the first key with `sealroot verifier key add`.",
        )
    return store


def _now() -> int:
    return int(time.time())


def _moment(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")
