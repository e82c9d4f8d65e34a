"""The arguments of a contract's function as people type them.

A JSON array, turned into what the ABI asks for.
"""

import json
from typing import Any

from registry.addresses import checked_address
from registry.artifacts import CONTRACT_NAMES, ContractName, artifact
from registry.plain_words import explained
from registry.rim_errors import CouncilError


def parse_arguments(contract: str, function: str, arguments: str) -> tuple[ContractName, list[Any]]:
    """Return the contract's name and the arguments by their types.

    Raises `CouncilError` for what does not fit.
    """
    name = next((known for known in CONTRACT_NAMES if known == contract), None)
    if name is None:
        raise _unfit(f"{contract} is none of {', '.join(CONTRACT_NAMES)}")
    inputs = _inputs(name, function)
    try:
        given = json.loads(arguments)
    except ValueError as error:
        raise _unfit(f"{arguments!r} is not JSON") from error
    if not isinstance(given, list) or len(given) != len(inputs):
        named = ", ".join(f"{item['name']} ({item['type']})" for item in inputs)
        raise _unfit(f"{function} takes a JSON array of: {named or 'nothing'}")
    return name, [_typed(item["type"], value) for item, value in zip(inputs, given, strict=True)]


def _inputs(contract: ContractName, function: str) -> list[dict[str, Any]]:
    functions = {
        item["name"]: item for item in artifact(contract).abi if item["type"] == "function"
    }
    if function not in functions:
        raise _unfit(f"the contract {contract} has no function {function}")
    return list(functions[function]["inputs"])


def _typed(kind: str, value: object) -> Any:  # noqa: ANN401 - what the ABI encoder takes
    if kind.endswith("[]") and isinstance(value, list):
        return [_typed(kind.removesuffix("[]"), item) for item in value]
    if kind.startswith("bytes") and isinstance(value, str):
        return _octets(kind, value)
    if kind.startswith(("uint", "int")) and isinstance(value, int) and not isinstance(value, bool):
        return _number(kind, value)
    if kind == "address" and isinstance(value, str):
        return _address(value)
    if (kind == "string" and isinstance(value, str)) or (
        kind == "bool" and isinstance(value, bool)
    ):
        return value
    raise _unfit(f"{value!r} is no {kind}")


def _number(kind: str, value: int) -> int:
    signed = kind.startswith("int")
    bits = int(kind.removeprefix("int" if signed else "uint") or 256)
    low, high = (-(1 << bits - 1), 1 << bits - 1) if signed else (0, 1 << bits)
    if not low <= value < high:
        raise _unfit(f"{value} does not fit {kind}")
    return value


def _address(text: str) -> str:
    try:
        return checked_address(text)
    except ValueError as error:
        raise _unfit(str(error)) from error


def _octets(kind: str, text: str) -> bytes:
    """Hex after 0x; any other text in a 16-byte field is an agency code."""
    if not text.startswith("0x"):
        if kind != "bytes16" or not text.isascii() or len(text) > 16:
            raise _unfit(f"{text!r} is no {kind}: write bytes as 0x and hexadecimal digits")
        return text.encode("ascii").ljust(16, b"\0")
    try:
        octets = bytes.fromhex(text[2:])
    except ValueError as error:
        raise _unfit(f"{text!r} is no {kind}") from error
    if kind != "bytes" and len(octets) != int(kind.removeprefix("bytes")):
        raise _unfit(f"{text!r} has {len(octets)} bytes and is no {kind}")
    return octets


def _unfit(what: str) -> CouncilError:
    return explained(
        CouncilError(what),
        means="Nothing was proposed.",
        way_out="The functions and their arguments are in contracts/IRegistry.sol and "
        "contracts/ICouncil.sol.",
    )
