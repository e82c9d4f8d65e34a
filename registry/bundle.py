"""Opens a trust bundle: bytes from anywhere in, trust data that hold together out, or why not.

The steps are those of docs/formats/bundle.md, with the same numbers.
"""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from credential.errors import FormatError
from credential.ids import AgencyCode, Digest
from registry.anchor_file import TrustAnchor
from registry.belief import require_in_calendar
from registry.bundle_file import (
    PAGE_LIMITS,
    Body,
    BundleLimits,
    Envelope,
    ReadAt,
    inflate,
    read_body,
    read_envelope,
)
from registry.bundle_homes import homes_told_by, require_asked_for, require_homes
from registry.bundle_writer import make_full_bundle, make_lite_bundle
from registry.checkpoint import Statement
from registry.errors import (
    BundleError,
    EvidenceError,
    ForeignRegistryError,
    ForkError,
    JournalError,
    RollbackError,
    TrustStateError,
)
from registry.guests import open_guests
from registry.head import initial_head
from registry.journal import open_journal_file
from registry.lineage import RegistryId
from registry.snapshot import snapshot_digest
from registry.snapshot_reader import SnapshotReading, complete_snapshot
from registry.trust_builder import TrustBuilder
from registry.trust_data import (
    Evidence,
    Floor,
    StatusListFile,
    TrustData,
    assemble,
    read_status_lists,
)
from registry.trust_state import TrustState
from registry.vouching import Vouched, vouching
from registry.waymarks import first_off_the_way

__all__ = ["BundleLimits", "ReadAt", "make_full_bundle", "make_lite_bundle", "open_bundle"]


NO_FLOORS: Final[Mapping[RegistryId, Floor]] = MappingProxyType({})


def open_bundle(
    source: bytes,
    *,
    anchor: TrustAnchor | None = None,
    floor: Floor | None = None,
    limits: BundleLimits = PAGE_LIMITS,
    guest_floors: Mapping[RegistryId, Floor] = NO_FLOORS,
) -> TrustData:
    """The trust data in a bundle.

    With an anchor the bundle is of its registry, and its checkpoints start at the anchor's
    signers. With a floor it does not go back behind it; nor do its guests behind theirs, which
    are kept by the registry that a recognition names. Raises BundleError (malformed),
    ForeignRegistryError, RollbackError or ForkError; all are TrustDataError.
    """
    # 1. Limits and the file map.
    envelope = read_envelope(source, limits)
    # 2. Inflate within the stated length; the members of the body; whose registry it is.
    inflated = inflate(envelope.compressed, envelope.body_bytes)
    body = read_body(inflated, envelope.kind, most_guests=limits.guests)
    told = _told_homes(envelope, body)
    require_asked_for(told, envelope, anchor, floor)
    # 3. The checkpoints: they say how many entries count.
    vouched = vouching(envelope, body, anchor, told)
    # 4. The state, by replay or from the snapshot, is the one the last checkpoint states.
    lists = read_status_lists(body.documents.status_lists)
    fork = None
    if isinstance(body.content, bytes):
        try:
            state, fork = _replayed(body.content, vouched, floor)
            _require_shown(state, vouched)
        except BundleError as error:
            raise _told_where(body, error) from error
        if vouched.belief is None:
            _require_on_the_way(body)
        digest = _digest_of(state)
    else:
        state, digest = _restored(body.content, lists)
        _require_shown(state, vouched)
    require_homes(state, envelope, anchor, vouched.statements)
    if vouched.belief is not None:
        if not vouched.goes_on:
            _require_stated(state, digest, vouched.belief.statement)
        at = vouched.belief.statement.at
        require_in_calendar(vouched.belief, state.stopped_algorithms(at))
    # 5. and 6. Every document fits the state; the as-of time is the evidence's. So with each guest.
    evidence = _evidence_of(state, vouched)
    trust = assemble(state, lists, body.documents, evidence, envelope.kind)
    trust = replace(trust, seals=vouched.seals)
    _require_sorted(trust)
    if body.guests:
        trust = _with_guests(trust, envelope, body, limits, guest_floors)
    # 7. Never back behind what was seen before.
    if fork is not None:
        raise fork
    if floor is not None:
        _require_not_behind(trust, floor)
    return trust


def _told_homes(envelope: Envelope, body: Body) -> tuple[RegistryId, ...]:
    """The registries the bundle tells of; where a move was edited out, the entry is named."""
    try:
        return homes_told_by(envelope, body)
    except ForeignRegistryError as error:
        index = _off_the_way(body)
        if index is None:
            raise
        message = f"the journal in the bundle is damaged: {_parted_at(index)}"
        raise BundleError(message) from error


def _with_guests(
    trust: TrustData,
    envelope: Envelope,
    body: Body,
    limits: BundleLimits,
    floors: Mapping[RegistryId, Floor],
) -> TrustData:
    guests = open_guests(
        body.guests,
        trust,
        envelope,
        limits=limits._replace(guests=0),
        floors=floors,
        open_one=lambda source, anchor, floor, left: open_bundle(
            source, anchor=anchor, floor=floor, limits=left
        ),
    )
    return replace(trust, guests=guests)


def _evidence_of(state: TrustState, vouched: Vouched) -> Evidence:
    """A chain that was left behind goes on sealing blocks: they say nothing of the new home."""
    if vouched.head is None or state.successor is None:
        return vouched.evidence
    as_of = min(vouched.evidence.as_of, state.time)
    return vouched.evidence._replace(as_of=as_of)


