"""Trust data: all a verifier needs at hand, whole and checked against itself.

A trust state, the public files its digests name, and how strongly and as of when somebody vouches
for it; wherever it came from.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from hashlib import sha256
from typing import NamedTuple

from credential.errors import FormatError
from credential.ids import AgencyCode, Digest, Kid, UnixTime
from credential.status import StatusList, decode_status_list
from credential.status_details import StatusDetails, decode_status_details
from credential.types import CredentialType, load_type
from registry.errors import BundleError
from registry.trust_state import TrustState


class BundleKind(IntEnum):
    """How much of the journal the trust data holds."""

    FULL = 1
    LITE = 2


class EvidenceStrength(IntEnum):
    """How the head of the journal is known (bundle.md, last table)."""

    UNPROVEN = 1
    CHECKPOINT = 2
    CHAIN = 3


class Evidence(NamedTuple):
    """Who vouches for the head, and up to when nothing newer had been published."""

    strength: EvidenceStrength
    as_of: UnixTime
    signed_by: tuple[Kid, ...]


class Floor(NamedTuple):
    """What a store has seen of one registry; it never goes back below it."""

    size: int
    head: Digest
    as_of: UnixTime


class Documents(NamedTuple):
    """The public files, as bytes, in any order."""

    status_lists: tuple[bytes, ...] = ()
    details: tuple[bytes, ...] = ()
    types: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class TrustData:
    """A state with its documents. Every document's digest is the one the state names."""

    state: TrustState
    status_lists: Mapping[tuple[AgencyCode, int], StatusList]
    types: Mapping[tuple[int, int], CredentialType]
    details: Mapping[tuple[AgencyCode, int], StatusDetails]
    evidence: Evidence
    kind: BundleKind

    @property
    def floor(self) -> Floor:
        """What a store remembers once it has accepted this."""
        return Floor(self.state.size, self.state.head, self.evidence.as_of)


class StatusListFile(NamedTuple):
    """A status list and the digest of the file it was read from."""

    status_list: StatusList
    digest: Digest


def read_status_lists(files: Iterable[bytes]) -> dict[tuple[AgencyCode, int], StatusListFile]:
    """The lists in these files. Raises BundleError for a malformed one, or two of one list."""
    lists: dict[tuple[AgencyCode, int], StatusListFile] = {}
    for file in files:
        try:
            status_list = decode_status_list(file)
        except FormatError as error:
            raise BundleError(f"a status list is malformed: {error}") from error
        slot = (status_list.agency, status_list.list_no)
        if slot in lists:
            raise BundleError(f"list {slot[1]} of {slot[0]} is there twice")
        lists[slot] = StatusListFile(status_list, Digest(sha256(file).digest()))
    return lists


def assemble(
    state: TrustState,
    lists: Mapping[tuple[AgencyCode, int], StatusListFile],
    documents: Documents,
    evidence: Evidence,
    kind: BundleKind,
) -> TrustData:
    """The trust data of a state and its documents (bundle.md, step 5).

    `lists` are those of `documents`, as read.

    Raises BundleError for a document that fits nothing in the state.
    """
    for slot, (status_list, digest) in lists.items():
        newest = state.latest_status(*slot)
        if newest is None or (newest.version, newest.digest) != (status_list.version, digest):
            raise BundleError(
                f"list {slot[1]} of {slot[0]} is not the newest one the journal names"
            )
    return TrustData(
        state=state,
        status_lists={slot: file.status_list for slot, file in lists.items()},
        types=_read_types(state, documents.types),
        details=_read_details(lists, documents.details),
        evidence=evidence,
        kind=kind,
    )


def trust_data_of(
    state: TrustState, documents: Documents, evidence: Evidence, kind: BundleKind = BundleKind.FULL
) -> TrustData:
    """The trust data of a state vouched for otherwise, such as one read from a trusted node.

    Raises BundleError for a document that is malformed or fits nothing in the state.
    """
    return assemble(state, read_status_lists(documents.status_lists), documents, evidence, kind)


def _read_types(state: TrustState, files: Iterable[bytes]) -> dict[tuple[int, int], CredentialType]:
    types: dict[tuple[int, int], CredentialType] = {}
    for file in files:
        try:
            loaded = load_type(file)
        except FormatError as error:
            raise BundleError(f"a type document is malformed: {error}") from error
        registered = state.type_digest(loaded.type_no, loaded.version)
        if registered != loaded.digest:
            raise BundleError(
                f"type {loaded.type_no} version {loaded.version} is not the one in the journal"
            )
        types[loaded.type_no, loaded.version] = loaded
    return types


def _read_details(
    lists: Mapping[tuple[AgencyCode, int], StatusListFile], files: Iterable[bytes]
) -> dict[tuple[AgencyCode, int], StatusDetails]:
    details: dict[tuple[AgencyCode, int], StatusDetails] = {}
    for file in files:
        try:
            decoded = decode_status_details(file)
        except FormatError as error:
            raise BundleError(f"status details are malformed: {error}") from error
        slot = (decoded.agency, decoded.list_no)
        if slot not in lists or lists[slot].status_list.details_digest != sha256(file).digest():
            raise BundleError(
                f"the status details of list {slot[1]} of {slot[0]} belong to no list"
            )
        details[slot] = decoded
    return details
