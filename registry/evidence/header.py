"""A block header: its fields by name, each of its one width, and what is hashed of it.

docs/formats/evidence.md, "Header". Both engines put their seals into the extra data, so what they
sign and hash is the header with other extra data.
"""

from typing import Final, NamedTuple

from eth_hash.auto import keccak

from credential.ids import UnixTime
from registry.errors import EvidenceError
from registry.evidence.file import MAX_HEADER_BYTES
from registry.evidence.rlp_items import decode_list, encode, scalar

EMPTY_OMMERS: Final = keccak(b"\xc0")
_FEWEST: Final = 15
_NUMBER: Final = 8
"""The widest number but difficulty and base fee."""
_WIDTHS: Final[tuple[tuple[bool, int], ...]] = (
    (True, 32),  # 0 parent hash
    (True, 32),  # 1 hash of the ommers
    (True, 20),  # 2 coinbase
    (True, 32),  # 3 state root
    (True, 32),  # 4 transactions
    (True, 32),  # 5 receipts
    (True, 256),  # 6 bloom
    (False, 32),  # 7 difficulty
    (False, _NUMBER),  # 8 number
    (False, _NUMBER),  # 9 gas limit
    (False, _NUMBER),  # 10 gas used
    (False, _NUMBER),  # 11 timestamp
    (False, 0),  # 12 extra data, of any length
    (True, 32),  # 13 mix digest
    (True, 8),  # 14 nonce
    (False, 32),  # 15 base fee (London)
    (True, 32),  # 16 withdrawals (Shanghai)
    (False, _NUMBER),  # 17 blob gas used (Cancun)
    (False, _NUMBER),  # 18 excess blob gas
    (True, 32),  # 19 parent beacon root
    (True, 32),  # 20 requests (Prague)
)
_EXTRA: Final = 12


class BlockHeader(NamedTuple):
    """The fields in their order, as the strings they are in RLP."""

    fields: tuple[bytes, ...]

    @property
    def parent_hash(self) -> bytes:
        """The hash of the block before."""
        return self.fields[0]

    @property
    def ommers_hash(self) -> bytes:
        """The hash of the list of ommers."""
        return self.fields[1]

    @property
    def coinbase(self) -> bytes:
        """Who proposed the block (QBFT), or whom its signer votes about (Clique)."""
        return self.fields[2]

    @property
    def state_root(self) -> bytes:
        """The root of the state after the block."""
        return self.fields[3]

    @property
    def difficulty(self) -> int:
        """1, or 2 where a Clique signer was in turn."""
        return int.from_bytes(self.fields[7], "big")

    @property
    def number(self) -> int:
        """How many blocks stand before it."""
        return int.from_bytes(self.fields[8], "big")

    @property
    def at(self) -> UnixTime:
        """The block time."""
        return UnixTime(int.from_bytes(self.fields[11], "big"))

    @property
    def extra(self) -> bytes:
        """What the engine keeps in the header."""
        return self.fields[_EXTRA]

    @property
    def mix_digest(self) -> bytes:
        """A word that tells engines apart."""
        return self.fields[13]

    @property
    def nonce(self) -> bytes:
        """What a Clique signer votes."""
        return self.fields[14]

    def encoded(self, extra: bytes) -> bytes:
        """The RLP of the header with other extra data."""
        return encode((*self.fields[:_EXTRA], extra, *self.fields[_EXTRA + 1 :]))

    def hash_with(self, extra: bytes) -> bytes:
        """Keccak-256 of the header with other extra data."""
        return bytes(keccak(self.encoded(extra)))


def decode_header(source: bytes) -> BlockHeader:
    """The header in these bytes, in its one encoding. Raises EvidenceError."""
    if len(source) > MAX_HEADER_BYTES:
        raise EvidenceError(f"a block header has at most {MAX_HEADER_BYTES} bytes")
    items = decode_list(source, len(_WIDTHS), 1)
    if len(items) < _FEWEST:
        raise EvidenceError(f"a block header has at least {_FEWEST} fields, this one {len(items)}")
    fields = tuple(item for item in items if isinstance(item, bytes))
    for position, (field, (is_fixed, width)) in enumerate(zip(fields, _WIDTHS, strict=False)):
        if is_fixed and len(field) != width:
            raise EvidenceError(f"field {position} of a block header has {len(field)} bytes")
        if not is_fixed and width:
            scalar(field, width)
    return BlockHeader(fields)
