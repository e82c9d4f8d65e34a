"""Every way a node can fail or lie, and what the client concludes: nothing, or the truth."""

import time
import tracemalloc
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest
from web3.exceptions import ContractLogicError, Web3RPCError

from registry.chain import Deployment, Web3Chain
from registry.endpoints import EndpointPool, bare
from registry.errors import ChainMismatchError, ChainUnavailableError
from registry.finality import Engine
from registry.local_chain import LocalChain, rpc
from registry.node_answers import MAX_BYTES, MAX_BYTES_OF_LOGS
from registry.open_registry import OpenRegistry
from registry.rim_errors import EndpointsDisagreeError
from tests.fault_proxy import (
    Alter,
    Answer,
    Drip,
    Endless,
    Fault,
    FaultProxy,
    Garbage,
    Hang,
    HangUp,
    Late,
    LoseReply,
    Reset,
    Result,
    RpcError,
    Status,
)

pytestmark = [
    pytest.mark.chain,
    pytest.mark.allow_hosts(["127.0.0.1"]),
    pytest.mark.filterwarnings("ignore::registry.account_files.InsecureAccountFileWarning"),
]

TIMEOUT = 0.6
EVERY_FAULT: list[Fault] = [
    HangUp(),
    LoseReply(),
    Reset(),
    Status(429),
    Status(500),
    Status(302),
    Hang(),
    Late(1.2),
    Garbage(b"<html>gateway</html>"),
    Garbage(b"[" * 100_000),
    Garbage(b'{"jsonrpc":"2.0","id":1,"result":' + b"9" * 5_000 + b"}"),
    Garbage(b'["no","object"]'),
    Endless(),
    Drip(),
    Result(None),
    Result("0xzz"),
    Result({"a": 1}),
    Result(True),
    RpcError(-32603, "internal error"),
    RpcError(-32005, "limit exceeded"),
]


@pytest.fixture
def node(local_chain: LocalChain) -> Iterator[FaultProxy]:
    with FaultProxy(local_chain.url) as proxy:
        yield proxy


@pytest.fixture
def nodes(local_chain: LocalChain) -> Iterator[list[FaultProxy]]:
    with ExitStack() as stack:
        yield [stack.enter_context(FaultProxy(local_chain.url)) for _ in range(3)]


def chain_over(registry: OpenRegistry, *urls: str, engine: Engine = Engine.HARDHAT) -> Web3Chain:
    deployment: Deployment = replace(registry.chain.deployment, engine=engine)
    return Web3Chain(urls, deployment, timeout_seconds=TIMEOUT)


# ----------------------------------------------------------------------- no answer


@pytest.mark.parametrize("fault", EVERY_FAULT, ids=repr)
@pytest.mark.parametrize("method", ["eth_blockNumber", "eth_call"])
def test_a_node_that_fails_costs_little_time_and_ends_in_unavailable(
    registry: OpenRegistry, node: FaultProxy, method: str, fault: Fault
) -> None:
    chain = chain_over(registry, node.url)
    chain.head()
    node.on(method, fault)
    began = time.monotonic()

    with pytest.raises(ChainUnavailableError):
        chain.head()

    assert time.monotonic() - began < 4 * TIMEOUT + 1


@pytest.mark.parametrize("fault", EVERY_FAULT, ids=repr)
def test_the_next_node_answers_in_place_of_one_that_fails(
    registry: OpenRegistry, local_chain: LocalChain, node: FaultProxy, fault: Fault
) -> None:
    chain = chain_over(registry, node.url, local_chain.url)
    node.on("eth_getTransactionCount", fault)

    sender = registry.home.account("council-1").address
    found = chain.pool.ask(
        lambda web3: int(bare(web3, "eth_getTransactionCount", sender, "latest"), 16),
        unanswered=(Web3RPCError, *_unanswered()),
    )

    assert found == int(rpc(local_chain.url, "eth_getTransactionCount", [sender, "latest"]), 16)


def _unanswered() -> tuple[type[Exception], ...]:
    from registry.endpoints import UNANSWERED  # noqa: PLC0415 - only here

    return UNANSWERED


def test_an_endless_answer_is_read_to_the_limit_and_no_further(
    registry: OpenRegistry, node: FaultProxy
) -> None:
    chain = Web3Chain([node.url], registry.chain.deployment, timeout_seconds=5.0)
    chain.head()
    node.on("eth_call", Endless())
    tracemalloc.start()

    with pytest.raises(ChainUnavailableError, match="longer than"):
        chain.head()

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * MAX_BYTES
    assert node.bytes_sent < MAX_BYTES_OF_LOGS + 16 * MAX_BYTES  # what the sockets had in flight


