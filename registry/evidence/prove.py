"""The head of a journal, from chain evidence: headers, then seals, then the state.

docs/formats/evidence.md, "Steps to check", with the same numbers.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from eth_hash.auto import keccak

from credential.ids import Digest, UnixTime
from registry.errors import EvidenceError
from registry.evidence import clique, qbft
from registry.evidence.consensus import Consensus, SealEngine
from registry.evidence.file import ChainEvidence
from registry.evidence.header import BlockHeader, decode_header
from registry.evidence.state_proof import prove_head


class ProvenHead(NamedTuple):
    """The head word of a contract as of a block, and who vouches for that block."""

    head: Digest
    at: UnixTime
    block: int
    block_hash: bytes
    sealed_by: tuple[bytes, ...]
    validators: tuple[bytes, ...]


def prove(
    evidence: ChainEvidence, validators: Sequence[bytes], consensus: Consensus, contract: bytes
) -> ProvenHead:
    """The head that the chain of these validators vouches for. Raises EvidenceError."""
    # 1. The engine is the trust anchor's; the headers decode and go forward.
    if evidence.engine is not consensus.engine:
        raise EvidenceError(
            f"the evidence is of {evidence.engine.name}, the trust anchor's chain runs "
            f"{consensus.engine.name}"
        )
    headers = _headers(evidence)
    # 2. to 5. The validators in force, and that enough of them vouch for the block.
    follow = qbft.follow if consensus.engine is SealEngine.QBFT else clique.follow
    block = follow(headers, validators, consensus.epoch)
    # 6. The state of that block holds the head.
    head = _head_in(block.header, evidence, contract)
    return ProvenHead(
        head,
        block.header.at,
        block.header.number,
        block.block_hash,
        block.sealed_by,
        tuple(sorted(block.validators)),
    )


def claimed(evidence: ChainEvidence, contract: bytes) -> ProvenHead:
    """The head in the newest block with the proven state; nobody vouches for the block.

    For readers without validators to begin from. Raises EvidenceError.
    """
    root = keccak(evidence.account_proof[0])
    for header in reversed(_headers(evidence)):
        if header.state_root == root:
            head = _head_in(header, evidence, contract)
            return ProvenHead(head, header.at, header.number, b"", (), ())
    raise EvidenceError("no block of the evidence has the state that the account proof is for")


def _headers(evidence: ChainEvidence) -> list[BlockHeader]:
    headers = [decode_header(source) for source in evidence.headers]
    for before, header in pairwise(headers):
        if header.number <= before.number or header.at < before.at:
            raise EvidenceError("the block headers are not in ascending order")
    if headers[0].number == 0:
        raise EvidenceError("the genesis block is sealed by nobody and proves nothing")
    return headers


def _head_in(header: BlockHeader, evidence: ChainEvidence, contract: bytes) -> Digest:
    return prove_head(header.state_root, contract, evidence.account_proof, evidence.storage_proof)
