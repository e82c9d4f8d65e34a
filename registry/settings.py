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
    return _secret("SEALROOT_ACCOUNT_PASSWORD")


def module_pin() -> str | None:
    """Return the PIN of a hardware module's token, given like an account's password.

    $SEALROOT_PKCS11_PIN, or $SEALROOT_PKCS11_PIN_FD.
    """
    return _secret("SEALROOT_PKCS11_PIN")


def module_library() -> str | None:
    """Return $SEALROOT_PKCS11_MODULE: the library of keys whose URI names none."""
    return os.environ.get("SEALROOT_PKCS11_MODULE")


def _secret(name: str) -> str | None:
    descriptor = os.environ.get(f"{name}_FD")
    return os.environ.get(name) if descriptor is None else _first_line(name, descriptor)


@cache
def _first_line(name: str, descriptor: str) -> str:
    """The first line of a descriptor, which can be read only once."""
    try:
        with os.fdopen(int(descriptor), encoding="utf-8") as source:
            return source.readline().rstrip("\r\n")
    except (ValueError, OSError) as error:
        raise explained(
            AccountFileError(f"file descriptor {descriptor!r} gives no password or PIN"),
            means="No account was opened, and nothing was signed or sent.",
            way_out=f"Set {name}_FD=3 and add 3< FILE to the command.",
        ) from error


def language_setting() -> str:
    """Return the language this machine is set to, such as `zh_TW.UTF-8`, in the order of POSIX."""
    settings = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return next((found for found in settings if found), "")
