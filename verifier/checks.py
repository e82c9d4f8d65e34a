"""The eight checks of docs/formats/verdict.md: each answers one question with one Check.

Every function is pure and takes only what its question needs. Answers without a time of their own
are made once, here, and handed out again and again.
"""

from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache, partial

from credential.entry import Entry
from credential.errors import KeyFormatError, SignatureInvalidError
from credential.ids import Root, UnixTime
from credential.sealed import Receipt, registry_aad
from credential.sign1 import sig_structure
from credential.status import SlotState
from registry.kinds import AlgorithmPhase, KeySafety
from registry.lineage import Home
from registry.records import Anchor, KeyRecord
from registry.trust import TrustState
from registry.trust_data import TrustData
from verifier.policy import Policy
from verifier.reasons import Reason
from verifier.verdict import Check, CheckName, Result

CLOCK_TOLERANCE_SECONDS = 300

# Looking up a member of an enum costs 0.1 us on Python 3.11: what every verdict needs, once, here.
_PASS, _FAIL, _UNKNOWN = Result.PASS, Result.FAIL, Result.UNKNOWN
_ISSUER, _KEY, _ANCHOR = CheckName.ISSUER, CheckName.KEY, CheckName.ANCHOR
_DATES, _STATUS, _TRUST = CheckName.DATES, CheckName.STATUS, CheckName.TRUST
_CONFIRMED, _COMPROMISED = KeySafety.CONFIRMED, KeySafety.COMPROMISED
_STARTED, _WARNED = AlgorithmPhase.START, AlgorithmPhase.WARN
_VALID, _REVOKED = SlotState.VALID, SlotState.REVOKED


def _good_news(name: CheckName, reason: Reason) -> Callable[[UnixTime], Check]:
    """Return a function that gives the PASS of a check as of a time, one object for one time."""
    return lru_cache(maxsize=256)(partial(Check, name, _PASS, reason))


SKIPPED = {name: Check(name, Result.SKIPPED, Reason.SKIPPED_AFTER_FAILURE) for name in CheckName}
FORM_OK = Check(CheckName.FORM, _PASS, Reason.FORM_OK)
FORM_FAILED = {
    reason.value: Check(CheckName.FORM, _FAIL, reason)
    for reason in (
        Reason.FORM_TEXT,
        Reason.FORM_TOO_LARGE,
        Reason.FORM_ENCODING,
        Reason.FORM_STRUCTURE,
        Reason.FORM_TYPE_MISMATCH,
    )
}

PROOF_ANCHORED = Check(CheckName.PROOF, _PASS, Reason.PROOF_ANCHORED)
PROOF_SIGNATURE = Check(CheckName.PROOF, _PASS, Reason.PROOF_SIGNATURE)
PROOF_PATH = Check(CheckName.PROOF, _FAIL, Reason.PROOF_PATH)
PROOF_TREE_SIZE = Check(CheckName.PROOF, _FAIL, Reason.PROOF_TREE_SIZE)
PROOF_ALGORITHM = Check(CheckName.PROOF, _FAIL, Reason.PROOF_ALGORITHM)
PROOF_SIGNATURE_INVALID = Check(CheckName.PROOF, _FAIL, Reason.PROOF_SIGNATURE_INVALID)
PROOF_KEY_UNKNOWN = Check(CheckName.PROOF, _UNKNOWN, Reason.PROOF_KEY_UNKNOWN)
PROOF_ROOT_UNKNOWN = Check(CheckName.PROOF, _UNKNOWN, Reason.PROOF_ROOT_UNKNOWN)

ISSUER_AGENCY_UNKNOWN = Check(_ISSUER, _UNKNOWN, Reason.ISSUER_AGENCY_UNKNOWN)
ISSUER_TYPE_UNKNOWN = Check(_ISSUER, _UNKNOWN, Reason.ISSUER_TYPE_UNKNOWN)
ISSUER_MISMATCH = Check(_ISSUER, _FAIL, Reason.ISSUER_MISMATCH)

KEY_UNKNOWN = Check(_KEY, _UNKNOWN, Reason.KEY_UNKNOWN)

