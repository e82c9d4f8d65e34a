"""Who vouches for a journal: signers of checkpoints, validators of a chain, or nobody.

docs/formats/bundle.md, step 3: it decides how many entries count, how strongly and as of when.
"""

from collections.abc import Collection
from typing import NamedTuple

from credential.ids import Digest
from registry.anchor_file import TrustAnchor
from registry.belief import Belief, believe
from registry.bundle_file import Body, Envelope, ReadAt
from registry.chain_vouching import ChainVouching, chain_vouching
from registry.checkpoint import Statement
from registry.errors import BundleError, JournalError
from registry.journal import open_journal_file
from registry.lineage import RegistryId
from registry.trust_data import Evidence, EvidenceStrength, Seals


class Vouched(NamedTuple):
    """How many entries count, who says so, and what the checkpoints state, the last one last."""

    size: int
    evidence: Evidence
    statements: tuple[Statement, ...]
    belief: Belief | None = None
    head: Digest | None = None
    """The head after them, where the chain shows it."""
    seals: Seals | None = None

    @property
    def goes_on(self) -> bool:
        """True where the chain vouches for entries behind the last checkpoint's."""
        return self.belief is not None and self.size > self.belief.statement.size


def vouching(
    envelope: Envelope, body: Body, anchor: TrustAnchor | None, told: Collection[RegistryId] = ()
) -> Vouched:
    """Who vouches for this bundle, as far as a reader with this trust anchor can tell.

    `told` are the homes the bundle tells of, which checkpoints may name.
    Raises BundleError or ForeignRegistryError.
    """
    if isinstance(body.evidence, ReadAt):
        evidence = Evidence(EvidenceStrength.UNPROVEN, body.evidence.at, ())
        return Vouched(body.evidence.size, evidence, ())
    chain = _chain(envelope, body, anchor)
    if chain is not None and not body.evidence:
        return Vouched(_entries_in(body), chain.evidence, (), head=chain.head, seals=chain.seals)
    signed = _signed(envelope, body, anchor, told)
    return signed if chain is None or chain.seals is None else _proven(signed, chain, body)


def _chain(envelope: Envelope, body: Body, anchor: TrustAnchor | None) -> ChainVouching | None:
    if body.chain is None:
        return None
    registry = (envelope.chain_id, envelope.contract)
    return chain_vouching(body.chain, anchor, registry, is_alone=not body.evidence)


def _signed(
    envelope: Envelope, body: Body, anchor: TrustAnchor | None, told: Collection[RegistryId]
) -> Vouched:
    checkpoints = body.checkpoints
    strength = EvidenceStrength.UNPROVEN if anchor is None else EvidenceStrength.CHECKPOINT
    trusted = checkpoints[0].statement.signers if anchor is None else anchor.signers
    belief = believe(
        checkpoints, trusted, chain_id=envelope.chain_id, contract=envelope.contract, earlier=told
    )
    evidence = Evidence(strength, belief.statement.at, belief.signed_by)
    statements = tuple(checkpoint.statement for checkpoint in checkpoints)
    return Vouched(belief.statement.size, evidence, statements, belief)


def _proven(signed: Vouched, chain: ChainVouching, body: Body) -> Vouched:
    """What counts where validators have sealed a head and signers have signed a checkpoint."""
    return signed._replace(
        size=signed.size if body.journal_file is None else _entries_in(body),
        evidence=chain.evidence._replace(signed_by=signed.evidence.signed_by),
        head=chain.head,
        seals=chain.seals,
    )


def _entries_in(body: Body) -> int:
    """How many entries a full bundle has."""
    try:
        return sum(1 for _ in open_journal_file(body.journal_file or b"").entries)
    except JournalError as error:
        raise BundleError(f"the journal in the bundle breaks a rule: {error}") from error
