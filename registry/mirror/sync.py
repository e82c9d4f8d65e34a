"""A sync that trusts nobody: docs/formats/mirror.md, "Steps of a sync", with the same numbers."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

from credential.ids import UnixTime
from registry.anchor_file import TrustAnchor, decode_trust_anchor
from registry.errors import JournalError
from registry.mirror.errors import RefusedError, SourceError
from registry.mirror.evidence_kept import clear_incoming, keep_refused
from registry.mirror.folder import Held, MirrorFolder
from registry.mirror.offer import Offer, check_not_behind, read_offer
from registry.mirror.publish import Published, Vouched, publish, publish_neighbours
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
from registry.snapshot import snapshot_digest
from registry.trust_builder import TrustBuilder
from registry.trust_state import TrustState

Progress = Callable[[int, int], None]


class _Run(NamedTuple):
    """What stays the same through one sync."""

    folder: MirrorFolder
    trust_anchor: bytes
    now: int
    progress: Progress


def sync(
    sources: Sequence[Source],
    into: MirrorFolder,
    trust_anchor: bytes,
    *,
    now: int,
    audit: bool = False,
    progress: Progress = lambda _done, _all: None,
) -> SyncReport:
    """The folder has the newest journal that the trust anchor's signers vouch for.

    `audit` reads the part that is held from each source again and compares it. Raises
    MirrorFolderError, TrustAnchorError; what a source does wrong is in the report.
    """
    anchor = decode_trust_anchor(trust_anchor)
    folder = folder_of_anchor(into, trust_anchor)
    run = _Run(folder, trust_anchor, now, progress)
    # 1. What is held, hashed anew; never more than was proven.
    held = _held(folder, RegistryId(anchor.chain_id, anchor.contract))
    # 2. to 4. Of each source: where it stands, who vouches, and whether it is behind.
    offers, outcomes = _offers(sources, anchor, folder, held)
    report = SyncProgress(outcomes)
    if audit:
        offers = _audited(offers, folder, held, report)
    # The newest offer first; the next one where it is refused or fails.
    for offer in sorted(offers, key=lambda offer: offer.rank, reverse=True):
        if report.synced is not None:
            report.add_older(offer)
        elif _nothing_new(offer, held, folder):
            report.synced = offer
            report.outcomes.append(outcome_of(offer, "newest already"))
        else:
            _take(offer, held, report, run)
    if folder.root != into.root:
        publish_neighbours(into)
    journal = _held(folder, RegistryId(anchor.chain_id, anchor.contract))
    # 9. The lag.
    return report.finished(folder, journal, fresh=len(journal.entries) - len(held.entries), now=now)


def folder_of_anchor(into: MirrorFolder, trust_anchor: bytes) -> MirrorFolder:
    """Return where the registry of a trust anchor is kept."""
    anchor = decode_trust_anchor(trust_anchor)
    return folder_for(into, RegistryId(anchor.chain_id, anchor.contract))


def folder_for(into: MirrorFolder, registry: RegistryId) -> MirrorFolder:
    """Return where this registry is kept: the folder itself, or beside the one it is of."""
    owner = into.registry()
    return into if owner in {None, registry} else into.beside(registry)


def _held(folder: MirrorFolder, registry: RegistryId) -> Held:
    floor, held = folder.floor(), folder.held(registry)
    if floor is None:
        return Held([], held.heads[:1])
    if floor.size < len(held.heads) and held.heads[floor.size] != floor.head:
        # What was proven is not what is here: damaged. All of it is fetched again.
        return Held([], held.heads[:1])
    return Held(held.entries[: floor.size], held.heads[: floor.size + 1])


def _offers(
    sources: Sequence[Source], anchor: TrustAnchor, folder: MirrorFolder, held: Held
) -> tuple[list[Offer], list[Outcome]]:
    offers, outcomes = [], []
    for source in sources:
        try:
            offer = read_offer(source, anchor)
            check_not_behind(offer, folder.floor(), held)
        except SourceError as error:
            outcomes.append(Outcome(source.name, "unavailable", str(error)))
        except RefusedError as error:
            keep_refused(folder, source, error)
            outcomes.append(refused_outcome(source.name, error))
        else:
            offers.append(offer)
    return offers, outcomes


def _audited(
    offers: Sequence[Offer], folder: MirrorFolder, held: Held, report: SyncProgress
) -> list[Offer]:
    """The offers whose journal begins with what is held; the others are refused."""
    good = []
    for offer in offers:
        index = first_divergence(offer, held)
        if index is None:
            good.append(offer)
            continue
        error = RefusedError(
            f"its journal and the one held here part at entry {index}", "changed", index
        )
        keep_refused(folder, offer.source, error)
        report.add_refused(offer, error)
    return good


def _nothing_new(offer: Offer, held: Held, folder: MirrorFolder) -> bool:
    """Whether the folder hands out exactly this already, and the last sync went to its end."""
    floor, standing = folder.floor(), folder.standing()
    if floor is None or standing is None:
        return False
    stated = offer.statement.size, offer.statement.at
    kept = len(held.entries), floor.as_of
    return stated == kept == (standing.vouched_size, standing.as_of)


def _take(offer: Offer, held: Held, report: SyncProgress, run: _Run) -> None:
    folder = run.folder
    try:
        # 5. What is missing, hashed onto what is held, up to the head that is vouched for.
        journal = _fetched(offer, held, run)
        # 6. Every rule, and the snapshot that is vouched for.
        state = _replayed(offer, journal)
        # 7. Documents by digest.
        documents, missing = fetch_documents(offer, folder, state)
        vouched = Vouched(state, documents, offer.checkpoints, UnixTime(offer.statement.at))
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


def _replayed(offer: Offer, journal: Held) -> TrustState:
    builder = TrustBuilder(*offer.registry)
    try:
        builder.extend(journal.entries)
    except JournalError as error:
        raise RefusedError(
            f"the journal breaks a rule: {error}", "changed", error.index, journal.entries
        ) from error
    state, statement = builder.build(), offer.statement
    if (snapshot_digest(state), state.signers) != (statement.snapshot_digest, statement.signers):
        raise RefusedError("what the journal says is not what the checkpoint states", "malformed")
    if statement.at < state.time:
        raise RefusedError("the checkpoint is older than the last entry it covers", "malformed")
    return state
