"""A verifier's memory on disk: how far it has seen one journal, so that nobody can take it back."""

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from credential.ids import Digest, UnixTime
from registry.errors import ForeignRegistryError, ForkError, RollbackError
from registry.public_folder import write_atomically
from registry.trust_data import Floor, TrustData
from verifier.errors import StoreError

_FLOOR_NAME = "floor.json"
_LOCK_NAME = ".lock"
_MEMBERS = {"version", "chain_id", "contract", "size", "head", "as_of"}
_VERSION = 1


class Memory(NamedTuple):
    """What was seen last, and of which registry."""

    chain_id: int
    contract: bytes
    floor: Floor


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

    def floor_for(self, chain_id: int, contract: bytes) -> Floor | None:
        """Return the floor for a registry; ForeignRegistryError when the store is of another."""
        memory = self.memory()
        if memory is None:
            return None
        _check_registry(memory, chain_id, contract)
        return memory.floor

    def accept(self, trust: TrustData) -> None:
        """The store remembers this trust data; a crash leaves the old memory or the new one, whole.

        Raises RollbackError or ForkError when another process has meanwhile seen later data.
        """
        seen = Memory(trust.state.chain_id, trust.state.contract, trust.floor)
        with self._locked():
            before = self.memory()
            if before == seen:
                return
            if before is not None:
                _check_registry(before, seen.chain_id, seen.contract)
                _check_not_below(before.floor, seen.floor)
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


def _check_registry(memory: Memory, chain_id: int, contract: bytes) -> None:
    if (memory.chain_id, memory.contract) != (chain_id, contract):
        raise ForeignRegistryError("the store belongs to another registry than this trust data")


def _check_not_below(before: Floor, seen: Floor) -> None:
    if seen.size < before.size or seen.as_of < before.as_of:
        raise RollbackError("the store has already seen later trust data")
    if seen.size == before.size and seen.head != before.head:
        raise ForkError("the store has seen another journal of the same size")


def _written(memory: Memory) -> str:
    members = {
        "version": _VERSION,
        "chain_id": memory.chain_id,
        "contract": memory.contract.hex(),
        "size": memory.floor.size,
        "head": memory.floor.head.hex(),
        "as_of": memory.floor.as_of,
    }
    return json.dumps(members, indent=1) + "\n"


def _parsed(text: str, path: Path) -> Memory:
    try:
        members = json.loads(text)
        numbers = [members[name] for name in ("version", "chain_id", "size", "as_of")]
        contract, head = bytes.fromhex(members["contract"]), bytes.fromhex(members["head"])
        exact = members.keys() == _MEMBERS and all(type(number) is int for number in numbers)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _unusable(path) from error
    version, chain_id, size, as_of = numbers
    if not exact or version != _VERSION or (len(contract), len(head)) != (20, 32):
        raise _unusable(path)
    return Memory(chain_id, contract, Floor(size, Digest(head), UnixTime(as_of)))


def _unusable(path: Path) -> StoreError:
    return StoreError(
        f"the store at {path} cannot be read or written. What this verifier has seen so far is not "
        "known, so no document can be judged with it. Repair the file's permissions, or move the "
        "folder away and begin a new store with trust data that you know to be current."
    )
