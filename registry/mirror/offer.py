"""What one source offers, and whether anybody vouches for it (mirror.md, steps 2 to 4)."""

from dataclasses import dataclass
from typing import NamedTuple

from credential.errors import FormatError
from credential.ids import Digest, UnixTime
from registry.anchor_file import TrustAnchor
from registry.belief import Belief, believe
from registry.chain_vouching import chain_vouching
from registry.checkpoint import Checkpoint, Statement
from registry.errors import TrustDataError
from registry.evidence.file import ChainEvidence, decode_chain_evidence
from registry.mirror.errors import RefusedError, SourceError
from registry.mirror.folder import CHECKPOINTS, EVIDENCE, REGISTRIES, STANDING, Held
from registry.mirror.publish import MAX_CHECKPOINTS_BYTES, decode_checkpoints
from registry.mirror.range_file import RegistryId
from registry.mirror.sources import Source
from registry.mirror.standing import MAX_STANDING_BYTES, Standing, read_standing
from registry.trust_data import EvidenceStrength, Floor

MAX_EVIDENCE_BYTES = 66 << 20


class Goal(NamedTuple):
    """The journal that is vouched for: so many entries, this head, as of this time."""

    size: int
    head: Digest
    as_of: UnixTime
    strength: EvidenceStrength


@dataclass(frozen=True, slots=True)
class Offer:
    """A source, where it says it stands, and what those the trust anchor trusts vouch for."""

    source: Source
    prefix: str
    standing: Standing
    goal: Goal
    checkpoints: tuple[Checkpoint, ...]
    belief: Belief | None
    chain: ChainEvidence | None

    @property
    def statements(self) -> tuple[Statement, ...]:
        """What the checkpoints state, the newest last."""
        return tuple(checkpoint.statement for checkpoint in self.checkpoints)

    @property
    def registry(self) -> RegistryId:
        """The first home of the journal."""
        return self.standing.registry

    @property
    def rank(self) -> tuple[int, int]:
        """Of two offers the one of the higher rank is newer."""
        return self.goal.size, self.goal.as_of

    def fetch(self, path: str, most: int) -> bytes:
        """Return a file of this registry's tree; raises SourceError."""
        return self.source.fetch(self.prefix + path, most)


def read_offer(source: Source, anchor: TrustAnchor) -> Offer:
    """Return what the source offers of the trust anchor's registry.

    Raises SourceError where it does not answer, RefusedError where nobody vouches for it.
    """
    # 2. Where the source stands, and whose registry it is.
    prefix, standing = find_standing(source, anchor)
    # 3. Who vouches, from the trust anchor's signers and validators on.
    checkpoints = decode_checkpoints(source.fetch(prefix + CHECKPOINTS, MAX_CHECKPOINTS_BYTES))
    chain = _chain(source, prefix)
    try:
        belief = _believed(checkpoints, anchor, standing)
        goal = _sealed_goal(chain, anchor, standing) or _signed_goal(belief)
    except TrustDataError as error:
        code = "foreign" if error.code == "trust.foreign" else "unvouched"
        raise RefusedError(f"its evidence is not believed: {error}", code) from error
    if goal is None:
        raise RefusedError(
            "nobody vouches for it: it has no checkpoint, and no seals that the trust anchor can "
            "be asked about",
            "unvouched",
        )
    if belief is not None and belief.statement.size > goal.size:
        raise RefusedError("its seals are older than its checkpoint", "malformed")
    return Offer(source, prefix, standing, goal, checkpoints, belief, chain)


def _believed(
    checkpoints: tuple[Checkpoint, ...], anchor: TrustAnchor, standing: Standing
) -> Belief | None:
    if not checkpoints:
        return None
    # Which homes the journal really had is asked again once it has been replayed.
    return believe(
        checkpoints,
        anchor.signers,
        chain_id=anchor.chain_id,
        contract=anchor.contract,
        earlier=standing.all_homes,
    )


def _signed_goal(belief: Belief | None) -> Goal | None:
    if belief is None:
        return None
    stated = belief.statement
    return Goal(stated.size, stated.head, stated.at, EvidenceStrength.CHECKPOINT)


def _sealed_goal(
    chain: ChainEvidence | None, anchor: TrustAnchor, standing: Standing
) -> Goal | None:
    """What the validators vouch for; which size has that head is for the entries to show."""
    if chain is None or anchor.consensus is None or standing.vouched_size is None:
        return None
    registry = (anchor.chain_id, anchor.contract)
    shown = chain_vouching(chain, anchor, registry, is_alone=False)
    if shown is None or shown.seals is None:
        return None
    return Goal(standing.vouched_size, shown.head, shown.evidence.as_of, EvidenceStrength.CHAIN)


def _chain(source: Source, prefix: str) -> ChainEvidence | None:
    try:
        return decode_chain_evidence(source.fetch(prefix + EVIDENCE, MAX_EVIDENCE_BYTES))
    except SourceError as error:
        if error.missing:
            return None
        raise
    except (FormatError, TrustDataError) as error:
        raise RefusedError(f"its chain evidence is malformed: {error}", "malformed") from error


def find_standing(source: Source, anchor: TrustAnchor) -> tuple[str, Standing]:
    """Where in the source's tree the trust anchor's registry is, and where the source stands in it.

    Raises SourceError, or RefusedError where it mirrors another.
    """
    wanted = RegistryId(anchor.chain_id, anchor.contract)
    found = read_standing(source.fetch(STANDING, MAX_STANDING_BYTES))
    if wanted in found.all_homes:
        return "", found
    prefix = f"{REGISTRIES}/{wanted.folder}/"
    try:
        beside = read_standing(source.fetch(prefix + STANDING, MAX_STANDING_BYTES))
    except SourceError as error:
        raise _foreign(found.registry) from error
    if wanted not in beside.all_homes:
        raise _foreign(beside.registry)
    return prefix, beside


def _foreign(found: RegistryId) -> RefusedError:
    return RefusedError(
        f"it mirrors contract 0x{found.contract.hex()} on chain {found.chain_id}, which is another "
        "registry than the trust anchor's",
        "foreign",
    )


def check_not_behind(offer: Offer, floor: Floor | None, held: Held) -> None:
    """4. Never back behind what this mirror has proven.

    Raises RefusedError (rollback, or fork where it is another journal).
    """
    if floor is None:
        return
    goal = offer.goal
    known = held.heads[goal.size] if goal.size < len(held.heads) else None
    if goal.size <= floor.size and known is not None and known != goal.head:
        raise RefusedError(
            f"others vouch for another journal of {goal.size} entries than the one held here: one "
            "journal in two versions. Keep both and tell the registry",
            "fork",
        )
    if goal.size < floor.size or goal.as_of < floor.as_of:
        raise RefusedError(
            f"it is older than what is held: {goal.size} entries as of {goal.as_of}, and here are "
            f"{floor.size} as of {floor.as_of}",
            "rollback",
        )
