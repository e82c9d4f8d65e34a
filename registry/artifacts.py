"""The compiled contracts that ship with the package: ABI and bytecode from registry/abi.

Two of them keep a journal: `Registry` begins one, `CarriedRegistry` goes on with one that moved.
The second has all functions of the first, so that one interface asks either.
"""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal

ContractName = Literal["Registry", "Council", "AccessManager", "CarriedRegistry"]
CONTRACT_NAMES: Final[tuple[ContractName, ...]] = ("Registry", "Council", "AccessManager")
"""The contracts of one registry; its `Registry` may be a `CarriedRegistry`."""

KEEPERS: Final[tuple[ContractName, ...]] = ("Registry", "CarriedRegistry")
"""The contracts that keep a journal."""


@dataclass(frozen=True, slots=True)
class Artifact:
    """One contract as it was compiled."""

    abi: list[dict[str, Any]]
    bytecode: bytes

    def runs_as(self, code: bytes) -> bool:
        """Return whether code found on a chain is what this contract leaves there."""
        return len(code) > 0 and code in self.bytecode


@cache
def artifact(name: ContractName) -> Artifact:
    """Return a compiled contract by its name.

    The interface of `Registry` has the functions of `CarriedRegistry` too, which a contract that
    began its journal itself does not answer.
    """
    made = _compiled(name)
    if name != "Registry":
        return made
    own = [item for item in made.abi if item["type"] == "constructor"]
    rest = [item for item in _compiled("CarriedRegistry").abi if item["type"] != "constructor"]
    return Artifact(own + rest, made.bytecode)


def keeps_a_journal(code: bytes) -> bool:
    """Return whether code found on a chain is that of a registry of this version."""
    return any(artifact(name).runs_as(code) for name in KEEPERS)


def _compiled(name: ContractName) -> Artifact:
    document = json.loads((files("registry") / "abi" / f"{name}.json").read_text("utf-8"))
    return Artifact(document["abi"], bytes.fromhex(document["bytecode"].removeprefix("0x")))


def selector_of(item: dict[str, Any]) -> bytes:
    """Return the first four bytes of the hash of a function's or error's signature."""
    from eth_utils.abi import (  # noqa: PLC0415 - slow to import, and rarely needed
        collapse_if_tuple,
        function_signature_to_4byte_selector,
    )

    signature = f"{item['name']}({','.join(collapse_if_tuple(entry) for entry in item['inputs'])})"
    return bytes(function_signature_to_4byte_selector(signature))
