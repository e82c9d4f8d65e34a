"""The home folder of whoever operates or uses a registry.

Settings, accounts, keys, public documents and copies.

registry.json           where the chain and the contracts are
move.json               where they will be, while the registry moves (operations/moving.py)
accounts/               chain accounts (account_files.py)
keys/                   signing keys for batches and checkpoints (key_files.py)
public/                 status lists, details and types by digest (public_folder.py)
checkpoints/            statements, signatures and assembled checkpoints
trust-anchor.cbor       what a verifier begins from
journal.bin             a checked copy of the journal
evidence.json           by which blocks the chain's validators changed (validator_notes.py)
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from registry.chain_protocol import ChainAccount
from registry.finality import Engine
from registry.lineage import RegistryId
from registry.outbox import Outbox
from registry.plain_words import explained
from registry.public_folder import PublicFolder, write_atomically
from registry.rim_errors import HomeError

if TYPE_CHECKING:
    from registry.chain import Web3Chain

Address = Annotated[str, Field(pattern=r"^0x[0-9a-fA-F]{40}$")]
COUNCIL_PREFIX: Final = "council-"


class EarlierHome(BaseModel):
    """A registry that this one's journal was carried on from, and the nodes that still have it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    chain_id: int = Field(ge=1)
    registry: Address
    rpc_urls: tuple[str, ...] = ()

    @property
    def registry_id(self) -> RegistryId:
        """Chain id and contract."""
        return self.chain_id, bytes.fromhex(self.registry[2:])


class RegistrySettings(BaseModel):
    """registry.json: which registry this home belongs to, and the nodes that are asked about it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name_zh_hant: str = Field(min_length=1, max_length=120)
    name_en: str = Field(min_length=1, max_length=120)
    rpc_urls: tuple[str, ...] = Field(min_length=1)
    chain_id: int = Field(ge=1)
    registry: Address
    manager: Address
    council: Address
    first_block: int = Field(ge=0)
    engine: Engine = Engine.HARDHAT
    validators: int = Field(default=1, ge=1)
    earlier_homes: tuple[EarlierHome, ...] = ()

    @property
    def contract(self) -> bytes:
        """The address of the registry contract, 20 bytes."""
        return bytes.fromhex(self.registry[2:])

    @property
    def begun_at(self) -> RegistryId:
        """The registry where the journal began: the first home."""
        if self.earlier_homes:
            return self.earlier_homes[0].registry_id
        return self.chain_id, self.contract


def _written(settings: RegistrySettings) -> bytes:
    members = settings.model_dump(mode="json")
    if not settings.earlier_homes:
        del members["earlier_homes"]
    return (json.dumps(members, indent=1, ensure_ascii=False) + "\n").encode()


def _no_password(path: Path) -> str:
    raise explained(
        HomeError(f"the account file {path} is encrypted and nobody gave its password"),
        means="Nothing was signed or sent.",
        way_out="Run the command at a terminal, or set SEALROOT_ACCOUNT_PASSWORD.",
    )


def read_settings(path: Path) -> RegistrySettings:
    """Return what a registry.json says; raises `HomeError` when it is not as it should be."""
    try:
        return RegistrySettings.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise explained(
            HomeError(f"{path} cannot be used: {error}"),
            means="Nothing was read or changed.",
            way_out="Correct the file; its members are described in registry/home.py.",
        ) from error


class RegistryHome:
    """One home folder; nothing is read before it is asked for."""

    def __init__(self, path: Path, ask_password: Callable[[Path], str] = _no_password) -> None:
        self.path = path
        self.accounts = path / "accounts"
        self.keys = path / "keys"
        self.checkpoints = path / "checkpoints"
        self.trust_anchor = path / "trust-anchor.cbor"
        self.journal_copy = path / "journal.bin"
        self.evidence_notes = path / "evidence.json"
        self.public = PublicFolder(path / "public")
        self._settings_file = path / "registry.json"
        self._move_file = path / "move.json"
        self._ask_password = ask_password

    def has_settings(self) -> bool:
        """Return whether a registry was deployed or connected from here."""
        return self._settings_file.is_file()

    def settings(self) -> RegistrySettings:
        """Return registry.json; raises `HomeError` when it is missing or not as it should be."""
        if not self.has_settings():
            raise explained(
                HomeError(f"{self.path} is not the home of a registry: it has no registry.json"),
                means="Nothing was read or changed.",
                way_out="Name the right folder with --home or SEALROOT_HOME, or make a registry: "
                "`sealroot registry up`, then `sealroot registry deploy`.",
            )
        return read_settings(self._settings_file)

    def save_settings(self, settings: RegistrySettings) -> None:
        """registry.json says this from now on."""
        write_atomically(self._settings_file, _written(settings))

    def move(self) -> RegistrySettings | None:
        """Return the settings of the home this registry is moving to; None where it is not."""
        return read_settings(self._move_file) if self._move_file.is_file() else None

    def save_move(self, settings: RegistrySettings) -> None:
        """The registry is moving to the home these settings describe."""
        write_atomically(self._move_file, _written(settings))

    def forget_move(self) -> None:
        """The move is over."""
        self._move_file.unlink(missing_ok=True)

    def open_chain(self, outbox: Outbox | None = None) -> "Web3Chain":
        """Return the registry on its chain; nothing is asked before it is needed.

        Signed transactions are kept in the outbox, where one is given, until they took effect.
        """
        return self.chain_of(self.settings(), outbox)

    def chain_of(self, settings: RegistrySettings, outbox: Outbox | None = None) -> "Web3Chain":
        """Return the registry that these settings name, which may not be this home's yet."""
        from registry.chain import (  # noqa: PLC0415 - web3 takes over a second to import
            Deployment,
            Web3Chain,
        )

        deployment = Deployment(
            chain_id=settings.chain_id,
            registry=settings.contract,
            manager=bytes.fromhex(settings.manager[2:]),
            council=bytes.fromhex(settings.council[2:]),
            first_block=settings.first_block,
            engine=settings.engine,
            validators=settings.validators,
            first_home=settings.begun_at,
        )
        return Web3Chain(settings.rpc_urls, deployment, outbox=outbox)

    def account(self, name: str) -> ChainAccount:
        """Return the account with this name in accounts/; raises `HomeError` when there is none."""
        from registry.account_files import (  # noqa: PLC0415 - eth-account is slow to import
            find_account_file,
            load_account,
        )

        path = find_account_file(self.accounts, name)
        if path is None:
            raise explained(
                HomeError(f"there is no account {name} in {self.accounts}"),
                means="Nothing was signed or sent.",
                way_out="Copy its file there, or name the home folder that has it with --home.",
            )
        return load_account(path, self._ask_password)

    def member_account(self, name: str | None) -> ChainAccount:
        """Return a council member's account: the one named, or the only one that is here.

        Where there are several, as on a development machine, the first of the council's.
        """
        if name is not None:
            return self.account(name)
        here = sorted({path.name.split(".")[0] for path in self.accounts.glob("*account.json")})
        return self.account(here[0] if len(here) == 1 else f"{COUNCIL_PREFIX}1")

    def council_names(self) -> list[str]:
        """Return the names of the council members whose accounts are here, in order."""
        found = {path.name.split(".")[0] for path in self.accounts.glob(f"{COUNCIL_PREFIX}*.json")}
        return sorted(found, key=lambda name: (len(name), name))
