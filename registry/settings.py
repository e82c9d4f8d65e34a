"""What the environment says about this machine: the one place of the registry that reads it."""

import os
from functools import cache
from pathlib import Path

from registry.plain_words import explained
from registry.rim_errors import AccountFileError


def hardhat_folder() -> Path:
    """Return the folder with Hardhat: $SEALROOT_HARDHAT, or hardhat-node beside the packages."""
    beside = Path(__file__).resolve().parent.parent / "hardhat-node"
    return Path(os.environ.get("SEALROOT_HARDHAT") or beside)


def environment_of_node() -> dict[str, str]:
    """Return the environment for a node we start.

    Ours, and nothing is reported to Hardhat's makers.
    """
    return {**os.environ, "HARDHAT_DISABLE_TELEMETRY": "true"}


def account_password() -> str | None:
    """Return the password for encrypted account files, where this process was given one.

    $SEALROOT_ACCOUNT_PASSWORD, or the first line that the file descriptor with the number
    $SEALROOT_ACCOUNT_PASSWORD_FD gives: a descriptor shows in no list of processes.
    """
    descriptor = os.environ.get("SEALROOT_ACCOUNT_PASSWORD_FD")
    if descriptor is None:
        return os.environ.get("SEALROOT_ACCOUNT_PASSWORD")
    return _first_line(descriptor)


@cache
def _first_line(descriptor: str) -> str:
    """The first line of a descriptor, which can be read only once."""
    try:
        with os.fdopen(int(descriptor), encoding="utf-8") as source:
            return source.readline().rstrip("\r\n")
    except (ValueError, OSError) as error:
        raise explained(
            AccountFileError(f"file descriptor {descriptor!r} gives no password"),
            means="No account was opened, and nothing was signed or sent.",
            way_out="Set SEALROOT_ACCOUNT_PASSWORD_FD=3 and add 3< FILE to the command.",
        ) from error


def language_setting() -> str:
    """Return the language this machine is set to, such as `zh_TW.UTF-8`, in the order of POSIX."""
    settings = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return next((found for found in settings if found), "")
