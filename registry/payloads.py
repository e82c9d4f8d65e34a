"""The data of each kind of journal entry as a typed value (docs/formats/journal.md, "Kinds").

The classes hold what is written there and nothing else. registry/payload_codec.py turns them into
bytes and back.
"""

from dataclasses import dataclass
from typing import NamedTuple

from credential.ids import AgencyCode, Digest, Kid, Root, UnixTime
from registry.kinds import AlgorithmPhase, KeyPurpose


class Names(NamedTuple):
    """The names of an agency, each of 1 to 120 characters without control characters."""

    zh_hant: str
    en: str


@dataclass(frozen=True, slots=True)
class AgencyRegistered:
    """0x10: an agency exists from now on, active, with its two accounts."""

    agency: AgencyCode
    anchor_account: bytes
    operations_account: bytes
    names: Names


@dataclass(frozen=True, slots=True)
class AgencyRenamed:
    """0x11: an agency has other names from now on."""

    agency: AgencyCode
    names: Names


@dataclass(frozen=True, slots=True)
class AgencyAccountsChanged:
    """0x12: an agency acts through other accounts from now on."""

    agency: AgencyCode
    anchor_account: bytes
    operations_account: bytes


@dataclass(frozen=True, slots=True)
class AgencySuspended:
    """0x13: an agency may not anchor until it is resumed."""

    agency: AgencyCode


@dataclass(frozen=True, slots=True)
class AgencyResumed:
    """0x14: a suspended agency is active again."""

    agency: AgencyCode


@dataclass(frozen=True, slots=True)
class AgencyClosed:
    """0x15: an agency has ended for good; `successor` is None where nobody follows it."""

    agency: AgencyCode
    successor: AgencyCode | None


@dataclass(frozen=True, slots=True)
class KeyAdded:
    """0x20: an agency signs with this key from now on."""

    agency: AgencyCode
    kid: Kid
    alg: int
    purpose: KeyPurpose
    cose_key: bytes


@dataclass(frozen=True, slots=True)
class KeyEnded:
    """0x21: a key anchors nothing more; what it has anchored stands."""

    kid: Kid


@dataclass(frozen=True, slots=True)
class KeyCompromised:
    """0x22: what a key signed counts no more, unless it was anchored before `since`."""

    kid: Kid
    since: UnixTime


@dataclass(frozen=True, slots=True)
class BatchConfirmed:
    """0x23: a batch inside a compromise window was checked and counts."""

    agency: AgencyCode
    batch_no: int


@dataclass(frozen=True, slots=True)
class AccreditationGranted:
    """0x30: an agency may issue a type, and delegate it `depth` levels down; `until` 0 is open."""

    accreditation: int
    agency: AgencyCode
    type_no: int
    depth: int
    until: UnixTime


@dataclass(frozen=True, slots=True)
class AccreditationDelegated:
    """0x31: an accredited agency passes on part of what it may do."""

    accreditation: int
    parent: int
    agency: AgencyCode
    type_no: int
    depth: int
    until: UnixTime


@dataclass(frozen=True, slots=True)
class AccreditationEnded:
    """0x32: an accreditation, and all below it, ends now."""

    accreditation: int


@dataclass(frozen=True, slots=True)
class TypeRegistered:
    """0x40: a version of a credential type, by the digest of its type document."""

    type_no: int
    version: int
    digest: Digest


@dataclass(frozen=True, slots=True)
class BatchAnchored:
    """0x50: an agency anchors the root of a batch of `size` credentials signed by `kid`."""

    agency: AgencyCode
    batch_no: int
    root: Root
    size: int
    kid: Kid


@dataclass(frozen=True, slots=True)
class StatusPublished:
    """0x60: a newer version of a status list, by the digest of its file."""

    agency: AgencyCode
    list_no: int
    version: int
    digest: Digest


@dataclass(frozen=True, slots=True)
class AlgorithmSet:
    """0x70: an algorithm starts, is warned of, or stops at `effective_at`."""

    alg: int
    phase: AlgorithmPhase
    effective_at: UnixTime


@dataclass(frozen=True, slots=True)
class CheckpointSignersSet:
    """0x80: `threshold` of these keys sign checkpoints from now on."""

    threshold: int
    cose_keys: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class SuccessorRegistrySet:
    """0x90: this registry ends and another contract continues it."""

    chain_id: int
    contract: bytes


@dataclass(frozen=True, slots=True)
class JournalCarried:
    """0x91: the journal goes on here; this is the registry it comes from."""

    chain_id: int
    contract: bytes


@dataclass(frozen=True, slots=True)
class RegistryRecognised:
    """0xA0: another registry's credentials count here; `until` 0 is open.

    What is recognised stands in the tail (registry/recognition.py), which a replay does not read.
    """

    recognition: int
    chain_id: int
    contract: bytes
    until: UnixTime
    tail: bytes


@dataclass(frozen=True, slots=True)
class RecognitionEnded:
    """0xA1: a recognition ends now."""

    recognition: int


Payload = (
    AgencyRegistered
    | AgencyRenamed
    | AgencyAccountsChanged
    | AgencySuspended
    | AgencyResumed
    | AgencyClosed
    | KeyAdded
    | KeyEnded
    | KeyCompromised
    | BatchConfirmed
    | AccreditationGranted
    | AccreditationDelegated
    | AccreditationEnded
    | TypeRegistered
    | BatchAnchored
    | StatusPublished
    | AlgorithmSet
    | CheckpointSignersSet
    | SuccessorRegistrySet
    | JournalCarried
    | RegistryRecognised
    | RecognitionEnded
)
