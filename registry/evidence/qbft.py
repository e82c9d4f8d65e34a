"""QBFT (Besu, GoQuorum): a block counts when two thirds of its validators have sealed it.

docs/formats/evidence.md, "QBFT", with the same numbers.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from registry.errors import EvidenceError
from registry.evidence.header import EMPTY_OMMERS, BlockHeader
from registry.evidence.rlp_items import Item, decode_list, encode, fixed, scalar
from registry.evidence.seals import SEAL_BYTES, sealer
from registry.evidence.votes import Tally

MIX_DIGEST: Final = bytes.fromhex(
    "63746963616c2062797a616e74696e65206661756c7420746f6c6572616e6365"
)
MAX_VALIDATORS: Final = 1_000
_ADD, _DROP = b"\xff", b""


class Vote(NamedTuple):
    """Whom the proposer of a block would add or remove."""

    subject: bytes
    add: bool


class QbftExtra(NamedTuple):
    """The extra data of a QBFT header."""

    vanity: bytes
    validators: tuple[bytes, ...]
    vote: Vote | None
    round_no: bytes
    seals: tuple[bytes, ...]

    def encoded(self, round_no: bytes, seals: tuple[bytes, ...]) -> bytes:
        """The extra data with another round and other seals."""
        vote: list[Item] = []
        if self.vote is not None:
            vote = [self.vote.subject, _ADD if self.vote.add else _DROP]
        return encode([self.vanity, [*self.validators], vote, round_no, [*seals]])


class SealedBlock(NamedTuple):
    """A block that counts, who vouches for it, and the validators then in force."""

    header: BlockHeader
    block_hash: bytes
    sealed_by: tuple[bytes, ...]
    validators: frozenset[bytes]


def quorum(validators: int) -> int:
    """How many of so many must seal: any two such quorums share an honest one."""
    return -(-2 * validators // 3)


def follow(headers: Sequence[BlockHeader], genesis: Sequence[bytes], epoch: int) -> SealedBlock:
    """The last header, sealed by validators reached from `genesis` by the votes in the others.

    Raises EvidenceError.
    """
    tally = Tally(genesis, epoch)
    headers = _from_first_listing(headers, tally.members)
    for header in headers[:-1]:
        extra = _checked(header, tally)[0]
        if header.coinbase not in tally.members:
            raise EvidenceError(f"block {header.number} was proposed by nobody of the validators")
        if extra.vote is None or not tally.cast(
            header.coinbase, extra.vote.subject, add=extra.vote.add
        ):
            raise EvidenceError(f"block {header.number} changes nothing and should not be here")
    extra, sealed_by = _checked(headers[-1], tally)
    block_hash = block_hash_of(headers[-1], extra)
    return SealedBlock(headers[-1], block_hash, sealed_by, tally.members)


def _from_first_listing(
    headers: Sequence[BlockHeader], members: frozenset[bytes]
) -> Sequence[BlockHeader]:
    """The headers without those that lead to the members, for readers who know less.

    The last header always stays.
    """
    listed = tuple(sorted(members))
    for position, header in enumerate(headers[:-1]):
        if decode_extra(header.extra).validators == listed:
            return headers[position:]
    return headers[-1:]


def _checked(header: BlockHeader, tally: Tally) -> tuple[QbftExtra, tuple[bytes, ...]]:
    """Steps 2 to 5 for one header: it lists the validators in force, and they have sealed it."""
    tally.enter(header.number)
    if (header.mix_digest, header.ommers_hash, header.difficulty) != (MIX_DIGEST, EMPTY_OMMERS, 1):
        raise EvidenceError(f"block {header.number} is not of a QBFT chain")
    extra = decode_extra(header.extra)
    if extra.validators != tuple(sorted(tally.members)):
        raise EvidenceError(
            f"block {header.number} lists other validators than those that the trust anchor and "
            "the votes shown lead to"
        )
    return extra, _sealers(header, extra, tally.members)


def _sealers(header: BlockHeader, extra: QbftExtra, members: frozenset[bytes]) -> tuple[bytes, ...]:
    needed = quorum(len(members))
    if not needed <= len(extra.seals) <= len(members):
        raise EvidenceError(
            f"block {header.number} has {len(extra.seals)} seals; {needed} to {len(members)} of "
            f"{len(members)} validators must seal it"
        )
    digest = sealed_hash(header, extra)
    sealed_by: list[bytes] = []
    for seal in extra.seals:
        address = sealer(digest, seal)
        if address not in members:
            raise EvidenceError(f"a seal of block {header.number} is by no validator in force")
        if address in sealed_by:
            raise EvidenceError(f"a validator's seal stands twice in block {header.number}")
        sealed_by.append(address)
    return tuple(sealed_by)


def sealed_hash(header: BlockHeader, extra: QbftExtra) -> bytes:
    """What validators sign: the header with its round and without seals."""
    return header.hash_with(extra.encoded(extra.round_no, ()))


def block_hash_of(header: BlockHeader, extra: QbftExtra) -> bytes:
    """The hash of the block: the header with round 0 and without seals."""
    return header.hash_with(extra.encoded(b"", ()))


def decode_extra(source: bytes) -> QbftExtra:
    """The five parts of the extra data. Raises EvidenceError."""
    parts = decode_list(source, MAX_VALIDATORS, 2)
    if len(parts) != 5:
        raise EvidenceError("the extra data of a QBFT header has five parts")
    vanity, validators, vote, round_no, seals = parts
    if not isinstance(round_no, bytes):
        raise EvidenceError("the round of a QBFT header is a number")
    scalar(round_no, 4)
    return QbftExtra(
        fixed(vanity, 32),
        tuple(fixed(address, 20) for address in _list(validators)),
        _vote(_list(vote)),
        round_no,
        tuple(fixed(seal, SEAL_BYTES) for seal in _list(seals)),
    )


def _list(item: Item) -> list[Item]:
    if isinstance(item, bytes):
        raise EvidenceError("a list must stand in the extra data of a QBFT header")
    return item


def _vote(parts: list[Item]) -> Vote | None:
    if not parts:
        return None
    if len(parts) != 2 or parts[1] not in (_ADD, _DROP):
        raise EvidenceError("a vote in a QBFT header names an address, and adds or removes it")
    return Vote(fixed(parts[0], 20), parts[1] == _ADD)
