"""Checkpoints, k of n.

One person writes the statement, each signer signs it alone, someone puts the signatures together.

    checkpoints/<size>-<time>.statement      what is to be signed
    checkpoints/<size>-<time>.<kid>.signed   the same with one signature: a small checkpoint
    checkpoints/<size>-<time>.checkpoint     with at least k of them
"""

from collections.abc import Sequence
from enum import Enum
from pathlib import Path
from typing import Final

from credential.signer import Signer
from registry.anchor_file import TrustAnchor, decode_trust_anchor, encode_trust_anchor
from registry.belief import believe, needed_chain
from registry.checkpoint import (
    Checkpoint,
    Statement,
    decode_checkpoint,
    decode_statement,
    encode_checkpoint,
    encode_statement,
    make_checkpoint,
    sign_statement,
    state_statement,
)
from registry.errors import CheckpointError
from registry.evidence.consensus import Consensus
from registry.home import RegistryHome
from registry.open_registry import OpenRegistry
from registry.operations.chain_evidence import genesis_consensus, validators_now
from registry.plain_words import explained
from registry.public_folder import write_atomically
from registry.rim_errors import HomeError
from registry.signers import Signers
from registry.trust_builder import TrustBuilder

STATEMENT_SUFFIX: Final = ".statement"
SIGNED_SUFFIX: Final = ".signed"
CHECKPOINT_SUFFIX: Final = ".checkpoint"


def create(registry: OpenRegistry, at: int) -> Path:
    """The statement of the journal's finalized entries stands in checkpoints/.

    `at` is now, Unix seconds.
    """
    followed = registry.followed()
    size = min(registry.chain.finalized_size(), len(followed.journal.entries))
    builder = TrustBuilder(followed.journal.chain_id, followed.journal.contract)
    builder.extend(followed.journal.entries[:size])
    statement = state_statement(builder.build(), max(at, builder.build().time))
    path = registry.home.checkpoints / f"{_stem(statement)}{STATEMENT_SUFFIX}"
    write_atomically(path, encode_statement(statement))
    return path


def sign(statement_file: Path, signer: Signer) -> Path:
    """One signer's signature over the statement stands beside it.

    Needs no chain and no other file.
    """
    statement = decode_statement(_read(statement_file))
    signed = make_checkpoint(statement, [sign_statement(statement, signer)])
    path = statement_file.with_name(f"{_stem(statement)}.{signer.kid.hex()}{SIGNED_SUFFIX}")
    write_atomically(path, encode_checkpoint(signed))
    return path


def assemble(statement_file: Path, signed_files: Sequence[Path]) -> Path:
    """The checkpoint stands beside its statement.

    Raises `CheckpointError` when its own signers would not believe it.
    """
    statement = decode_statement(_read(statement_file))
    parts = [decode_checkpoint(_read(path)) for path in signed_files]
    for path, part in zip(signed_files, parts, strict=True):
        if part.statement != statement:
            raise CheckpointError(f"{path} is a signature over another statement")
    by_kid = {signature.kid: signature for part in parts for signature in part.signatures}
    checkpoint = make_checkpoint(statement, [by_kid[kid] for kid in sorted(by_kid)])
    _require_quorum(checkpoint, statement.signers)
    path = statement_file.with_name(f"{_stem(statement)}{CHECKPOINT_SUFFIX}")
    write_atomically(path, encode_checkpoint(checkpoint))
    return path


def signed_files(statement_file: Path) -> list[Path]:
    """Return the signatures that lie beside a statement."""
    stem = statement_file.name.removesuffix(STATEMENT_SUFFIX)
    return sorted(statement_file.parent.glob(f"{stem}.*{SIGNED_SUFFIX}"))


def make(registry: OpenRegistry, at: int, signers: Sequence[Signer]) -> Path:
    """A checkpoint of the journal as it is now, where all signers needed are at hand."""
    statement_file = create(registry, at)
    for signer in signers:
        sign(statement_file, signer)
    return assemble(statement_file, signed_files(statement_file))


def assembled(home: RegistryHome) -> list[Checkpoint]:
    """Return all checkpoints of a home folder, oldest first."""
    files = home.checkpoints.glob(f"*{CHECKPOINT_SUFFIX}")
    found = [decode_checkpoint(_read(path)) for path in files]
    return sorted(
        found, key=lambda checkpoint: (checkpoint.statement.size, checkpoint.statement.at)
    )


def chain_for_bundle(home: RegistryHome) -> tuple[Checkpoint, ...]:
    """Return the checkpoints a bundle carries, from the trust anchor's signers to the newest."""
    made = assembled(home)
    if not made:
        return ()
    first = made[0].statement.signers
    if home.trust_anchor.is_file():
        first = decode_trust_anchor(_read(home.trust_anchor)).signers
    return needed_chain(made, first)


class FirstValidators(Enum):
    """Which validators a trust anchor names."""

    GENESIS = "genesis"
    NOW = "now"
    """Later ones need fewer headers, and those removed since can no longer deceive."""


def write_trust_anchor(
    registry: OpenRegistry,
    *,
    first: FirstValidators = FirstValidators.GENESIS,
    epoch: int | None = None,
) -> bytes:
    """The trust anchor of this registry, with the signers of now, is in the home folder.

    On a chain with validators it names them, the engine, and after how many blocks votes are
    forgotten (`epoch`, else as a node tells). Returns its bytes.
    """
    settings = registry.home.settings()
    signers = registry.state().signers
    if signers is None:
        raise explained(
            HomeError(
                "the journal names no checkpoint signers, and a trust anchor begins with them"
            ),
            means="No trust anchor was written.",
            way_out="Set them first: `sealroot registry checkpoint signers`.",
        )
    anchor = TrustAnchor(
        settings.chain_id,
        settings.contract,
        signers,
        settings.name_zh_hant,
        settings.name_en,
        *_validators(registry, first, epoch),
    )
    encoded = encode_trust_anchor(anchor)
    write_atomically(registry.home.trust_anchor, encoded)
    return encoded


def _validators(
    registry: OpenRegistry, first: FirstValidators, epoch: int | None
) -> tuple[tuple[bytes, ...], Consensus | None]:
    found = genesis_consensus(registry, epoch)
    if found is None:
        return (), None
    genesis, consensus = found
    if first is FirstValidators.NOW:
        return validators_now(registry, consensus), consensus
    return genesis, consensus


def _require_quorum(checkpoint: Checkpoint, signers: Signers) -> None:
    statement = checkpoint.statement
    believe([checkpoint], signers, chain_id=statement.chain_id, contract=statement.contract)


def _stem(statement: Statement) -> str:
    return f"{statement.size:010d}-{statement.at}"


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise explained(
            HomeError(f"{path} cannot be read: {error.strerror}"),
            means="Nothing was signed or assembled.",
            way_out="Check the path; `sealroot registry checkpoint show` lists what is there.",
        ) from error
