"""The files of one host that runs Besu, besides its key and its first block.

Besu enforces both lists itself: which nodes may connect, and which accounts may send.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Final

from network.plan import NetworkPlan, Validator

IMAGE: Final = "hyperledger/besu:24.12.2"
ADMINISTRATION: Final = ("ADMIN", "ETH", "NET", "PERM", "QBFT", "TXPOOL", "WEB3")
FOLDER: Final = "/srv/sealroot"
EVERYWHERE: Final = "0.0.0.0"  # noqa: S104 - peers on other hosts must reach it; a firewall lets only them


def besu_files(plan: NetworkPlan, validator: Validator) -> dict[str, str]:
    """Return the files by name: configuration, both lists, compose file, service."""
    peers = [other.enode() for other in plan.validators if other.number != validator.number]
    return {
        "config.toml": besu_config(plan, validator),
        "static-nodes.json": json.dumps(peers, indent=1) + "\n",
        "permissions.toml": permissions(plan),
        "docker-compose.yml": compose(validator),
        "sealroot-validator.service": besu_service(plan, validator),
    }


def besu_config(plan: NetworkPlan, validator: Validator) -> str:
    """Return Besu's config.toml; every value is named on Besu's page of options."""
    values: Mapping[str, str | int | bool | Sequence[str]] = {
        "data-path": f"{FOLDER}/data",
        "genesis-file": f"{FOLDER}/genesis.json",
        "node-private-key-file": f"{FOLDER}/node.key",
        "sync-mode": "FULL",
        "data-storage-format": "FOREST",
        "discovery-enabled": False,
        "nat-method": "NONE",
        "p2p-host": validator.host,
        "p2p-interface": EVERYWHERE,
        "p2p-port": validator.p2p_port,
        "max-peers": 25,
        "static-nodes-file": f"{FOLDER}/static-nodes.json",
        "permissions-nodes-config-file-enabled": True,
        "permissions-nodes-config-file": f"{FOLDER}/permissions.toml",
        "permissions-accounts-config-file-enabled": bool(plan.senders),
        "permissions-accounts-config-file": f"{FOLDER}/permissions.toml",
        "rpc-http-enabled": True,
        "rpc-http-host": "127.0.0.1",
        "rpc-http-port": validator.rpc_port,
        "rpc-http-api": ADMINISTRATION,
        "host-allowlist": ["localhost", "127.0.0.1"],
        "min-gas-price": 0,
        "tx-pool": "SEQUENCED",
    }
    return "".join(f"{name}={json.dumps(value)}\n" for name, value in values.items())


def permissions(plan: NetworkPlan) -> str:
    """Return the two lists Besu reads: nodes that may connect, accounts that may send."""
    nodes = json.dumps([validator.enode() for validator in plan.validators])
    lists = f"nodes-allowlist={nodes}\n"
    return lists + (f"accounts-allowlist={json.dumps(plan.senders)}\n" if plan.senders else "")


def compose(validator: Validator) -> str:
    """Return a compose file that runs this validator; its RPC stays on the loopback."""
    return f"""services:
  {validator.name}:
    image: {IMAGE}
    command: ["--config-file={FOLDER}/config.toml"]
    user: "1000:1000"
    network_mode: host
    restart: always
    stop_grace_period: 60s
    read_only: true
    tmpfs: ["/tmp"]
    volumes:
      - ./:{FOLDER}:ro
      - ./data:{FOLDER}/data
"""


def besu_service(plan: NetworkPlan, validator: Validator) -> str:
    """Return the systemd unit of a Besu that is installed on the host itself."""
    return f"""[Unit]
Description=Sealroot {validator.name} (Besu, chain {plan.chain_id})
After=network-online.target time-sync.target
Wants=network-online.target

[Service]
User=sealroot
Group=sealroot
WorkingDirectory={FOLDER}
ExecStart=/opt/besu/bin/besu --config-file={FOLDER}/config.toml
Restart=always
RestartSec=2
TimeoutStopSec=60
LimitNOFILE=65536
NoNewPrivileges=true
PrivateTmp=true
ProtectSystem=strict
ProtectHome=true
ReadWritePaths={FOLDER}/data

[Install]
WantedBy=multi-user.target
"""
