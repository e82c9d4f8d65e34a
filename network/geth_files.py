"""The files of one host that runs GoQuorum or geth, besides its key and its first block."""

import json
import shlex

from network.command_line import (
    Listening,
    NodePaths,
    config_toml,
    import_key_arguments,
    init_arguments,
    run_arguments,
)
from network.plan import NetworkPlan, Validator
from network.software import Software

PATHS = NodePaths("data", "config.toml", "node.key", "empty-password")
EVERYWHERE = "0.0.0.0"  # noqa: S104 - peers on other hosts must reach it; a firewall lets only them


def geth_files(plan: NetworkPlan, validator: Validator) -> dict[str, str]:
    """Return the files by name: config.toml, start.sh, the service, and who may connect."""
    listening = Listening(EVERYWHERE, validator.p2p_port, "127.0.0.1", validator.rpc_port)
    peers = [other.enode() for other in plan.validators if other.number != validator.number]
    files = {
        "config.toml": config_toml(listening, peers),
        "start.sh": _start(plan, validator, listening),
        "sealroot-validator.service": service(plan, validator),
        "empty-password": "",
    }
    if plan.software is Software.GOQUORUM:
        files["permissioned-nodes.json"] = permitted_nodes(plan)
    return files


def permitted_nodes(plan: NetworkPlan) -> str:
    """Return GoQuorum's list of the nodes that may connect: the validators and nobody else."""
    return json.dumps([validator.enode() for validator in plan.validators], indent=1) + "\n"


def _start(plan: NetworkPlan, validator: Validator, listening: Listening) -> str:
    program = plan.software.value
    run = shlex.join(run_arguments(plan, validator, PATHS, listening))
    lines = [
        "#!/bin/sh",
        f"# Starts {validator.name}. The first time it writes the first block into data/.",
        "set -eu",
        'cd "$(dirname "$0")"',
        f'ENGINE="${{ENGINE:-{program}}}"',
        "export PRIVATE_CONFIG=ignore",
        "if [ ! -d data/geth/chaindata ]; then",
        "    mkdir -p data && chmod 700 data",
        f'    "$ENGINE" {shlex.join(init_arguments(PATHS, "genesis.json"))}',
        "fi",
    ]
    if plan.software is Software.GOQUORUM:
        lines.append("cp permissioned-nodes.json data/permissioned-nodes.json")
    else:
        lines += [
            'if [ ! -d data/keystore ] || [ -z "$(ls data/keystore)" ]; then',
            f'    "$ENGINE" {shlex.join(import_key_arguments(PATHS))}',
            "fi",
        ]
    if plan.software is Software.GETH:
        free = "miner.setGasPrice('0x0')"
        lines += [
            "# geth refuses a price of zero on its command line, and takes it once it runs.",
            f'( until "$ENGINE" attach --exec "{free}" data/geth.ipc >/dev/null 2>&1',
            "do sleep 1; done ) &",
        ]
    lines.append(f'exec "$ENGINE" {run}')
    return "\n".join(lines) + "\n"


def service(plan: NetworkPlan, validator: Validator) -> str:
    """Return the systemd unit of this validator."""
    return f"""[Unit]
Description=Sealroot {validator.name} ({plan.software.value}, chain {plan.chain_id})
After=network-online.target time-sync.target
Wants=network-online.target

[Service]
User=sealroot
Group=sealroot
WorkingDirectory=/srv/sealroot/{validator.name}
Environment=ENGINE=/usr/local/bin/{plan.software.value}
ExecStart=/srv/sealroot/{validator.name}/start.sh
Restart=always
RestartSec=2
TimeoutStopSec=60
LimitNOFILE=65536
NoNewPrivileges=true
PrivateTmp=true
ProtectSystem=strict
ProtectHome=true
ReadWritePaths=/srv/sealroot/{validator.name}

[Install]
WantedBy=multi-user.target
"""
