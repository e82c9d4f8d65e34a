"""From sealed bytes to a verdict: the ten numbered steps of docs/formats/sealed.md, in that order."""

from collections.abc import Callable
from typing import Final, NamedTuple

from credential.entry import Entry, decode_entry
from credential.errors import FormatError, PathError
from credential.ids import Root, UnixTime
from credential.sealed import Receipt, Sealed, decode_sealed, sealed_root
from credential.types import CredentialType
from registry.records import Anchor
from registry.trust_data import TrustData
from verifier import checks
from verifier.policy import DEFAULT_POLICY, Policy
from verifier.reasons import Reason
from verifier.verdict import Check, CheckName, Outcome, Result, Verdict, outcome_of

_SKIP: Final = checks.SKIPPED
_ALL_SKIPPED: Final = tuple(_SKIP[name] for name in CheckName)
_SKIPPED_ISSUER: Final = _SKIP[CheckName.ISSUER]
_SKIPPED_KEY: Final = _SKIP[CheckName.KEY]
_SKIPPED_ANCHOR: Final = _SKIP[CheckName.ANCHOR]
_FAIL: Final = Result.FAIL


class Case(NamedTuple):
    """What every credential of one verification is judged by."""

    trust: TrustData
    now: UnixTime
    policy: Policy


class Grounds(NamedTuple):
    """Steps 3 to 7: whose root it is, and whether they might issue it at the time that counts."""

    proof: Check
    issuer: Check
    key: Check
    anchor: Check
    anchored: Anchor | None


def verify(
    sealed: bytes, trust: TrustData, at: int, policy: Policy = DEFAULT_POLICY
) -> Verdict:
    """Return the verdict on a sealed credential at a time, as far as this trust data knows.

    Pure: no clock, no network, no disk. Whatever the bytes are, the answer is a verdict.
    """
    return judge(sealed, Case(trust, UnixTime(at), policy), sealed_root, grounds)


def judge(
    sealed: bytes,
    case: Case,
    root_of: Callable[[Sealed], Root],
    grounds_of: Callable[[Entry, Receipt, Root, Case], Grounds],
) -> Verdict:
    """Return the verdict by the numbered steps; `root_of` and `grounds_of` may remember equal questions."""
    trust, now, policy = case
    entry = kind = None

    # 1 form: decode strictly; compare the fields with their type document where it is known
    try:
        credential = decode_sealed(sealed)
        entry = decode_entry(credential.entry)
        kind = trust.types.get((entry.type_no, entry.type_version))
        if kind is not None:
            kind.check_fields(entry.fields)
    except FormatError as error:
        return malformed(error.code, now, entry, kind)

    # 2 proof: from the leaf up the path to the root
    # 3 proof: the root is anchored, or else the key's signature covers it
    # 4 the time that counts, 5 issuer, 6 key, 7 anchor
    root = None
    try:
        root = root_of(credential)
        proof, issuer, key, anchor, anchored = grounds_of(entry, credential.receipt, root, case)
    except PathError:
        proof, anchored = checks.PROOF_PATH, None
        issuer, key, anchor = _SKIPPED_ISSUER, _SKIPPED_KEY, _SKIPPED_ANCHOR

    # 8 dates, 9 status, 10 trust
    dates = checks.dates_check(entry, now)
    status = checks.status_check(entry, trust, now, policy)
    evidence = checks.trust_check(trust, now, policy)

    found = (checks.FORM_OK, proof, issuer, key, anchor, dates, status, evidence)
    outcome = outcome_of(found, policy)
    return Verdict(outcome, found, now, credential, entry, kind, root, anchored)


def grounds(entry: Entry, receipt: Receipt, root: Root, case: Case) -> Grounds:
    """Return what steps 3 to 7 find for a root that a credential claims to belong to."""
    trust, now, policy = case
    state = trust.state

    # 3 proof: by hashes alone where the root is anchored; by the signature where it is not
    anchored = state.anchor(root, entry.iss, receipt.kid)
    record = state.key(receipt.kid)
    proof = checks.proof_check(receipt, root, anchored, record, state)
    if proof.result is _FAIL:
        return Grounds(proof, _SKIPPED_ISSUER, _SKIPPED_KEY, _SKIPPED_ANCHOR, None)

    # 4 the time that counts: when the batch was anchored, or now
    counted_at = now if anchored is None else anchored.at

    return Grounds(
        proof,
        checks.issuer_check(entry, record, state, counted_at),  # 5
        checks.key_check(record, anchored, state, counted_at),  # 6
        checks.anchor_check(entry, record, anchored, trust, now, policy),  # 7
        anchored,
    )


def malformed(
    code: str, at: int, entry: Entry | None = None, kind: CredentialType | None = None
) -> Verdict:
    """Return the verdict on what is not a credential in the one permitted form: nothing else can be asked."""
    found = (checks.FORM_FAILED[code], *_ALL_SKIPPED[1:])
    return Verdict(Outcome.INVALID, found, UnixTime(at), None, entry, kind)


def verify_without_trust(sealed: bytes, reason: Reason, at: int) -> Verdict:
    """Return the verdict when the trust data could not be used, with the reason for that.

    Form and dates need no trust data; everything else is open, so the outcome is never VALID.
    """
    now = UnixTime(at)
    try:
        credential = decode_sealed(sealed)
        entry = decode_entry(credential.entry)
    except FormatError as error:
        return malformed(error.code, now)
    unusable = Check(CheckName.TRUST, Result.UNKNOWN, reason)
    dates = checks.dates_check(entry, now)
    found = (checks.FORM_OK, *_ALL_SKIPPED[1:5], dates, _SKIP[CheckName.STATUS], unusable)
    return Verdict(outcome_of(found, DEFAULT_POLICY), found, now, credential, entry)