def _require_shown(state: TrustState, vouched: Vouched) -> None:
    if vouched.head not in (None, state.head):
        raise EvidenceError(
            "the entries in the bundle do not give the head that stands in the chain's state: an "
            "entry was changed, dropped, added or moved, or the evidence is of another time"
        )


def _replayed(
    journal_file: bytes, vouched: Vouched, floor: Floor | None
) -> tuple[TrustState, ForkError | None]:
    """The state of a full bundle after as many entries as count; those behind are ignored.

    Beside it the fork from what was seen before: only of a bundle that is otherwise in order.
    """
    fork: ForkError | None = None
    try:
        journal = open_journal_file(journal_file)
        builder = TrustBuilder(journal.chain_id, journal.contract)
        known = 0
        for size, head in _milestones(vouched, floor):
            builder.advance_to(size, journal.entries)
            if builder.head != head:
                contradiction = _contradiction(size, head, floor, known)
                if not isinstance(contradiction, ForkError):
                    raise contradiction
                fork = contradiction
                continue
            known = size
            if vouched.belief is not None and size == vouched.belief.statement.size < vouched.size:
                stated = builder.build()
                _require_stated(stated, _digest_of(stated), vouched.belief.statement)
        builder.advance_to(vouched.size, journal.entries)
        behind = sum(1 for _ in journal.entries)
    except JournalError as error:
        raise BundleError(f"the journal in the bundle breaks a rule: {error}") from error
    if behind and not vouched.statements:
        raise BundleError(
            f"the head was read after {vouched.size} entries, but the journal has {behind} more"
        )
    return builder.build(), fork


def _off_the_way(body: Body) -> int | None:
    """The first entry that is not where the bundle's waymarks have it; None where all are."""
    if body.waymarks is None or body.journal_file is None:
        return None
    try:
        journal = open_journal_file(body.journal_file)
        start = initial_head(journal.chain_id, journal.contract)
        return first_off_the_way(body.waymarks, start, journal.entries)
    except JournalError as error:
        return error.index


def _told_where(body: Body, error: BundleError) -> BundleError:
    """The refusal, with the entry in which the journal parts from what it was, where that shows."""
    index = _off_the_way(body)
    return error if index is None else BundleError(f"{error}; {_parted_at(index)}")


def _require_on_the_way(body: Body) -> None:
    """Nobody vouches for a head that was read from a node, but damage on the way shows."""
    index = _off_the_way(body)
    if index is not None:
        raise BundleError(f"the journal in the bundle is damaged: {_parted_at(index)}")


def _parted_at(index: int) -> str:
    return (
        f"entry {index} is the first that is not what it was when the bundle was made: it was "
        "changed, dropped, added or moved"
    )


def _milestones(vouched: Vouched, floor: Floor | None) -> list[tuple[int, Digest]]:
    """The sizes at which the head is known already, in order."""
    known = [(statement.size, statement.head) for statement in vouched.statements]
    if floor is not None and floor.size <= vouched.size:
        known.append((floor.size, floor.head))
    return sorted(known)


def _contradiction(
    size: int, head: Digest, floor: Floor | None, known: int
) -> BundleError | ForkError:
    """The journal parts from a head that is known, and not from the one known before it.

    No single head says which entry it was: the first `known` are as they were.
    """
    where = f"one of entries {known} to {size - 1} was changed, dropped, added or moved"
    if floor is not None and (size, head) == (floor.size, floor.head):
        return ForkError(
            f"the first {size} entries of this journal are not those this verifier has seen "
            f"before ({where}): somebody shows different journals to different people. Keep both "
            "files and tell the registry"
        )
    return BundleError(
        f"the journal in the bundle is not the one its checkpoint at size {size} states: {where}"
    )


def _digest_of(state: TrustState) -> Digest:
    """The digest of the snapshot; BundleError where none can hold the state."""
    try:
        return snapshot_digest(state)
    except (FormatError, TrustStateError) as error:
        raise BundleError(f"the journal in the bundle has no snapshot: {error}") from error


def _restored(
    snapshot: SnapshotReading,
    lists: Mapping[tuple[AgencyCode, int], StatusListFile],
) -> tuple[TrustState, Digest]:
    """The state of a lite bundle, the digests of its lists filled in, and its digest."""
    if not lists.keys() <= snapshot.missing_digests:
        raise BundleError(
            "a status row has a digest although its list is in the bundle, or a list has no row"
        )
    return complete_snapshot(snapshot, {slot: file.digest for slot, file in lists.items()})


def _require_stated(state: TrustState, digest: Digest, statement: Statement) -> None:
    stated = (statement.size, statement.head, statement.snapshot_digest, statement.signers)
    if stated != (state.size, state.head, digest, state.signers):
        raise BundleError("what the bundle holds is not what its last checkpoint states")
    if statement.at < state.time:
        raise BundleError("the last checkpoint is older than the last journal entry it covers")


def _require_sorted(trust: TrustData) -> None:
    lists, details, types = list(trust.status_lists), list(trust.details), list(trust.types)
    if (lists, details, types) != (sorted(lists), sorted(details), sorted(types)):
        raise BundleError("the documents of the bundle are not in their order")


def _require_not_behind(trust: TrustData, floor: Floor) -> None:
    if trust.state.size < floor.size or trust.evidence.as_of < floor.as_of:
        raise RollbackError(
            f"the bundle describes {trust.state.size} journal entries as of "
            f"{trust.evidence.as_of}; this verifier has seen {floor.size} as of {floor.as_of} "
            "already. Get a newer bundle"
        )
    if trust.state.size == floor.size and trust.state.head != floor.head:
        raise ForkError(
            f"this bundle and an earlier one differ about the same {floor.size} journal entries. "
            "Keep both files and tell the registry"
        )
