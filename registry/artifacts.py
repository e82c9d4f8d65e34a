"""The compiled contracts that ship with the package: ABI and bytecode from registry/abi."""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal

ContractName = Literal["Registry", "Council", "AccessManager"]
CONTRACT_NAMES: Final[tuple[ContractName, ...]] = ("Registry", "Council", "AccessManager")


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
    """Return a compiled contract by its name."""
    document = json.loads((files("registry") / "abi" / f"{name}.json").read_text("utf-8"))
    return Artifact(document["abi"], bytes.fromhex(document["bytecode"].removeprefix("0x")))


def selector_of(item: dict[str, Any]) -> bytes:
    """Return the first four bytes of the hash of a function's or error's signature."""
    from eth_utils.abi import (  # noqa: PLC0415 - slow to import, and rarely needed
        function_signature_to_4byte_selector,
    )

    signature = f"{item['name']}({','.join(entry['type'] for entry in item['inputs'])})"
    return bytes(function_signature_to_4byte_selector(signature))
