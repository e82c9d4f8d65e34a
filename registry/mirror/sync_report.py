"""What came of a sync: each source with its reason, and where the mirror stands now."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from registry.journal import JournalEntry, first_difference
from registry.mirror.errors import RefusedError
from registry.mirror.folder import MirrorFolder
from registry.mirror.offer import Offer


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one source.

    `result` is synced, newest already, older, refused or unavailable; `code` and `index` say why
    it was refused; `claimed` is how many entries it says it has.
    """

    source: str
    result: str
    reason: str = ""
    code: str | None = None
    index: int | None = None
    claimed: int | None = None
    as_of: int | None = None


class SyncReport(NamedTuple):
    """What a sync came to: each source, and where the folder stands now."""

    outcomes: tuple[Outcome, ...]
    size: int
    fresh: int
    as_of: int | None
    lag_entries: int | None
    lag_seconds: int | None
    missing: tuple[str, ...]

    @property
    def refused(self) -> bool:
        """Whether any source was refused."""
        return any(outcome.result == "refused" for outcome in self.outcomes)

    def is_stale(self, max_age_seconds: int) -> bool:
        """Whether nobody vouches for anything newer than that: a freeze, or no source at all."""
        return self.lag_seconds is None or self.lag_seconds > max_age_seconds


class SyncProgress:
    """What has come of the sources so far."""

    def __init__(self, outcomes: list[Outcome]) -> None:
        self.outcomes = outcomes
        self.synced: Offer | None = None
        self.missing: tuple[str, ...] = ()
        self._unexplained: dict[int, Sequence[JournalEntry]] = {}

    def add_older(self, offer: Offer) -> None:
        """A source that was not needed any more."""
        same = self.synced is not None and offer.rank == self.synced.rank
        self.outcomes.append(outcome_of(offer, "newest already" if same else "older"))

    def add_refused(self, offer: Offer, error: RefusedError) -> None:
        """A source whose entries must not be used."""
        if error.index is None and error.entries:
            self._unexplained[len(self.outcomes)] = error.entries
        self.outcomes.append(
            replace(refused_outcome(offer.source.name, error), claimed=offer.standing.size)
        )

    def name_faults(self, genuine: Sequence[JournalEntry]) -> None:
        """Now that the genuine journal is here, what was wrong with the others can be named."""
        for position, entries in self._unexplained.items():
            found = first_difference(entries, genuine)
            if found is not None:
                self.outcomes[position] = replace(
                    self.outcomes[position], index=found.index, reason=found.message
                )

    def finished(self, folder: MirrorFolder, size: int, *, before: int, now: int) -> SyncReport:
        """The report."""
        floor = folder.floor()
        claimed = [one.claimed for one in self.outcomes if one.claimed and one.result != "refused"]
        return SyncReport(
            tuple(self.outcomes),
            size,
            size - before,
            None if floor is None else floor.as_of,
            max(max(claimed) - size, 0) if claimed else None,
            None if floor is None else max(now - floor.as_of, 0),
            self.missing,
        )


def outcome_of(offer: Offer, result: str) -> Outcome:
    """What came of a source that was not refused."""
    return Outcome(offer.source.name, result, claimed=offer.standing.size, as_of=offer.goal.as_of)


def refused_outcome(source: str, error: RefusedError) -> Outcome:
    """A source that was refused, and why."""
    return Outcome(source, "refused", str(error), error.code, error.index)
