"""Trust data: all a verifier needs at hand, whole and checked against itself.

A trust state, the public files its digests name, and how strongly and as of when somebody vouches
for it; wherever it came from.
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from enum import IntEnum
from hashlib import sha256
from typing import NamedTuple

from credential.errors import FormatError
from credential.ids import AgencyCode, Digest, Kid, UnixTime
from credential.status import StatusList, decode_status_list
from credential.status_details import StatusDetails, check_details, decode_status_details
from credential.types import CredentialType, load_type
from registry.errors import BundleError
from registry.lineage import RegistryId, registries
from registry.recognition import Recognition
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


class Seals(NamedTuple):
    """The block that showed the head, and the validators (addresses) who vouch for it."""

    block: int
    block_hash: bytes
    sealed_by: tuple[bytes, ...]


class Floor(NamedTuple):
    """What a store has seen of one registry; it never goes back below it."""

    size: int
    head: Digest
    as_of: UnixTime
    homes: tuple[RegistryId, ...] = ()
    """The registries this journal was at home in; none where that is not kept."""


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
    guests: tuple["Guest", ...] = ()
    """Other registries that this one recognises or has recognised, by recognition number."""
    seals: Seals | None = None
    """Where the strength of the evidence is CHAIN."""

    @property
    def floor(self) -> Floor:
        """What a store remembers once it has accepted this."""
        homes = registries(self.state.homes)
        return Floor(self.state.size, self.state.head, self.evidence.as_of, homes)

    @property
    def guest_floors(self) -> dict[RegistryId, Floor]:
        """What a store remembers of the guests, by the registry that the recognition names."""
        return {guest.recognition.registry: guest.trust.floor for guest in self.guests}


@dataclass(frozen=True, slots=True)
class Guest:
    """The trust data of a recognised registry, and what a verdict by it takes from home.

    `judged` is `trust` with the weaker evidence and the older as-of time of the two
    (verdict.md, "Registries"); `latest` is the newer one.
    """

    recognition: Recognition
    trust: TrustData
    judged: TrustData
    latest: UnixTime

    @property
    def number(self) -> int:
        """The number of the recognition."""
        return self.recognition.number


def guest_of(recognition: Recognition, trust: TrustData, home: Evidence) -> Guest:
    """The guest under home data of this evidence."""
    own = trust.evidence
    weaker = own._replace(
        strength=min(own.strength, home.strength), as_of=min(own.as_of, home.as_of)
    )
    latest = max(own.as_of, home.as_of)
    return Guest(recognition, trust, replace(trust, evidence=weaker), latest)


class StatusListFile(NamedTuple):
    """A status list and the digest of the file it was read from."""

    status_list: StatusList
    digest: Digest


Slot = tuple[AgencyCode, int]
"""An agency and the number of one of its lists."""


def read_status_lists(files: Iterable[bytes]) -> dict[Slot, StatusListFile]:
    """The lists in these files. Raises BundleError for a malformed one, or two of one list."""
    lists: dict[Slot, StatusListFile] = {}
    for file in files:
        slot, read = read_status_list(file)
        if slot in lists:
            raise BundleError(f"list {slot[1]} of {slot[0]} is there twice")
        lists[slot] = read
    return lists


def read_status_list(file: bytes) -> tuple[Slot, StatusListFile]:
    """The list in a file. Raises BundleError for a malformed one."""
    try:
        status_list = decode_status_list(file)
    except FormatError as error:
        raise BundleError(f"a status list is malformed: {error}") from error
    slot = (status_list.agency, status_list.list_no)
    return slot, StatusListFile(status_list, Digest(sha256(file).digest()))


def check_status_list(state: TrustState, slot: Slot, file: StatusListFile) -> None:
    """The list is the newest of its slot. Raises BundleError where it is not."""
    newest = state.latest_status(*slot)
    found = (file.status_list.version, file.digest)
    if newest is None or (newest.version, newest.digest) != found:
        raise BundleError(f"list {slot[1]} of {slot[0]} is not the newest one the journal names")


def read_type(state: TrustState, file: bytes) -> CredentialType:
    """The type in a document that the journal names. Raises BundleError for any other.

    Only a document the journal names is parsed: whoever made the bundle cannot choose these bytes.
    """
    digest = sha256(file).digest()
    if all(digest != named.digest for named in state.content.types.values()):
        raise BundleError("the journal names no type document with these bytes")
    try:
        loaded = load_type(file)
    except FormatError as error:
        raise BundleError(f"a type document is malformed: {error}") from error
    if state.type_digest(loaded.type_no, loaded.version) != loaded.digest:
        raise BundleError(
            f"type {loaded.type_no} version {loaded.version} is not the one in the journal"
        )
    return loaded


def details_named_by(lists: Mapping[Slot, StatusListFile]) -> frozenset[bytes | None]:
    """The digests of the details that these lists name."""
    return frozenset(file.status_list.details_digest for file in lists.values())


def read_details(
    lists: Mapping[Slot, StatusListFile], named: AbstractSet[bytes | None], file: bytes
) -> StatusDetails:
    """The details that belong to one of the lists. Raises BundleError for any others.

    Only details that a list names are parsed, which may take seconds: whoever made the bundle
    cannot choose these bytes. `named` is `details_named_by(lists)`.
    """
    digest = sha256(file).digest()
    if digest not in named:
        raise BundleError("status details belong to no list that is here")
    try:
        details = decode_status_details(file)
    except FormatError as error:
        raise BundleError(f"status details are malformed: {error}") from error
    slot = (details.agency, details.list_no)
    if slot not in lists or lists[slot].status_list.details_digest != digest:
        raise BundleError(f"the status details of list {slot[1]} of {slot[0]} belong to no list")
    try:
        check_details(details, lists[slot].status_list)
    except FormatError as error:
        raise BundleError(f"the status details of list {slot[1]} of {slot[0]}: {error}") from error
    return details


def assemble(
    state: TrustState,
    lists: Mapping[Slot, StatusListFile],
    documents: Documents,
    evidence: Evidence,
    kind: BundleKind,
) -> TrustData:
    """The trust data of a state and its documents (bundle.md, step 5).

    `lists` are those of `documents`, as read. Raises BundleError for a document that fits nothing
    in the state.
    """
    for slot, file in lists.items():
        check_status_list(state, slot, file)
    if len(documents.types) > len(state.content.types) or len(documents.details) > len(lists):
        raise BundleError("there are more documents than the journal and the lists name")
    named = details_named_by(lists)
    types = {read.digest: read for read in (read_type(state, file) for file in documents.types)}
    details = [read_details(lists, named, file) for file in documents.details]
    if len(types) < len(documents.types) or len(set(documents.details)) < len(details):
        raise BundleError("a type document or status details are there twice")
    return TrustData(
        state=state,
        status_lists={slot: file.status_list for slot, file in lists.items()},
        types={(loaded.type_no, loaded.version): loaded for loaded in types.values()},
        details={(told.agency, told.list_no): told for told in details},
        evidence=evidence,
        kind=kind,
    )


def trust_data_of(
    state: TrustState,
    documents: Documents,
    evidence: Evidence,
    kind: BundleKind = BundleKind.FULL,
) -> TrustData:
    """The trust data of a state vouched for otherwise, such as one read from a trusted node.

    Raises BundleError for a document that is malformed or fits nothing in the state.
    """
    return assemble(state, read_status_lists(documents.status_lists), documents, evidence, kind)