DATES_IN_FORCE = Check(_DATES, _PASS, Reason.DATES_IN_FORCE)
DATES_ISSUED_IN_FUTURE = Check(_DATES, _FAIL, Reason.DATES_ISSUED_IN_FUTURE)

_registry_aad = lru_cache(maxsize=16)(registry_aad)  # a verifier knows few registries

_ACCREDITED = _good_news(_ISSUER, Reason.ISSUER_ACCREDITED)
_KEY_SAFE = _good_news(_KEY, Reason.KEY_SAFE)
_ANCHORED = _good_news(_ANCHOR, Reason.ANCHOR_ANCHORED)
_NOT_REVOKED = _good_news(_STATUS, Reason.STATUS_VALID)
_FRESH = _good_news(_TRUST, Reason.TRUST_FRESH)

STATUS_LIST_MISSING = Check(_STATUS, _UNKNOWN, Reason.STATUS_LIST_MISSING)


def proof_check(
    receipt: Receipt, root: Root, anchor: Anchor | None, key: KeyRecord | None, state: TrustState
) -> Check:
    """Return whether this agency made this root (sealed.md, step 3).

    Where the root is anchored only hashes count, and the signature is not looked at.
    """
    if key is None:
        return PROOF_KEY_UNKNOWN
    if anchor is not None and anchor.size != receipt.tree_size:
        return PROOF_TREE_SIZE
    if key.alg != receipt.alg:
        return PROOF_ALGORITHM
    if anchor is not None:
        return PROOF_ANCHORED
    if not receipt.signature:
        return PROOF_ROOT_UNKNOWN
    return signature_check(receipt, root, key, state)


def signing_home(receipt: Receipt, root: Root, key: KeyRecord, state: TrustState) -> Home | None:
    """Return the home of the registry in which the key signed the root, the newest first.

    None where its signature covers the root in none of them.
    """
    try:
        ready = state.verifying_key(key.kid)
    except KeyFormatError:
        return None
    for home in reversed(state.homes):
        aad = _registry_aad(*home.registry)
        with suppress(SignatureInvalidError):
            ready.verify(receipt.signature, sig_structure(receipt.protected, aad, root))
            return home
    return None


def signature_check(receipt: Receipt, root: Root, key: KeyRecord, state: TrustState) -> Check:
    """Return whether the key's signature covers the root in this registry (RFC 9052 §4.4).

    Where the registry has moved, in any of its homes (sealed.md, step 3).

    A registered key that is no point of its curve verifies nothing.
    """
    if signing_home(receipt, root, key, state) is None:
        return PROOF_SIGNATURE_INVALID
    return PROOF_SIGNATURE


def issuer_check(entry: Entry, key: KeyRecord | None, state: TrustState, at: UnixTime) -> Check:
    """Return whether the agency in the claims holds the key and might issue this type then."""
    code, type_no = entry.iss, entry.type_no
    version_known = state.type_digest(type_no, entry.type_version) is not None
    if key is None:
        if state.agency(code) is None:
            return ISSUER_AGENCY_UNKNOWN
        return SKIPPED[_ISSUER] if version_known else ISSUER_TYPE_UNKNOWN
    if key.agency != code:
        return ISSUER_MISMATCH
    if not state.active(code, at):
        return Check(_ISSUER, _FAIL, Reason.ISSUER_NOT_ACTIVE, at)
    if not version_known and state.type_digest(type_no, 1) is None:
        return ISSUER_TYPE_UNKNOWN  # nobody can be accredited for a type not heard of
    if not state.accredited(code, type_no, at):
        return Check(_ISSUER, _FAIL, Reason.ISSUER_NOT_ACCREDITED, at)
    if not version_known:
        return ISSUER_TYPE_UNKNOWN
    return _ACCREDITED(at)


