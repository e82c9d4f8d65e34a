"""Sending through nodes that fail: each change takes effect once, whatever answer was lost."""

from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from credential.ids import AgencyCode
from credential.keys import ALG_ES256
from registry.chain import Web3Chain
from registry.errors import ChainMismatchError, ChainUnavailableError
from registry.key_files import InsecureKeyFile, make_insecure_key
from registry.local_chain import LocalChain
from registry.open_registry import OpenRegistry
from registry.operations import agencies, keys
from registry.payload_codec import encode_agency_code
from registry.payloads import Names
from registry.rim_errors import ChainLiesError, ContractRefusedError
from tests.fault_proxy import Alter, Answer, FaultProxy, HangUp, LoseReply

pytestmark = [
    pytest.mark.chain,
    pytest.mark.allow_hosts(["127.0.0.1"]),
    pytest.mark.filterwarnings("ignore::registry.account_files.InsecureAccountFileWarning"),
    pytest.mark.filterwarnings("ignore::registry.key_files.InsecureKeyFileWarning"),
]

NAMES = Names("臺北市戶政事務所", "Taipei Household Office")
SEND = "eth_sendRawTransaction"


@pytest.fixture
def node(local_chain: LocalChain) -> Iterator[FaultProxy]:
    with FaultProxy(local_chain.url) as faulty:
        yield faulty


@pytest.fixture
def kid(registry: OpenRegistry, tmp_path: Path, request: pytest.FixtureRequest) -> bytes:
    """Return the key of an agency made for this test, whose code is in `code`."""
    make_insecure_key(tmp_path / "batch.key", ALG_ES256)
    code = code_of(request)
    agencies.register(registry, code, NAMES)
    return keys.add(registry, code, InsecureKeyFile(tmp_path / "batch.key").cose_key)


def code_of(request: pytest.FixtureRequest) -> str:
    return f"T{sha256(request.node.name.encode()).hexdigest()[:12].upper()}"


@pytest.fixture
def code(request: pytest.FixtureRequest) -> str:
    return code_of(request)


def send_anchor(chain: Web3Chain, registry: OpenRegistry, code: str, kid: bytes) -> None:
    chain.send(
        "anchor",
        [encode_agency_code(code), 1, bytes([7] * 32), 3, kid],
        registry.home.account(agencies.anchor_account_name(code)),
        is_done=lambda: chain.batch_key(AgencyCode(code), 1) is not None,
    )


def test_lost_request_changes_nothing_and_can_be_repeated(
    registry: OpenRegistry, node: FaultProxy, code: str, kid: bytes
) -> None:
    chain = Web3Chain([node.url], registry.chain.deployment)
    node.on(SEND, HangUp())

    with pytest.raises(ChainUnavailableError):
        send_anchor(chain, registry, code, kid)
    assert registry.chain.batch_key(AgencyCode(code), 1) is None
    node.heal()
    send_anchor(chain, registry, code, kid)

    assert registry.chain.batch_key(AgencyCode(code), 1) == kid


def test_lost_answer_is_noticed_and_not_sent_again(
    registry: OpenRegistry, node: FaultProxy, code: str, kid: bytes
) -> None:
    chain = Web3Chain([node.url], registry.chain.deployment)
    node.on(SEND, LoseReply())

    with pytest.raises(ChainUnavailableError):
        send_anchor(chain, registry, code, kid)
    size = registry.chain.head().size
    node.calls.clear()
    node.heal()
    send_anchor(chain, registry, code, kid)

    assert registry.chain.head().size == size
    assert SEND not in node.calls


def test_second_node_carries_what_the_first_one_swallowed(
    registry: OpenRegistry, local_chain: LocalChain, node: FaultProxy, code: str, kid: bytes
) -> None:
    chain = Web3Chain([node.url, local_chain.url], registry.chain.deployment)
    node.on(SEND, LoseReply())
    before = registry.chain.head().size

    send_anchor(chain, registry, code, kid)

    assert registry.chain.head().size == before + 1
    assert registry.chain.batch_key(AgencyCode(code), 1) == kid


def test_dead_node_is_passed_over(registry: OpenRegistry, local_chain: LocalChain) -> None:
    chain = Web3Chain(["http://127.0.0.1:9", local_chain.url], registry.chain.deployment)

    assert chain.head() == registry.chain.head()


def test_no_living_node_is_said_in_words(registry: OpenRegistry) -> None:
    chain = Web3Chain(["http://127.0.0.1:9"], registry.chain.deployment)

    with pytest.raises(ChainUnavailableError, match="no node of the chain") as caught:
        chain.head()

    assert "sealroot registry up" in caught.value.__notes__[1]


