"""When to believe a chain of checkpoints: k of n signers each time, and old signers never alone.

docs/formats/checkpoint.md, "Steps to believe a checkpoint". The keys decide the algorithms; a
signature only has to agree.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from credential.errors import KeyFormatError, SignatureError
from credential.ids import Kid
from credential.keys import VerifyingKey
from credential.sign1 import sig_structure
from registry.checkpoint import EXTERNAL_AAD, Checkpoint, CheckpointSignature, Statement
from registry.errors import CheckpointError, ForeignRegistryError
from registry.signers import Signers


class Belief(NamedTuple):
    """A statement believed, and the trusted keys that signed it."""

    statement: Statement
    signed_by: tuple[Kid, ...]


def believe(
    checkpoints: Sequence[Checkpoint], trusted: Signers, *, chain_id: int, contract: bytes
) -> Belief:
    """The last statement of a chain of checkpoints, oldest first, from the trusted signers on.

    Steps 1 to 5 of checkpoint.md: each needs k of the signers trusted so far and hands on to the
    signers it states; the last needs k of its own signers too, so that old signers alone cannot end
    a chain. Raises CheckpointError, and ForeignRegistryError for another registry.
    """
    if not checkpoints:
        raise CheckpointError(
            "there is no checkpoint, so nobody vouches for the head of the journal"
        )
    before: Statement | None = None
    signed_by: tuple[Kid, ...] = ()
    for checkpoint in checkpoints:
        statement = checkpoint.statement
        if (statement.chain_id, statement.contract) != (chain_id, contract):
            raise ForeignRegistryError("a checkpoint belongs to another registry")
        _check_order(before, statement)
        signed_by = _require_quorum(checkpoint, trusted, "trusted so far")
        before, trusted = statement, statement.signers
    _require_quorum(checkpoints[-1], trusted, "the last checkpoint itself names")
    return Belief(checkpoints[-1].statement, signed_by)


def needed_chain(
    checkpoints: Sequence[Checkpoint], first_signers: Signers
) -> tuple[Checkpoint, ...]:
    """The checkpoints a bundle needs of all that were made, oldest first.

    Those that hand on to other signers, starting from the trust anchor's, and the last one.
    """
    needed: list[Checkpoint] = []
    trusted = first_signers
    for checkpoint in checkpoints:
        if checkpoint.statement.signers != trusted:
            needed.append(checkpoint)
            trusted = checkpoint.statement.signers
    return (*needed, *(last for last in checkpoints[-1:] if last not in needed))


def _check_order(before: Statement | None, statement: Statement) -> None:
    if before is None:
        return
    if statement.size < before.size or statement.at < before.at:
        raise CheckpointError("the checkpoints are not in order: size and time may not fall")
    same_size = statement.size == before.size
    if same_size and (statement.head, statement.snapshot_digest) != (
        before.head,
        before.snapshot_digest,
    ):
        raise CheckpointError(
            f"two checkpoints state different journals of {statement.size} entries"
        )


def _require_quorum(checkpoint: Checkpoint, signers: Signers, whose: str) -> tuple[Kid, ...]:
    """The kids of the signers that signed.

    Raises CheckpointError for fewer than k, or a signature that is false.
    """
    try:
        keys = signers.verifying_keys()
    except KeyFormatError as error:
        raise CheckpointError(f"a checkpoint signer has no usable key: {error}") from error
    signed_by = tuple(
        signature.kid
        for signature in checkpoint.signatures
        if _is_by_one_of(signature, keys, checkpoint.statement_bytes)
    )
    if len(signed_by) < signers.threshold:
        raise CheckpointError(
            f"the checkpoint at size {checkpoint.statement.size} has {len(signed_by)} "
            f"signatures by the signers {whose}; "
            f"{signers.threshold} are needed"
        )
    return signed_by


def _is_by_one_of(
    signature: CheckpointSignature, keys: Mapping[bytes, VerifyingKey], statement_bytes: bytes
) -> bool:
    """True for a valid signature by one of the keys, False for one by another key.

    Raises CheckpointError for a false one.
    """
    key = keys.get(signature.kid)
    if key is None:
        return False
    if signature.alg != key.alg:
        raise CheckpointError(
            f"the signature of {signature.kid.hex()} is not of the algorithm of its key"
        )
    try:
        key.verify(
            signature.signature, sig_structure(signature.protected, EXTERNAL_AAD, statement_bytes)
        )
    except SignatureError as error:
        raise CheckpointError(
            f"the signature of {signature.kid.hex()} over a checkpoint is false"
        ) from error
    return True
