"""What the chain evidence of a bundle is worth to a reader, which depends on its trust anchor.

docs/formats/bundle.md, step 3, and docs/formats/evidence.md.
"""

from typing import TYPE_CHECKING, NamedTuple

from credential.ids import Digest
from registry.anchor_file import TrustAnchor
from registry.trust_data import Evidence, EvidenceStrength, Seals

if TYPE_CHECKING:
    from registry.evidence.file import ChainEvidence


class ChainVouching(NamedTuple):
    """The head that the evidence shows, how strongly and as of when, and who sealed it."""

    head: Digest
    evidence: Evidence
    seals: Seals | None
    """None where there was no trust anchor to check them by."""


def chain_vouching(
    evidence: "ChainEvidence",
    anchor: TrustAnchor | None,
    registry: tuple[int, bytes],
    *,
    is_alone: bool,
) -> ChainVouching | None:
    """The head of this registry's journal that the evidence shows. Raises EvidenceError.

    Seals mean something only from validators to begin from: those of a trust anchor that names
    them, and the engine, for this very contract. A later home of its journal does not do: anybody
    can deploy a contract that holds any word, and it is the journal itself that names a successor.
    Without, evidence that stands alone is taken as it is (strength 1), any other left aside (None).
    """
    chain_id, contract = registry
    if anchor is None or (anchor.chain_id, anchor.contract) != (chain_id, contract):
        consensus = None
    else:
        consensus = anchor.consensus
    if consensus is None and not is_alone:
        return None
    # A third of a second of imports that a reader of other bundles need not wait for.
    from registry.evidence.prove import claimed, prove  # noqa: PLC0415

    if anchor is None or consensus is None:
        shown = claimed(evidence, contract)
        unproven = Evidence(EvidenceStrength.UNPROVEN, shown.at, ())
        return ChainVouching(shown.head, unproven, None)
    proven = prove(evidence, anchor.validators, consensus, contract)
    return ChainVouching(
        proven.head,
        Evidence(EvidenceStrength.CHAIN, proven.at, ()),
        Seals(proven.block, proven.block_hash, proven.sealed_by),
    )
