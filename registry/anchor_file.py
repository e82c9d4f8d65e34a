"""The trust anchor: the one small file a verifier begins from.

Its digest is short enough to read aloud (docs/formats/checkpoint.md, "Trust anchor").
"""

from dataclasses import dataclass
from hashlib import sha256

from credential import cbor
from credential.errors import FormatError, KeyFormatError
from registry.cbor_reader import CborReader
from registry.errors import JournalError, TrustAnchorError
from registry.evidence.consensus import Consensus, SealEngine
from registry.payload_codec import check_name
from registry.signers import Signers, read_signers, signers_value

MAX_ANCHOR_BYTES = 64 * 1024
MAX_VALIDATORS = 1000
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_SHORT_BYTES = 15


@dataclass(frozen=True, slots=True)
class TrustAnchor:
    """Which registry to trust, and whose word on its journal to take first."""

    chain_id: int
    contract: bytes
    signers: Signers
    name_zh_hant: str
    name_en: str
    validators: tuple[bytes, ...] = ()
    consensus: Consensus | None = None


def encode_trust_anchor(anchor: TrustAnchor) -> bytes:
    """The trust anchor file."""
    members: dict[cbor.Key, cbor.Value] = {
        1: 1,
        2: anchor.chain_id,
        3: anchor.contract,
        4: signers_value(anchor.signers),
        5: [anchor.name_zh_hant, anchor.name_en],
    }
    if anchor.validators:
        members[6] = list(anchor.validators)
    if anchor.consensus is not None:
        members[7] = [int(anchor.consensus.engine), anchor.consensus.epoch]
    return cbor.encode(members)


def decode_trust_anchor(source: bytes) -> TrustAnchor:
    """The trust anchor in a file. Raises TrustAnchorError."""
    if len(source) > MAX_ANCHOR_BYTES:
        raise TrustAnchorError(
            f"a trust anchor has at most {MAX_ANCHOR_BYTES} bytes, this file {len(source)}"
        )
    try:
        return _read(CborReader(source))
    except (FormatError, KeyFormatError, JournalError) as error:
        raise TrustAnchorError(f"this file is not a trust anchor: {error}") from error


def _read(reader: CborReader) -> TrustAnchor:
    members = reader.map_of(5, 7)
    reader.key(1)
    if reader.uint() != 1:
        raise TrustAnchorError("the trust anchor is of a later version; renew this program")
    reader.key(2)
    chain_id = reader.uint()
    reader.key(3)
    contract = reader.fixed_bytes(20)
    reader.key(4)
    signers = read_signers(reader)
    signers.verifying_keys()
    reader.key(5)
    reader.tuple_of(2)
    name_zh_hant, name_en = check_name(reader.text(480)), check_name(reader.text(480))
    validators: tuple[bytes, ...] = ()
    if members >= 6:
        reader.key(6)
        validators = tuple(reader.fixed_bytes(20) for _ in range(reader.array(1, MAX_VALIDATORS)))
    if len(set(validators)) < len(validators):
        raise TrustAnchorError("the trust anchor names a validator twice")
    consensus = _read_consensus(reader) if members == 7 else None
    reader.end()
    return TrustAnchor(chain_id, contract, signers, name_zh_hant, name_en, validators, consensus)


def _read_consensus(reader: CborReader) -> Consensus:
    reader.key(7)
    reader.tuple_of(2)
    engine, epoch = reader.uint(), reader.uint()
    if engine not in (1, 2) or not epoch:
        raise TrustAnchorError("the trust anchor names an engine or epoch length that is none")
    return Consensus(SealEngine(engine), epoch)


def short_digest(anchor_file: bytes) -> str:
    """The digest people compare: 24 characters of Crockford base32 in groups of four."""
    number = int.from_bytes(sha256(anchor_file).digest()[:_SHORT_BYTES], "big")
    letters = "".join(
        _CROCKFORD[number >> shift & 31] for shift in range(_SHORT_BYTES * 8 - 5, -1, -5)
    )
    return "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))
