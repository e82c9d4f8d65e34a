"""`sealroot registry key ...`.

Make key files, add batch keys, end them, declare them compromised.
"""

from pathlib import Path
from typing import Annotated

import typer

from credential.keys import ALG_ES256
from registry.cli_modules import module_key, new_module_key
from registry.cli_options import (
    DEFAULT_HOME,
    AsJson,
    Code,
    Home,
    algorithm_name,
    moment,
    open_home,
    opened,
    parse_algorithm,
    parse_kid,
    parse_time,
)
from registry.cli_output import print_done, print_rows
from registry.key_files import KEY_SUFFIX, InsecureKeyFile, make_insecure_key
from registry.key_uris import is_in_module
from registry.operations import keys
from registry.records import KeyRecord

app = typer.Typer(
    help="Batch keys: new, add, end, compromise, confirm, list.", no_args_is_help=True
)

KidArgument = Annotated[str, typer.Argument(metavar="KID", help="Key id, 32 hexadecimal digits.")]
ByAgency = Annotated[
    str | None,
    typer.Option("--by", help="Agency whose operations account does it; without it, the council."),
]


@app.command()
def new(
    name: Annotated[
        str, typer.Argument(help="Name of the key file in keys/, a path, or a pkcs11: URI.")
    ],
    alg: Annotated[
        str, typer.Option(help="es256, ml-dsa-44, or ed25519 (checkpoints only).")
    ] = "es256",
    home: Home = DEFAULT_HOME,
    *,
    as_json: AsJson = False,
) -> None:
    """Make a key: in a hardware module (a pkcs11: URI), or in a plain file for development."""
    if is_in_module(name):
        _new_in_module(name, parse_algorithm(alg), as_json=as_json)
        return
    path = _key_path(open_home(home).keys, name)
    kid = make_insecure_key(path, parse_algorithm(alg))
    print_done(
        f"Key {kid.hex()} is in {path}.", {"kid": kid.hex(), "file": str(path)}, as_json=as_json
    )


@app.command()
def add(
    code: Code,
    key: Annotated[
        str,
        typer.Argument(help="Key file, its name in keys/, a pkcs11: URI, or the COSE_Key in hex."),
    ],
    home: Home = DEFAULT_HOME,
    *,
    as_json: AsJson = False,
) -> None:
    """Let an agency sign batches with a key. Only its public half leaves the file."""
    registry = opened(home)
    kid = keys.add(registry, code, public_key(registry.home.keys, key))
    print_done(f"Key {kid.hex()} of agency {code} is added.", {"kid": kid.hex()}, as_json=as_json)


@app.command()
def end(
    kid: KidArgument, by: ByAgency = None, home: Home = DEFAULT_HOME, *, as_json: AsJson = False
) -> None:
    """End the use of a key. What it anchored stands."""
    ended = parse_kid(kid)
    keys.end(opened(home), ended, by_agency=by)
    print_done(f"Key {kid} has ended.", {"kid": kid}, as_json=as_json)


@app.command()
def compromise(
    kid: KidArgument,
    since: Annotated[str, typer.Option(help="From when it was in other hands: a time, or `now`.")],
    by: ByAgency = None,
    home: Home = DEFAULT_HOME,
    *,
    as_json: AsJson = False,
) -> None:
    """Declare a key compromised: what it signed counts no more, unless it was anchored before."""
    leaked, named_time = parse_kid(kid), None if since == "now" else parse_time(since)
    registry = opened(home)
    # The chain's clock decides, and it may be a little behind ours: nobody can name a time ahead.
    moment_of_leak = registry.chain.next_block_time() if named_time is None else named_time
    keys.compromise(registry, leaked, moment_of_leak, by_agency=by)
    print_done(
        f"Key {kid} is compromised since {moment(moment_of_leak)}.",
        {"kid": kid, "since": moment_of_leak},
        as_json=as_json,
    )


@app.command()
def confirm(
    code: Code,
    batch: Annotated[int, typer.Argument(min=1, help="Number of a batch inside the window.")],
    home: Home = DEFAULT_HOME,
    *,
    as_json: AsJson = False,
) -> None:
    """Confirm a batch that a compromised key had rightly anchored."""
    keys.confirm(opened(home), code, batch)
    print_done(
        f"Batch {batch} of {code} is confirmed.", {"agency": code, "batch": batch}, as_json=as_json
    )


@app.command("list")
def list_keys(
    code: Annotated[str | None, typer.Argument(help="Only keys of this agency.")] = None,
    home: Home = DEFAULT_HOME,
    *,
    as_json: AsJson = False,
) -> None:
    """List registered keys."""
    found = opened(home).state().content.keys.values()
    rows = [_row(key) for key in found if code in {None, key.agency}]
    print_rows("Keys", rows, as_json=as_json, empty="No key is registered.")


def public_key(folder: Path, key: str) -> bytes:
    """Return the COSE_Key of a key file, of its name in a folder, or in hexadecimal digits."""
    if is_in_module(key):
        return module_key(key).cose_key
    path = _key_path(folder, key)
    if path.is_file():
        return InsecureKeyFile(path).cose_key
    try:
        return bytes.fromhex(key)
    except ValueError as error:
        raise typer.BadParameter(
            f"{path} is not there, and {key!r} is no COSE_Key in hex"
        ) from error


def _new_in_module(uri: str, alg: int, *, as_json: bool) -> None:
    if alg != ALG_ES256:
        raise typer.BadParameter("a hardware module makes ES256 keys only")
    made = new_module_key(uri)
    facts = {"kid": made.kid.hex(), "uri": uri, "cose_key": made.cose_key.hex()}
    print_done(f"Key {made.kid.hex()} is in the module: {uri}", facts, as_json=as_json)


def _key_path(folder: Path, name: str) -> Path:
    given = Path(name)
    if given.parent != Path() or given.is_file():
        return given
    return folder / (name if name.endswith(KEY_SUFFIX) else f"{name}{KEY_SUFFIX}")


def _row(key: KeyRecord) -> dict[str, object]:
    return {
        "kid": key.kid.hex(),
        "agency": key.agency,
        "algorithm": algorithm_name(key.alg),
        "added_at": moment(key.added_at),
        "ended_at": None if key.ended_at is None else moment(key.ended_at),
        "compromised_since": None if key.compromise is None else moment(key.compromise.since),
    }
