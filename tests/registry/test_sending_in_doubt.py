"""What `Sender` concludes from each answer: the change is made once, whatever a node says."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from registry import broadcasting
from registry.broadcasting import nonce_of
from registry.chain_protocol import ChainAccount
from registry.endpoints import EndpointPool
from registry.errors import ChainUnavailableError
from registry.local_chain import LocalChain, rpc
from registry.open_registry import OpenRegistry
from registry.outbox import MemoryOutbox
from registry.rim_errors import NodeRefusedError, TransactionPendingError
from registry.transactions import ALREADY_MADE, Sender
from tests.fault_proxy import Alter, Answer, FaultProxy, HangUp, LoseReply, Result, RpcError

pytestmark = [
    pytest.mark.chain,
    pytest.mark.allow_hosts(["127.0.0.1"]),
    pytest.mark.filterwarnings("ignore::registry.account_files.InsecureAccountFileWarning"),
]

SEND = "eth_sendRawTransaction"
SOMEBODY = "0x00000000000000000000000000000000000000AA"


@dataclass
class Bench:
    """An account whose only wish is that its count goes up by one."""

    chain: LocalChain
    node: FaultProxy
    account: ChainAccount
    before: int
    outbox: MemoryOutbox

    def count(self) -> int:
        return int(
            rpc(self.chain.url, "eth_getTransactionCount", [self.account.address, "latest"]), 16
        )

    def is_done(self) -> bool:
        return self.count() > self.before

    def sender(self, *more: str, patience: float = 5.0) -> Sender:
        pool = EndpointPool([self.node.url, *more], chain_id=None, registry=None)
        return Sender(pool, 31337, receipt_timeout_seconds=patience, outbox=self.outbox)

    def send(self, *more: str, patience: float = 5.0) -> object:
        return self.sender(*more, patience=patience).send(
            SOMEBODY, b"once", self.account, is_done=self.is_done
        )

    def sent_bytes(self) -> list[bytes]:
        return [bytes.fromhex(one[0][2:]) for one in self.node.parameters.get(SEND, [])]


@pytest.fixture
def bench(registry: OpenRegistry, local_chain: LocalChain) -> Iterator[Bench]:
    with FaultProxy(local_chain.url) as node:
        made = Bench(local_chain, node, registry.home.account("council-1"), 0, MemoryOutbox())
        made.before = made.count()
        yield made


@pytest.mark.parametrize("words", ["already known", "known transaction: 0xab", "Nonce too low"])
def test_a_node_that_refuses_what_it_has_already_done_is_understood(
    bench: Bench, words: str
) -> None:
    bench.node.on(SEND, RpcError(-32000, words, forwarded=True))

    sent = bench.send()

    assert sent.block is not None
    assert bench.count() == bench.before + 1


@pytest.mark.parametrize(
    "words", ["nonce too low", "replacement transaction underpriced", "could not replace existing"]
)
def test_a_nonce_that_others_took_is_looked_up_again(bench: Bench, words: str) -> None:
    bench.node.on(SEND, RpcError(-32000, words), nth=1)

    bench.send()

    assert bench.count() == bench.before + 1


def test_a_nonce_that_stays_taken_ends_in_waiting_and_not_in_a_second_try(bench: Bench) -> None:
    bench.node.on(SEND, RpcError(-32000, "replacement transaction underpriced"))

    with pytest.raises(TransactionPendingError):
        bench.send()

    assert bench.count() == bench.before


@pytest.mark.parametrize("words", ["nonce too high", "txpool is full", "nobody knows this one"])
def test_what_one_node_cannot_take_another_takes(bench: Bench, words: str) -> None:
    bench.node.on(SEND, RpcError(-32000, words))

    bench.send(bench.chain.url)

    assert bench.count() == bench.before + 1


@pytest.mark.parametrize("words", ["insufficient funds for gas", "sender is not permitted"])
def test_what_no_node_takes_is_the_nodes_trouble_and_no_refusal(bench: Bench, words: str) -> None:
    bench.node.on(SEND, RpcError(-32000, words))

    with pytest.raises(NodeRefusedError, match=words):
        bench.send()

    bench.node.heal()
    bench.send()
    assert bench.count() == bench.before + 1


def test_gas_that_a_node_cannot_estimate_is_asked_of_the_next(bench: Bench) -> None:
    bench.node.on("eth_estimateGas", RpcError(-32603, "internal error"))

    with pytest.raises(NodeRefusedError, match="internal error"):
        bench.send()
    assert bench.sent_bytes() == []
    bench.send(bench.chain.url)

    assert bench.count() == bench.before + 1


def test_absurd_gas_is_not_paid(bench: Bench) -> None:
    bench.node.on("eth_estimateGas", Result("0x" + "f" * 60))

    with pytest.raises(ChainUnavailableError, match="gas"):
        bench.send()

    assert bench.sent_bytes() == []


def test_an_absurd_count_of_transactions_is_asked_of_the_next(bench: Bench) -> None:
    bench.node.on("eth_getTransactionCount", Result("0x" + "f" * 16))

    bench.send(bench.chain.url)

    assert bench.count() == bench.before + 1


def test_a_dropped_transaction_is_sent_again_with_the_same_bytes(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(broadcasting, "RESEND_SECONDS", 0.2)
    bench.node.on(SEND, Result("0x" + "12" * 32), nth=1)

    bench.send()

    first, second, *_ = bench.sent_bytes()
    assert first == second
    assert bench.count() == bench.before + 1


def test_who_comes_after_a_crash_sends_the_same_bytes(bench: Bench) -> None:
    bench.node.on(SEND, HangUp())
    with pytest.raises(ChainUnavailableError):
        bench.send()
    bench.node.heal()

    bench.send()

    assert len(set(bench.sent_bytes())) == 1
    assert bench.count() == bench.before + 1


def test_who_comes_after_a_lost_answer_sends_nothing(bench: Bench) -> None:
    bench.node.on(SEND, LoseReply())
    with pytest.raises(ChainUnavailableError):
        bench.send()
    sendings = len(bench.sent_bytes())
    bench.node.heal()

    assert bench.send() == ALREADY_MADE
    assert len(bench.sent_bytes()) == sendings
    assert bench.count() == bench.before + 1


def test_kept_bytes_whose_nonce_went_to_others_are_given_up(bench: Bench) -> None:
    bench.node.on(SEND, HangUp())
    with pytest.raises(ChainUnavailableError):
        bench.send()
    stale = bench.sent_bytes()[0]
    bench.node.heal()
    other = Sender(EndpointPool([bench.chain.url], chain_id=None, registry=None), 31337)
    other.send(SOMEBODY, b"another", bench.account, is_done=bench.is_done)
    bench.before = bench.count()

    bench.send()

    fresh = bench.sent_bytes()[-1]
    assert nonce_of(fresh) == nonce_of(stale) + 1
    assert bench.count() == bench.before + 1


def failed(answer: Answer) -> Answer:
    return {**answer, "result": {**answer["result"], "status": "0x0"}}


def of_another(answer: Answer) -> Answer:
    return {**answer, "result": {**answer["result"], "transactionHash": "0x" + "77" * 32}}


def test_a_receipt_that_lies_about_failing_is_held_against_the_chain(bench: Bench) -> None:
    bench.node.on("eth_getTransactionReceipt", Alter(failed))

    assert bench.send() == ALREADY_MADE


def test_a_receipt_of_another_transaction_says_nothing(bench: Bench) -> None:
    bench.node.on("eth_getTransactionReceipt", Alter(of_another))

    sent = bench.send(patience=0.5)

    assert sent.block is None
    assert bench.count() == bench.before + 1


def test_nothing_in_a_block_and_nothing_done_is_pending_and_kept(bench: Bench) -> None:
    bench.node.on(SEND, Result("0x" + "12" * 32))

    with pytest.raises(TransactionPendingError):
        bench.send(patience=0.5)

    bench.node.heal()
    bench.send()
    assert len(set(bench.sent_bytes())) == 1
    assert bench.count() == bench.before + 1
