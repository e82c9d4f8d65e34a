"""Trust bundles.

The journal or its snapshot, with the newest public documents, vouched for by checkpoints.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from credential.ids import Digest
from credential.status import decode_status_list
from registry.bundle import open_bundle
from registry.bundle_writer import make_full_bundle, make_lite_bundle
from registry.open_registry import OpenRegistry
from registry.operations.recognitions import guest_file
from registry.operations.vouchers import (
    EvidenceChoice,
    vouchers_for_full,
    vouchers_for_lite,
)
from registry.public_folder import Document, PublicFolder
from registry.trust_builder import TrustBuilder
from registry.trust_data import Documents
from registry.trust_state import TrustState


class Collected(NamedTuple):
    """The documents a state names, and in words those that are not in the public folder."""

    documents: Documents
    missing: tuple[str, ...]


def make_full(
    registry: OpenRegistry,
    made_at: int,
    guests: Sequence[bytes] = (),
    *,
    evidence: EvidenceChoice = EvidenceChoice.AUTO,
) -> tuple[bytes, tuple[str, ...]]:
    """Return a full bundle, vouched for as `evidence` says, and what it lacks.

    `guests` are the bundles of recognised registries. Raises TrustDataError for one that no
    verifier would open.
    """
    vouchers = vouchers_for_full(registry, evidence, made_at)
    journal = registry.followed().journal
    if vouchers.chain is not None or not vouchers.checkpoints:
        # The head that is vouched for is that of the last entry.
        journal = replace(journal, entries=journal.entries[: vouchers.size])
    state = _state_at(registry, vouchers.size)
    documents, missing = collect(registry.home.public, state)
    bundle = make_full_bundle(
        journal,
        documents,
        made_at=made_at,
        checkpoints=vouchers.checkpoints,
        read_at=vouchers.read_at,
        chain=vouchers.chain,
        with_waymarks=True,
        guests=[guest_file(state, guest) for guest in guests],
    )
    return _tried(bundle, guests), missing


def make_lite(
    registry: OpenRegistry,
    made_at: int,
    guests: Sequence[bytes] = (),
    *,
    evidence: EvidenceChoice = EvidenceChoice.AUTO,
) -> tuple[bytes, tuple[str, ...]]:
    """Return a lite bundle as of the newest checkpoint, and what is missing in it.

    Raises `HomeError` without one; guests as in `make_full`.
    """
    vouchers = vouchers_for_lite(registry, evidence)
    state = _state_at(registry, vouchers.size)
    documents, missing = collect(registry.home.public, state)
    bundle = make_lite_bundle(
        state,
        documents,
        made_at=made_at,
        checkpoints=vouchers.checkpoints,
        chain=vouchers.chain,
        guests=[guest_file(state, guest) for guest in guests],
    )
    return _tried(bundle, guests), missing


def _tried(bundle: bytes, guests: Sequence[bytes]) -> bytes:
    """The bundle, which a verifier opens: one bad guest would spoil it for everybody."""
    if guests:
        open_bundle(bundle)
    return bundle


def collect(public: PublicFolder, state: TrustState) -> Collected:
    """Return the newest documents the state names.

    A changed document raises, a missing one is named.
    """
    lists, missing = [], []
    details = []
    for (code, list_no), record in state.content.status.items():
        if not _is_there(public, Document.STATUS_LIST, record.digest):
            missing.append(f"status list {list_no} of {code}, version {record.version}")
            continue
        lists.append(public.read(Document.STATUS_LIST, record.digest))
        told = decode_status_list(lists[-1]).details_digest
        if told is not None and _is_there(public, Document.STATUS_DETAILS, told):
            details.append(public.read(Document.STATUS_DETAILS, told))
    types = []
    for registered in state.content.types.values():
        if _is_there(public, Document.TYPE, registered.digest):
            types.append(public.read(Document.TYPE, registered.digest))
        else:
            missing.append(f"type {registered.type_no}, version {registered.version}")
    return Collected(Documents(tuple(lists), tuple(details), tuple(types)), tuple(missing))


def _is_there(public: PublicFolder, kind: Document, digest: Digest) -> bool:
    return public.path(kind, digest).is_file()


def _state_at(registry: OpenRegistry, size: int) -> TrustState:
    journal = registry.followed().journal
    builder = TrustBuilder(journal.chain_id, journal.contract)
    builder.advance_to(size, journal.entries)
    return builder.build()
