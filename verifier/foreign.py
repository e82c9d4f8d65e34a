"""Credentials of other registries: which registry judges a key, and what home adds to the verdict.

docs/formats/verdict.md, "Registries". Everything else about a foreign credential is the guest's own
trust data answering the same ten steps.
"""

from credential.ids import Kid, UnixTime
from registry.trust_data import Guest, TrustData
from verifier.checks import CLOCK_TOLERANCE_SECONDS
from verifier.reasons import Reason
from verifier.verdict import Check, CheckName, Result, Verdict


def guest_for(kid: Kid, trust: TrustData, now: UnixTime) -> Guest | None:
    """Return the guest that judges what this key signed, or None for home.

    A key that home knows is home's, whatever a guest says of it. Of several guests one whose
    recognition is in force goes first, so that a registry which was dropped cannot spoil another.
    """
    if trust.state.key(kid) is not None:
        return None
    knowing = [guest for guest in trust.guests if guest.trust.state.key(kid) is not None]
    in_force = (guest for guest in knowing if guest.recognition.in_force(now))
    return next(in_force, knowing[0] if knowing else None)


def may_be_foreign(kid: Kid, trust: TrustData) -> bool:
    """True for a key nobody here knows while home recognises others, whose bundles may be missing.

    Such a credential may be of a type and an agency of theirs, so home's type documents and status
    lists say nothing against it.
    """
    return bool(trust.state.recognitions) and trust.state.key(kid) is None


def foreign_checks(told: Verdict, guest: Guest, home: TrustData) -> tuple[Check, ...]:
    """Return the checks of a guest's verdict with what only home can say put in their places."""
    form, proof, issuer, key, anchor, dates, status, trust = told.checks
    asked = issuer.result is not Result.SKIPPED
    if asked and told.entry is not None and not _recognises(guest, told.entry.type_no, told.at):
        as_of = home.evidence.as_of
        issuer = Check(CheckName.ISSUER, Result.FAIL, Reason.ISSUER_NOT_RECOGNISED, as_of)
    behind = told.at < guest.latest - CLOCK_TOLERANCE_SECONDS
    if behind and trust.reason not in (Reason.TRUST_TOO_OLD, Reason.SKIPPED_AFTER_FAILURE):
        trust = Check(CheckName.TRUST, Result.UNKNOWN, Reason.TRUST_CLOCK_BEHIND, guest.latest)
    return form, proof, issuer, key, anchor, dates, status, trust


def _recognises(guest: Guest, type_no: int, at: UnixTime) -> bool:
    contents = guest.recognition.contents
    listed = contents is not None and type_no in contents.type_nos
    return listed and guest.recognition.in_force(at)
