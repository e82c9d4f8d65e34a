"""What a verification ends in: an outcome, made of eight checks, and the fields they are about."""

from enum import StrEnum
from typing import NamedTuple

from credential.entry import Entry
from credential.ids import Root, UnixTime
from credential.types import CredentialType
from registry.records import Anchor
from registry.trust_data import Guest
from verifier.policy import Policy
from verifier.reasons import Reason


class Outcome(StrEnum):
    """ETSI EN 319 102-1: what we could not find out is never VALID and never INVALID."""

    VALID = "VALID"
    INVALID = "INVALID"
    INDETERMINATE = "INDETERMINATE"


class CheckName(StrEnum):
    """The eight questions, in the order of docs/formats/verdict.md."""

    FORM = "form"
    PROOF = "proof"
    ISSUER = "issuer"
    KEY = "key"
    ANCHOR = "anchor"
    DATES = "dates"
    STATUS = "status"
    TRUST = "trust"


class Result(StrEnum):
    """How one check ended; SKIPPED satisfies nothing."""

    PASS = "PASS"  # noqa: S105  (a result, not a password)
    FAIL = "FAIL"
    UNKNOWN = "UNKNOWN"
    SKIPPED = "SKIPPED"


class Check(NamedTuple):
    """One question with its answer; `as_of` is the time the answer speaks of, where it has one."""

    name: CheckName
    result: Result
    reason: Reason
    as_of: UnixTime | None = None


class Verdict(NamedTuple):
    """The outcome, its checks, and what they were asked about.

    `entry` is None when the form check failed. Whatever `outcome` is, the fields in `entry` are
    only what the document says of itself; where the proof check is not PASS nobody signed them.
    `guest` is the recognised registry that the verdict speaks about, None for home.
    """

    outcome: Outcome
    checks: tuple[Check, ...]
    at: UnixTime
    entry: Entry | None = None
    kind: CredentialType | None = None
    root: Root | None = None
    anchor: Anchor | None = None
    guest: Guest | None = None

    def check(self, name: CheckName) -> Check:
        """Return the check of that name; there is exactly one."""
        return next(check for check in self.checks if check.name is name)


# Members of an enum cost 0.1 us to look up on Python 3.11, so those of every verdict stand here.
_PASS, _FAIL, _UNKNOWN = Result.PASS, Result.FAIL, Result.UNKNOWN
_VALID, _INVALID, _INDETERMINATE = Outcome.VALID, Outcome.INVALID, Outcome.INDETERMINATE

# Codes the policy may put up with although they are UNKNOWN. No other, ever (verdict.md, Policy).
TOLERATED = (Reason.ANCHOR_FRESH, Reason.ANCHOR_NOT_IN_LITE)


def outcome_of(checks: tuple[Check, ...], policy: Policy) -> Outcome:
    """Return what the checks amount to: one FAIL refuses, one open question leaves it open."""
    outcome = _VALID
    for check in checks:
        result = check.result
        if result is _PASS:
            continue
        if result is _FAIL:
            return _INVALID
        if result is not _UNKNOWN or policy.require_anchor or check.reason not in TOLERATED:
            outcome = _INDETERMINATE
    return outcome
