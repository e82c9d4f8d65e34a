"""Opens a trust bundle: bytes from anywhere in, trust data that hold together out, or a reason why not.

The steps are those of docs/formats/bundle.md, with the same numbers.
"""

from collections.abc import Mapping, Sequence

from credential.ids import AgencyCode, Digest, UnixTime
from registry.anchor_file import TrustAnchor
from registry.bundle_file import (
    PAGE_LIMITS,
    Body,
    BundleLimits,
    Envelope,
    inflate,
    read_body,
    read_envelope,
)
from registry.bundle_writer import make_full_bundle as make_full_bundle
from registry.bundle_writer import make_lite_bundle as make_lite_bundle
from registry.checkpoint import Belief, believe
from registry.errors import (
    BundleError,
    ForeignRegistryError,
    ForkError,
    JournalError,
    RollbackError,
)
from registry.journal import open_journal_file
from registry.snapshot import snapshot_digest
from registry.snapshot_reader import complete_snapshot
from registry.trust_builder import TrustBuilder
from registry.trust_data import (
    BundleKind,
    Evidence,
    EvidenceStrength,
    Floor,
    StatusListFile,
    TrustData,
    assemble,
    read_status_lists,
)
from registry.trust_state import TrustState


def open_bundle(
    source: bytes,
    *,
    anchor: TrustAnchor | None = None,
    floor: Floor | None = None,
    limits: BundleLimits = PAGE_LIMITS,
) -> TrustData:
    """The trust data in a bundle.

    With an anchor the bundle must be of its registry, and its checkpoints must start at the anchor's signers. With a
    floor it must not go back behind it. Raises BundleError (malformed), ForeignRegistryError, RollbackError, ForkError.
    """
    # 1. Limits, the file map, and whose registry it is.
    envelope = read_envelope(source, limits)
    _require_registry(envelope, anchor)
    # 2. Inflate within the stated length; the members of the body.
    body = read_body(inflate(envelope.compressed, envelope.body_bytes), envelope.kind)
    # 4. Checkpoints come first: they say how many entries count.
    belief = _believe(envelope, body, anchor)
    # 3. The state, by replay or from the snapshot, held against every checkpoint.
    lists = read_status_lists(body.documents.status_lists)
    if envelope.kind is BundleKind.FULL:
        state, digest = _replayed(envelope, body, floor)
    else:
        state, digest = _restored(envelope, body, lists)
    if belief is not None:
        _require_stated(state, digest, belief)
    # 5. and 6. Every document fits the state; the as-of time.
    evidence = _evidence(body, belief, anchor)
    trust = assemble(state, lists, body.documents, evidence, envelope.kind)
    _require_sorted(trust)
    # 7. Never back behind what was seen before.
    if floor is not None:
        _require_not_behind(trust, floor)
    return trust


def _require_registry(envelope: Envelope, anchor: TrustAnchor | None) -> None:
    if anchor is not None and (anchor.chain_id, anchor.contract) != (
        envelope.chain_id,
        envelope.contract,
    ):
        raise ForeignRegistryError(
            f"the bundle belongs to contract 0x{envelope.contract.hex()} on chain {envelope.chain_id}; the trust anchor "
            f"is for 0x{anchor.contract.hex()} on chain {anchor.chain_id}. It says nothing about this registry"
        )


def _believe(envelope: Envelope, body: Body, anchor: TrustAnchor | None) -> Belief | None:
    if not body.checkpoints:
        return None
    trusted = body.checkpoints[0].statement.signers if anchor is None else anchor.signers
    return believe(
        body.checkpoints, trusted, chain_id=envelope.chain_id, contract=envelope.contract
    )


def _replayed(
    envelope: Envelope, body: Body, floor: Floor | None
) -> tuple[TrustState, Digest | None]:
    """The state of a full bundle after as many entries as count; entries behind those are ignored."""
    if body.journal_file is None:
        raise BundleError("a full bundle must carry a journal")
    builder = TrustBuilder(envelope.chain_id, envelope.contract)
    try:
        journal = open_journal_file(body.journal_file)
        if (journal.chain_id, journal.contract) != (envelope.chain_id, envelope.contract):
            raise ForeignRegistryError(
                "the journal in the bundle belongs to another registry than the bundle"
            )
        size = _counted_size(body)
        for milestone, head in _milestones(body, floor, size):
            builder.advance_to(milestone, journal.entries)
            if head is not None and builder.head != head:
                raise _contradiction(milestone, head, floor)
        behind = sum(1 for _ in journal.entries)
    except JournalError as error:
        raise BundleError(f"the journal in the bundle breaks a rule: {error}") from error
    if behind and not body.checkpoints:
        raise BundleError(
            f"the head was read after {size} entries, but the journal has {behind} more"
        )
    state = builder.build()
    return state, snapshot_digest(state) if body.checkpoints else None


