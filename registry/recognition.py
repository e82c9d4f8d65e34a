"""Recognitions: other registries whose credentials count here, and what their entries hold.

docs/formats/journal.md, rule 13 and "What a recognition holds". The replay takes the tail as it is;
a recognition whose tail cannot be read recognises nothing.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from credential import cbor
from credential.errors import FormatError, KeyFormatError
from credential.ids import UnixTime
from registry.anchor_file import TrustAnchor
from registry.cbor_reader import CborReader
from registry.errors import JournalError
from registry.evidence.consensus import Consensus, SealEngine
from registry.lineage import RegistryId
from registry.payload_codec import check_name
from registry.signers import Signers, read_signers, signers_value

MAX_TYPES: Final = 1000
MAX_VALIDATORS: Final = 100
_MAX_NAME_BYTES: Final = 4 * 120
_MAX_TYPE_NO: Final = (1 << 32) - 1


class RecognisedRegistry(NamedTuple):
    """Whose word to take about a recognised registry, and which of its types count.

    `engine` is 0 where no consensus engine is named, 1 for QBFT, 2 for Clique.
    """

    signers: Signers
    type_nos: tuple[int, ...]
    name_zh_hant: str
    name_en: str
    validators: tuple[bytes, ...] = ()
    engine: int = 0
    epoch_length: int = 0

    @property
    def consensus(self) -> Consensus | None:
        """How its validators seal, where that is said: what chain evidence is checked by."""
        if not self.engine or not self.epoch_length:
            return None
        return Consensus(SealEngine(self.engine), self.epoch_length)


class Recognition(NamedTuple):
    """One recognition, from its entry on; `until` 0 is open-ended."""

    number: int
    chain_id: int
    contract: bytes
    at: UnixTime
    until: UnixTime
    ended_at: UnixTime | None
    tail: bytes

    @property
    def registry(self) -> RegistryId:
        """The chain id and contract that the recognition names."""
        return self.chain_id, self.contract

    def in_force(self, at: int) -> bool:
        """Whether the recognition is in force at a time."""
        return (
            self.at <= at
            and (self.ended_at is None or self.ended_at > at)
            and (not self.until or self.until > at)
        )

    @property
    def contents(self) -> RecognisedRegistry | None:
        """What it recognises, or None where the tail cannot be read: nothing."""
        return _contents(self.tail)

    def trust_anchor(self) -> TrustAnchor | None:
        """The trust anchor from which the registry's own bundles are opened, or None (as above)."""
        contents = self.contents
        if contents is None:
            return None
        return TrustAnchor(
            self.chain_id,
            self.contract,
            contents.signers,
            contents.name_zh_hant,
            contents.name_en,
            contents.validators,
            contents.consensus,
        )


def in_force_of(
    recognitions: Sequence[Recognition], chain_id: int, contract: bytes, at: int
) -> Recognition | None:
    """The recognition of a registry that is in force at a time, or None."""
    for recognition in recognitions:
        named = (recognition.chain_id, recognition.contract) == (chain_id, contract)
        if named and recognition.in_force(at):
            return recognition
    return None


def encode_tail(contents: RecognisedRegistry) -> bytes:
    """The tail of a registryRecognised entry. Raises JournalError for what no reader would take."""
    members: dict[cbor.Key, cbor.Value] = {
        1: signers_value(contents.signers),
        2: list(contents.type_nos),
        3: [contents.name_zh_hant, contents.name_en],
    }
    if contents.validators:
        members[4] = list(contents.validators)
    if contents.engine:
        members[5] = [contents.engine, contents.epoch_length]
    tail = cbor.encode(members)
    decode_tail(tail)
    return tail


def decode_tail(source: bytes) -> RecognisedRegistry:
    """What a registryRecognised entry recognises. Raises JournalError for another form."""
    try:
        reader = CborReader(source)
        contents = _read(reader)
        reader.end()
        contents.signers.verifying_keys()
    except (FormatError, KeyFormatError) as error:
        message = f"what is recognised cannot be read: {error}"
        raise JournalError(message) from error
    return contents


@lru_cache(maxsize=1024)
def _contents(tail: bytes) -> RecognisedRegistry | None:
    try:
        return decode_tail(tail)
    except JournalError:
        return None


def _read(reader: CborReader) -> RecognisedRegistry:
    members = reader.map_of(3, 5)
    reader.key(1)
    signers = read_signers(reader)
    reader.key(2)
    type_nos = tuple(reader.uint(_MAX_TYPE_NO) for _ in range(reader.array(1, MAX_TYPES)))
    if type_nos[0] < 1 or list(type_nos) != sorted(set(type_nos)):
        message = "the types recognised do not ascend from 1 or more"
        raise JournalError(message)
    reader.key(3)
    reader.tuple_of(2)
    name_zh_hant = check_name(reader.text(_MAX_NAME_BYTES))
    name_en = check_name(reader.text(_MAX_NAME_BYTES))
    validators = _read_validators(reader) if members > 3 else ()
    engine, epoch_length = _read_engine(reader) if members > 4 else (0, 0)
    return RecognisedRegistry(
        signers, type_nos, name_zh_hant, name_en, validators, engine, epoch_length
    )


def _read_validators(reader: CborReader) -> tuple[bytes, ...]:
    reader.key(4)
    validators = tuple(reader.fixed_bytes(20) for _ in range(reader.array(1, MAX_VALIDATORS)))
    if len(set(validators)) != len(validators):
        message = "a validator of the recognised registry is named twice"
        raise JournalError(message)
    return validators


def _read_engine(reader: CborReader) -> tuple[int, int]:
    reader.key(5)
    reader.tuple_of(2)
    engine = reader.uint(2)
    if not engine:
        message = "the consensus engine of the recognised registry is neither 1 nor 2"
        raise JournalError(message)
    return engine, reader.uint()
