"""Revert bytes of our contracts, decoded by their ABI into errors a person can act on."""

from functools import cache
from typing import Any, Final, NamedTuple

from eth_abi.abi import decode as abi_decode
from eth_abi.exceptions import DecodingError
from web3.exceptions import ContractLogicError, Web3RPCError

from registry.artifacts import CONTRACT_NAMES, artifact, selector_of
from registry.plain_words import explained
from registry.refusal_words import REFUSALS
from registry.rim_errors import ContractRefusedError

NOTHING_CHANGED: Final = (
    "Nothing changed on the chain: the contract refuses such an act as a whole."
)
_TIME_ARGUMENTS: Final = frozenset({"since", "latest", "until", "effectiveAt", "readyAt"})


class Revert(NamedTuple):
    """A contract's custom error with its arguments by name."""

    name: str
    arguments: dict[str, Any]


def refusal(error: ContractLogicError | Web3RPCError) -> ContractRefusedError:
    """Return our error for a revert, with the contract's reason where it gives one we know."""
    revert = decode_revert(_revert_bytes(error))
    if revert is None:
        what, way_out = (
            f"without a reason that we know ({_first_line(error)})",
            "Compare the contract with this release.",
        )
        return _explained(what, way_out, "unknown")
    told = _told(revert.arguments)
    if revert.name not in REFUSALS:
        named = ", ".join(f"{name} {value}" for name, value in told.items())
        return _explained(f"{revert.name} ({named})", "Check the arguments.", revert.name)
    words, way_out = REFUSALS[revert.name]
    return _explained(words.format_map(told), way_out, revert.name)


def decode_revert(revert: bytes) -> Revert | None:
    """Return the custom error in revert bytes, or None where it is none of ours."""
    found = _errors_by_selector().get(revert[:4])
    if found is None:
        return None
    inputs = found["inputs"]
    try:
        values = abi_decode([item["type"] for item in inputs], revert[4:])
    except DecodingError:
        return None
    return Revert(found["name"], dict(zip((item["name"] for item in inputs), values, strict=True)))


@cache
def _errors_by_selector() -> dict[bytes, dict[str, Any]]:
    errors = (
        item for name in CONTRACT_NAMES for item in artifact(name).abi if item["type"] == "error"
    )
    return {selector_of(item): item for item in errors}


def _revert_bytes(error: ContractLogicError | Web3RPCError) -> bytes:
    found = error.data if isinstance(error, ContractLogicError) else _reported_data(error)
    if isinstance(found, dict):
        found = found.get("data")
    if not isinstance(found, str) or not found.startswith("0x"):
        return b""
    try:
        return bytes.fromhex(found[2:])
    except ValueError:
        return b""


def _reported_data(error: Web3RPCError) -> object:
    response = error.rpc_response
    reported = response.get("error") if response else None
    return reported.get("data") if isinstance(reported, dict) else None


def _told(arguments: dict[str, Any]) -> dict[str, str]:
    return {name: _value(name, value) for name, value in arguments.items()}


def _value(name: str, value: object) -> str:
    if isinstance(value, bytes):
        return (
            value.rstrip(b"\0").decode("ascii", "replace") if name.endswith("Code") else value.hex()
        )
    return f"{value} (Unix seconds)" if name in _TIME_ARGUMENTS else str(value)


def _explained(what: str, way_out: str, reason: str) -> ContractRefusedError:
    refused = ContractRefusedError(f"the contract refused: {what}", reason)
    return explained(refused, means=NOTHING_CHANGED, way_out=way_out)


def _first_line(error: BaseException) -> str:
    return (str(error) or type(error).__name__).splitlines()[0][:160]
