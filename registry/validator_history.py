"""How a chain's validators came to be those of now: the headers that a light client must see.

docs/formats/evidence.md, "What a maker shows". Nothing here is believed: what is collected is
checked by `registry.evidence` before it leaves.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from registry.errors import ChainError
from registry.evidence.clique import signer_of
from registry.evidence.header import BlockHeader
from registry.evidence.qbft import decode_extra
from registry.evidence.seals import SEAL_BYTES
from registry.evidence.votes import Tally
from registry.node_headers import NodeHeaders
from registry.plain_words import explained

Progress = Callable[[int, int], None]
Members = frozenset[bytes]
_ADD = b"\xff" * 8


class Run(NamedTuple):
    """Clique blocks without a gap: from the first vote for a change until enough are behind it."""

    first: int
    last: int


class CliqueHistory(NamedTuple):
    """How the signers came to be those of now, and who they are."""

    runs: tuple[Run, ...]
    members: Members


def genesis_validators(headers: NodeHeaders, *, is_clique: bool) -> tuple[bytes, ...]:
    """Return the validators that the genesis block names, in order."""
    return tuple(sorted(_listed(headers.header(0), is_clique=is_clique)))


def _listed(header: BlockHeader, *, is_clique: bool) -> Members:
    if not is_clique:
        return frozenset(decode_extra(header.extra).validators)
    listed = header.extra[32:-SEAL_BYTES]
    return frozenset(listed[start : start + 20] for start in range(0, len(listed), 20))


# ----------------------------------------------------------------------------------------- QBFT


def qbft_vote_blocks(
    headers: NodeHeaders, first: int, last: int, epoch: int, progress: Progress
) -> list[int]:
    """Return the blocks whose votes led from the validators of block `first` to those of `last`."""
    blocks: set[int] = set()
    changes = list(_qbft_changes(headers, first, last))
    for done, block in enumerate(changes):
        progress(done, len(changes))
        blocks.update(_qbft_votes(headers, block, epoch))
    return sorted(blocks)


def _qbft_changes(headers: NodeHeaders, low: int, high: int) -> Iterator[int]:
    """The last blocks before the set changed, on one way from `low` to `high`, by halving."""
    before, after = (_listed(headers.header(one), is_clique=False) for one in (low, high))
    if before == after:
        return
    if high - low == 1:
        yield low
        return
    middle = (low + high) // 2
    yield from _qbft_changes(headers, low, middle)
    yield from _qbft_changes(headers, middle, high)


def _qbft_votes(headers: NodeHeaders, last: int, epoch: int) -> list[int]:
    """The blocks with the standing votes that changed the set right after block `last`."""
    members = _listed(headers.header(last), is_clique=False)
    after = _listed(headers.header(last + 1), is_clique=False)
    changed = members ^ after
    if len(changed) != 1:
        raise not_by_votes(last)
    (subject,) = changed
    seen: set[bytes] = set()
    found: list[int] = []
    for number in range(last, max(last - last % epoch, 1) - 1, -1):
        header = headers.header(number)
        vote = decode_extra(header.extra).vote
        if vote is None or vote.subject != subject or header.coinbase in seen:
            continue
        seen.add(header.coinbase)
        if vote.add == (subject in after) and header.coinbase in members:
            found.append(number)
        if len(found) > len(members) // 2:
            return found
    raise not_by_votes(last)


# --------------------------------------------------------------------------------------- Clique


def clique_history(
    headers: NodeHeaders, first: int, last: int, epoch: int, progress: Progress
) -> CliqueHistory:
    """Return the runs of blocks that changed the signers from epoch block `first` to `last`."""
    runs: list[Run] = []
    members: Members = frozenset()
    for start in range(first - first % epoch, last + 1, epoch):
        end = start + epoch
        members = _listed(headers.header(start), is_clique=True)
        if end <= last and _listed(headers.header(end), is_clique=True) == members:
            continue
        blocks = range(start + 1, min(end, last + 1))
        for vote, block, now in _clique_changes(headers, members, blocks, progress):
            needed = (max(len(members), len(now)) // 2) + 1
            members = now
            runs.append(Run(vote, _buried_at(headers, block, needed, last)))
    return CliqueHistory(tuple(runs), members)


def _clique_changes(
    headers: NodeHeaders, members: Members, blocks: range, progress: Progress
) -> Iterator[tuple[int, int, Members]]:
    """For each change within an epoch the first vote for it, its own block, and who is in then."""
    tally = Tally(members, blocks.stop + 1)
    votes: dict[bytes, dict[bytes, int]] = {}
    for number in blocks:
        progress(number - blocks.start, len(blocks))
        header = headers.header(number)
        before, signer = tally.members, signer_of(header)
        votes.setdefault(header.coinbase, {})[signer] = number
        tally.cast(signer, header.coinbase, add=header.nonce == _ADD)
        if tally.members != before:
            standing = votes.pop(header.coinbase)
            first = min(standing[one] for one in standing if one in before)
            yield first, number, tally.members


def _buried_at(headers: NodeHeaders, block: int, needed: int, last: int) -> int:
    """The block by which so many different signers stand behind `block`, or `last`."""
    signers: set[bytes] = set()
    for number in range(block + 1, last + 1):
        signers.add(signer_of(headers.header(number)))
        if len(signers) >= needed:
            return number
    return last


def not_by_votes(block: int) -> ChainError:
    """Return the error for a set that changed without votes in the headers."""
    return explained(
        ChainError(f"the validators changed after block {block}, and no votes in headers say why"),
        means="No chain evidence can be made from the validators of the trust anchor on: the chain "
        "changes its validators by a contract or by its configuration.",
        way_out="Write a new trust anchor with the validators of now "
        "(`sealroot registry trust-anchor write --validators now`), or use checkpoints.",
    )
