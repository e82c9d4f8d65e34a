"""The page for the person who sets up one host: Chinese first, then English (host_page.md)."""

from importlib.resources import files
from string import Template

from network.plan import NetworkPlan, Validator
from network.software import Software, may_fail, votes_needed


def readme(plan: NetworkPlan, validator: Validator) -> str:
    """Return README.md of a host's folder."""
    count = len(plan.validators)
    others = [
        f"   - `{other.host}`:{other.p2p_port} ({other.name})"
        for other in plan.validators
        if other.number != validator.number
    ]
    page = Template(files("network").joinpath("host_page.md").read_text("utf-8"))
    return page.substitute(
        name=validator.name,
        host=validator.host,
        software=plan.software.value,
        p2p_port=validator.p2p_port,
        rpc_port=validator.rpc_port,
        others="\n".join(others),
        start=_start(plan),
        count=count,
        needed=votes_needed(plan.engine, count),
        away=may_fail(plan.engine, count),
        senders_zh=_senders_zh(plan),
        senders_en=_senders_en(plan),
    )


def _start(plan: NetworkPlan) -> str:
    if plan.software is Software.BESU:
        return "docker compose up -d"
    return f"ENGINE=/usr/local/bin/{plan.software.value} ./start.sh"


def _senders_zh(plan: NetworkPlan) -> str:
    if plan.senders:
        return "只有 permissions.toml 所列帳號；Besu 拒收其他帳號的交易。"
    return "凡能連到某節點 RPC 者皆可送出；能改變登錄簿內容的，只有合約所授權的帳號。"


def _senders_en(plan: NetworkPlan) -> str:
    if plan.senders:
        return "the accounts in permissions.toml; Besu refuses all others."
    return (
        "anybody who reaches a node's RPC; what changes the registry is decided by the contract "
        "alone, by the accounts it knows."
    )
