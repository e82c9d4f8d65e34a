"""A chain of validators in memory: headers, seals and a state, with real keys and real bytes.

    validators = people(4)
    state = State({CONTRACT: head})
    qbft = QbftChain(validators)
    header = qbft.block(7, state.root)                 # sealed by three of the four
    evidence = qbft.evidence(state, header)            # what stands in a bundle
    prove(evidence, addresses(validators), QBFT, CONTRACT)

Blocks are made one by one and need not follow each other, since a QBFT header speaks for itself.
`CliqueChain` signs runs of blocks that do. RLP is by the library here, and by our own code in the
product, so that each checks the other.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import rlp
from coincurve import PrivateKey
from eth_hash.auto import keccak
from trie import HexaryTrie

from registry.evidence.consensus import Consensus, SealEngine
from registry.evidence.file import ChainEvidence

MIX_DIGEST = bytes.fromhex("63746963616c2062797a616e74696e65206661756c7420746f6c6572616e6365")
EPOCH = 1_000
QBFT = Consensus(SealEngine.QBFT, EPOCH)
CLIQUE = Consensus(SealEngine.CLIQUE, EPOCH)
START = 1_700_000_000
EXTRA = 12


@dataclass(frozen=True)
class Validator:
    """Somebody with a node's key."""

    key: PrivateKey

    @property
    def address(self) -> bytes:
        """The last 20 bytes of the hash of the public key."""
        return bytes(keccak(self.key.public_key.format(compressed=False)[1:])[12:])

    def seal(self, digest: bytes) -> bytes:
        """r, s, v over a digest."""
        return self.key.sign_recoverable(digest, hasher=None)


def person(name: str) -> Validator:
    """The same name is the same key."""
    return Validator(PrivateKey(sha256(name.encode()).digest()))


def people(count: int) -> list[Validator]:
    """So many validators, in the order of their addresses."""
    return by_address(person(f"validator {n}") for n in range(count))


def by_address(validators: Iterable[Validator]) -> list[Validator]:
    """The validators in the order of their addresses."""
    return sorted(validators, key=lambda one: one.address)


def addresses(validators: Iterable[Validator]) -> tuple[bytes, ...]:
    """Their addresses, in order."""
    return tuple(one.address for one in by_address(validators))


class State:
    """A state with some accounts around the contracts, each of which has a head in slot 0."""

    def __init__(self, heads: Mapping[bytes, bytes], others: int = 40) -> None:
        self._storage: dict[bytes, HexaryTrie] = {}
        self.trie = HexaryTrie({})
        for number in range(others):
            self._put(keccak(b"%d" % number)[:20], HexaryTrie({}).root_hash, keccak(b""))
        for contract, head in heads.items():
            storage = HexaryTrie({})
            for slot in range(others):
                storage[keccak(slot.to_bytes(32, "big"))] = rlp.encode(slot + 1)
            storage[keccak(bytes(32))] = rlp.encode(head.lstrip(b"\0"))
            self._storage[contract] = storage
            self._put(contract, storage.root_hash, keccak(b"code"))

    def _put(self, address: bytes, storage_root: bytes, code_hash: bytes) -> None:
        self.trie[keccak(address)] = rlp.encode([b"\1", b"", storage_root, code_hash])

    @property
    def root(self) -> bytes:
        """The state root."""
        return self.trie.root_hash

    def account_proof(self, contract: bytes) -> tuple[bytes, ...]:
        """The nodes from the state root to an account."""
        return tuple(map(rlp.encode, self.trie.get_proof(keccak(contract))))

    def storage_proof(self, contract: bytes, slot: int = 0) -> tuple[bytes, ...]:
        """The nodes from an account's storage root to a slot."""
        key = keccak(slot.to_bytes(32, "big"))
        return tuple(map(rlp.encode, self._storage[contract].get_proof(key)))


