"""When to believe a chain of checkpoints: enough signers each time, and old signers never alone.

docs/formats/checkpoint.md, "Steps to believe a checkpoint". The keys decide the algorithms; a
signature only has to agree.
"""

from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from credential.errors import KeyFormatError, SignatureError
from credential.ids import Kid
from credential.keys import VerifyingKey
from credential.sign1 import sig_structure
from registry.checkpoint import EXTERNAL_AAD, Checkpoint, CheckpointSignature, Statement
from registry.errors import CheckpointError, ForeignRegistryError
from registry.lineage import RegistryId
from registry.quorum import Quorum
from registry.signers import Signers

_TRUSTED = "the signers trusted so far"
_OWN = "the signers the last checkpoint itself names"


class Belief(NamedTuple):
    """A statement believed, and who signed it: of the signers trusted before, and of its own."""

    statement: Statement
    before: Quorum
    own: Quorum

    @property
    def signed_by(self) -> tuple[Kid, ...]:
        """The keys trusted before the last checkpoint that signed it."""
        return self.before.signed_by


def believe(
    checkpoints: Sequence[Checkpoint],
    trusted: Signers,
    *,
    chain_id: int,
    contract: bytes,
    earlier: Collection[RegistryId] = (),
) -> Belief:
    """The last statement of a chain of checkpoints, oldest first, from the trusted signers on.

    Steps 1 to 5 of checkpoint.md: each needs enough of the signers trusted so far and hands on to
    the signers it states; the last needs enough of its own signers too, so that old signers alone
    cannot end a chain. Raises CheckpointError, and ForeignRegistryError for another registry.
    """
    if not checkpoints:
        raise CheckpointError(
            "there is no checkpoint, so nobody vouches for the head of the journal"
        )
    before: Statement | None = None
    quorum = Quorum(trusted, ())
    for checkpoint in checkpoints:
        statement = checkpoint.statement
        named = (statement.chain_id, statement.contract)
        if named != (chain_id, contract) and named not in earlier:
            raise ForeignRegistryError("a checkpoint belongs to another registry")
        _check_order(before, statement)
        quorum = _require_quorum(checkpoint, trusted, _TRUSTED)
        before, trusted = statement, statement.signers
    own = _require_quorum(checkpoints[-1], trusted, _OWN)
    return Belief(checkpoints[-1].statement, quorum, own)


def require_in_calendar(belief: Belief, stopped: AbstractSet[int]) -> None:
    """The last checkpoint has enough signatures by algorithms not stopped at its time.

    Step 7 of checkpoint.md; `stopped` is what the vouched state says of that time. It only takes
    signatures away: a state must not lower what is asked of those who vouch for it. Raises
    CheckpointError.
    """
    for quorum, whose in ((belief.before, _TRUSTED), (belief.own, _OWN)):
        shortage = quorum.shortage(stopped) if stopped else None
        if shortage is not None:
            raise CheckpointError(
                f"without algorithms that the journal has stopped, "
                f"{_short(belief.statement, shortage, whose)}"
            )


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


def _require_quorum(checkpoint: Checkpoint, signers: Signers, whose: str) -> Quorum:
    """The signers that signed.

    Raises CheckpointError for too few, or a signature that is false.
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
    quorum = Quorum(signers, signed_by)
    shortage = quorum.shortage()
    if shortage is not None:
        raise CheckpointError(_short(checkpoint.statement, shortage, whose))
    return quorum


def _short(statement: Statement, shortage: str, whose: str) -> str:
    return f"the checkpoint at size {statement.size} has {shortage.format(whose=whose)}"


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
