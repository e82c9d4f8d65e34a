"""Block headers as a node tells them in JSON, put back into the bytes that were hashed.

A node that tells another hash than these bytes have tells something else than the block.
"""

from collections.abc import Mapping
from typing import Any, Final

from eth_hash.auto import keccak
from web3.exceptions import Web3RPCError

from registry.endpoints import EndpointPool, unavailable
from registry.errors import ChainUnavailableError, EvidenceError
from registry.evidence.header import BlockHeader, decode_header
from registry.evidence.qbft import MIX_DIGEST, block_hash_of, decode_extra
from registry.evidence.rlp_items import encode
from registry.plain_words import explained

_BYTES, _NUMBER = True, False
_FIELDS: Final = (
    ("parentHash", _BYTES),
    ("sha3Uncles", _BYTES),
    ("miner", _BYTES),
    ("stateRoot", _BYTES),
    ("transactionsRoot", _BYTES),
    ("receiptsRoot", _BYTES),
    ("logsBloom", _BYTES),
    ("difficulty", _NUMBER),
    ("number", _NUMBER),
    ("gasLimit", _NUMBER),
    ("gasUsed", _NUMBER),
    ("timestamp", _NUMBER),
    ("extraData", _BYTES),
    ("mixHash", _BYTES),
    ("nonce", _BYTES),
)
_LATER_FIELDS: Final = (
    ("baseFeePerGas", _NUMBER),
    ("withdrawalsRoot", _BYTES),
    ("blobGasUsed", _NUMBER),
    ("excessBlobGas", _NUMBER),
    ("parentBeaconBlockRoot", _BYTES),
    ("requestsHash", _BYTES),
)


class NodeHeaders:
    """The headers of a chain, by number, each asked for once."""

    def __init__(self, pool: EndpointPool) -> None:
        self._pool = pool
        self._known: dict[int, bytes] = {}

    def latest(self) -> int:
        """Return the number of the newest block."""
        return int(str(self.ask("eth_blockNumber")), 16)

    def remember(self, known: Mapping[int, bytes]) -> None:
        """These headers need not be asked for."""
        self._known.update(known)

    def encoded(self, number: int) -> bytes:
        """Return the RLP of a header; raises `ChainUnavailableError` where no node has it."""
        if number not in self._known:
            self._known[number] = header_bytes(
                self.ask("eth_getBlockByNumber", hex(number), False), number
            )
        return self._known[number]

    def header(self, number: int) -> BlockHeader:
        """Return a header with its fields."""
        return decode_header(self.encoded(number))

    def ask(self, method: str, *parameters: object) -> Any:  # noqa: ANN401 - whatever JSON holds
        """Return a node's answer; one that refuses counts as not answering."""
        try:
            return self._pool.request(method, *parameters)
        except Web3RPCError as error:
            raise unavailable([str(error)[:200]]) from error


def header_bytes(told: object, number: int) -> bytes:
    """Return the RLP of the header in a node's answer; raises `ChainUnavailableError`."""
    if not isinstance(told, Mapping):
        raise unavailable([f"block {number} is not there"])
    later = [field for field in _LATER_FIELDS if told.get(field[0]) is not None]
    try:
        encoded = encode([_field(told[name], is_bytes) for name, is_bytes in (*_FIELDS, *later)])
        header = decode_header(encoded)
        found = node_hash(header)
    except (KeyError, ValueError, EvidenceError) as error:
        raise _strange(number, f"its header is not of a known form ({error})") from error
    if header.number != number or "0x" + found.hex() != told.get("hash"):
        raise _strange(number, "what it tells of the header does not give the hash that it tells")
    return encoded


def node_hash(header: BlockHeader) -> bytes:
    """Return the hash of a block, by the rules of its engine."""
    if header.mix_digest == MIX_DIGEST:
        return block_hash_of(header, decode_extra(header.extra))
    return bytes(keccak(header.encoded(header.extra)))


def _field(told: object, is_bytes: bool) -> bytes:  # noqa: FBT001 - a column of the table above
    digits = str(told).removeprefix("0x")
    if is_bytes:
        return bytes.fromhex(digits)
    number = int(digits, 16)
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def _strange(number: int, why: str) -> ChainUnavailableError:
    return explained(
        ChainUnavailableError(f"a node's answer for block {number} cannot be used: {why}"),
        means="No evidence was collected; nothing was changed.",
        way_out="Ask another node of the chain (rpc_urls in registry.json), one of an engine that "
        "docs/formats/evidence.md names.",
    )
