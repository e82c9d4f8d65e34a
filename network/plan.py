"""network.json: what a network is, without a secret; every host may have it."""

import json
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from network.errors import NetworkError
from network.genesis import EPOCH_LENGTH
from network.software import Software
from registry.finality import Engine
from registry.plain_words import explained
from registry.public_folder import write_atomically

NETWORK_FILE: Final = "network.json"
GENESIS_FILE: Final = "genesis.json"
MOST_VALIDATORS: Final = 100

Address = Annotated[str, Field(pattern=r"^0x[0-9a-f]{40}$")]
Port = Annotated[int, Field(ge=1, le=65_535)]


class Validator(BaseModel):
    """One validator: its public key, and where its host is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    number: int = Field(ge=1, le=9_999)
    address: Address
    public_key: str = Field(pattern=r"^[0-9a-f]{128}$")
    host: str = Field(pattern=r"^[A-Za-z0-9.:\-]{1,253}$")
    p2p_port: Port = 30_303
    rpc_port: Port = 8_545

    @property
    def name(self) -> str:
        """The name of its folder, its service and its log."""
        return f"validator-{self.number}"

    @property
    def address_bytes(self) -> bytes:
        """The address, 20 bytes."""
        return bytes.fromhex(self.address[2:])

    def enode(self, host: str | None = None, port: int | None = None) -> str:
        """Return how its peers reach it (the URL format of enode), or would at another place."""
        where = host or self.host
        bracketed = f"[{where}]" if ":" in where else where
        return f"enode://{self.public_key}@{bracketed}:{port or self.p2p_port}?discport=0"


class NetworkPlan(BaseModel):
    """The network: its engine, its chain and its validators."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Literal[1] = 1
    software: Software
    chain_id: int = Field(ge=1, lt=2**53)
    block_seconds: int = Field(ge=1, le=60)
    round_seconds: int = Field(ge=1, le=600)
    epoch_length: int = Field(default=EPOCH_LENGTH, ge=1)
    senders: tuple[Address, ...] = ()
    """Who may send transactions, where the program keeps such a list; anybody, where empty."""
    genesis_validators: tuple[Address, ...] = Field(min_length=1, max_length=MOST_VALIDATORS)
    validators: tuple[Validator, ...] = Field(min_length=1, max_length=MOST_VALIDATORS)

    @model_validator(mode="after")
    def _consistent(self) -> "NetworkPlan":
        for what in ("number", "address", "public_key"):
            values = [getattr(validator, what) for validator in self.validators]
            if len(set(values)) != len(values):
                raise ValueError(f"two validators have the same {what}")
        if self.senders and not self.software.has_list_of_senders:
            raise ValueError(f"{self.software.value} keeps no list of who may send")
        return self

    @property
    def engine(self) -> Engine:
        """The consensus engine."""
        return self.software.engine

    def named(self, number: int) -> Validator:
        """Return the validator with this number; raises `NetworkError`."""
        for validator in self.validators:
            if validator.number == number:
                return validator
        raise explained(
            NetworkError(f"there is no validator {number} in this network"),
            means="Nothing was changed.",
            way_out="See the numbers with `sealroot network status`.",
        )


def save_plan(folder: Path, plan: NetworkPlan) -> None:
    """network.json in `folder` says this, whole."""
    text = plan.model_dump_json(indent=1)
    write_atomically(folder / NETWORK_FILE, text.encode() + b"\n")


def load_plan(folder: Path) -> NetworkPlan:
    """Return the network of a folder; raises `NetworkError`."""
    path = folder / NETWORK_FILE
    try:
        return NetworkPlan.model_validate_json(path.read_bytes())
    except OSError as error:
        raise explained(
            NetworkError(f"{folder} holds no network: {NETWORK_FILE} cannot be read"),
            means="Nothing was started or changed.",
            way_out="Make one with `sealroot network init --out FOLDER`, or name its folder.",
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise explained(
            NetworkError(f"{path} is damaged: {where}: {first['msg']}"),
            means="Nothing was started or changed.",
            way_out="Copy network.json again from the machine that made the network.",
        ) from error


def genesis_text(content: dict[str, object]) -> bytes:
    """Return a genesis file as it is written: the same bytes for every host."""
    return json.dumps(content, indent=1).encode() + b"\n"