def test_logs_too_long_for_one_answer_are_asked_for_in_smaller_ranges(
    registry: OpenRegistry, node: FaultProxy
) -> None:
    node.on("eth_getLogs", Endless(), nth=1)
    chain = Web3Chain([node.url], registry.chain.deployment, timeout_seconds=5.0)

    assert chain.entries(0) == registry.chain.entries(0)


def test_a_connection_refused_is_said_plainly(registry: OpenRegistry, node: FaultProxy) -> None:
    chain = chain_over(registry, node.url)
    node.close_door()

    with pytest.raises(ChainUnavailableError, match="it does not answer"):
        chain.head()


def test_a_password_in_an_address_is_never_told(registry: OpenRegistry) -> None:
    chain = chain_over(registry, "http://clerk:secret@127.0.0.1:9/key-in-path")

    with pytest.raises(ChainUnavailableError) as caught:
        chain.head()

    assert "secret" not in str(caught.value)
    assert "key-in-path" not in str(caught.value)


# ------------------------------------------------------------------------ back-off


def test_a_node_that_failed_rests_longer_each_time_and_is_not_asked_meanwhile(
    local_chain: LocalChain, node: FaultProxy
) -> None:
    now = [0.0]
    pool = EndpointPool(
        [node.url, local_chain.url], chain_id=None, registry=None, clock=lambda: now[0]
    )
    node.on("eth_blockNumber", HangUp())
    asked = []
    for now[0] in (0.0, 0.5, 1.1, 2.0, 3.2, 4.0, 7.3):
        pool.ask_each(lambda web3: bare(web3, "eth_blockNumber"))
        asked.append(len(node.calls))

    # rests 1, 2 and 4 seconds: asked at 0, 1.1, 3.2 and 7.3, and not in between
    tries = [after > before for before, after in zip([0, *asked], asked, strict=False)]
    assert tries == [True, False, True, False, True, False, True]


def test_nodes_that_all_rest_are_asked_all_the_same(node: FaultProxy) -> None:
    pool = EndpointPool([node.url], chain_id=None, registry=None, clock=lambda: 0.0)
    node.on("eth_blockNumber", HangUp(), nth=1)
    with pytest.raises(ChainUnavailableError):
        pool.request("eth_blockNumber")
    node.heal()

    assert int(pool.request("eth_blockNumber"), 16) >= 0


# ------------------------------------------------------------ answers of another kind


@pytest.mark.parametrize(
    "error",
    [
        RpcError(-32603, "internal error"),
        RpcError(-32000, "header not found", data=None),
        RpcError(-32000, "missing trie node", data={"cause": "pruned"}),
        RpcError(-32601, "method not found"),
    ],
    ids=lambda error: error.message,
)
def test_an_error_of_the_node_is_never_taken_for_a_refusal_by_the_contract(
    node: FaultProxy, error: RpcError
) -> None:
    pool = EndpointPool([node.url], chain_id=None, registry=None)
    node.on("eth_estimateGas", error)

    with pytest.raises(Web3RPCError):
        pool.request("eth_estimateGas", {})


@pytest.mark.parametrize(
    "error",
    [
        RpcError(3, "execution reverted", data="0x12345678"),
        RpcError(-32000, "Execution reverted", data="0x12345678"),
        RpcError(-32603, "VM Exception: reverted with a custom error", data={"data": "0x12345678"}),
    ],
    ids=lambda error: error.message,
)
def test_a_revert_is_known_in_the_words_of_every_client(node: FaultProxy, error: RpcError) -> None:
    pool = EndpointPool([node.url], chain_id=None, registry=None)
    node.on("eth_call", error)

    with pytest.raises(ContractLogicError) as caught:
        pool.ask(lambda web3: bare(web3, "eth_call", {}, "latest"))

    assert caught.value.data == "0x12345678"


def test_an_answer_to_another_question_is_no_answer(
    registry: OpenRegistry, node: FaultProxy
) -> None:
    chain = chain_over(registry, node.url)
    chain.head()
    node.on("eth_blockNumber", Alter(lambda answer: {**answer, "id": answer["id"] - 1}))

    with pytest.raises(ChainUnavailableError, match="another question"):
        chain.head()


def test_a_contract_that_names_addresses_to_ask_is_not_followed(
    registry: OpenRegistry, node: FaultProxy
) -> None:
    chain = chain_over(registry, node.url)
    chain.head()
    offchain_lookup = "0x556f1830" + "00" * 160
    node.on("eth_call", RpcError(3, "execution reverted", data=offchain_lookup))

    with pytest.raises(ChainUnavailableError):
        chain.read("Registry", "size")

    assert set(node.calls) <= {"eth_chainId", "eth_getCode", "eth_blockNumber", "eth_call"}