def key_check(
    key: KeyRecord | None, anchor: Anchor | None, state: TrustState, at: UnixTime
) -> Check:
    """Return whether the key could be trusted for this batch at that time."""
    if key is None:
        return KEY_UNKNOWN
    safety = state.key_safety(key.kid, anchor)
    if safety is _COMPROMISED:
        return Check(_KEY, _FAIL, Reason.KEY_COMPROMISED, at)
    phase = state.algorithm(key.alg, at)
    if phase is not _STARTED and phase is not _WARNED:
        return Check(_KEY, _FAIL, Reason.KEY_ALGORITHM_STOPPED, at)
    if anchor is None and key.ended_at is not None:
        return Check(_KEY, _UNKNOWN, Reason.KEY_ENDED, key.ended_at)
    if safety is _CONFIRMED:
        return Check(_KEY, _PASS, Reason.KEY_CONFIRMED, at)
    if phase is _WARNED:
        return Check(_KEY, _PASS, Reason.KEY_ALGORITHM_WARNED, at)
    return _KEY_SAFE(at)


def anchor_check(  # noqa: PLR0917  (a NamedTuple for them would cost 0.3 us a verdict)
    entry: Entry,
    key: KeyRecord | None,
    anchor: Anchor | None,
    trust: TrustData,
    at: UnixTime,
    policy: Policy,
) -> Check:
    """Return when the batch was entered in the journal, or how long its absence may be put up with.

    `iat` is never evidence: it can only make a document be refused sooner.
    """
    if anchor is not None:
        return _ANCHORED(anchor.at)
    if key is None:
        return SKIPPED[_ANCHOR]
    as_of = trust.evidence.as_of
    if not trust.state.roots_complete(key.kid):
        return Check(_ANCHOR, _UNKNOWN, Reason.ANCHOR_NOT_IN_LITE, as_of)
    if key.added_at <= entry.iat and at - entry.iat <= policy.max_unanchored_age:
        return Check(_ANCHOR, _UNKNOWN, Reason.ANCHOR_FRESH, as_of)
    return Check(_ANCHOR, _UNKNOWN, Reason.ANCHOR_MISSING, as_of)


def dates_check(entry: Entry, at: UnixTime) -> Check:
    """Return whether the document is in force: nbf ≤ at < exp, and iat not in the future."""
    if entry.nbf is not None and at < entry.nbf:
        return Check(_DATES, _FAIL, Reason.DATES_NOT_YET, entry.nbf)
    if entry.exp is not None and entry.exp <= at:
        return Check(_DATES, _FAIL, Reason.DATES_EXPIRED, entry.exp)
    if entry.iat > at + CLOCK_TOLERANCE_SECONDS:
        return DATES_ISSUED_IN_FUTURE
    return DATES_IN_FORCE


def status_check(entry: Entry, trust: TrustData, at: UnixTime, policy: Policy) -> Check:
    """Return what the newest known status list says of the credential's slot."""
    status_list = trust.status_lists.get((entry.iss, entry.list_no))
    if status_list is None:
        return STATUS_LIST_MISSING
    as_of = trust.evidence.as_of
    slot = status_list.state(entry.index)
    if slot is not _VALID:
        return _not_valid(slot, as_of)
    if at - as_of > policy.max_status_age:
        return Check(_STATUS, _UNKNOWN, Reason.STATUS_TOO_OLD, as_of)
    return _NOT_REVOKED(as_of)


def _not_valid(slot: SlotState | None, as_of: UnixTime) -> Check:
    if slot is None:
        return Check(_STATUS, _FAIL, Reason.STATUS_NOT_A_SLOT, as_of)
    reason = Reason.STATUS_REVOKED if slot is _REVOKED else Reason.STATUS_SUSPENDED
    return Check(_STATUS, _FAIL, reason, as_of)


def trust_check(trust: TrustData, at: UnixTime, policy: Policy) -> Check:
    """Return whether the trust data is as fresh and as well proven as the policy asks."""
    evidence = trust.evidence
    as_of = evidence.as_of
    if at - as_of > policy.max_trust_age:
        return Check(_TRUST, _UNKNOWN, Reason.TRUST_TOO_OLD, as_of)
    if at < as_of - CLOCK_TOLERANCE_SECONDS:
        return Check(_TRUST, _UNKNOWN, Reason.TRUST_CLOCK_BEHIND, as_of)
    if evidence.strength < policy.min_evidence:
        return Check(_TRUST, _UNKNOWN, Reason.TRUST_WEAK, as_of)
    return _FRESH(as_of)
