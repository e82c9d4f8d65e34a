"""How a validator of the go-ethereum family is started: its arguments and its config.toml."""

import json
from collections.abc import Sequence
from typing import Final, NamedTuple

from network.genesis import GAS_LIMIT
from network.plan import NetworkPlan, Validator
from network.software import Software

PUBLIC_APIS: Final = ("eth", "net", "web3")
"""What a node on a host of its own answers over HTTP; everything else needs its IPC socket."""
CACHE_MEGABYTES: Final = 128


class NodePaths(NamedTuple):
    """Where the files of one validator are, as written on its command line."""

    data: str
    config: str
    node_key: str
    password: str


class Listening(NamedTuple):
    """Where a validator listens, and what it answers over HTTP."""

    p2p_host: str
    p2p_port: int
    rpc_host: str
    rpc_port: int
    apis: tuple[str, ...] = PUBLIC_APIS
    has_ipc: bool = True


def every_api(software: Software) -> tuple[str, ...]:
    """Return all that a node answers, with what only its operator may ask."""
    voting = "clique" if software is Software.GETH else "istanbul"
    return ("admin", "debug", "eth", "miner", "net", "txpool", voting, "web3")


def config_toml(listening: Listening, peers: Sequence[str]) -> str:
    """Return the config.toml: whom to know, and the one address to listen on for them."""
    lines = [
        "[Node.P2P]",
        f"ListenAddr = {json.dumps(_joined(listening.p2p_host, listening.p2p_port))}",
        "NoDiscovery = true",
        "StaticNodes = [",
        *(f"  {json.dumps(peer)}," for peer in peers),
        "]",
        "TrustedNodes = [",
        *(f"  {json.dumps(peer)}," for peer in peers),
        "]",
    ]
    return "\n".join(lines) + "\n"


def init_arguments(paths: NodePaths, genesis_file: str) -> list[str]:
    """Return the arguments that write the first block into an empty data folder."""
    return ["--datadir", paths.data, "init", genesis_file]


def import_key_arguments(paths: NodePaths) -> list[str]:
    """Return the arguments that put the signing key where Clique looks for it."""
    return [
        *("--datadir", paths.data, "account", "import", "--lightkdf"),
        *("--password", paths.password, paths.node_key),
    ]


def run_arguments(
    plan: NetworkPlan, validator: Validator, paths: NodePaths, listening: Listening
) -> list[str]:
    """Return the arguments of a running validator."""
    return [
        *("--datadir", paths.data, "--config", paths.config, "--nodekey", paths.node_key),
        *("--networkid", str(plan.chain_id), "--nodiscover", "--nat", "none"),
        *("--syncmode", "full", "--gcmode", "archive", "--cache", str(CACHE_MEGABYTES)),
        *("--http", "--http.addr", listening.rpc_host, "--http.port", str(listening.rpc_port)),
        *("--http.api", ",".join(listening.apis)),
        *(() if listening.has_ipc else ("--ipcdisable",)),
        *("--mine", "--miner.etherbase", validator.address),
        *("--miner.gaslimit", str(GAS_LIMIT)),
        *(_goquorum() if plan.software is Software.GOQUORUM else _geth(validator, paths)),
    ]


def _goquorum() -> tuple[str, ...]:
    return (
        *("--permissioned", "--miner.threads", "1"),
        *("--miner.gastarget", str(GAS_LIMIT), "--miner.gasprice", "0"),
    )


def _geth(validator: Validator, paths: NodePaths) -> tuple[str, ...]:
    # "Insecure": who reaches the RPC could let this account send a transaction. It owns nothing
    # and has no role, and cannot be made to sign a block that way.
    return (
        *("--unlock", validator.address, "--password", paths.password),
        *("--allow-insecure-unlock", "--authrpc.port", "0"),
    )


def _joined(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
