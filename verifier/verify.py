"""From sealed bytes to a verdict: the ten numbered steps of docs/formats/sealed.md, in order."""

from collections.abc import Callable
from typing import Final, TypeAlias

from credential.entry import Entry, decode_entry
from credential.errors import FormatError, PathError
from credential.ids import Root, UnixTime
from credential.sealed import Receipt, Sealed, decode_sealed, sealed_root
from credential.types import CredentialType
from registry.records import Anchor
from registry.trust_data import Guest, TrustData
from verifier import checks
from verifier.foreign import foreign_checks, guest_for, may_be_foreign
from verifier.policy import DEFAULT_POLICY, Policy
from verifier.reasons import Reason
from verifier.verdict import Check, CheckName, Outcome, Result, Verdict, outcome_of

_FAIL: Final = Result.FAIL
_FORM_OK: Final = checks.FORM_OK
_KEY_UNKNOWN: Final = checks.PROOF_KEY_UNKNOWN
_NEW: Final = tuple.__new__  # a third of the cost of Verdict(...), which names its eight values
_SKIPPED: Final = tuple(checks.SKIPPED[name] for name in CheckName)
_UNPROVEN: Final = (_SKIPPED[2], _SKIPPED[3], _SKIPPED[4])  # issuer, key, anchor

Grounds: TypeAlias = tuple[Check, Check, Check, Check, Anchor | None]
"""What steps 3 to 7 find: proof, issuer, key and anchor checks, and the anchor."""

RootOf: TypeAlias = Callable[[Sealed], Root]
GroundsOf: TypeAlias = Callable[[Entry, Receipt, Root, TrustData, UnixTime, Policy], Grounds]


def verify(sealed: bytes, trust: TrustData, at: int, policy: Policy = DEFAULT_POLICY) -> Verdict:
    """Return the verdict on a sealed credential at a time, as far as this trust data knows.

    Pure: no clock, no network, no disk. Whatever the bytes are, the answer is a verdict.
    """
    return judge(sealed, trust, UnixTime(at), policy)


def judge(  # noqa: PLR0917  (a NamedTuple for them would cost 0.3 us a verdict)
    sealed: bytes,
    trust: TrustData,
    now: UnixTime,
    policy: Policy,
    root_of: RootOf = sealed_root,
    grounds_of: GroundsOf | None = None,
) -> Verdict:
    """Return the verdict by the numbered steps.

    `root_of` and `grounds_of` may be stand-ins that remember what `sealed_root` and `grounds` said.
    """
    entry = kind = root = None

    # 1 form: decode strictly; compare the fields with their type document where it is known
    try:
        credential = decode_sealed(sealed)
        if trust.guests:
            guest = guest_for(credential.receipt.kid, trust, now)
            if guest is not None:  # the same ten steps, asked of the registry whose key it is
                told = judge(sealed, guest.judged, now, policy, root_of, grounds_of)
                return _by_guest(told, guest, trust, policy)
        entry = decode_entry(credential.entry)
        kind = trust.types.get((entry.type_no, entry.type_version))
        if kind is not None:
            try:
                kind.check_fields(entry.fields)
            except FormatError:
                if not may_be_foreign(credential.receipt.kid, trust):
                    raise
                kind = None  # a type number means what the registry of the key says it means
    except FormatError as error:
        return malformed(error.code, now, entry, kind)

    # 2 proof: from the leaf up the path to the root
    # 3 proof: the root is anchored, or else the key's signature covers it
    # 4 the time that counts, 5 issuer, 6 key, 7 anchor
    try:
        root = root_of(credential)
    except PathError:
        grounded = _NO_GROUNDS
    else:
        grounded = (grounds_of or grounds)(entry, credential.receipt, root, trust, now, policy)
    proof, issuer, key, anchor, anchored = grounded

    # 8 dates, 9 status, 10 trust
    dates = checks.dates_check(entry, now)
    status = checks.status_check(entry, trust, now, policy)
    if proof is _KEY_UNKNOWN and may_be_foreign(credential.receipt.kid, trust):
        status = _SKIPPED[6]  # the slot may be one of an agency that only has the same code
    evidence = checks.trust_check(trust, now, policy)

    found = (_FORM_OK, proof, issuer, key, anchor, dates, status, evidence)
    outcome = outcome_of(found, policy)
    return _NEW(Verdict, (outcome, found, now, entry, kind, root, anchored, None))


def _by_guest(told: Verdict, guest: Guest, home: TrustData, policy: Policy) -> Verdict:
    """Return a guest's verdict with what home has to say: is it recognised now, for this type."""
    found = foreign_checks(told, guest, home)
    return told._replace(checks=found, outcome=outcome_of(found, policy), guest=guest)


def grounds(  # noqa: PLR0917  (as above)
    entry: Entry, receipt: Receipt, root: Root, trust: TrustData, now: UnixTime, policy: Policy
) -> Grounds:
    """Return what steps 3 to 7 find for a root that a credential claims to belong to."""
    state = trust.state

    # 3 proof: by hashes alone where the root is anchored; by the signature where it is not
    anchored = state.anchor(root, entry.iss, receipt.kid)
    record = state.key(receipt.kid)
    proof = checks.proof_check(receipt, root, anchored, record, state)
    if proof.result is _FAIL:
        return (proof, *_UNPROVEN, None)

    # 4 the time that counts: when the batch was anchored, or now
    counted_at = now if anchored is None else anchored.at

    return (
        proof,
        checks.issuer_check(entry, record, state, counted_at),  # 5
        checks.key_check(record, anchored, state, counted_at),  # 6
        checks.anchor_check(entry, record, anchored, trust, now, policy),  # 7
        anchored,
    )


_NO_GROUNDS: Final[Grounds] = (checks.PROOF_PATH, *_UNPROVEN, None)


def malformed(
    code: str, at: int, entry: Entry | None = None, kind: CredentialType | None = None
) -> Verdict:
    """Return the verdict on what is not in the one permitted form: nothing else can be asked."""
    found = (checks.FORM_FAILED[code], *_SKIPPED[1:])
    return Verdict(Outcome.INVALID, found, UnixTime(at), entry, kind)


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
    found = (checks.FORM_OK, *_SKIPPED[1:5], dates, _SKIPPED[6], unusable)
    return Verdict(outcome_of(found, DEFAULT_POLICY), found, now, entry)