def _counted_size(body: Body) -> int:
    if body.checkpoints:
        return body.checkpoints[-1].statement.size
    if body.read_at is None:
        raise BundleError("nothing in the bundle says how much of its journal counts")
    return body.read_at.size


def _milestones(body: Body, floor: Floor | None, size: int) -> list[tuple[int, Digest | None]]:
    """The sizes at which the head is known already, in order, and the size that counts at the end."""
    known: list[tuple[int, Digest | None]] = [
        (checkpoint.statement.size, checkpoint.statement.head) for checkpoint in body.checkpoints
    ]
    if floor is not None:
        known.append((floor.size, floor.head))
    return [
        *sorted((entry for entry in known if entry[0] <= size), key=_milestone_size),
        (size, None),
    ]


def _milestone_size(milestone: tuple[int, Digest | None]) -> int:
    return milestone[0]


def _contradiction(size: int, head: Digest, floor: Floor | None) -> BundleError | ForkError:
    if floor is not None and (size, head) == (floor.size, floor.head):
        return ForkError(
            f"the first {size} entries of this journal are not those this verifier has seen before: somebody shows "
            "different journals to different people. Keep both files and tell the registry"
        )
    return BundleError(
        f"the journal in the bundle is not the one its checkpoint at size {size} states"
    )


def _restored(
    envelope: Envelope, body: Body, lists: Mapping[tuple[AgencyCode, int], StatusListFile]
) -> tuple[TrustState, Digest]:
    """The state of a lite bundle, the digests of its lists filled in."""
    if body.snapshot is None:
        raise BundleError("a lite bundle must carry a snapshot")
    content = body.snapshot.content
    if (content.chain_id, content.contract) != (envelope.chain_id, envelope.contract):
        raise ForeignRegistryError(
            "the snapshot in the bundle belongs to another registry than the bundle"
        )
    if not lists.keys() <= body.snapshot.missing_digests:
        raise BundleError(
            "a status row has a digest although its list is in the bundle, or a list has no row"
        )
    return complete_snapshot(body.snapshot, {slot: file.digest for slot, file in lists.items()})


def _require_stated(state: TrustState, digest: Digest | None, belief: Belief) -> None:
    statement = belief.statement
    stated = (statement.size, statement.head, statement.snapshot_digest, statement.signers)
    if stated != (state.size, state.head, digest, state.signers):
        raise BundleError("what the bundle holds is not what its last checkpoint states")
    if statement.at < state.time:
        raise BundleError(
            "the last checkpoint claims to be older than the last journal entry it covers"
        )


def _evidence(body: Body, belief: Belief | None, anchor: TrustAnchor | None) -> Evidence:
    if belief is None:
        as_of = UnixTime(0) if body.read_at is None else body.read_at.at
        return Evidence(EvidenceStrength.UNPROVEN, as_of, ())
    strength = EvidenceStrength.UNPROVEN if anchor is None else EvidenceStrength.CHECKPOINT
    return Evidence(strength, belief.statement.at, belief.signed_by)


def _require_sorted(trust: TrustData) -> None:
    members: Sequence[list[tuple[object, ...]]] = (
        list(trust.status_lists),
        list(trust.details),
        list(trust.types),
    )
    if any(keys != sorted(keys) for keys in members):
        raise BundleError("the documents of the bundle are not in their order")


def _require_not_behind(trust: TrustData, floor: Floor) -> None:
    if trust.state.size < floor.size or trust.evidence.as_of < floor.as_of:
        raise RollbackError(
            f"the bundle describes {trust.state.size} journal entries as of {trust.evidence.as_of}; this verifier has seen "
            f"{floor.size} as of {floor.as_of} already. Get a newer bundle"
        )
    if trust.state.size == floor.size and trust.state.head != floor.head:
        raise ForkError(
            f"this bundle and an earlier one differ about the same {floor.size} journal entries. Keep both files and "
            "tell the registry"
        )
