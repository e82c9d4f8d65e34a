"""Clique (geth): a block counts when more than half of the signers have built on it.

docs/formats/evidence.md, "Clique", with the same numbers.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from registry.errors import EvidenceError
from registry.evidence.header import EMPTY_OMMERS, BlockHeader
from registry.evidence.qbft import SealedBlock
from registry.evidence.seals import SEAL_BYTES, sealer
from registry.evidence.votes import Tally

_VANITY: Final = 32
_NOBODY: Final = bytes(20)
_ADD, _DROP = b"\xff" * 8, bytes(8)
_IN_TURN, _OUT_OF_TURN = 2, 1


def follow(headers: Sequence[BlockHeader], genesis: Sequence[bytes], epoch: int) -> SealedBlock:
    """The newest block that more than half of the signers have built on.

    The signers are reached from `genesis` by the votes in the runs before. Raises EvidenceError.
    """
    tally = Tally(genesis, epoch)
    *earlier, last = _runs(headers)
    for headers_of_run in earlier:
        run = _Run(tally, epoch)
        run.extend(headers_of_run)
        run.require_settled_change()
    run = _Run(tally, epoch)
    run.extend(last)
    return run.counted()


def _runs(headers: Sequence[BlockHeader]) -> Iterator[Sequence[BlockHeader]]:
    """The headers, cut where a block number is left out."""
    start = 0
    for position in range(1, len(headers)):
        if headers[position].number != headers[position - 1].number + 1:
            yield headers[start:position]
            start = position
    yield headers[start:]


class _Run:
    """Blocks that follow each other without a gap, and who signed them."""

    def __init__(self, tally: Tally, epoch: int) -> None:
        self._tally = tally
        self._epoch = epoch
        self._headers: list[BlockHeader] = []
        self._signers: list[bytes] = []
        self._members: list[frozenset[bytes]] = []
        """The signers in force before each block."""
        self._recent: dict[int, bytes] = {}
        self._hash = b""
        tally.forget()  # what was voted in a gap is not known

    def extend(self, headers: Sequence[BlockHeader]) -> None:
        """All these blocks are part of the run. Raises EvidenceError."""
        for header in headers:
            self._append(header)

    def _append(self, header: BlockHeader) -> None:
        if self._headers and header.parent_hash != self._hash:
            raise EvidenceError(f"block {header.number} does not follow the block before it here")
        self._tally.enter(header.number)
        members = self._tally.members
        _require_form(header, members, self._epoch)
        signer = signer_of(header)
        if signer not in members:
            raise EvidenceError(f"block {header.number} is signed by none of the signers in force")
        self._require_turn(header, signer, members)
        self._headers.append(header)
        self._signers.append(signer)
        self._members.append(members)
        self._hash = header.hash_with(header.extra)
        self._tally.cast(signer, header.coinbase, add=header.nonce == _ADD)
        if len(self._tally.members) < len(members):
            self._recent.pop(header.number - len(self._tally.members) // 2 - 1, None)

    def _require_turn(self, header: BlockHeader, signer: bytes, members: frozenset[bytes]) -> None:
        """A signer rests for half of the others, and says rightly whether it was its turn."""
        self._recent.pop(header.number - len(members) // 2 - 1, None)
        if signer in self._recent.values():
            raise EvidenceError(f"block {header.number} is signed by one who signed just before")
        self._recent[header.number] = signer
        in_turn = sorted(members)[header.number % len(members)] == signer
        if header.difficulty != (_IN_TURN if in_turn else _OUT_OF_TURN):
            raise EvidenceError(f"block {header.number} has the wrong difficulty for its signer")

    def require_settled_change(self) -> None:
        """The run changes the signers, and more than half have built on its last change."""
        after = [*self._members[1:], self._tally.members]
        changes = [
            position for position, members in enumerate(self._members) if after[position] != members
        ]
        if not changes:
            raise EvidenceError(
                f"the blocks from {self._headers[0].number} on change nothing and should not be "
                "here"
            )
        if not self._is_buried(changes[-1]):
            raise EvidenceError(
                "too few signers have built on the block that changed the signers, "
                f"{self._headers[changes[-1]].number}"
            )

    def counted(self) -> SealedBlock:
        """The newest block that is buried deep enough."""
        for position in reversed(range(len(self._headers))):
            if self._is_buried(position):
                header = self._headers[position]
                return SealedBlock(
                    header,
                    header.hash_with(header.extra),
                    tuple(dict.fromkeys(self._signers[position + 1 :])),
                    self._members[position],
                )
        raise EvidenceError("no block here has more than half of the signers behind it")

    def _is_buried(self, position: int) -> bool:
        in_force = [*self._members[position:], self._tally.members]
        needed = max(map(len, in_force)) // 2 + 1
        return len(set(self._signers[position + 1 :])) >= needed


def _require_form(header: BlockHeader, members: frozenset[bytes], epoch: int) -> None:
    number, vote = header.number, (header.coinbase, header.nonce)
    if (header.mix_digest, header.ommers_hash) != (bytes(32), EMPTY_OMMERS):
        raise EvidenceError(f"block {number} is not of a Clique chain")
    if header.nonce not in (_ADD, _DROP):
        raise EvidenceError(f"block {number} votes neither to add nor to remove")
    listed = header.extra[_VANITY:-SEAL_BYTES]
    if len(header.extra) < _VANITY + SEAL_BYTES:
        raise EvidenceError(f"the extra data of block {number} is too short for a seal")
    if number % epoch and listed:
        raise EvidenceError(f"block {number} lists signers although it is no epoch block")
    if number % epoch == 0 and (listed, *vote) != (b"".join(sorted(members)), _NOBODY, _DROP):
        raise EvidenceError(f"epoch block {number} lists other signers than those in force")


def signer_of(header: BlockHeader) -> bytes:
    """The address that signed the block. Raises EvidenceError."""
    digest = header.hash_with(header.extra[:-SEAL_BYTES])
    return sealer(digest, header.extra[-SEAL_BYTES:])
