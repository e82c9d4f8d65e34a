"""What is known of a chain's validators so far, in evidence.json of the home folder.

So that no block is looked at twice: finding how the validators changed may take thousands.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, ValidationError

from registry.evidence.consensus import Consensus, SealEngine
from registry.evidence.qbft import decode_extra
from registry.node_headers import NodeHeaders, node_hash
from registry.public_folder import write_atomically
from registry.validator_history import (
    Members,
    Progress,
    Run,
    clique_history,
    qbft_vote_blocks,
)


class History(NamedTuple):
    """Who validates now, and by which blocks that came about.

    `ways` are the blocks to show: all of them first, then fewer, for trust anchors that name
    validators of later years.
    """

    members: Members
    ways: tuple[tuple[int, ...], ...]


class _Notes(BaseModel):
    """evidence.json: up to which block the validators were followed, and what was found."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    genesis: str
    followed_to: int = 0
    runs: tuple[Run, ...] = ()
    headers: dict[int, str] = {}


def validator_history(
    notes_file: Path,
    headers: NodeHeaders,
    consensus: Consensus,
    latest: int,
    progress: Progress,
) -> History:
    """The validators from genesis to block `latest`; what was found stands in the notes.

    Raises `ChainUnavailableError` where no node has a header, `ChainError` where no votes say why
    they changed.
    """
    genesis = node_hash(headers.header(0)).hex()
    notes = _read(notes_file, genesis)
    if notes.followed_to > latest:
        notes = _Notes(genesis=genesis)
    headers.remember({number: bytes.fromhex(text) for number, text in notes.headers.items()})
    if consensus.engine is SealEngine.QBFT:
        fresh = qbft_vote_blocks(headers, notes.followed_to, latest, consensus.epoch, progress)
        blocks = tuple(sorted({*notes.headers, *fresh}))
        _write(notes_file, headers, _Notes(genesis=genesis, followed_to=latest), blocks)
        listed = decode_extra(headers.header(latest).extra).validators
        return History(frozenset(listed), (blocks,))
    history = clique_history(headers, notes.followed_to, latest, consensus.epoch, progress)
    runs = (*notes.runs, *history.runs)
    # A run of the epoch that is not over may grow; it is looked for again.
    epoch_block = latest - latest % consensus.epoch
    settled = tuple(run for run in runs if run.last < epoch_block)
    found = _Notes(genesis=genesis, followed_to=epoch_block, runs=settled)
    _write(notes_file, headers, found, _blocks(settled))
    return History(history.members, tuple(_blocks(runs[n:]) for n in range(len(runs) + 1)))


def _blocks(runs: Sequence[Run]) -> tuple[int, ...]:
    return tuple(sorted({block for run in runs for block in range(run.first, run.last + 1)}))


def _read(notes_file: Path, genesis: str) -> _Notes:
    """The notes about this chain; damaged ones, and those of another chain, count for none."""
    try:
        notes = _Notes.model_validate_json(notes_file.read_bytes())
    except (OSError, ValidationError):
        return _Notes(genesis=genesis)
    return notes if notes.genesis == genesis else _Notes(genesis=genesis)


def _write(notes_file: Path, headers: NodeHeaders, found: _Notes, blocks: Sequence[int]) -> None:
    kept = {number: headers.encoded(number).hex() for number in blocks}
    notes = found.model_copy(update={"headers": kept})
    # A crash right here leaves the older notes, from which the next run goes on.
    write_atomically(notes_file, notes.model_dump_json(indent=1).encode())
