"""How the network stands: what each node answers, and who signed the newest blocks."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Final, NamedTuple

from network.errors import NodeSilentError
from network.plan import NetworkPlan
from network.rpc import Node
from network.software import may_fail, votes_needed
from network.voting import signers_of, validators_now

BLOCKS_LOOKED_AT: Final = 20


class NodeStatus(NamedTuple):
    """One node; all but name and URL are None where it does not answer."""

    name: str
    url: str
    height: int | None
    behind_blocks: int | None
    newest_block_seconds: int | None
    """Age of its newest block."""
    peers: int | None
    signed: int | None
    """Of the newest blocks looked at, those that carry its seal."""


class NetworkStatus(NamedTuple):
    """The network as its nodes tell it."""

    engine: str
    software: str
    chain_id: int
    height: int | None
    newest_block_seconds: int | None
    validators: tuple[str, ...]
    must_sign: int
    may_fail: int
    looked_at: int
    nodes: tuple[NodeStatus, ...]


class _Answer(NamedTuple):
    height: int
    block_time: int
    peers: int


def network_status(plan: NetworkPlan, nodes: Sequence[tuple[str, Node]], now: int) -> NetworkStatus:
    """Return what the nodes (each with a name) answer, as of `now` in Unix seconds."""
    answers = [(name, node, _ask(node)) for name, node in nodes]
    best = max(
        ((answer.height, node) for _, node, answer in answers if answer is not None),
        key=lambda pair: pair[0],
        default=None,
    )
    height = None if best is None else best[0]
    validators = plan.genesis_validators if best is None else _validators(plan, best[1])
    signed, looked_at = ({}, 0) if best is None else _signed(plan, best[1], best[0])
    address_of = {validator.name: validator.address for validator in plan.validators}
    told = tuple(
        NodeStatus(name, node.url, None, None, None, None, None)
        if answer is None
        else NodeStatus(
            name,
            node.url,
            answer.height,
            (height or 0) - answer.height,
            max(0, now - answer.block_time),
            answer.peers,
            signed.get(address_of.get(name, ""), 0),
        )
        for name, node, answer in answers
    )
    ages = [one.newest_block_seconds for one in told if one.newest_block_seconds is not None]
    return NetworkStatus(
        plan.engine.value,
        plan.software.value,
        plan.chain_id,
        height,
        min(ages, default=None),
        validators,
        votes_needed(plan.engine, len(validators)),
        may_fail(plan.engine, len(validators)),
        looked_at,
        told,
    )


def _ask(node: Node) -> _Answer | None:
    try:
        block = node.ask("eth_getBlockByNumber", "latest", False)
        height, block_time = int(block["number"], 16), int(block["timestamp"], 16)
        return _Answer(height, block_time, node.number("net_peerCount"))
    except (NodeSilentError, KeyError, TypeError, ValueError):
        return None


def _validators(plan: NetworkPlan, node: Node) -> tuple[str, ...]:
    try:
        return validators_now(plan.software, node)
    except NodeSilentError:  # a node that answers only eth, net and web3
        return tuple(sorted(validator.address for validator in plan.validators))


def _signed(plan: NetworkPlan, node: Node, height: int) -> tuple[dict[str, int], int]:
    """How often each address signed the newest blocks, and how many were looked at."""
    counted: dict[str, int] = {}
    first = max(1, height - BLOCKS_LOOKED_AT + 1)
    looked_at = 0
    with suppress(NodeSilentError):  # a node that answers only eth, net and web3
        for number in range(first, height + 1):
            _, seals = signers_of(plan.software, node, number)
            looked_at += 1
            for address in seals:
                counted[address] = counted.get(address, 0) + 1
    return counted, looked_at
