"""Which keys a signature alone no longer speaks for: a snapshot must carry all their anchors.

docs/formats/bundle.md, "complete": decided after the last entry, from what the journal says and
nothing else.
"""

from typing import TYPE_CHECKING

from credential.ids import AgencyCode, Kid
from registry.kinds import AgencyState, AlgorithmPhase

if TYPE_CHECKING:
    from registry.trust_state import StateContent


def complete_kids(content: "StateContent") -> frozenset[Kid]:
    """The kids of all complete keys."""
    limited = _limited_agencies(content)
    stopped = {step.alg for step in content.steps if step.phase is AlgorithmPhase.STOP}
    return frozenset(
        kid
        for kid, key in content.keys.items()
        if key.ended_at is not None
        or key.compromise is not None
        or key.agency in limited
        or key.alg in stopped
    )


def _limited_agencies(content: "StateContent") -> set[AgencyCode]:
    """The agencies not active, or with an accreditation not open-ended all the way up."""
    limited = {
        code for code, agency in content.agencies.items() if agency.state is not AgencyState.ACTIVE
    }
    bounded: set[int] = set()
    for number, accreditation in content.accreditations.items():
        if (
            accreditation.ended_at is not None
            or accreditation.until
            or accreditation.parent in bounded
        ):
            bounded.add(number)
            limited.add(accreditation.agency)
    return limited
