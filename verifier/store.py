"""A verifier's memory on disk: how far it has seen one journal, so that nobody can take it back.

So too of every registry that this one recognises and whose bundle it has seen as a guest.
"""

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from credential.ids import Digest, UnixTime
from registry.bundle import NO_FLOORS
from registry.errors import ForeignRegistryError, ForkError, RollbackError
from registry.lineage import RegistryId
from registry.public_folder import write_atomically
from registry.trust_data import Floor, TrustData
from verifier.errors import StoreError

_FLOOR_NAME = "floor.json"
_LOCK_NAME = ".lock"
_VERSION = 1


class Memory(NamedTuple):
    """What was seen last, and of which registry; `floor.homes` ends with the one in force then."""

    chain_id: int
    contract: bytes
    floor: Floor
    guests: Mapping[RegistryId, Floor] = NO_FLOORS
    """By the registry that a recognition names; also while no bundle carries it any more."""


class TrustStore:
    """The highest journal size with its head, and the latest as-of time, of one registry."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def memory(self) -> Memory | None:
        """Return what must not be gone below, or None for a store that has seen nothing yet.

        Raises StoreError when it is there but cannot be understood: starting anew would forget it.
        """
        path = self._folder / _FLOOR_NAME
        try:
            text = path.read_text(encoding="ascii")
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise _unusable(path) from error
        return _parsed(text, path)

    def floor(self) -> Floor | None:
        """Return the floor with the homes it was seen in, for `open_bundle`, which compares them.

        None for a store that has seen nothing yet.
        """
        memory = self.memory()
        return None if memory is None else memory.floor

    def floor_for(self, homes: Sequence[RegistryId]) -> Floor | None:
        """Return the floor for a registry, by all its homes.

        Raises ForeignRegistryError when the store is of another.
        """
        memory = self.memory()
        if memory is None:
            return None
        _check_registry(memory, homes)
        return memory.floor

    def guest_floors(self) -> Mapping[RegistryId, Floor]:
        """Return the floors of recognised registries, by the registry the recognition names."""
        memory = self.memory()
        return NO_FLOORS if memory is None else memory.guests

    def accept(self, trust: TrustData) -> None:
        """The store remembers this trust data; a crash leaves the old memory or the new one, whole.

        Raises RollbackError or ForkError when another process has meanwhile seen later data.
        """
        seen = Memory(trust.state.chain_id, trust.state.contract, trust.floor, trust.guest_floors)
        with self._locked():
            before = self.memory()
            if before is not None:
                _check_registry(before, seen.floor.homes)
                _check_not_below(before.floor, seen.floor)
                seen = seen._replace(guests=_guests_after(before.guests, seen.guests))
            if before == seen:
                return
            try:
                write_atomically(self._folder / _FLOOR_NAME, _written(seen).encode("ascii"), 0o600)
            except OSError as error:
                raise _unusable(self._folder) from error

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold the store alone: an older memory must not be written over a newer one."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(self._folder / _LOCK_NAME, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise _unusable(self._folder) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def _check_registry(memory: Memory, homes: Sequence[RegistryId]) -> None:
    if not set(memory.floor.homes) & set(homes):
        raise ForeignRegistryError("the store belongs to another registry than this trust data")


def _check_not_below(before: Floor, seen: Floor) -> None:
    if seen.size < before.size or seen.as_of < before.as_of:
        raise RollbackError("the store has already seen later trust data")
    if seen.size == before.size and seen.head != before.head:
        raise ForkError("the store has seen another journal of the same size")


def _guests_after(
    before: Mapping[RegistryId, Floor], seen: Mapping[RegistryId, Floor]
) -> Mapping[RegistryId, Floor]:
    """Return what is remembered of guests once these were seen; none is ever forgotten."""
    for registry, floor in seen.items():
        if registry in before:
            _check_not_below(before[registry], floor)
    return {**before, **seen}


def _written(memory: Memory) -> str:
    members: dict[str, object] = {
        "version": _VERSION,
        **_registry_members(memory.chain_id, memory.contract, memory.floor),
    }
    if memory.guests:
        members["guests"] = [
            _registry_members(*registry, floor) for registry, floor in memory.guests.items()
        ]
    return json.dumps(members, indent=1) + "\n"


def _registry_members(chain_id: int, contract: bytes, floor: Floor) -> dict[str, object]:
    members: dict[str, object] = {
        "chain_id": chain_id,
        "contract": contract.hex(),
        "size": floor.size,
        "head": floor.head.hex(),
        "as_of": floor.as_of,
    }
    if floor.homes != ((chain_id, contract),):  # it has moved: every home, the oldest first
        members["homes"] = [[number, address.hex()] for number, address in floor.homes]
    return members


def _parsed(text: str, path: Path) -> Memory:
    try:
        members = json.loads(text)
        version, guests = members.pop("version"), members.pop("guests", [])
        if type(version) is not int or version != _VERSION:
            raise _unusable(path)
        home, floor = _read_registry(members)
        return Memory(*home, floor, dict(_read_registry(guest) for guest in guests))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _unusable(path) from error


def _read_registry(members: dict[str, object]) -> tuple[RegistryId, Floor]:
    """Return a registry and its floor; raises ValueError or TypeError for anything else."""
    told = members.pop("homes", [])
    match members:
        case {
            "chain_id": int(chain_id),
            "contract": str(contract),
            "size": int(size),
            "head": str(head),
            "as_of": int(as_of),
            **others,
        } if not (
            others
            or not isinstance(told, list)
            or any(type(number) is bool for number in (chain_id, size, as_of))
        ):
            address, word = bytes.fromhex(contract), bytes.fromhex(head)
            homes = tuple(map(_read_home, told or [[chain_id, contract]]))
            if (len(address), len(word)) == (20, 32):
                return (chain_id, address), Floor(size, Digest(word), UnixTime(as_of), homes)
        case _:
            pass
    raise ValueError("not what a store writes of a registry")


def _read_home(told: object) -> RegistryId:
    match told:
        case [int(chain_id), str(contract)] if type(chain_id) is not bool and len(contract) == 40:
            return chain_id, bytes.fromhex(contract)
        case _:
            raise ValueError("not what a store writes of a home")


def _unusable(path: Path) -> StoreError:
    return StoreError(
        f"the store at {path} cannot be read or written. What this verifier has seen so far is not "
        "known, so no document can be judged with it. Repair the file's permissions, or move the "
        "folder away and begin a new store with trust data that you know to be current."
    )