# ------------------------------------------------------------------- nodes that disagree


def changed(member: str, value: str) -> Alter:
    def change(answer: Answer) -> Answer:
        result: dict[str, Any] = {**answer["result"], member: value}
        return {**answer, "result": result}

    return Alter(change)


def behind(blocks: int) -> Alter:
    return Alter(lambda answer: {**answer, "result": hex(int(answer["result"], 16) - blocks)})


def test_nodes_that_agree_give_the_final_head(
    registry: OpenRegistry, nodes: list[FaultProxy]
) -> None:
    chain = chain_over(registry, *(node.url for node in nodes))

    assert chain.finalized_head() == registry.chain.head()


@pytest.mark.parametrize("liar", [0, 1, 2])
def test_another_block_at_the_same_height_is_an_alarm_whoever_tells_it(
    registry: OpenRegistry, nodes: list[FaultProxy], liar: int
) -> None:
    nodes[liar].on("eth_getBlockByNumber", changed("hash", "0x" + "ab" * 32))
    chain = chain_over(registry, *(node.url for node in nodes))

    with pytest.raises(EndpointsDisagreeError, match="abababab") as caught:
        chain.finalized_head()

    assert nodes[liar].url in str(caught.value)


@pytest.mark.parametrize("liar", [0, 1, 2])
def test_another_head_in_the_same_block_is_an_alarm(
    registry: OpenRegistry, nodes: list[FaultProxy], liar: int
) -> None:
    def other_word(answer: Answer) -> Answer:
        return {**answer, "result": answer["result"][:-2] + "5a"}

    nodes[liar].on("eth_call", Alter(other_word))
    chain = chain_over(registry, *(node.url for node in nodes))

    with pytest.raises(EndpointsDisagreeError, match="same block"):
        chain.finalized_head()


def test_a_node_that_lags_disagrees_with_nobody_and_holds_nobody_up(
    registry: OpenRegistry, nodes: list[FaultProxy]
) -> None:
    nodes[0].on("eth_blockNumber", behind(3))
    chain = chain_over(registry, *(node.url for node in nodes))

    assert chain.finalized_head() == registry.chain.head()


def test_a_node_that_lags_on_another_chain_is_an_alarm(
    registry: OpenRegistry, nodes: list[FaultProxy]
) -> None:
    nodes[0].on("eth_blockNumber", behind(3))
    nodes[0].on("eth_getBlockByNumber", changed("hash", "0x" + "ab" * 32))
    chain = chain_over(registry, *(node.url for node in nodes))

    with pytest.raises(EndpointsDisagreeError):
        chain.finalized_head()


def test_one_node_that_runs_ahead_hurries_nobody(
    registry: OpenRegistry, nodes: list[FaultProxy]
) -> None:
    nodes[0].on("eth_blockNumber", behind(-1_000_000))
    chain = chain_over(registry, *(node.url for node in nodes))

    assert chain.finalized_head() == registry.chain.head()


def test_a_node_that_changes_its_chain_id_is_an_alarm(
    registry: OpenRegistry, nodes: list[FaultProxy]
) -> None:
    chain = chain_over(registry, *(node.url for node in nodes))
    chain.finalized_head()
    nodes[1].on("eth_chainId", Result("0x539"))

    with pytest.raises(ChainMismatchError, match="chain 1337"):
        chain.finalized_head()


def test_final_history_that_was_rewritten_is_an_alarm(
    registry: OpenRegistry, node: FaultProxy
) -> None:
    chain = chain_over(registry, node.url)
    chain.finalized_head()
    node.on("eth_getBlockByNumber", changed("hash", "0x" + "cd" * 32))

    with pytest.raises(EndpointsDisagreeError, match="was final"):
        chain.finalized_head()


def test_a_node_that_is_still_catching_up_is_passed_over(
    registry: OpenRegistry, local_chain: LocalChain, node: FaultProxy
) -> None:
    node.on("eth_getCode", Result("0x"))
    node.on("eth_blockNumber", Result("0x0"))
    deployment = replace(registry.chain.deployment, engine=Engine.QBFT, first_block=1)
    chain = Web3Chain([node.url, local_chain.url], deployment)

    assert chain.head() == registry.chain.head()


def test_the_clocks_of_chain_and_nodes_are_told(registry: OpenRegistry, node: FaultProxy) -> None:
    chain = chain_over(registry, node.url)

    times = chain.times()

    assert times.block > 1_700_000_000
    assert abs(times.nodes[node.url] + time.monotonic() - time.time()) < 5
