"""What the registry's commands share on the command line.

The home folder, --json, times, and opening the registry.
"""

import re
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from credential.ids import Kid
from credential.keys import ALG_EDDSA, ALG_ES256, ALG_MLDSA44
from registry import payload_codec
from registry.addresses import checked_address
from registry.errors import JournalError
from registry.home import RegistryHome
from registry.open_registry import OpenRegistry, open_registry
from registry.payload_codec import encode_agency_code
from registry.settings import account_password

ALGORITHMS = {"es256": ALG_ES256, "ml-dsa-44": ALG_MLDSA44, "ed25519": ALG_EDDSA}

Home = Annotated[
    Path,
    typer.Option("--home", envvar="SEALROOT_HOME", help="The folder of settings, keys and copies."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document, for programs.")]
DEFAULT_HOME = Path("sealroot-home")


def now() -> int:
    """Return the time, Unix seconds."""
    return int(time.time())


def open_home(path: Path) -> RegistryHome:
    """Return the home folder; passwords come from the environment or the terminal."""
    return RegistryHome(path, _password)


def opened(path: Path) -> OpenRegistry:
    """Return the registry of a home folder, showing a progress bar where reading takes long."""
    return open_registry(open_home(path), progress=_ReadingBar())


def parse_time(text: str) -> int:
    """Return Unix seconds for `now`, a number of seconds, or an ISO 8601 time with its offset."""
    if text == "now":
        return now()
    if re.fullmatch(r"[0-9]{1,12}", text, re.ASCII):
        return int(text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(
            f"{text!r} is no time such as 2026-11-23T09:00:00+08:00"
        ) from error
    if moment.tzinfo is None:
        raise typer.BadParameter(f"{text!r} says no offset; add one, such as +08:00 or Z")
    return int(moment.timestamp())


def check_code(code: str | None) -> str | None:
    """Return an agency code that is of the form; a usage error else."""
    try:
        if code is not None:
            encode_agency_code(code)
    except JournalError as error:
        raise typer.BadParameter(str(error)) from error
    return code


Code = Annotated[
    str, typer.Argument(help="Agency code: 1 to 16 of A-Z, 0-9 and -.", callback=check_code)
]


def check_address(address: str | None) -> str | None:
    """Return an address with its checksum; a usage error for what is none."""
    try:
        return None if address is None else checked_address(address)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def check_addresses(addresses: list[str] | None) -> list[str] | None:
    """Return addresses with their checksums; a usage error where one is none."""
    return None if addresses is None else [str(check_address(one)) for one in addresses]


def check_name(name: str) -> str:
    """Return a name an agency can have; a usage error else."""
    try:
        return payload_codec.check_name(name)
    except JournalError as error:
        raise typer.BadParameter(str(error)) from error


def parse_kid(text: str) -> Kid:
    """Return the key id in 32 hexadecimal digits."""
    if not re.fullmatch(r"[0-9a-fA-F]{32}", text, re.ASCII):
        raise typer.BadParameter(f"{text!r} is no key id of 32 hexadecimal digits")
    return Kid(bytes.fromhex(text))


def parse_algorithm(text: str) -> int:
    """Return the COSE number of an algorithm by its name or number."""
    if text.lower() in ALGORITHMS:
        return ALGORITHMS[text.lower()]
    if re.fullmatch(r"-?[0-9]{1,5}", text, re.ASCII):
        return int(text)
    raise typer.BadParameter(f"{text!r} is none of {', '.join(ALGORITHMS)}")


def algorithm_name(alg: int) -> str:
    """Return the name of an algorithm, or its number."""
    return next((name for name, number in ALGORITHMS.items() if number == alg), str(alg))


def moment(seconds: int) -> str:
    """Return Unix seconds as people read them, in UTC."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%SZ")


def _password(path: Path) -> str:
    given = account_password()
    if given is not None:
        return given
    return str(typer.prompt(f"Password of {path.name}", hide_input=True, err=True))


class _ReadingBar:
    """A progress bar on standard error, shown only where there is much to read."""

    def __init__(self, worth_showing: int = 20_000) -> None:
        self._worth_showing = worth_showing
        self._bar: Progress | None = None

    def __call__(self, done: int, whole: int) -> None:
        if whole < self._worth_showing:
            return
        if self._bar is None:
            self._bar = Progress(console=Console(stderr=True), transient=True)
            self._bar.start()
            self._bar.add_task("Reading the journal", total=whole)
        self._bar.update(self._bar.task_ids[0], completed=done)
        if done >= whole:
            self._bar.stop()
            self._bar = None
