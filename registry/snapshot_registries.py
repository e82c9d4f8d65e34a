"""The rows of a snapshot about whole registries: earlier homes, and recognitions of others.

docs/formats/bundle.md, members 19 and 20. Each is there exactly where it is not empty, so that a
snapshot of a journal without them is what it always was.
"""

from typing import Final, NamedTuple

from credential.ids import UnixTime
from registry.cbor_reader import CborReader
from registry.errors import SnapshotError
from registry.lineage import Home, RegistryId
from registry.payload_codec import MAX_RECOGNITION_TAIL_BYTES
from registry.recognition import Recognition

_EARLIER_HOMES: Final = 19
_RECOGNITIONS: Final = 20


class Registries(NamedTuple):
    """What members 19 and 20 say."""

    earlier_homes: tuple[Home, ...] = ()
    recognitions: tuple[Recognition, ...] = ()


def read_registries(
    reader: CborReader, count: int, *, current: RegistryId, size: int, time: int
) -> Registries:
    """The last `count` members of a snapshot of `size` entries, up to `time`, of this registry.

    Raises SnapshotError or FormatError for what no replay could have left.
    """
    homes: tuple[Home, ...] = ()
    recognitions: tuple[Recognition, ...] = ()
    expected = _EARLIER_HOMES
    for left in range(count, 0, -1):
        member = reader.uint()
        if not expected <= member <= _RECOGNITIONS - (left - 1):
            raise SnapshotError(f"member {member} of the snapshot stands where it cannot")
        if member == _EARLIER_HOMES:
            homes = _read_homes(reader, size)
        else:
            first = homes[0].registry if homes else current
            recognitions = _read_recognitions(reader, first, time)
        expected = member + 1
    return Registries(homes, recognitions)


def _read_homes(reader: CborReader, size: int) -> tuple[Home, ...]:
    """Each was left at a journalCarried, which follows the entry that named the next one."""
    homes: list[Home] = []
    first, least = 0, 1
    for _ in range(reader.array(1)):
        reader.tuple_of(3)
        chain_id, contract, end = reader.uint(), _contract(reader), reader.uint()
        if not least <= end < size:
            raise SnapshotError(f"a home cannot have been left at entry {end}")
        homes.append(Home(chain_id, contract, first, end))
        first, least = end, end + 2
    return tuple(homes)


def _read_recognitions(
    reader: CborReader, first_home: RegistryId, time: int
) -> tuple[Recognition, ...]:
    read: list[Recognition] = []
    newest: dict[RegistryId, Recognition] = {}  # no older one can still be in force
    at = 0
    for number in range(1, reader.array(1) + 1):
        row = _read_recognition(reader, number, at, time)
        at = row.at
        registry = (row.chain_id, row.contract)
        if registry == first_home:
            raise SnapshotError(f"recognition {number} is for this registry itself")
        before = newest.get(registry)
        if before is not None and before.in_force(row.at):
            raise SnapshotError(f"recognition {number} is for a registry recognised already")
        newest[registry] = row
        read.append(row)
    return tuple(read)


def _read_recognition(reader: CborReader, number: int, least: int, most: int) -> Recognition:
    reader.tuple_of(6)
    chain_id, contract = reader.uint(), _contract(reader)
    at, until = UnixTime(reader.uint()), UnixTime(reader.uint())
    ended_at = None if reader.null() else UnixTime(reader.uint())
    tail = reader.byte_string(MAX_RECOGNITION_TAIL_BYTES)
    if not least <= at <= most or not (ended_at is None or at <= ended_at <= most):
        raise SnapshotError(f"the times of recognition {number} are out of order")
    if not chain_id or (until and until <= at) or not tail:
        raise SnapshotError(f"recognition {number} could not have been given")
    return Recognition(number, chain_id, contract, at, until, ended_at, tail)


def _contract(reader: CborReader) -> bytes:
    contract = reader.fixed_bytes(20)
    if not any(contract):
        raise SnapshotError("a registry is the zero address")
    return contract