def test_node_of_another_chain_is_refused(registry: OpenRegistry, node: FaultProxy) -> None:
    node.on("eth_chainId", Alter(lambda answer: {**answer, "result": "0x539"}))
    chain = Web3Chain([node.url], registry.chain.deployment)

    with pytest.raises(ChainMismatchError, match="do not belong together"):
        chain.head()


def test_chain_without_the_contract_is_refused(registry: OpenRegistry, node: FaultProxy) -> None:
    node.on("eth_getCode", Alter(lambda answer: {**answer, "result": "0x"}))
    chain = Web3Chain([node.url], registry.chain.deployment)

    with pytest.raises(ChainMismatchError, match="has no contract"):
        chain.head()


def test_contract_with_other_code_is_refused(registry: OpenRegistry, node: FaultProxy) -> None:
    node.on("eth_getCode", Alter(lambda answer: {**answer, "result": "0x6001600155"}))
    chain = Web3Chain([node.url], registry.chain.deployment)

    with pytest.raises(ChainMismatchError, match="is not a Sealroot registry"):
        chain.head()


Logs = list[dict[str, Any]]


def without(index: int) -> Callable[[Answer], Answer]:
    """Leave one entry out."""
    return altered(lambda logs: [log for log in logs if index_of(log) != index])


def with_flipped_byte(index: int) -> Callable[[Answer], Answer]:
    """Change one byte of one entry's data."""
    return altered(lambda logs: [flipped(log) if index_of(log) == index else log for log in logs])


def altered(change: Callable[[Logs], Logs]) -> Callable[[Answer], Answer]:
    return lambda answer: {**answer, "result": change(answer["result"])}


def index_of(log: dict[str, Any]) -> int:
    return int(log["topics"][1], 16)


def flipped(log: dict[str, Any]) -> dict[str, Any]:
    content = bytearray(bytes.fromhex(log["data"][2:]))
    content[4 * 32] ^= 1
    return {**log, "data": "0x" + content.hex()}


@pytest.mark.usefixtures("kid")
@pytest.mark.parametrize("back", [1, 2, 3])
@pytest.mark.parametrize("lie", [without, with_flipped_byte])
def test_node_that_leaves_out_or_changes_an_entry_is_caught_and_the_entry_named(
    registry: OpenRegistry,
    node: FaultProxy,
    back: int,
    lie: Callable[[int], Callable[[Answer], Answer]],
) -> None:
    index = registry.chain.head().size - back
    node.on("eth_getLogs", Alter(lie(index)))
    chain = Web3Chain([node.url], registry.chain.deployment)

    with pytest.raises(ChainLiesError) as caught:
        chain.entries(0)

    assert caught.value.index == index


def test_nodes_that_tell_different_journals_are_both_named(
    registry: OpenRegistry, local_chain: LocalChain, node: FaultProxy
) -> None:
    def other_head(answer: Answer) -> Answer:
        told = str(answer["result"])
        return {**answer, "result": told[:-2] + ("00" if told[-2:] != "00" else "01")}

    node.on("eth_call", Alter(other_head))
    chain = Web3Chain([node.url, local_chain.url], registry.chain.deployment)

    with pytest.raises(ChainMismatchError, match=node.url) as caught:
        chain.require_agreement()

    assert local_chain.url in str(caught.value)


def test_nodes_that_tell_the_same_journal_agree(
    registry: OpenRegistry, local_chain: LocalChain, node: FaultProxy
) -> None:
    chain = Web3Chain([node.url, local_chain.url], registry.chain.deployment)

    chain.require_agreement()

    assert len(chain.head_at_each_node()) == 2


def test_node_with_a_small_limit_on_logs_is_asked_in_smaller_ranges(
    registry: OpenRegistry, node: FaultProxy
) -> None:
    refusals = iter([True, True, False])

    def limited(answer: Answer) -> Answer:
        if next(refusals, False):
            return {"jsonrpc": "2.0", "id": answer["id"], "error": {"code": -32005, "message": "x"}}
        return answer

    node.on("eth_getLogs", Alter(limited))
    chain = Web3Chain([node.url], registry.chain.deployment)

    assert chain.entries(0) == registry.chain.entries(0)


def test_batch_that_another_process_anchored_is_refused_by_its_number(
    registry: OpenRegistry, code: str, kid: bytes
) -> None:
    send_anchor(registry.chain, registry, code, kid)

    with pytest.raises(ContractRefusedError) as caught:
        registry.act(
            "anchor",
            [encode_agency_code(code), 1, bytes([8] * 32), 3, kid],
            agencies.anchor_account_name(code),
            is_done=lambda: False,
        )

    assert caught.value.reason == "RegistryUnexpectedBatch"
