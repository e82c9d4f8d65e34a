"""Times at which something holds, as sorted bounds.

It holds where an odd number of bounds lies at or before the time. So "an interval holds from its
start up to, not including its end" (docs/formats/journal.md) is one bisection, however often an
agency was suspended or an accreditation renewed.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from registry.kinds import AgencyState

if TYPE_CHECKING:
    from credential.ids import AgencyCode
    from registry.records import Accreditation, AgencyStateChange

FOREVER = 1 << 64
"""Later than any time the journal can hold."""


def active_bounds(states: "Sequence[AgencyStateChange]") -> tuple[int, ...]:
    """When an agency is active. Of several changes at one time the last one counts."""
    bounds: list[int] = []
    for at, state in states:
        if (state is AgencyState.ACTIVE) == bool(len(bounds) & 1):
            continue
        if bounds and bounds[-1] == at:
            bounds.pop()
        else:
            bounds.append(at)
    return tuple(bounds)


def merged_bounds(intervals: Iterable[tuple[int, int]]) -> tuple[int, ...]:
    """The bounds of the union of intervals, which may overlap, touch or be empty."""
    bounds: list[int] = []
    for start, end in sorted(intervals):
        if start >= end:
            continue
        if bounds and start <= bounds[-1]:
            bounds[-1] = max(bounds[-1], end)
        else:
            bounds += (start, end)
    return tuple(bounds)


def accredited_bounds(
    accreditations: "dict[int, Accreditation]",
) -> "dict[tuple[AgencyCode, int], tuple[int, ...]]":
    """When each agency is accredited for each type: in force itself and all the way up."""
    in_force: dict[int, tuple[int, int]] = {0: (0, FOREVER)}
    gathered: defaultdict[tuple[AgencyCode, int], list[tuple[int, int]]] = defaultdict(list)
    for number, accreditation in accreditations.items():
        above_start, above_end = in_force[accreditation.parent]
        ended_at = FOREVER if accreditation.ended_at is None else accreditation.ended_at
        end = min(above_end, ended_at, accreditation.until or FOREVER)
        in_force[number] = max(above_start, accreditation.at), end
        gathered[accreditation.agency, accreditation.type_no].append(in_force[number])
    return {scope: merged_bounds(intervals) for scope, intervals in gathered.items()}
