"""The rows of a snapshot, each held against what a replay could have left there.

docs/formats/bundle.md. Orders, positions and times are checked so that a snapshot has one form
only; the rules are those of journal.md.
"""

from collections.abc import Sequence

from credential.errors import StructureError
from credential.ids import AgencyCode, Digest, Kid, Root, UnixTime
from credential.keys import kid_of
from registry.cbor_reader import CborReader
from registry.draft import AlgorithmTimes
from registry.key_shape import batch_key_algorithm
from registry.kinds import AgencyState, AlgorithmPhase, KeyPurpose
from registry.payload_codec import MAX_COSE_KEY_BYTES, check_name, encode_agency_code
from registry.payloads import AlgorithmSet
from registry.records import (
    Accreditation,
    Agency,
    AgencyName,
    AgencyStateChange,
    AlgorithmStep,
    Anchor,
    Compromise,
    KeyRecord,
    StatusRecord,
    TypeVersion,
)
from registry.rules_batches import MAX_BATCH_SIZE
from registry.rules_scope import advanced_times

_U8, _U16, _U32 = 0xFF, 0xFFFF, 0xFFFFFFFF
_MAX_NAME_BYTES = 4 * 120
_FOLLOWS = {
    AgencyState.ACTIVE: (AgencyState.SUSPENDED, AgencyState.CLOSED),
    AgencyState.SUSPENDED: (AgencyState.ACTIVE, AgencyState.CLOSED),
    AgencyState.CLOSED: (),
}
_PURPOSE = KeyPurpose.SIGN_BATCH_ROOTS


def require(holds: bool, what: str) -> None:  # noqa: FBT001  # reads as a sentence
    """Only returns where `holds`; else raises StructureError, which says `what` is not so."""
    if not holds:
        raise StructureError(what)


def read_agencies(reader: CborReader, time: int) -> dict[AgencyCode, Agency]:
    """Member 10, in order of registration."""
    agencies: dict[AgencyCode, Agency] = {}
    registered_at = 0
    for _ in range(reader.array()):
        agency = _read_agency(reader, registered_at, time)
        require(agency.code not in agencies, f"agency {agency.code} stands there twice")
        agencies[agency.code] = agency
        registered_at = agency.registered_at
    for agency in agencies.values():
        if agency.successor is not None:
            possible = agency.successor in agencies and agency.successor != agency.code
            require(
                possible and agency.state is AgencyState.CLOSED,
                f"{agency.code} has an impossible successor",
            )
    return agencies


def _read_agency(reader: CborReader, least: int, most: int) -> Agency:
    reader.tuple_of(4)
    code = AgencyCode(reader.text(16))
    encode_agency_code(code)
    names: list[AgencyName] = []
    at = least
    for _ in range(reader.array(1)):
        reader.tuple_of(3)
        at = _time(reader, at, most)
        zh_hant, en = reader.text(_MAX_NAME_BYTES), reader.text(_MAX_NAME_BYTES)
        names.append(AgencyName(at, check_name(zh_hant), check_name(en)))
    states = _read_states(reader, names[0].at, most)
    successor = reader.optional(lambda: AgencyCode(reader.text(16)))
    return Agency(code, tuple(names), states, successor)


def _read_states(
    reader: CborReader, registered_at: int, most: int
) -> tuple[AgencyStateChange, ...]:
    states: list[AgencyStateChange] = []
    possible: tuple[AgencyState, ...] = (AgencyState.ACTIVE,)
    at = UnixTime(registered_at)
    for _ in range(reader.array(1)):
        reader.tuple_of(2)
        at = _time(reader, at, most)
        state = AgencyState(reader.uint(2))
        require(state in possible, "the states of an agency follow each other in an impossible way")
        states.append(AgencyStateChange(at, state))
        possible = _FOLLOWS[state]
    require(
        states[0].at == registered_at,
        "the first name and the first state of an agency differ in time",
    )
    return tuple(states)


def _time(reader: CborReader, least: int, most: int) -> UnixTime:
    at = reader.uint()
    if not least <= at <= most:
        raise StructureError(
            f"the time before byte {reader.position} is {at}, not {least} to {most}"
        )
    return UnixTime(at)


def _code(reader: CborReader, codes: Sequence[AgencyCode]) -> AgencyCode:
    position = reader.uint()
    if position >= len(codes):
        raise StructureError(f"no agency stands at position {position}")
    return codes[position]


def read_keys(
    reader: CborReader, codes: Sequence[AgencyCode], time: int
) -> tuple[dict[Kid, KeyRecord], frozenset[Kid]]:
    """Member 11, in order of adding, and the kids called complete."""
    keys: dict[Kid, KeyRecord] = {}
    complete: set[Kid] = set()
    added_at = UnixTime(0)
    for _ in range(reader.array()):
        reader.tuple_of(8)
        cose_key = reader.byte_string(MAX_COSE_KEY_BYTES)
        alg = reader.integer()
        require(
            batch_key_algorithm(cose_key) == alg, "a key's algorithm is not that of its COSE_Key"
        )
        require(reader.uint() == _PURPOSE, "a key has an unknown purpose")
        agency = _code(reader, codes)
        added_at = _time(reader, added_at, time)
        ended_at = None if reader.null() else _time(reader, added_at, time)
        compromise = None if reader.null() else _read_compromise(reader, added_at, time)
        kid = kid_of(cose_key)
        require(kid not in keys, f"key {kid.hex()} stands there twice")
        keys[kid] = KeyRecord(cose_key, kid, alg, _PURPOSE, agency, added_at, ended_at, compromise)
        if reader.boolean():
            complete.add(kid)
    return keys, frozenset(complete)


