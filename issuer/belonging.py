"""Do agency, keys, database and registry belong together? Asked when an office is made.

And by its doctor.
"""

from dataclasses import dataclass

from credential.ids import AgencyCode
from credential.signer import Signer
from issuer.errors import SettingsError
from registry.kinds import AgencyState, KeySafety
from registry.trust_state import TrustState


@dataclass(frozen=True, slots=True)
class Finding:
    """One question about the office, whether all is well, and if not what to do."""

    question: str
    is_well: bool
    detail: str


def agency_findings(
    state: TrustState, agency: AgencyCode, signer: Signer, at: int
) -> list[Finding]:
    """Return whether the registry lets this agency, key and account issue now."""
    return [
        _agency(state, agency),
        _key(state, agency, signer, at),
        _accreditation(state, agency, at),
    ]


def require_well(findings: list[Finding]) -> None:
    """Raise SettingsError with everything that is not well; nothing was changed then."""
    faults = [f"{one.question}: {one.detail}" for one in findings if not one.is_well]
    if faults:
        raise SettingsError("this office cannot issue. " + " ".join(faults))


def _agency(state: TrustState, agency: AgencyCode) -> Finding:
    question = f"agency {agency} is registered and active"
    known = state.agency(agency)
    if known is None:
        return Finding(
            question,
            is_well=False,
            detail="The registry does not know it. The council registers agencies.",
        )
    if known.state is not AgencyState.ACTIVE:
        return Finding(
            question, is_well=False, detail=f"It is {known.state.name.lower()}. Ask the council."
        )
    return Finding(question, is_well=True, detail=known.name.en)


def _key(state: TrustState, agency: AgencyCode, signer: Signer, at: int) -> Finding:
    question = f"batch key {signer.kid.hex()} is registered and healthy"
    key = state.key(signer.kid)
    if key is None:
        return Finding(
            question,
            is_well=False,
            detail="The registry does not know it. The council adds keys; its COSE_Key is "
            + signer.cose_key.hex(),
        )
    if key.agency != agency:
        return Finding(
            question,
            is_well=False,
            detail=f"It belongs to {key.agency}. Use this agency's key file.",
        )
    if key.ended_at is not None or state.key_safety(signer.kid, None) is KeySafety.COMPROMISED:
        return Finding(
            question, is_well=False, detail="It was ended or reported as leaked. Use the new key."
        )
    if state.algorithm(signer.alg, at).name not in ("START", "WARN"):
        return Finding(
            question,
            is_well=False,
            detail="Its algorithm is not allowed now. Use a key of another.",
        )
    return Finding(question, is_well=True, detail=f"algorithm {signer.alg}")


def account_finding(agency: AgencyCode, ours: str, registered: str | None) -> Finding:
    """Return whether the anchor account at hand is the one the registry has for the agency."""
    question = f"account {ours} may anchor"
    if registered is None or registered.lower() != ours.lower():
        return Finding(
            question,
            is_well=False,
            detail=f"The registry has {registered or 'none'} as the anchor account of {agency}.",
        )
    return Finding(question, is_well=True, detail="it is the agency's anchor account")


def _accreditation(state: TrustState, agency: AgencyCode, at: int) -> Finding:
    question = f"agency {agency} may issue something"
    numbers = sorted({one.type_no for one in state.content.accreditations.values()})
    allowed = [str(number) for number in numbers if state.accredited(agency, number, at)]
    if not allowed:
        return Finding(
            question, is_well=False, detail="It is accredited for no credential type now."
        )
    return Finding(question, is_well=True, detail=f"types {', '.join(allowed)}")