def fields_of(number: int, state_root: bytes, **named: bytes) -> list[bytes]:
    """The fields of a header of 15, by position, at a time of its own."""
    return [
        named.get("parent", keccak(b"parent")),
        keccak(b"\xc0"),
        named.get("coinbase", bytes(20)),
        state_root,
        keccak(b"transactions"),
        keccak(b"receipts"),
        bytes(256),
        named.get("difficulty", b"\1"),
        big_endian(number),
        big_endian(8_000_000),
        b"",
        named.get("at", big_endian(START + 2 * number)),
        b"",
        named.get("mix", MIX_DIGEST),
        named.get("nonce", bytes(8)),
    ]


def big_endian(number: int) -> bytes:
    """The number without leading zeros."""
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


Vote = tuple[bytes, bool]
"""Whom to add (True) or remove."""


class QbftChain:
    """Headers that a set of validators seals."""

    def __init__(self, validators: Sequence[Validator]) -> None:
        self.validators = by_address(validators)

    def block(
        self,
        number: int,
        state_root: bytes = bytes(32),
        *,
        proposer: Validator | None = None,
        vote: Vote | None = None,
        sealers: Sequence[Validator] | None = None,
        listed: Sequence[bytes] | None = None,
        round_no: int = 0,
        more: Sequence[bytes] = (),
        **named: bytes,
    ) -> bytes:
        """A header, sealed by a quorum, or by these."""
        who = self.validators if listed is None else listed
        proposed_by = (proposer or self.validators[number % len(self.validators)]).address
        fields = [*fields_of(number, state_root, coinbase=proposed_by, **named), *more]
        parts: list[Any] = [
            bytes(32),
            [one if isinstance(one, bytes) else one.address for one in who],
            [] if vote is None else [vote[0], b"\xff" if vote[1] else b""],
            big_endian(round_no),
            [],
        ]
        fields[EXTRA] = rlp.encode(parts)
        digest = keccak(rlp.encode(fields))
        if sealers is None:
            sealers = self.validators[: -(-2 * len(self.validators) // 3)]
        parts[4] = [one.seal(digest) for one in sealers]
        fields[EXTRA] = rlp.encode(parts)
        return bytes(rlp.encode(fields))


@dataclass
class CliqueChain:
    """Blocks one after the other, each signed by the validator who may."""

    validators: list[Validator]
    number: int = 0
    parent: bytes = keccak(b"genesis")
    headers: list[bytes] = field(default_factory=list)

    def append(
        self,
        state_root: bytes = bytes(32),
        *,
        vote: Vote | None = None,
        signer: Validator | None = None,
        difficulty: int | None = None,
        parent: bytes | None = None,
        at: int | None = None,
    ) -> bytes:
        """The next block, signed in turn or by this signer."""
        self.number += 1
        who = by_address(self.validators)
        in_turn = who[self.number % len(who)]
        signer = signer or in_turn
        turn = 2 if signer == in_turn else 1
        is_epoch = self.number % EPOCH == 0
        fields = fields_of(
            self.number,
            state_root,
            parent=parent or self.parent,
            coinbase=bytes(20) if vote is None else vote[0],
            nonce=b"\xff" * 8 if vote is not None and vote[1] else bytes(8),
            mix=bytes(32),
            difficulty=big_endian(turn if difficulty is None else difficulty),
            at=big_endian(START + 2 * self.number if at is None else at),
        )
        fields[EXTRA] = bytes(32) + (b"".join(addresses(who)) if is_epoch else b"")
        seal = signer.seal(keccak(rlp.encode(fields)))
        fields[EXTRA] += seal
        header = bytes(rlp.encode(fields))
        self.parent = keccak(header)
        self.headers.append(header)
        return header

    def skip(self, blocks: int) -> None:
        """So many blocks nobody shows."""
        self.number += blocks
        self.parent = keccak(b"a block nobody shows")


def evidence_of(
    consensus: Consensus, headers: Sequence[bytes], state: State, contract: bytes
) -> ChainEvidence:
    """Headers with the proofs of a contract's head in this state."""
    return ChainEvidence(
        consensus.engine,
        tuple(headers),
        state.account_proof(contract),
        state.storage_proof(contract),
    )
