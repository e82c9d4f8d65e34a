"""Counts of what was issued, anchored, revoked and suspended; small numbers are left out.

docs/formats/mirror.md, "Statistics". From the journal and the newest status lists alone, so that
anybody can count again.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from credential.ids import AgencyCode
from credential.status import SlotState, StatusList
from registry.trust_state import TrustState

SMALLEST: Final = 10
"""A count below this is left out."""

HIDDEN_TOGETHER: Final = 2 * SMALLEST
"""What is left out under one total counts at least this much together."""

Path = tuple[str, ...]
_PER_BYTE: Final = tuple(
    tuple(sum((byte >> shift & 3) == state for shift in (0, 2, 4, 6)) for byte in range(256))
    for state in (SlotState.REVOKED, SlotState.SUSPENDED)
)


@dataclass(frozen=True, slots=True)
class Node:
    """One number and its parts, largest structure first; `count` is None where it is left out."""

    name: str
    count: int | None
    parts: tuple["Node", ...]

    def walk(self, above: Path = ()) -> Iterator[tuple[Path, int | None]]:
        """Every node below and this one, each with the names of its parts from the root on."""
        yield above, self.count
        for part in self.parts:
            yield from part.walk((*above, part.name))

    def value(self) -> dict[str, object]:
        """The node as JSON has it."""
        return {
            "name": self.name,
            "count": self.count,
            "suppressed": self.count is None,
            "parts": [part.value() for part in self.parts],
        }


@dataclass(frozen=True, slots=True)
class Statistics:
    """The four trees of one journal."""

    size: int
    head: str
    as_of_time: int
    lists_missing: int
    issued: Node
    anchored: Node
    revoked: Node
    suspended: Node

    def value(self) -> dict[str, object]:
        """The statistics as JSON has them (mirror.md)."""
        return {
            "version": 1,
            "size": self.size,
            "head": self.head,
            "as_of_time": self.as_of_time,
            "smallest": SMALLEST,
            "lists_missing": self.lists_missing,
            "issued": self.issued.value(),
            "anchored": self.anchored.value(),
            "revoked": self.revoked.value(),
            "suspended": self.suspended.value(),
        }


def count(
    state: TrustState, status_lists: Mapping[tuple[AgencyCode, int], StatusList]
) -> Statistics:
    """The statistics of a whole journal and the newest status lists that are at hand."""
    issued: Counter[Path] = Counter()
    anchored: Counter[Path] = Counter()
    types = _Types(state)
    for anchor in state.content.anchors:
        path = (types.of(anchor.agency, anchor.at), str(anchor.agency), _month(anchor.at))
        issued[path] += anchor.size
        anchored[path] += 1
    revoked: Counter[Path] = Counter()
    suspended: Counter[Path] = Counter()
    for slot, record in state.content.status.items():
        if slot in status_lists:
            owner = (types.of(record.agency, record.at), str(record.agency))
            bits = status_lists[slot].bits
            revoked[owner] += _slots_in_state(bits, 0)
            suspended[owner] += _slots_in_state(bits, 1)
    return Statistics(
        size=state.size,
        head=state.head.hex(),
        as_of_time=state.time,
        lists_missing=len(state.content.status.keys() - status_lists.keys()),
        issued=suppressed("issued", issued),
        anchored=suppressed("anchored", anchored),
        revoked=suppressed("revoked", revoked),
        suspended=suppressed("suspended", suspended),
    )


class _Types:
    """For which type an agency acted: an anchor and a list name none."""

    def __init__(self, state: TrustState) -> None:
        self._state = state
        self._numbers: dict[AgencyCode, set[int]] = {}
        for given in state.content.accreditations.values():
            self._numbers.setdefault(given.agency, set()).add(given.type_no)

    def of(self, agency: AgencyCode, at: int) -> str:
        """The type's number, `several` or `none`."""
        numbers = sorted(self._numbers.get(agency, ()))
        found = [number for number in numbers if self._state.accredited(agency, number, at)]
        if len(found) == 1:
            return str(found[0])
        return "several" if found else "none"


def _slots_in_state(bits: bytes, which: int) -> int:
    counts = Counter(bits)
    return sum(_PER_BYTE[which][byte] * times for byte, times in counts.items())


def _month(at: int) -> str:
    return datetime.fromtimestamp(min(at, 253_402_300_799), UTC).strftime("%Y-%m")


class _Growing:
    """A node while it is decided what is left out."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.count = 0
        self.parts: dict[str, _Growing] = {}
        self.left_out = False

    def add(self, path: Path, number: int) -> None:
        """The number counts here and in every part on the path."""
        self.count += number
        if path:
            self.parts.setdefault(path[0], _Growing(path[0])).add(path[1:], number)

    def finished(self) -> Node:
        """The node as it is published."""
        parts = tuple(self.parts[name].finished() for name in sorted(self.parts))
        return Node(self.name, None if self.left_out else self.count, parts)


def suppressed(name: str, counts: Mapping[Path, int]) -> Node:
    """The tree of these counts, with what must not be told left out (mirror.md, "Suppression").

    A count of nothing makes no node: it would say that there is nothing.
    """
    root = _Growing(name)
    for path, number in counts.items():
        if number:
            root.add(path, number)
    if root.count:
        _leave_out(root)
    return root.finished()


def _leave_out(node: _Growing) -> None:
    """Rules 1 to 4, from the leaves up; rule 4 from here down."""
    for part in node.parts.values():
        _leave_out(part)
    if node.count < SMALLEST:
        node.left_out = True
    if not node.left_out and node.parts:
        node.left_out = not _hide_among(list(node.parts.values()))
    if node.left_out:
        _leave_out_all(node.parts.values())


def _hide_among(parts: list[_Growing]) -> bool:
    """As many parts are left out as it takes that no total gives one away; False where too few.

    Which ones must not depend on their counts: who sees 11 published beside a part that was left
    out as the smaller of the two would know more of that one than its total says.
    """
    hidden = [part for part in parts if part.left_out]
    shown = sorted((part for part in parts if not part.left_out), key=lambda part: part.name)
    while hidden and (len(hidden) < 2 or sum(part.count for part in hidden) < HIDDEN_TOGETHER):
        if not shown:
            return False
        beside = shown.pop(0)
        beside.left_out = True
        _leave_out_all(beside.parts.values())
        hidden.append(beside)
    return True


def _leave_out_all(parts: Iterable[_Growing]) -> None:
    for part in parts:
        part.left_out = True
        _leave_out_all(part.parts.values())
