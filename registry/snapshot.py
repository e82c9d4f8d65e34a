"""The snapshot: what a journal says in one canonical form, to be signed and to be carried.

docs/formats/bundle.md, "Snapshot". Reading one back is the business of registry/snapshot_reader.py.
"""

from collections.abc import Set as AbstractSet
from hashlib import sha256

from credential import cbor
from credential.ids import AgencyCode, Digest
from registry.errors import TrustStateError
from registry.records import Agency, StatusRecord
from registry.signers import signers_value
from registry.snapshot_reader import decode_snapshot
from registry.trust_state import TrustState

__all__ = ["decode_snapshot", "encode_snapshot", "snapshot_digest", "snapshot_value"]

NO_OMISSIONS: frozenset[tuple[AgencyCode, int]] = frozenset()


def encode_snapshot(
    state: TrustState, *, omit_digests: AbstractSet[tuple[AgencyCode, int]] = NO_OMISSIONS
) -> bytes:
    """The snapshot of a state; the digests of the named (agency, list) rows are left out.

    A full and a lite state of the same journal give the same bytes.
    """
    return cbor.encode(snapshot_value(state, omit_digests))


def snapshot_digest(state: TrustState) -> Digest:
    """SHA-256 of the complete snapshot: what a checkpoint signs."""
    return Digest(sha256(encode_snapshot(state)).digest())


def snapshot_value(
    state: TrustState, omit_digests: AbstractSet[tuple[AgencyCode, int]] = NO_OMISSIONS
) -> cbor.Value:
    """The snapshot as a CBOR value."""
    content = state.content
    if content.chain_id >= 1 << 64:
        raise TrustStateError(f"chain id {content.chain_id} does not fit a snapshot (64 bits)")
    positions = {code: position for position, code in enumerate(content.agencies)}
    successor = content.successor
    members: dict[cbor.Key, cbor.Value] = {
        1: 1,
        2: content.chain_id,
        3: content.contract,
        4: content.size,
        5: content.head,
        6: content.time,
        10: [_agency_row(agency) for agency in content.agencies.values()],
        11: _key_rows(state, positions),
        12: [
            [
                row.parent,
                positions[row.agency],
                row.type_no,
                row.depth,
                row.at,
                row.until,
                row.ended_at,
            ]
            for row in content.accreditations.values()
        ],
        13: [list(row) for _, row in sorted(content.types.items())],
        14: _status_rows(list(content.status.values()), positions, omit_digests),
        15: [[step.alg, int(step.phase), step.effective_at, step.at] for step in content.steps],
        16: signers_value(content.signers),
        17: _anchor_rows(state, positions),
        18: None if successor is None else [successor.chain_id, successor.contract],
    }
    if content.earlier_homes:
        members[19] = [[home.chain_id, home.contract, home.end] for home in content.earlier_homes]
    if content.recognitions:
        members[20] = [list(recognition[1:]) for recognition in content.recognitions]
    return members


def _agency_row(agency: Agency) -> cbor.Value:
    return [
        agency.code,
        [list(name) for name in agency.names],
        [[change.at, int(change.state)] for change in agency.states],
        agency.successor,
    ]


def _key_rows(state: TrustState, positions: dict[AgencyCode, int]) -> cbor.Value:
    complete = state.complete_kids()
    return [
        [
            key.cose_key,
            key.alg,
            int(key.purpose),
            positions[key.agency],
            key.added_at,
            key.ended_at,
            None if key.compromise is None else list(key.compromise),
            key.kid in complete,
        ]
        for key in state.content.keys.values()
    ]


def _status_rows(
    rows: list[StatusRecord],
    positions: dict[AgencyCode, int],
    omit_digests: AbstractSet[tuple[AgencyCode, int]],
) -> cbor.Value:
    ordered = sorted(rows, key=lambda row: (positions[row.agency], row.list_no))
    return [
        [
            positions[row.agency],
            row.list_no,
            row.version,
            row.at,
            None if (row.agency, row.list_no) in omit_digests else row.digest,
        ]
        for row in ordered
    ]


def _anchor_rows(state: TrustState, positions: dict[AgencyCode, int]) -> cbor.Value:
    complete = state.complete_kids()
    key_positions = {kid: position for position, kid in enumerate(state.content.keys)}
    return [
        [
            positions[anchor.agency],
            anchor.batch_no,
            anchor.root,
            anchor.size,
            key_positions[anchor.kid],
            anchor.at,
            anchor.confirmed,
        ]
        for anchor in state.content.anchors
        if anchor.kid in complete
    ]
