"""Files with the keys of chain accounts.

Encrypted ones, and plain ones for development whose name says so.
"""

import json
import os
import secrets
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_utils.address import to_checksum_address

from registry.plain_words import explained
from registry.rim_errors import AccountFileError

INSECURE_SUFFIX: Final = ".insecure-account.json"
ENCRYPTED_SUFFIX: Final = ".account.json"


class InsecureAccountFileWarning(UserWarning):
    """A chain account is kept unencrypted on disk: for development only."""


class FileAccount:
    """An account whose private key was in an encrypted file."""

    def __init__(self, account: LocalAccount) -> None:
        self._account = account

    @property
    def address(self) -> str:
        """The account's address with its checksum (EIP-55)."""
        return str(self._account.address)

    def sign_transaction(self, transaction: dict[str, Any]) -> bytes:
        """Return the signed transaction, ready to send."""
        return bytes(self._account.sign_transaction(transaction).raw_transaction)


class InsecureFileAccount(FileAccount):
    """An account whose private key lies unencrypted in a file; warns when made."""

    def __init__(self, account: LocalAccount, path: Path) -> None:
        super().__init__(account)
        warnings.warn(
            f"{path} holds an unencrypted private key", InsecureAccountFileWarning, stacklevel=3
        )


def make_insecure_account(folder: Path, name: str) -> Path:
    """A new account stands in `folder` under this name, unencrypted; an existing one is kept."""
    path = folder / f"{name}{INSECURE_SUFFIX}"
    account = Account.from_key(secrets.token_bytes(32))
    content = {
        "format": "sealroot-insecure-account-1",
        "address": account.address,
        "private_key": account.key.to_0x_hex(),
    }
    _write_once(path, content)
    return path


def make_encrypted_account(folder: Path, name: str, password: str) -> Path:
    """A new account stands in `folder` under this name, encrypted (Web3 secret storage v3).

    An existing one is kept.
    """
    path = folder / f"{name}{ENCRYPTED_SUFFIX}"
    _write_once(path, dict(Account.encrypt(secrets.token_bytes(32), password)))
    return path


def find_account_file(folder: Path, name: str) -> Path | None:
    """Return the file of the account with this name, the encrypted one first, or None."""
    candidates = (folder / f"{name}{suffix}" for suffix in (ENCRYPTED_SUFFIX, INSECURE_SUFFIX))
    return next((path for path in candidates if path.is_file()), None)


def address_of(path: Path) -> str:
    """Return the address an account file states, without opening its key."""
    return _address(_read(path), path)


def load_account(path: Path, ask_password: Callable[[Path], str]) -> FileAccount:
    """Return the account in a file, asking for the password only where the file is encrypted."""
    content = _read(path)
    insecure = content.get("format") == "sealroot-insecure-account-1"
    try:
        key = content["private_key"] if insecure else Account.decrypt(content, ask_password(path))
        account: LocalAccount = Account.from_key(key)
    except (KeyError, ValueError, TypeError) as error:
        raise _unusable(path, "its password is wrong or it is damaged") from error
    if account.address != _address(content, path):
        raise _unusable(path, "the private key in it is not that of the address it states")
    return InsecureFileAccount(account, path) if insecure else FileAccount(account)


def _read(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise _unusable(path, "it is missing or not JSON") from error
    if not isinstance(content, dict):
        raise _unusable(path, "it is not a JSON object")
    return content


def _address(content: dict[str, Any], path: Path) -> str:
    text = content.get("address")
    if not isinstance(text, str) or len(text.removeprefix("0x")) != 40:
        raise _unusable(path, "it states no address")
    return str(to_checksum_address(text if text.startswith("0x") else f"0x{text}"))


def _write_once(path: Path, content: dict[str, Any]) -> None:
    """The file exists with mode 0600.

    Where it existed before it is unchanged, because its key may be in use.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(content, file, indent=1)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())


def _unusable(path: Path, why: str) -> AccountFileError:
    return explained(
        AccountFileError(f"the account file {path} cannot be used: {why}"),
        means="Nothing was signed or sent with this account.",
        way_out="Check the path and the password, or restore the file from its backup.",
    )