def _read_compromise(reader: CborReader, added_at: int, most: int) -> Compromise:
    reader.tuple_of(2)
    since = _time(reader, 0, most)
    return Compromise(since, _time(reader, added_at, most))


def read_accreditations(
    reader: CborReader, codes: Sequence[AgencyCode], time: int
) -> dict[int, Accreditation]:
    """Member 12, by number."""
    accreditations: dict[int, Accreditation] = {}
    at = UnixTime(0)
    for number in range(1, reader.array() + 1):
        reader.tuple_of(7)
        parent = reader.uint(number - 1)
        agency = _code(reader, codes)
        type_no = reader.uint(_U32)
        depth = reader.uint(_U8)
        at = _time(reader, at, time)
        until = UnixTime(reader.uint())
        ended_at = None if reader.null() else _time(reader, at, time)
        row = Accreditation(number, parent, agency, type_no, depth, at, until, ended_at)
        require(not until or until > at, f"accreditation {number} is over before it begins")
        if parent:
            _check_delegation(row, accreditations[parent])
        accreditations[number] = row
    return accreditations


def _check_delegation(row: Accreditation, parent: Accreditation) -> None:
    within = not parent.until or 0 < row.until <= parent.until
    same = row.type_no == parent.type_no and row.depth < parent.depth
    require(
        within and same,
        f"accreditation {row.number} goes beyond {parent.number}, from which it is delegated",
    )


def read_types(reader: CborReader, time: int) -> dict[tuple[int, int], TypeVersion]:
    """Member 13, by type and version; versions count from 1."""
    types: dict[tuple[int, int], TypeVersion] = {}
    before = (0, 0xFFFF)  # no version follows: types count from 1
    for _ in range(reader.array()):
        reader.tuple_of(4)
        type_no, version = reader.uint(_U32), reader.uint(_U16)
        follows = (
            version == before[1] + 1
            if type_no == before[0]
            else type_no > before[0] and version == 1
        )
        require(follows, f"version {version} of type {type_no} does not follow")
        before = (type_no, version)
        digest = Digest(reader.fixed_bytes(32))
        types[before] = TypeVersion(type_no, version, digest, _time(reader, 0, time))
    return types


def check_types_registered(
    accreditations: dict[int, Accreditation], types: dict[tuple[int, int], TypeVersion]
) -> None:
    """Every accreditation is for a registered type."""
    for row in accreditations.values():
        require(
            (row.type_no, 1) in types, f"accreditation {row.number} is for an unregistered type"
        )


def read_status_row(
    reader: CborReader, codes: Sequence[AgencyCode], time: int
) -> tuple[tuple[int, int], StatusRecord, int | None]:
    """One row of member 14: what it is sorted by, the row, and where its digest is missing."""
    reader.tuple_of(5)
    position = reader.uint()
    require(position < len(codes), f"no agency stands at position {position}")
    list_no, version = reader.uint(_U32), reader.uint(_U32)
    require(bool(list_no and version), "lists and their versions count from 1")
    at = _time(reader, 0, time)
    gap = reader.position
    missing = reader.null()
    digest = Digest(b"" if missing else reader.fixed_bytes(32))
    record = StatusRecord(codes[position], list_no, version, at, digest)
    return (position, list_no), record, gap if missing else None


def read_steps(
    reader: CborReader, time: int
) -> tuple[tuple[AlgorithmStep, ...], dict[int, AlgorithmTimes]]:
    """Member 15, in journal order, and the times they amount to."""
    steps: list[AlgorithmStep] = []
    algorithms: dict[int, AlgorithmTimes] = {}
    at = UnixTime(0)
    for _ in range(reader.array()):
        reader.tuple_of(4)
        alg, phase, effective_at = reader.integer(), reader.uint(3), UnixTime(reader.uint())
        require(phase > 0, "an algorithm step has no phase")
        at = _time(reader, at, time)
        require(effective_at >= at, "an algorithm step is backdated")
        payload = AlgorithmSet(alg, AlgorithmPhase(phase), effective_at)
        algorithms[alg] = advanced_times(algorithms.get(alg), payload)
        steps.append(AlgorithmStep(alg, payload.phase, effective_at, at))
    return tuple(steps), algorithms


def read_anchors(
    reader: CborReader,
    codes: Sequence[AgencyCode],
    keys: Sequence[KeyRecord],
    complete: frozenset[Kid],
    time: int,
) -> tuple[list[Anchor], dict[bytes, int]]:
    """Member 17, in journal order, and where the earliest anchor of each root and key stands."""
    anchors: list[Anchor] = []
    positions: dict[bytes, int] = {}
    last_batch: dict[AgencyCode, int] = {}
    at = UnixTime(0)
    for position in range(reader.array()):
        reader.tuple_of(7)
        agency, batch_no, root = _code(reader, codes), reader.uint(), Root(reader.fixed_bytes(32))
        size, key_position = reader.uint(MAX_BATCH_SIZE), reader.uint()
        require(key_position < len(keys), f"no key stands at position {key_position}")
        key = keys[key_position]
        at = _time(reader, max(at, key.added_at), time)
        confirmed = reader.boolean()
        rising = batch_no > last_batch.get(agency, 0) and size > 0 and any(root)
        require(rising, f"batch {batch_no} of {agency} does not follow, or is empty")
        require(
            key.agency == agency and key.kid in complete,
            f"batch {batch_no} of {agency} has the wrong key",
        )
        require(
            not confirmed or key.compromise is not None,
            f"batch {batch_no} of {agency} needed no confirming",
        )
        last_batch[agency] = batch_no
        positions.setdefault(root + key.kid, position)
        anchors.append(Anchor(agency, batch_no, root, size, key.kid, at, confirmed))
    return anchors, positions
