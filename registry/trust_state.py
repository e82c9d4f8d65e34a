"""The trust state: what a journal says, and the questions a verifier asks of it as of a time.

A state does not change. The questions on the path of every verification are one or two dictionary
look-ups; what they need is worked out once, on the first question of its kind
(docs/formats/journal.md, "Questions asked as of a time").
"""

from bisect import bisect_right
from dataclasses import dataclass

from credential.ids import AgencyCode, Digest, Kid, Root, UnixTime
from credential.keys import VerifyingKey, load_key
from registry.completeness import complete_kids
from registry.draft import AlgorithmTimes
from registry.intervals import accredited_bounds, active_bounds
from registry.kinds import AlgorithmPhase, KeySafety
from registry.lineage import Home
from registry.recognition import Recognition, in_force_of
from registry.records import (
    Accreditation,
    Agency,
    AlgorithmStep,
    Anchor,
    KeyRecord,
    StatusRecord,
    SuccessorRegistry,
    TypeVersion,
)
from registry.signers import Signers


@dataclass(frozen=True, slots=True)
class StateContent:
    """Everything a state knows.

    Dictionaries keep journal order; nobody changes them after they were given away.
    """

    chain_id: int
    contract: bytes
    size: int
    head: Digest
    time: UnixTime
    agencies: dict[AgencyCode, Agency]
    keys: dict[Kid, KeyRecord]
    accreditations: dict[int, Accreditation]
    types: dict[tuple[int, int], TypeVersion]
    status: dict[tuple[AgencyCode, int], StatusRecord]
    steps: tuple[AlgorithmStep, ...]
    signers: Signers | None
    successor: SuccessorRegistry | None
    anchors: list[Anchor]
    anchor_positions: dict[bytes, int]
    has_every_anchor: bool
    """False for a snapshot: it holds the anchors of complete keys only (bundle.md)."""
    earlier_homes: tuple[Home, ...] = ()
    recognitions: tuple[Recognition, ...] = ()


