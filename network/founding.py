"""Making a network, once: keys, first block, and one folder for each host."""

import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from network.besu_files import besu_files
from network.errors import NetworkError
from network.genesis import genesis
from network.geth_files import geth_files
from network.host_words import readme
from network.node_keys import identity_of
from network.plan import (
    GENESIS_FILE,
    NETWORK_FILE,
    NetworkPlan,
    Validator,
    genesis_text,
    load_plan,
    save_plan,
)
from network.software import Software
from registry.plain_words import explained
from registry.public_folder import write_atomically

NODE_KEY: Final = "node.key"
PERMITTED: Final = "permitted-nodes.json"
LOOPBACK: Final = "127.0.0.1"
PORT_OF_PEERS: Final = 30_303
PORT_OF_RPC: Final = 8_545
PORTS_APART: Final = 10
SECRET_MODE: Final = 0o600
PROGRAM_MODE: Final = 0o755
USUAL_MODE: Final = 0o644


class HostAddress(NamedTuple):
    """Where the host of a validator is reached by the others."""

    host: str
    port: int = PORT_OF_PEERS


class Wish(NamedTuple):
    """What network shall be made."""

    software: Software
    chain_id: int
    block_seconds: int
    round_seconds: int
    hosts: Sequence[HostAddress]
    senders: Sequence[str] = ()


def found_network(folder: Path, wish: Wish) -> NetworkPlan:
    """The folder holds a network that has never run: network.json, genesis, one folder a host.

    Raises `NetworkError` when it holds one already: its keys are never overwritten.
    """
    if (folder / NETWORK_FILE).exists():
        raise explained(
            NetworkError(f"{folder} holds a network already"),
            means="Nothing was changed: new keys would make the old network unusable.",
            way_out="Choose another folder with --out, or remove this one yourself.",
        )
    # A crash before network.json is written leaves keys that nobody uses yet; they are replaced.
    validators = tuple(
        _make_validator(folder, number, host) for number, host in enumerate(wish.hosts, 1)
    )
    plan = NetworkPlan(
        software=wish.software,
        chain_id=wish.chain_id,
        block_seconds=wish.block_seconds,
        round_seconds=wish.round_seconds,
        senders=tuple(sender.lower() for sender in wish.senders),
        genesis_validators=tuple(sorted(validator.address for validator in validators)),
        validators=validators,
    )
    first_block = genesis(
        plan.software,
        chain_id=plan.chain_id,
        validators=[validator.address_bytes for validator in validators],
        block_seconds=plan.block_seconds,
        round_seconds=plan.round_seconds,
    )
    write_atomically(folder / GENESIS_FILE, genesis_text(first_block))
    write_host_folders(folder, plan)
    save_plan(folder, plan)
    return plan


def add_host(folder: Path, host: HostAddress | None = None) -> Validator:
    """The network's folder knows one validator more; it signs nothing before the others vote."""
    plan = load_plan(folder)
    number = max(validator.number for validator in plan.validators) + 1
    where = host or usual_hosts(number)[-1]
    added = _make_validator(folder, number, where)
    bigger = plan.model_copy(update={"validators": (*plan.validators, added)})
    write_host_folders(folder, bigger)
    save_plan(folder, bigger)
    return added


def drop_host(folder: Path, number: int) -> NetworkPlan:
    """The network's folder no longer counts this validator; its own folder stays as it is."""
    plan = load_plan(folder)
    plan.named(number)
    kept = tuple(validator for validator in plan.validators if validator.number != number)
    smaller = plan.model_copy(update={"validators": kept})
    write_host_folders(folder, smaller)
    save_plan(folder, smaller)
    return smaller


def usual_hosts(count: int) -> list[HostAddress]:
    """Return hosts for trying out: all on this machine, each with a port of its own."""
    return [HostAddress(LOOPBACK, PORT_OF_PEERS + index * PORTS_APART) for index in range(count)]


def write_host_folders(folder: Path, plan: NetworkPlan) -> None:
    """Each host's folder holds all its validator needs, as the plan says now."""
    first_block = (folder / GENESIS_FILE).read_bytes()
    for validator in plan.validators:
        home = folder / validator.name
        make = besu_files if plan.software is Software.BESU else geth_files
        for name, content in make(plan, validator).items():
            mode = PROGRAM_MODE if name.endswith(".sh") else USUAL_MODE
            write_atomically(home / name, content.encode(), mode)
        write_atomically(home / GENESIS_FILE, first_block)
        write_atomically(home / NETWORK_FILE, plan.model_dump_json(indent=1).encode() + b"\n")
        write_atomically(home / "README.md", readme(plan, validator).encode())


def _make_validator(folder: Path, number: int, where: HostAddress) -> Validator:
    secret = secrets.token_bytes(32)
    identity = identity_of(secret)
    validator = Validator(
        number=number,
        address=f"0x{identity.address.hex()}",
        public_key=identity.public_key.hex(),
        host=where.host,
        p2p_port=where.port,
        rpc_port=PORT_OF_RPC + (number - 1 if where.host == LOOPBACK else 0) * PORTS_APART,
    )
    home = folder / validator.name
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_atomically(home / NODE_KEY, secret.hex().encode(), SECRET_MODE)
    return validator
