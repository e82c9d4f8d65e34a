"""From the finding on one document to the receipt of its check; nothing personal goes over."""

from credential.errors import FormatError
from credential.merkle import leaf_hash
from credential.sealed import decode_sealed
from registry.trust_data import Evidence, TrustData
from verifier.documents import Held
from verifier.errors import ReceiptFormatError
from verifier.examine import Finding
from verifier.policy import Policy
from verifier.receipt import sealed_digest
from verifier.receipt_findings import (
    MOST_CREDENTIALS,
    CheckedCredential,
    CheckReceipt,
    JournalMark,
    ToldCheck,
)
from verifier.verdict import Verdict


def receipt_of(finding: Finding, trust: TrustData | None, policy: Policy, at: int) -> CheckReceipt:
    """Return the receipt of this check, not signed yet.

    Raises ReceiptFormatError for a document of more credentials than a receipt can hold.
    """
    if len(finding.verdicts) > MOST_CREDENTIALS:
        raise ReceiptFormatError(
            f"the document holds {len(finding.verdicts)} different credentials; a receipt is "
            f"written for at most {MOST_CREDENTIALS}"
        )
    return CheckReceipt(
        checked_at=int(at),
        outcome=finding.outcome,
        journal=None if trust is None else _mark(trust, trust.evidence),
        policy=policy,
        document=(finding.document.result, finding.document.reason.value),
        credentials=tuple(_credential(held, verdict) for held, verdict in finding.verdicts),
        page_state=None if finding.page_state is None else finding.page_state.value,
    )


def _credential(held: Held, verdict: Verdict) -> CheckedCredential:
    leaf = None if held.fault is not None else leaf_of(held.sealed)
    guest = verdict.guest
    return CheckedCredential(
        verdict.outcome,
        tuple(
            ToldCheck(check.name, check.result, check.reason.value, check.as_of)
            for check in verdict.checks
        ),
        leaf,
        None if leaf is None else sealed_digest(held.sealed),
        None if guest is None else _mark(guest.trust, guest.judged.evidence),
    )


def leaf_of(sealed: bytes) -> bytes | None:
    """Return the leaf hash of the entry in sealed bytes; None where they hold none."""
    try:
        return leaf_hash(decode_sealed(sealed).entry)
    except FormatError:
        return None


def _mark(trust: TrustData, evidence: Evidence) -> JournalMark:
    state = trust.state
    return JournalMark(
        state.chain_id,
        bytes(state.contract),
        state.size,
        bytes(state.head),
        int(evidence.as_of),
        int(evidence.strength),
    )
