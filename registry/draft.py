"""What a replay has gathered so far: the mutable twin of a trust state, owned by one TrustBuilder.

The rules in registry/rules_*.py read and change it; nothing else does. Every change costs the same
however long the journal is, so that no journal can make a replay slow.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

from credential.ids import AgencyCode, Digest, Kid, UnixTime
from registry.errors import JournalError
from registry.kinds import AgencyState, AlgorithmPhase
from registry.lineage import Home, RegistryId
from registry.recognition import Recognition
from registry.records import (
    Accreditation,
    Agency,
    AgencyName,
    AgencyStateChange,
    AlgorithmStep,
    Anchor,
    KeyRecord,
    StatusRecord,
    SuccessorRegistry,
    TypeVersion,
)
from registry.signers import Signers


@dataclass(slots=True)
class AgencyDraft:
    """An agency whose history still grows. `padded` is its code as the journal writes it."""

    code: AgencyCode
    padded: bytes
    names: list[AgencyName]
    states: list[AgencyStateChange]
    successor: AgencyCode | None = None
    state: AgencyState = AgencyState.ACTIVE
    batches: list[int] = field(default_factory=list)
    """The positions of its anchors; batch n stands at n - 1."""

    def enter(self, state: AgencyState, at: UnixTime) -> None:
        """The agency is in this state from `at` on."""
        self.state = state
        self.states.append(AgencyStateChange(at, state))

    def finished(self) -> Agency:
        """The immutable record of the agency as it stands."""
        return Agency(self.code, tuple(self.names), tuple(self.states), self.successor)


class AlgorithmTimes(NamedTuple):
    """The moments one algorithm reaches its phases; the earliest where one was announced twice."""

    start_at: UnixTime
    warn_at: UnixTime | None
    stop_at: UnixTime | None

    def phase_at(self, at: int) -> AlgorithmPhase:
        """Where the algorithm stands at a time (journal.md, "algorithm allowed at T")."""
        if self.stop_at is not None and self.stop_at <= at:
            return AlgorithmPhase.STOP
        if self.start_at > at:
            return AlgorithmPhase.NOT_STARTED
        if self.warn_at is not None and self.warn_at <= at:
            return AlgorithmPhase.WARN
        return AlgorithmPhase.START


@dataclass(slots=True)
class Draft:
    """Everything the entries so far have said; empty at first."""

    chain_id: int
    contract: bytes
    head: Digest
    time: UnixTime
    size: int = 0
    agencies: dict[AgencyCode, AgencyDraft] = field(default_factory=dict)
    padded_agencies: dict[bytes, AgencyDraft] = field(default_factory=dict)
    keys: dict[Kid, KeyRecord] = field(default_factory=dict)
    live_keys: dict[Kid, AgencyDraft] = field(default_factory=dict)
    """The keys that may anchor while their agency is active: neither ended nor compromised."""
    accreditations: dict[int, Accreditation] = field(default_factory=dict)
    types: dict[tuple[int, int], TypeVersion] = field(default_factory=dict)
    type_versions: dict[int, int] = field(default_factory=dict)
    status: dict[tuple[AgencyCode, int], StatusRecord] = field(default_factory=dict)
    steps: list[AlgorithmStep] = field(default_factory=list)
    algorithms: dict[int, AlgorithmTimes] = field(default_factory=dict)
    signers: Signers | None = None
    successor: SuccessorRegistry | None = None
    earlier_homes: list[Home] = field(default_factory=list)
    """The registries that were in force before `chain_id` and `contract`, oldest first."""
    recognitions: list[Recognition] = field(default_factory=list)
    left: set[RegistryId] = field(default_factory=set)
    """The earlier homes once more, to be looked up: a hostile journal may move many times."""
    recognised_by: dict[RegistryId, int] = field(default_factory=dict)
    """The newest recognition of each registry, by number; no older one can be in force."""
    anchors: list[Anchor] = field(default_factory=list)
    anchor_positions: dict[bytes, int] = field(default_factory=dict)
    """root || kid to the position of the earliest anchor; the kid settles the agency (rule 7)."""

    def agency(self, code: AgencyCode) -> AgencyDraft:
        """The registered agency. Raises JournalError where there is none."""
        agency = self.agencies.get(code)
        if agency is None:
            message = f"no agency {code} is registered"
            raise JournalError(message)
        return agency

    def open_agency(self, code: AgencyCode) -> AgencyDraft:
        """The registered agency, not closed. Raises JournalError."""
        agency = self.agency(code)
        if agency.state is AgencyState.CLOSED:
            message = f"agency {code} is closed, for good"
            raise JournalError(message)
        return agency

    def active_agency(self, code: AgencyCode) -> AgencyDraft:
        """The registered agency, active. Raises JournalError."""
        agency = self.open_agency(code)
        if agency.state is not AgencyState.ACTIVE:
            message = f"agency {code} is suspended"
            raise JournalError(message)
        return agency

    def key(self, kid: Kid) -> KeyRecord:
        """The registered key. Raises JournalError where there is none."""
        key = self.keys.get(kid)
        if key is None:
            message = f"no key {kid.hex()} is registered"
            raise JournalError(message)
        return key

    def accreditation(self, number: int) -> Accreditation:
        """The accreditation of this number. Raises JournalError where there is none."""
        accreditation = self.accreditations.get(number)
        if accreditation is None:
            message = f"no accreditation {number} was given"
            raise JournalError(message)
        return accreditation

    def in_force(self, accreditation: Accreditation, at: int) -> bool:
        """Whether an accreditation and every one above it is in force at a time (journal.md)."""
        while True:
            ended_at = accreditation.ended_at
            until = accreditation.until
            if (
                accreditation.at > at
                or (ended_at is not None and ended_at <= at)
                or (until and until <= at)
            ):
                return False
            if not accreditation.parent:
                return True
            accreditation = self.accreditations[accreditation.parent]
