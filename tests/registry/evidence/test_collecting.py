"""From a node's answers to evidence: what is asked, what is kept, and lies that are noticed."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import rlp
from eth_hash.auto import keccak

from registry.errors import ChainError, ChainUnavailableError
from registry.evidence import clique, qbft
from registry.evidence.header import decode_header
from registry.node_headers import NodeHeaders, header_bytes, node_hash
from registry.validator_history import genesis_validators
from registry.validator_notes import validator_history
from tests.simulated_chain import (
    CLIQUE,
    EXTRA,
    QBFT,
    CliqueChain,
    QbftChain,
    Validator,
    addresses,
    by_address,
    people,
    person,
)

FOUR, FIFTH = people(4), person("the fifth")
NAMES = (
    *("parentHash", "sha3Uncles", "miner", "stateRoot", "transactionsRoot", "receiptsRoot"),
    *("logsBloom", "difficulty", "number", "gasLimit", "gasUsed", "timestamp", "extraData"),
    *("mixHash", "nonce", "baseFeePerGas"),
)
NUMBERS = {"difficulty", "number", "gasLimit", "gasUsed", "timestamp", "baseFeePerGas"}


def told(header: bytes) -> dict[str, str]:
    """A header as a node tells it in JSON."""
    answer = {
        name: hex(int.from_bytes(value, "big")) if name in NUMBERS else "0x" + value.hex()
        for name, value in zip(NAMES, rlp.decode(header), strict=False)
    }
    answer["hash"] = "0x" + node_hash(decode_header(header)).hex()
    return answer


class Node:
    """A node that has these headers, and counts what it was asked."""

    def __init__(self, headers: Sequence[bytes]) -> None:
        self.headers = list(headers)
        self.asked = 0

    def request(self, method: str, *parameters: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
        if method == "eth_blockNumber":
            return hex(len(self.headers) - 1)
        self.asked += 1
        return told(self.headers[int(parameters[0], 16)])


def node_headers(node: Node) -> NodeHeaders:
    return NodeHeaders(node)  # type: ignore[arg-type]  # a node that needs no endpoint


def silent(_done: int, _all: int) -> None:
    """Nobody watches."""


def qbft_chain(*, voted_out: bool = True) -> list[bytes]:
    """A chain of 300 blocks on which the fifth came at block 100 and the first went at 200."""
    headers = [QbftChain(FOUR).block(0, sealers=[])]
    validators: list[Validator] = FOUR
    for number in range(1, 300):
        vote = None
        if number in {90, 95, 99}:
            vote = (FIFTH.address, True)
        if number in {190, 195, 199} and voted_out:
            vote = (FOUR[0].address, False)
        proposer = by_address(validators)[{90: 1, 95: 2, 190: 1, 195: 2}.get(number, 3)]
        headers.append(QbftChain(validators).block(number, vote=vote, proposer=proposer))
        if number == 99:
            validators = [*FOUR, FIFTH]
        if number == 199 and voted_out:
            validators = [*FOUR[1:], FIFTH]
    return headers


def clique_chain(blocks: int = 200) -> CliqueChain:
    """A chain on which the fifth came with the votes of blocks 100 to 102."""
    chain = CliqueChain(list(FOUR))
    recent: list[Validator] = []
    for number in range(1, blocks + 1):
        who = by_address(chain.validators)
        turn = who[number % len(who)]
        rested = [one for one in who if one not in recent[-(len(who) // 2) :]]
        signer = turn if turn in rested else rested[0]
        vote = (FIFTH.address, True) if number in {100, 101, 102} else None
        chain.append(signer=signer, vote=vote)
        recent.append(signer)
        if number == 102:
            chain.validators = [*FOUR, FIFTH]
    return chain


def clique_genesis() -> bytes:
    fields = rlp.decode(CliqueChain(list(FOUR)).append())
    fields[8], fields[EXTRA] = b"", bytes(32) + b"".join(addresses(FOUR)) + bytes(65)
    return bytes(rlp.encode(fields))


def test_a_header_of_json_is_the_bytes_that_were_hashed() -> None:
    for header in (QbftChain(FOUR).block(7), QbftChain(FOUR).block(7, more=[b"\7"])):
        assert header_bytes(told(header), 7) == header


def test_a_node_that_tells_another_hash_is_not_believed() -> None:
    lie = {**told(QbftChain(FOUR).block(7)), "hash": "0x" + bytes(32).hex()}
    with pytest.raises(ChainUnavailableError, match="does not give the hash"):
        header_bytes(lie, 7)


def test_a_node_that_tells_another_block_is_not_believed() -> None:
    with pytest.raises(ChainUnavailableError, match="does not give the hash"):
        header_bytes(told(QbftChain(FOUR).block(7)), 8)


@pytest.mark.parametrize("answer", [None, {}, {"parentHash": "0xzz"}, "0x", []])
def test_an_answer_of_another_form_is_our_error(answer: object) -> None:
    with pytest.raises(ChainUnavailableError):
        header_bytes(answer, 7)


def test_the_votes_that_changed_a_qbft_set_are_found_by_halving(tmp_path: Path) -> None:
    chain = qbft_chain()
    node = Node(chain)
    history = validator_history(
        tmp_path / "notes", node_headers(node), QBFT, len(chain) - 1, silent
    )

    assert history.ways == ((90, 95, 99, 190, 195, 199),)
    shown = [decode_header(chain[number]) for number in (*history.ways[0], 299)]
    assert qbft.follow(shown, addresses(FOUR), QBFT.epoch).validators == history.members
    assert node.asked < 60


def test_what_was_found_is_not_looked_for_again(tmp_path: Path) -> None:
    chain = qbft_chain()
    validator_history(tmp_path / "notes", node_headers(Node(chain)), QBFT, 250, silent)
    again = Node(chain)
    history = validator_history(tmp_path / "notes", node_headers(again), QBFT, 299, silent)

    assert history.ways == ((90, 95, 99, 190, 195, 199),)
    assert again.asked <= 4


def test_notes_of_another_chain_and_damaged_ones_count_for_none(tmp_path: Path) -> None:
    other = [QbftChain(people(3)).block(0, sealers=[]), QbftChain(people(3)).block(1)]
    validator_history(tmp_path / "notes", node_headers(Node(other)), QBFT, 1, silent)
    chain = qbft_chain()
    first = validator_history(tmp_path / "notes", node_headers(Node(chain)), QBFT, 299, silent)
    (tmp_path / "notes").write_bytes(b"{")
    second = validator_history(tmp_path / "notes", node_headers(Node(chain)), QBFT, 299, silent)

    assert first == second
    assert len(first.ways[0]) == 6


def test_a_set_that_changed_without_votes_is_said_to_have(tmp_path: Path) -> None:
    chain = qbft_chain(voted_out=False)
    chain += [QbftChain(FOUR[1:]).block(number) for number in range(300, 310)]
    with pytest.raises(ChainError, match="no votes in headers say why"):
        validator_history(tmp_path / "notes", node_headers(Node(chain)), QBFT, 309, silent)


def test_the_run_that_changed_a_clique_set_is_found(tmp_path: Path) -> None:
    chain = clique_chain()
    headers = [clique_genesis(), *chain.headers]
    history = validator_history(
        tmp_path / "notes", node_headers(Node(headers)), CLIQUE, 200, silent
    )
    blocks = history.ways[0]

    assert (blocks[0], blocks[-1]) == (100, 105)
    assert history.ways[-1] == ()
    shown = [decode_header(headers[number]) for number in (*blocks, *range(190, 201))]
    assert clique.follow(shown, addresses(FOUR), CLIQUE.epoch).validators == history.members


def test_genesis_names_its_validators_in_order() -> None:
    assert genesis_validators(node_headers(Node(qbft_chain()[:1])), is_clique=False) == addresses(
        FOUR
    )
    assert genesis_validators(node_headers(Node([clique_genesis()])), is_clique=True) == addresses(
        FOUR
    )


def test_the_hash_of_a_clique_block_is_that_of_all_its_bytes() -> None:
    header = CliqueChain(list(FOUR)).append()

    assert node_hash(decode_header(header)) == keccak(header)
