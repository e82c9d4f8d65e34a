"""Checkpoints: signed statements of where the journal stands, and when to believe a chain of them.

docs/formats/checkpoint.md is the format. The keys decide the algorithms; a signature only has to
agree.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from credential import cbor
from credential.errors import FormatError, KeyFormatError, SignatureError
from credential.ids import Digest, Kid, UnixTime
from credential.keys import SIGNATURE_BYTES, VerifyingKey
from credential.sign1 import TAG_SIGN1, protected_header, sig_structure
from registry.cbor_reader import CborReader
from registry.errors import CheckpointError, ForeignRegistryError, TrustStateError
from registry.signers import MAX_SIGNERS, Signers, signers_value
from registry.snapshot import snapshot_digest
from registry.snapshot_reader import read_signers
from registry.trust_state import TrustState

EXTERNAL_AAD = b"sealroot/checkpoint/1"
MAX_STATEMENT_BYTES = 64 * 1024
MAX_CHECKPOINT_BYTES = 256 * 1024
MAX_PROTECTED_BYTES = 32


class Signer(Protocol):
    """Something that can sign: a key file in development, an HSM in production."""

    @property
    def alg(self) -> int:
        """The COSE algorithm of the key."""

    @property
    def kid(self) -> Kid:
        """The key id."""

    def sign(self, message: bytes) -> bytes:
        """The signature of the message as checkpoint.md wants it."""


class Statement(NamedTuple):
    """What a checkpoint says."""

    chain_id: int
    contract: bytes
    size: int
    head: Digest
    snapshot_digest: Digest
    at: UnixTime
    signers: Signers


class CheckpointSignature(NamedTuple):
    """One signature over a statement; `protected` as it stands in the file."""

    alg: int
    kid: Kid
    protected: bytes
    signature: bytes


class Checkpoint(NamedTuple):
    """A statement, its bytes as they were signed, and the signatures in the order of their kids."""

    statement: Statement
    statement_bytes: bytes
    signatures: tuple[CheckpointSignature, ...]


class Belief(NamedTuple):
    """A statement believed, and the trusted keys that signed it."""

    statement: Statement
    signed_by: tuple[Kid, ...]


def state_statement(state: TrustState, at: int) -> Statement:
    """The statement that describes a state.

    Raises TrustStateError for a time before the last entry's, or no signers.
    """
    if at < state.time:
        raise TrustStateError(
            f"a checkpoint at {at} would be before the last journal entry at {state.time}"
        )
    if state.signers is None:
        raise TrustStateError(
            "the journal names no checkpoint signers yet; set them before making a checkpoint"
        )
    return Statement(
        state.chain_id,
        state.contract,
        state.size,
        state.head,
        snapshot_digest(state),
        UnixTime(at),
        state.signers,
    )


def encode_statement(statement: Statement) -> bytes:
    """The bytes that are signed."""
    return cbor.encode(
        {
            1: 1,
            2: statement.chain_id,
            3: statement.contract,
            4: statement.size,
            5: statement.head,
            6: statement.snapshot_digest,
            7: statement.at,
            8: signers_value(statement.signers),
        }
    )


def decode_statement(source: bytes) -> Statement:
    """The statement in these bytes. Raises CheckpointError."""
    try:
        reader = CborReader(source)
        statement = _read_statement(reader)
        reader.end()
    except (FormatError, KeyFormatError) as error:
        raise CheckpointError(f"the statement of a checkpoint is malformed: {error}") from error
    return statement


def _read_statement(reader: CborReader) -> Statement:
    reader.map_of(8, 8)
    reader.key(1)
    if reader.uint() != 1:
        raise CheckpointError("the checkpoint is of a later version; renew this program")
    reader.key(2)
    chain_id = reader.uint()
    reader.key(3)
    contract = reader.fixed_bytes(20)
    reader.key(4)
    size = reader.uint()
    reader.key(5)
    head = Digest(reader.fixed_bytes(32))
    reader.key(6)
    digest = Digest(reader.fixed_bytes(32))
    reader.key(7)
    at = UnixTime(reader.uint())
    reader.key(8)
    return Statement(chain_id, contract, size, head, digest, at, read_signers(reader))


def sign_statement(statement: Statement, signer: Signer) -> CheckpointSignature:
    """One signature over the statement, to be put together with others by `make_checkpoint`."""
    protected = protected_header(signer.alg, signer.kid)
    message = sig_structure(protected, EXTERNAL_AAD, encode_statement(statement))
    return CheckpointSignature(signer.alg, signer.kid, protected, signer.sign(message))


def make_checkpoint(statement: Statement, signatures: Sequence[CheckpointSignature]) -> Checkpoint:
    """The checkpoint of these signatures, in the order of their kids.

    Raises CheckpointError for a kid twice.
    """
    ordered = tuple(sorted(signatures, key=lambda signature: signature.kid))
    if not 1 <= len({signature.kid for signature in ordered}) == len(ordered) <= MAX_SIGNERS:
        raise CheckpointError(f"a checkpoint has 1 to {MAX_SIGNERS} signatures by different keys")
    return Checkpoint(statement, encode_statement(statement), ordered)


def checkpoint_value(checkpoint: Checkpoint) -> cbor.Value:
    """The checkpoint as the CBOR value that stands in a bundle."""
    return [
        checkpoint.statement_bytes,
        [
            cbor.Tag(TAG_SIGN1, [signature.protected, {}, None, signature.signature])
            for signature in checkpoint.signatures
        ],
    ]


def encode_checkpoint(checkpoint: Checkpoint) -> bytes:
    """The checkpoint file."""
    return cbor.encode(checkpoint_value(checkpoint))


def decode_checkpoint(source: bytes) -> Checkpoint:
    """The checkpoint in a file; nothing is verified yet. Raises CheckpointError."""
    reader = CborReader(source)
    checkpoint = read_checkpoint(reader)
    try:
        reader.end()
    except FormatError as error:
        raise CheckpointError(f"a checkpoint is malformed: {error}") from error
    return checkpoint


def read_checkpoint(reader: CborReader) -> Checkpoint:
    """The checkpoint at the reader's position; nothing is verified yet. Raises CheckpointError."""
    start = reader.position
    try:
        reader.tuple_of(2)
        statement_bytes = reader.byte_string(MAX_STATEMENT_BYTES)
        signatures = tuple(_read_signature(reader) for _ in range(reader.array(1, MAX_SIGNERS)))
    except FormatError as error:
        raise CheckpointError(f"a checkpoint is malformed: {error}") from error
    kids = [signature.kid for signature in signatures]
    if kids != sorted(set(kids)):
        raise CheckpointError(
            "the signatures of a checkpoint are not in the order of their kids, or a "
            "kid is there twice"
        )
    if reader.position - start > MAX_CHECKPOINT_BYTES:
        raise CheckpointError(f"a checkpoint has more than {MAX_CHECKPOINT_BYTES} bytes")
    return Checkpoint(decode_statement(statement_bytes), statement_bytes, signatures)


def _read_signature(reader: CborReader) -> CheckpointSignature:
    reader.tag(TAG_SIGN1)
    reader.tuple_of(4)
    protected = reader.byte_string(MAX_PROTECTED_BYTES)
    reader.map_of(0, 0)
    if not reader.null():
        raise CheckpointError("the payload of a checkpoint signature must be detached")
    signature = reader.byte_string(max(SIGNATURE_BYTES.values()))
    header = CborReader(protected)
    header.map_of(2, 2)
    header.key(1)
    alg = header.integer()
    header.key(4)
    kid = Kid(header.fixed_bytes(16))
    header.end()
    if len(signature) != SIGNATURE_BYTES.get(alg):
        raise CheckpointError(
            f"a checkpoint signature has {len(signature)} bytes, which is wrong for algorithm {alg}"
        )
    return CheckpointSignature(alg, kid, protected, signature)


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
    keys = signers.verifying_keys()
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
