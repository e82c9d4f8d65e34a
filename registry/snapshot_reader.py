"""Reads a snapshot back into a trust state, refusing every form but the canonical one.

docs/formats/bundle.md, "Snapshot". A lite bundle leaves out the digests of the status lists it
carries. So reading has two steps: `read_snapshot` takes in the rows, `complete_snapshot` fills the
digests in, computes the digest a checkpoint signs, and makes the state.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import NamedTuple

from credential.errors import FormatError, KeyFormatError
from credential.ids import AgencyCode, Digest, Kid, UnixTime
from registry import snapshot_rows as rows
from registry.cbor_reader import CborReader
from registry.completeness import complete_kids
from registry.draft import AlgorithmTimes
from registry.errors import JournalError, SnapshotError
from registry.records import StatusRecord, SuccessorRegistry
from registry.signers import read_signers
from registry.snapshot_registries import read_registries
from registry.trust_state import StateContent, TrustState

_DIGEST_HEAD = b"\x58\x20"


class _Gap(NamedTuple):
    """A status row without its digest, and where in the source the `null` stands."""

    row: tuple[AgencyCode, int]
    position: int


@dataclass(frozen=True, slots=True)
class SnapshotReading:
    """A snapshot as read: everything is checked except that the status digests are there."""

    content: StateContent
    algorithms: dict[int, AlgorithmTimes]
    source: bytes
    gaps: tuple[_Gap, ...]

    @property
    def missing_digests(self) -> frozenset[tuple[AgencyCode, int]]:
        """The (agency, list) rows whose digest the reader of a bundle fills in."""
        return frozenset(gap.row for gap in self.gaps)


def decode_snapshot(source: bytes) -> TrustState:
    """The state of a complete snapshot. Raises SnapshotError for anything else."""
    reader = CborReader(source)
    reading = read_snapshot(reader)
    try:
        reader.end()
    except FormatError as error:
        raise SnapshotError(f"the snapshot is not in its canonical form: {error}") from error
    return complete_snapshot(reading, {})[0]


def complete_snapshot(
    reading: SnapshotReading, digests: Mapping[tuple[AgencyCode, int], Digest]
) -> tuple[TrustState, Digest]:
    """The state, and SHA-256 of the complete snapshot, the missing digests from `digests`.

    Raises SnapshotError where one is missing.
    """
    status = dict(reading.content.status)
    hasher = sha256()
    position = 0
    for row, gap in reading.gaps:
        digest = digests.get(row)
        if digest is None:
            raise SnapshotError(
                f"the snapshot leaves out the digest of list {row[1]} of {row[0]}, "
                "without that list"
            )
        status[row] = status[row]._replace(digest=digest)
        hasher.update(reading.source[position:gap])
        hasher.update(_DIGEST_HEAD + digest)
        position = gap + 1
    hasher.update(reading.source[position:])
    return TrustState(replace(reading.content, status=status), reading.algorithms), Digest(
        hasher.digest()
    )


def read_snapshot(reader: CborReader) -> SnapshotReading:
    """The snapshot that begins at the reader's position. Raises SnapshotError."""
    start = reader.position
    try:
        return _read(reader, start)
    except (FormatError, KeyFormatError, JournalError) as error:
        raise SnapshotError(f"the snapshot is not in its canonical form: {error}") from error


def _read(reader: CborReader, start: int) -> SnapshotReading:
    members = reader.map_of(15, 17)
    reader.key(1)
    if reader.uint() != 1:
        raise SnapshotError("the snapshot is of a later version; renew this program")
    reader.key(2)
    chain_id = reader.uint()
    reader.key(3)
    contract = reader.fixed_bytes(20)
    reader.key(4)
    size = reader.uint()
    reader.key(5)
    head = Digest(reader.fixed_bytes(32))
    reader.key(6)
    time = UnixTime(reader.uint())
    reader.key(10)
    agencies = rows.read_agencies(reader, time)
    codes = tuple(agencies)
    reader.key(11)
    keys, complete = rows.read_keys(reader, codes, time)
    reader.key(12)
    accreditations = rows.read_accreditations(reader, codes, time)
    reader.key(13)
    types = rows.read_types(reader, time)
    rows.check_types_registered(accreditations, types)
    reader.key(14)
    status, gaps = _read_status(reader, codes, time)
    reader.key(15)
    steps, algorithms = rows.read_steps(reader, time)
    reader.key(16)
    signers = reader.optional(lambda: read_signers(reader))
    reader.key(17)
    anchors, anchor_positions = rows.read_anchors(
        reader, codes, tuple(keys.values()), complete, time
    )
    reader.key(18)
    successor = reader.optional(lambda: _read_successor(reader))
    registries = read_registries(
        reader, members - 15, current=(chain_id, contract), size=size, time=time
    )
    content = StateContent(
        chain_id=chain_id,
        contract=contract,
        size=size,
        head=head,
        time=time,
        agencies=agencies,
        keys=keys,
        accreditations=accreditations,
        types=types,
        status=status,
        steps=steps,
        signers=signers,
        successor=successor,
        anchors=anchors,
        anchor_positions=anchor_positions,
        has_every_anchor=False,
        earlier_homes=registries.earlier_homes,
        recognitions=registries.recognitions,
    )
    _check_complete(content, complete)
    source = reader.source_between(start, reader.position)
    return SnapshotReading(
        content, algorithms, source, tuple(_Gap(row, at - start) for row, at in gaps)
    )


def _check_complete(content: StateContent, claimed: frozenset[Kid]) -> None:
    if complete_kids(content) != claimed:
        raise SnapshotError(
            "the snapshot calls the wrong keys complete: roots may have been left out"
        )


def _read_status(
    reader: CborReader, codes: tuple[AgencyCode, ...], time: int
) -> tuple[dict[tuple[AgencyCode, int], StatusRecord], list[_Gap]]:
    status: dict[tuple[AgencyCode, int], StatusRecord] = {}
    gaps: list[_Gap] = []
    before = (-1, 0)
    for _ in range(reader.array()):
        order, record, gap = rows.read_status_row(reader, codes, time)
        if order <= before:
            raise SnapshotError("the status rows are not in the order of agency and list")
        before = order
        row = (record.agency, record.list_no)
        status[row] = record
        if gap is not None:
            gaps.append(_Gap(row, gap))
    return status, gaps


def _read_successor(reader: CborReader) -> SuccessorRegistry:
    reader.tuple_of(2)
    chain_id = reader.uint()
    contract = reader.fixed_bytes(20)
    if not any(contract):
        raise SnapshotError("the successor registry is the zero address")
    return SuccessorRegistry(chain_id, contract)