class TrustState:
    """What the first `size` entries of one registry's journal say."""

    __slots__ = (
        "_accredited",
        "_active",
        "_algorithms",
        "_anchor_positions",
        "_anchors",
        "_complete",
        "_keys",
        "_verifying_keys",
        "chain_id",
        "content",
        "contract",
        "head",
        "homes",
        "size",
        "time",
    )

    def __init__(self, content: StateContent, algorithms: dict[int, AlgorithmTimes]) -> None:
        self.content = content
        self.chain_id = content.chain_id
        self.contract = content.contract
        self.size = content.size
        self.head = content.head
        self.time = content.time
        earlier = content.earlier_homes
        first = (earlier[-1].end or 0) if earlier else 0
        self.homes = (*earlier, Home(content.chain_id, content.contract, first, None))
        """Every registry this journal has been at home in, the one in force last."""
        self._keys = content.keys
        self._anchors = content.anchors
        self._anchor_positions = content.anchor_positions
        self._algorithms = algorithms
        self._active: dict[AgencyCode, tuple[int, ...]] = {}
        self._accredited: dict[tuple[AgencyCode, int], tuple[int, ...]] | None = None
        self._verifying_keys: dict[Kid, VerifyingKey] = {}
        self._complete: frozenset[Kid] | None = None

    @property
    def algorithms(self) -> dict[int, AlgorithmTimes]:
        """When each algorithm reaches its phases."""
        return self._algorithms

    @property
    def signers(self) -> Signers | None:
        """The checkpoint signers in force after the last entry."""
        return self.content.signers

    @property
    def successor(self) -> SuccessorRegistry | None:
        """The registry that follows this one, where there is one."""
        return self.content.successor

    @property
    def recognitions(self) -> tuple[Recognition, ...]:
        """The recognitions of other registries, by number."""
        return self.content.recognitions

    def recognition(self, number: int) -> Recognition | None:
        """The recognition of this number, or None."""
        known = self.content.recognitions
        return known[number - 1] if 1 <= number <= len(known) else None

    def recognition_in_force(self, chain_id: int, contract: bytes, at: int) -> Recognition | None:
        """The recognition of a registry that is in force at a time, or None."""
        return in_force_of(self.content.recognitions, chain_id, contract, at)

    def agency(self, code: AgencyCode) -> Agency | None:
        """The agency, or None where no such code is registered."""
        return self.content.agencies.get(code)

    def key(self, kid: Kid) -> KeyRecord | None:
        """The registered key, or None."""
        return self._keys.get(kid)

    def verifying_key(self, kid: Kid) -> VerifyingKey:
        """The registered key ready to verify with; loaded on first use.

        Raises KeyError for an unknown kid, KeyFormatError for a COSE_Key that holds no safe public
        key.
        """
        loaded = self._verifying_keys.get(kid)
        if loaded is None:
            loaded = self._verifying_keys[kid] = load_key(self._keys[kid].cose_key)
        return loaded

    def anchor(self, root: Root, agency: AgencyCode, kid: Kid) -> Anchor | None:
        """The earliest anchor of this root by this agency with this key, or None."""
        position = self._anchor_positions.get(root + kid)
        if position is None:
            return None
        anchor = self._anchors[position]
        return anchor if anchor.agency == agency else None

    def active(self, code: AgencyCode, at: int) -> bool:
        """Whether the agency is registered and active at a time."""
        bounds = self._active.get(code)
        if bounds is None:
            agency = self.content.agencies.get(code)
            if agency is None:
                return False
            bounds = self._active[code] = active_bounds(agency.states)
        return bool(bisect_right(bounds, at) & 1)

    def accredited(self, code: AgencyCode, type_no: int, at: int) -> bool:
        """Whether some accreditation of the agency for the type is in force at a time."""
        accredited = self._accredited
        if accredited is None:
            accredited = self._accredited = accredited_bounds(self.content.accreditations)
        bounds = accredited.get((code, type_no))
        return bounds is not None and bool(bisect_right(bounds, at) & 1)

    def type_digest(self, type_no: int, version: int) -> Digest | None:
        """The digest of the type document of a registered type version, or None."""
        registered = self.content.types.get((type_no, version))
        return None if registered is None else registered.digest

    def latest_status(self, code: AgencyCode, list_no: int) -> StatusRecord | None:
        """The newest published version of a status list, or None."""
        return self.content.status.get((code, list_no))

    def algorithm(self, alg: int, at: int) -> AlgorithmPhase:
        """Where an algorithm stands at a time; NOT_STARTED for one never heard of."""
        times = self._algorithms.get(alg)
        return AlgorithmPhase.NOT_STARTED if times is None else times.phase_at(at)

    def stopped_algorithms(self, at: int) -> frozenset[int]:
        """The algorithms that are over at a time."""
        return frozenset(
            alg
            for alg, times in self._algorithms.items()
            if times.phase_at(at) is AlgorithmPhase.STOP
        )

    def key_safety(self, kid: Kid, anchor: Anchor | None) -> KeySafety:
        """Whether what a key signed counts, anchored or (None) not anchored.

        Raises KeyError for an unknown kid.
        """
        compromise = self._keys[kid].compromise
        if compromise is None:
            return KeySafety.SAFE
        if anchor is None:
            return KeySafety.COMPROMISED
        if anchor.at < compromise.since:
            return KeySafety.SAFE
        return KeySafety.CONFIRMED if anchor.confirmed else KeySafety.COMPROMISED

    def roots_complete(self, kid: Kid) -> bool:
        """Whether a root of this key that is not here was not anchored, as of this state."""
        return self.content.has_every_anchor or kid in self.complete_kids()

    def complete_kids(self) -> frozenset[Kid]:
        """The keys whose anchors every snapshot carries (bundle.md, "complete")."""
        if self._complete is None:
            self._complete = complete_kids(self.content)
        return self._complete
