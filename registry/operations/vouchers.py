"""Who vouches for a bundle that is being made: the chain's validators, checkpoint signers, or both.

Both readers must find the same documents to be the newest, so both must speak of one journal size.
"""

from enum import Enum
from typing import NamedTuple

from credential.ids import UnixTime
from registry.anchor_file import decode_trust_anchor
from registry.bundle_file import ReadAt
from registry.checkpoint import Checkpoint
from registry.errors import ChainError
from registry.evidence.file import ChainEvidence
from registry.open_registry import OpenRegistry
from registry.operations.chain_evidence import SEAL_ENGINES, collect
from registry.operations.checkpoints import chain_for_bundle
from registry.plain_words import explained
from registry.rim_errors import HomeError


class EvidenceChoice(Enum):
    """What a bundle's maker asks for."""

    AUTO = "auto"
    """Chain evidence where the chain has validators; checkpoints where there are any that fit."""
    CHAIN = "chain"
    CHECKPOINT = "checkpoint"
    BOTH = "both"


class Vouchers(NamedTuple):
    """Who vouches for the first `size` entries."""

    size: int
    checkpoints: tuple[Checkpoint, ...] = ()
    chain: ChainEvidence | None = None
    read_at: ReadAt | None = None


def vouchers_for_full(registry: OpenRegistry, choice: EvidenceChoice, made_at: int) -> Vouchers:
    """Return who vouches for a full bundle made now."""
    checkpoints = chain_for_bundle(registry.home)
    if not _wants_chain(registry, choice):
        if checkpoints:
            return Vouchers(checkpoints[-1].statement.size, checkpoints)
        size = len(registry.followed().journal.entries)
        return Vouchers(size, read_at=ReadAt(size, UnixTime(made_at)))
    found = collect(registry)
    fit = checkpoints and checkpoints[-1].statement.size == found.size
    if choice is EvidenceChoice.BOTH and not fit:
        raise _no_checkpoint_of(found.size)
    with_checkpoints = fit and choice is not EvidenceChoice.CHAIN
    return Vouchers(found.size, checkpoints if with_checkpoints else (), found.evidence)


def vouchers_for_lite(registry: OpenRegistry, choice: EvidenceChoice) -> Vouchers:
    """Return who vouches for a lite bundle: always checkpoints, and the chain at their size.

    Raises `HomeError` without a checkpoint.
    """
    checkpoints = chain_for_bundle(registry.home)
    if not checkpoints:
        raise explained(
            HomeError(
                "there is no checkpoint, and a lite bundle needs one: nothing else vouches for it"
            ),
            means="No bundle was made.",
            way_out="Make one with `sealroot registry checkpoint create`, `sign` and `assemble`, "
            "or make a full bundle.",
        )
    size = checkpoints[-1].statement.size
    if not _wants_chain(registry, choice):
        return Vouchers(size, checkpoints)
    try:
        found = collect(registry, size)
    except ChainError:
        # A node forgets old states: the chain then proves no head as old as this checkpoint.
        if choice is EvidenceChoice.AUTO:
            return Vouchers(size, checkpoints)
        raise
    return Vouchers(size, checkpoints, found.evidence)


def _wants_chain(registry: OpenRegistry, choice: EvidenceChoice) -> bool:
    if choice is not EvidenceChoice.AUTO:
        return choice is not EvidenceChoice.CHECKPOINT
    if registry.home.settings().engine not in SEAL_ENGINES:
        return False
    if not registry.home.trust_anchor.is_file():
        return False
    anchor = decode_trust_anchor(registry.home.trust_anchor.read_bytes())
    # An anchor of an earlier home names another chain's validators.
    at_home = (anchor.chain_id, anchor.contract) == (
        registry.chain.chain_id,
        registry.chain.contract,
    )
    return at_home and anchor.consensus is not None


def _no_checkpoint_of(size: int) -> HomeError:
    return explained(
        HomeError(f"there is no checkpoint of the {size} entries that the chain proves now"),
        means="No bundle was made: signers and chain must speak of the same journal.",
        way_out="Make a checkpoint now (`sealroot registry checkpoint create`, `sign`, `assemble`) "
        "and run this again, or use --evidence chain or --evidence checkpoint.",
    )
