"""What a replayed journal knows of each agency, key, accreditation, type, list and batch.

`at` is always the block time of the journal entry. Everything here is immutable; a change makes a
new record.
"""

from typing import NamedTuple

from credential.ids import AgencyCode, Digest, Kid, Root, UnixTime
from registry.kinds import AgencyState, AlgorithmPhase, KeyPurpose


class AgencyName(NamedTuple):
    """The names of an agency from `at` on."""

    at: UnixTime
    zh_hant: str
    en: str


class AgencyStateChange(NamedTuple):
    """What an agency may do from `at` on."""

    at: UnixTime
    state: AgencyState


class Agency(NamedTuple):
    """A registered agency with the history of its names and states, oldest first, never empty."""

    code: AgencyCode
    names: tuple[AgencyName, ...]
    states: tuple[AgencyStateChange, ...]
    successor: AgencyCode | None

    @property
    def name(self) -> AgencyName:
        """The name the agency has now."""
        return self.names[-1]

    @property
    def registered_at(self) -> UnixTime:
        """The time from which the agency has existed."""
        return self.states[0].at

    @property
    def state(self) -> AgencyState:
        """What the agency may do now."""
        return self.states[-1].state


class Compromise(NamedTuple):
    """A key compromise.

    What the key signed counts no more unless it was anchored before `since` or is confirmed.
    """

    since: UnixTime
    at: UnixTime


class KeyRecord(NamedTuple):
    """A registered key. `cose_key` is as registered.

    Its point is not looked at before the first signature.
    """

    cose_key: bytes
    kid: Kid
    alg: int
    purpose: KeyPurpose
    agency: AgencyCode
    added_at: UnixTime
    ended_at: UnixTime | None
    compromise: Compromise | None


class Accreditation(NamedTuple):
    """A grant (parent 0) or delegation; `until` 0 is open-ended."""

    number: int
    parent: int
    agency: AgencyCode
    type_no: int
    depth: int
    at: UnixTime
    until: UnixTime
    ended_at: UnixTime | None


class TypeVersion(NamedTuple):
    """A registered version of a credential type, by the digest of its type document."""

    type_no: int
    version: int
    digest: Digest
    at: UnixTime


class StatusRecord(NamedTuple):
    """The newest published version of one status list."""

    agency: AgencyCode
    list_no: int
    version: int
    at: UnixTime
    digest: Digest


class AlgorithmStep(NamedTuple):
    """One algorithmSet entry."""

    alg: int
    phase: AlgorithmPhase
    effective_at: UnixTime
    at: UnixTime


class Anchor(NamedTuple):
    """One anchored batch."""

    agency: AgencyCode
    batch_no: int
    root: Root
    size: int
    kid: Kid
    at: UnixTime
    confirmed: bool


class SuccessorRegistry(NamedTuple):
    """The registry that follows this one."""

    chain_id: int
    contract: bytes
