"""One round of refreshing: sources in order, never back, and always a word of how it stands."""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

from credential.errors import SealrootError
from registry.anchor_file import TrustAnchor
from registry.bundle import open_bundle
from registry.errors import (
    ChainError,
    ChainMismatchError,
    ChainUnavailableError,
    JournalError,
    TrustDataError,
)
from registry.lite_of_full import lite_of
from registry.mirror.errors import RefusedError
from registry.trust_data import BundleKind
from verifier.errors import StoreError
from verifier.service.refresh_folder import Attempt, FolderStanding, TrustFolder
from verifier.service.refresh_sources import Floors, Kept, TrustSource, WeakEvidenceError

FIRST_RETRY_SECONDS = 15
_JITTER = 0.2

_MIRROR_CODES = {
    "foreign": "trust.foreign",
    "rollback": "trust.rollback",
    "fork": "trust.rollback",
}

Tell = Callable[[str, dict[str, object]], None]


class Pace(NamedTuple):
    """How often to look: `every` seconds when all is well; sooner, and ever later, when not."""

    every: float = 300.0

    def wait(self, failures: int, chance: float) -> float:
        """Return the seconds to the next round; `chance` from 0 to 1 spreads many services out."""
        wait = self.every
        if failures:
            wait = min(self.every, FIRST_RETRY_SECONDS * 2.0 ** min(failures - 1, 16))
        return max(1.0, wait * (1 + _JITTER * (2 * chance - 1)))


class Refresher:
    """Keeps a folder's trust data as new as its sources are."""

    def __init__(
        self,
        folder: TrustFolder,
        anchor: TrustAnchor,
        sources: Sequence[TrustSource],
        *,
        pace: Pace,
        old_after: int,
        tell: Tell,
    ) -> None:
        """Open what the folder holds; the sources are asked in their order, the chain last.

        `old_after` is the age in seconds from which on a source that only confirms what is held is
        not enough: it may have been frozen, and the next one is asked too.
        """
        self._folder = folder
        self._anchor = anchor
        self._sources = sources
        self._pace = pace
        self._old_after = old_after
        self._tell = tell
        self._standing = folder.standing()
        self._held = self._reopened()

    def round(self, now: int, chance: float) -> FolderStanding:
        """Every source that has to be asked was, and the folder says what came of it.

        `chance`, from 0 to 1, spreads the next round: many services ask one mirror.
        """
        tried: list[Attempt] = []
        for source in self._sources:
            attempt = self._attempt(source, now)
            tried.append(attempt)
            if attempt.outcome in {"new", "same"} and not self._is_old(now):
                break
        answered = any(attempt.outcome in {"new", "same"} for attempt in tried)
        failures = 0 if answered else self._standing.failures + 1
        codes = [attempt.code for attempt in tried if attempt.code]
        self._standing = self._standing._replace(
            code="trust.fresh" if self._held else (codes or ["trust.unavailable"])[0],
            tried_at=now,
            next_at=now + math.ceil(self._pace.wait(failures, chance)),
            failures=failures,
            rounds=self._standing.rounds + 1,
            tried=tuple(tried),
        )
        self._folder.write_standing(self._standing)
        return self._standing

    def _attempt(self, source: TrustSource, now: int) -> Attempt:
        store = self._folder.store
        try:
            floors = Floors(store.floor(), store.guest_floors())
            found = source.newest(self._held, floors, now)
            if found is self._held:
                return Attempt(source.label, "same")
            self._keep(found, source, now)
        except StoreError:
            raise
        except (SealrootError, OSError) as error:
            return self._failed(source, error)
        size = found.trust.state.size
        self._tell("trust data taken in", {"source": source.name, "size": size})
        return Attempt(source.label, "new")

    def _failed(self, source: TrustSource, error: Exception) -> Attempt:
        refused = isinstance(error, TrustDataError | WeakEvidenceError | RefusedError)
        outcome = "refused" if refused else "unavailable"
        self._tell(f"trust source {outcome}", {"source": source.name, "because": str(error)})
        return Attempt(source.label, outcome, str(error), _code(error))

    def _keep(self, found: Kept, source: TrustSource, now: int) -> None:
        """What was found is what counts from now on."""
        judged = self._folder.write_bundle("judged", found.bundle)
        self._standing = self._standing._replace(
            judged=judged,
            handed=self._handed(found) or self._standing.handed,
            source=source.label,
            taken_at=now,
            code="trust.fresh",
        )
        self._folder.write_standing(self._standing)
        # A crash right here: the floor is that of before, and the next start raises it to what is
        # held. The other way round a bundle below its own floor would be all there is.
        self._folder.store.accept(found.trust)
        self._held = found

    def _handed(self, found: Kept) -> str | None:
        """Return the file that is handed out to pages; None where none can be made of this one."""
        if found.trust.kind is BundleKind.LITE:
            return self._folder.write_bundle("handed", found.bundle)
        try:
            lite = lite_of(found.bundle)
            open_bundle(lite, anchor=self._anchor)
        except TrustDataError as error:
            self._tell("no lite bundle to hand out", {"because": str(error)})
            return None
        return self._folder.write_bundle("handed", lite)

    def _reopened(self) -> Kept | None:
        """Return what an earlier life of this service kept, where it may still be used."""
        bundle = self._folder.read(self._standing.judged)
        if bundle is None:
            self._standing = FolderStanding(rounds=self._standing.rounds)
            return None
        store = self._folder.store
        try:
            trust = open_bundle(
                bundle,
                anchor=self._anchor,
                floor=store.floor(),
                guest_floors=store.guest_floors(),
            )
        except TrustDataError as error:
            self._tell("the bundle kept before cannot be used", {"because": str(error)})
            self._standing = FolderStanding(code=error.code, rounds=self._standing.rounds)
            return None
        store.accept(trust)
        return Kept(bundle, trust)

    def _is_old(self, now: int) -> bool:
        return self._held is None or now - self._held.trust.evidence.as_of > self._old_after


def _code(error: Exception) -> str:
    """Return the reason code that a verdict gives while there is no trust data for this cause."""
    if isinstance(error, TrustDataError):
        return error.code
    if isinstance(error, WeakEvidenceError):
        return "trust.weak"
    if isinstance(error, RefusedError):
        return _MIRROR_CODES.get(error.code, "trust.malformed")
    if isinstance(error, ChainMismatchError):
        return "trust.foreign"
    if isinstance(error, ChainUnavailableError):
        return "trust.unavailable"
    is_contradiction = isinstance(error, ChainError | JournalError)
    return "trust.malformed" if is_contradiction else "trust.unavailable"
