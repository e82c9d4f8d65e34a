"""Member 9 of a bundle's body: headers and proofs as bytes, with their limits; nothing is checked.

docs/formats/evidence.md, "In a bundle". Imports no cryptography, so that a bundle without chain
evidence opens without it.
"""

from typing import NamedTuple

from credential import cbor
from registry.cbor_reader import CborReader
from registry.errors import EvidenceError
from registry.evidence.consensus import SealEngine

MAX_HEADERS = 1_000
MAX_HEADER_BYTES = 64 * 1024
MAX_ALL_HEADER_BYTES = 8 * 1024 * 1024
MAX_NODES = 64
MAX_NODE_BYTES = 4 * 1024


class ChainEvidence(NamedTuple):
    """Block headers in ascending order, and the way from a state root to the head word."""

    engine: SealEngine
    headers: tuple[bytes, ...]
    account_proof: tuple[bytes, ...]
    storage_proof: tuple[bytes, ...]


def read_chain_evidence(reader: CborReader) -> ChainEvidence:
    """The evidence at the reader's position. Raises FormatError or EvidenceError."""
    reader.tuple_of(4)
    engine = reader.uint()
    if engine not in (1, 2):
        raise EvidenceError(f"engine {engine} is neither QBFT (1) nor Clique (2)")
    headers = _headers(reader)
    account_proof = _strings(reader, MAX_NODES, MAX_NODE_BYTES)
    storage_proof = _strings(reader, MAX_NODES, MAX_NODE_BYTES)
    return ChainEvidence(SealEngine(engine), headers, account_proof, storage_proof)


def decode_chain_evidence(source: bytes) -> ChainEvidence:
    """The evidence in a file of its own. Raises FormatError or EvidenceError."""
    reader = CborReader(source)
    evidence = read_chain_evidence(reader)
    reader.end()
    return evidence


def _headers(reader: CborReader) -> tuple[bytes, ...]:
    headers: list[bytes] = []
    left = MAX_ALL_HEADER_BYTES
    for _ in range(reader.array(1, MAX_HEADERS)):
        headers.append(reader.byte_string(min(MAX_HEADER_BYTES, left)))
        left -= len(headers[-1])
    return tuple(headers)


def _strings(reader: CborReader, most: int, most_bytes: int) -> tuple[bytes, ...]:
    return tuple(reader.byte_string(most_bytes) for _ in range(reader.array(1, most)))


def chain_evidence_value(evidence: ChainEvidence) -> cbor.Value:
    """The evidence as the CBOR value that stands in a bundle."""
    return [
        int(evidence.engine),
        list(evidence.headers),
        list(evidence.account_proof),
        list(evidence.storage_proof),
    ]
