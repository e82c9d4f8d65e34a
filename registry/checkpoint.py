"""Checkpoints: signed statements of where the journal stands.

docs/formats/checkpoint.md is the format. The keys decide the algorithms; a signature only has to
agree.
"""

from collections.abc import Sequence
from typing import NamedTuple

from credential import cbor
from credential.errors import FormatError, KeyFormatError
from credential.ids import Digest, Kid, UnixTime
from credential.keys import SIGNATURE_BYTES
from credential.sign1 import TAG_SIGN1, protected_header, sig_structure
from credential.signer import Signer
from registry.cbor_reader import CborReader
from registry.errors import CheckpointError, TrustStateError
from registry.signers import MAX_SIGNERS, Signers, read_signers, signers_value
from registry.snapshot import snapshot_digest
from registry.trust_state import TrustState

EXTERNAL_AAD = b"sealroot/checkpoint/1"
MAX_STATEMENT_BYTES = 64 * 1024
MAX_PROTECTED_BYTES = 32


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
