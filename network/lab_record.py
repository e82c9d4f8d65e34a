"""lab.json: where each validator of a network listens, while it runs on this machine."""

from enum import Enum
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, ValidationError

from network.founding import LOOPBACK, PORT_OF_PEERS, PORT_OF_RPC
from network.plan import Port
from network.ports import free_ports
from network.wires import Wires
from registry.public_folder import write_atomically

LAB_FILE: Final = "lab.json"


class Isolation(Enum):
    """How the validators on one machine are kept apart."""

    NAMESPACES = "namespaces"
    """A network namespace and an address for each; needs root."""
    PORTS = "ports"
    """Ports on 127.0.0.1."""


class Place(BaseModel):
    """Where one validator of the lab listens."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    address: str
    p2p_port: Port
    rpc_port: Port

    @property
    def url(self) -> str:
        """The RPC address."""
        return f"http://{self.address}:{self.rpc_port}"


class LabRecord(BaseModel):
    """How a network runs on this machine; `net` numbers its namespaces."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    isolation: Isolation
    net: int | None = None
    places: dict[int, Place]


def read_record(home: Path) -> LabRecord | None:
    """Return what lab.json in this folder says, or None where it says nothing usable."""
    try:
        return LabRecord.model_validate_json((home / LAB_FILE).read_bytes())
    except (OSError, ValidationError):
        return None


def write_record(home: Path, record: LabRecord) -> None:
    """lab.json in this folder says this, whole."""
    write_atomically(home / LAB_FILE, record.model_dump_json(indent=1).encode() + b"\n")


def remove_record(home: Path) -> None:
    """There is no lab.json in this folder: nothing of the network runs here."""
    (home / LAB_FILE).unlink(missing_ok=True)


def place_in(wires: Wires, number: int) -> Place:
    """Return the place of a validator in its own namespace."""
    return Place(address=wires.address(number), p2p_port=PORT_OF_PEERS, rpc_port=PORT_OF_RPC)


def place_on_loopback() -> Place:
    """Return a place on two free ports of the loopback."""
    p2p_port, rpc_port = free_ports(2)
    return Place(address=LOOPBACK, p2p_port=p2p_port, rpc_port=rpc_port)
