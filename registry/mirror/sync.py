"""A sync that trusts nobody: docs/formats/mirror.md, "Steps of a sync", with the same numbers."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

from registry.anchor_file import TrustAnchor, decode_trust_anchor
from registry.mirror.errors import RefusedError, SourceError
from registry.mirror.evidence_kept import clear_incoming, keep_refused
from registry.mirror.folder import Held, MirrorFolder
from registry.mirror.offer import Offer, check_not_behind, read_offer
from registry.mirror.publish import publish, publish_neighbours
from registry.mirror.published import Published, Vouched
from registry.mirror.range_file import RegistryId
from registry.mirror.ranges import fetch_entries, first_divergence, is_proven
from registry.mirror.sources import Source
from registry.mirror.sync_documents import fetch_documents
from registry.mirror.sync_report import (
    Outcome,
    SyncProgress,
    SyncReport,
    outcome_of,
    refused_outcome,
)
from registry.mirror.vouched_state import replayed

Progress = Callable[[int, int], None]


class _Run(NamedTuple):
    """What stays the same through one sync."""

    folder: MirrorFolder
    anchor: TrustAnchor
    trust_anchor: bytes
    now: int
    progress: Progress
    held: dict[RegistryId, Held]

    def held_of(self, registry: RegistryId) -> Held:
        """Return the proven journal in the folder, of this registry; hashed anew, once a sync."""
        if registry not in self.held:
            self.held[registry] = _held(self.folder, registry)
        return self.held[registry]


def sync(
    sources: Sequence[Source],
    into: MirrorFolder,
    trust_anchor: bytes,
    *,
    now: int,
    audit: bool = False,
    progress: Progress = lambda _done, _all: None,
) -> SyncReport:
    """The folder has the newest journal that those the trust anchor trusts vouch for.

    `audit` reads the part that is held from each source again and compares it. Raises
    MirrorFolderError, TrustAnchorError; what a source does wrong is in the report.
    """
    # 1. What is held, hashed anew; never more than was proven.
    anchor = decode_trust_anchor(trust_anchor)
    folder = folder_for(into, RegistryId(anchor.chain_id, anchor.contract))
    run = _Run(folder, anchor, trust_anchor, now, progress, {})
    before = 0 if folder.floor() is None else _size_held(folder)
    # 2. to 4. Of each source: where it stands, who vouches, and whether it is behind.
    offers, outcomes = _offers(sources, run)
    report = SyncProgress(outcomes)
    if audit:
        offers = _audited(offers, run, report)
    # The newest offer first; the next one where it is refused or fails.
    for offer in sorted(offers, key=lambda offer: offer.rank, reverse=True):
        if report.synced is not None:
            report.add_older(offer)
        elif _nothing_new(offer, run):
            report.synced = offer
            report.outcomes.append(outcome_of(offer, "newest already"))
        else:
            _take(offer, report, run)
    if folder.root != into.root:
        publish_neighbours(into)
    # 9. The lag.
    return report.finished(folder, _size_held(folder), before=before, now=now)


def folder_for(into: MirrorFolder, registry: RegistryId) -> MirrorFolder:
    """Return where this registry is kept: the folder itself, or beside the one it is of.

    A journal that moved is kept where it began to be kept, whichever of its homes is named.
    """
    known = into.standing()
    if known is None or registry in known.all_homes:
        return into
    for other in into.others():
        beside = other.standing()
        if beside is not None and registry in beside.all_homes:
            return other
    return into.beside(registry)


def _size_held(folder: MirrorFolder) -> int:
    standing = folder.standing()
    return 0 if standing is None else len(_held(folder, standing.registry).entries)


def _held(folder: MirrorFolder, registry: RegistryId) -> Held:
    floor, held = folder.floor(), folder.held(registry)
    if floor is None:
        return Held([], held.heads[:1])
    if floor.size < len(held.heads) and held.heads[floor.size] != floor.head:
        # What was proven is not what is here: damaged. All of it is fetched again.
        return Held([], held.heads[:1])
    return Held(held.entries[: floor.size], held.heads[: floor.size + 1])


def _offers(sources: Sequence[Source], run: _Run) -> tuple[list[Offer], list[Outcome]]:
    offers, outcomes = [], []
    for source in sources:
        try:
            offer = read_offer(source, run.anchor)
            _require_same_journal(offer, run.folder)
            check_not_behind(offer, run.folder.floor(), run.held_of(offer.registry))
        except SourceError as error:
            outcomes.append(Outcome(source.name, "unavailable", str(error)))
        except RefusedError as error:
            keep_refused(run.folder, source, error)
            outcomes.append(refused_outcome(source.name, error))
        else:
            offers.append(offer)
    return offers, outcomes


def _require_same_journal(offer: Offer, folder: MirrorFolder) -> None:
    known = folder.registry()
    if known not in {None, offer.registry}:
        raise RefusedError("its journal began in another registry than the one held", "foreign")


def _audited(offers: Sequence[Offer], run: _Run, report: SyncProgress) -> list[Offer]:
    """The offers whose journal begins with what is held; the others are refused."""
    good = []
    for offer in offers:
        index = first_divergence(offer, run.held_of(offer.registry))
        if index is None:
            good.append(offer)
            continue
        error = RefusedError(
            f"its journal and the one held here part at entry {index}", "changed", index
        )
        keep_refused(run.folder, offer.source, error)
        report.add_refused(offer, error)
    return good


def _nothing_new(offer: Offer, run: _Run) -> bool:
    """Whether the folder hands out exactly this already, and the last sync went to its end."""
    floor, standing = run.folder.floor(), run.folder.standing()
    if floor is None or standing is None:
        return False
    stated = offer.goal.size, offer.goal.as_of
    kept = len(run.held_of(offer.registry).entries), floor.as_of
    return stated == kept == (standing.vouched_size, standing.as_of)


def _take(offer: Offer, report: SyncProgress, run: _Run) -> None:
    folder, held = run.folder, run.held_of(offer.registry)
    try:
        # 5. What is missing, hashed onto what is held, up to the head that is vouched for.
        journal = _fetched(offer, held, run)
        # 6. Every rule, and the snapshot that is vouched for.
        state = replayed(offer, run.anchor, journal)
        # 7. Documents by digest.
        documents, missing = fetch_documents(offer, folder, state)
        vouched = Vouched(state, documents, offer.checkpoints, offer.goal.as_of, offer.chain)
        # 8. Keep.
        published = Published(offer.registry, journal, vouched, run.trust_anchor, run.now)
        publish(folder, published, old=len(held.entries))
        clear_incoming(folder)
    except SourceError as error:
        report.outcomes.append(replace(outcome_of(offer, "unavailable"), reason=str(error)))
    except RefusedError as error:
        keep_refused(folder, offer.source, error)
        report.add_refused(offer, error)
    else:
        report.synced, report.missing = offer, missing
        report.outcomes.append(outcome_of(offer, "synced"))
        report.name_faults(journal.entries)


def _fetched(offer: Offer, held: Held, run: _Run) -> Held:
    fetched = fetch_entries(offer, run.folder, held, run.progress)
    if not is_proven(offer, fetched):
        # Something of an earlier sync lay here and was wrong: everything from this source then.
        clear_incoming(run.folder)
        fetched = fetch_entries(offer, run.folder, held, run.progress)
    return fetched.journal
