"""What a proposal would call: contract, function and arguments, and the calls inside it.

Decoded on this machine from the call data alone; nothing that anyone tells about it is used.
"""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from eth_abi.exceptions import DecodingError
from web3.exceptions import Web3Exception

from registry.artifacts import ContractName
from registry.chain import decode_call, encode_call

DEEPEST: Final = 3
MOST_INSIDE: Final = 32


class DecodedCall(NamedTuple):
    """One call; `contract` is None for a target that is none of ours, `function` for unknown bytes.

    `is_exact` is false where the bytes are not those that the function and its arguments encode to:
    something more hides in them.
    """

    target: str
    data: bytes
    contract: ContractName | None = None
    function: str | None = None
    arguments: Mapping[str, Any] = {}
    is_exact: bool = True
    inside: tuple["DecodedCall", ...] = ()

    def all(self) -> list["DecodedCall"]:
        """Return this call and all within it, outermost first."""
        return [self, *(call for inner in self.inside for call in inner.all())]


def decoded(
    contracts: Mapping[str, ContractName], target: str, data: bytes, depth: int = 0
) -> DecodedCall:
    """Return what some call data means; `contracts` are ours by their address in small letters."""
    contract = contracts.get(target.lower())
    if contract is None:
        return DecodedCall(target, data)
    try:
        function, arguments = decode_call(contract, data)
        again = encode_call(contract, function, list(arguments.values()))
    except (ValueError, TypeError, OverflowError, DecodingError, Web3Exception):
        return DecodedCall(target, data, contract)
    call = DecodedCall(target, data, contract, function, arguments, again == data)
    if depth >= DEEPEST:
        return call
    inside = [decoded(contracts, *one, depth=depth + 1) for one in _within(call)[:MOST_INSIDE]]
    return call._replace(inside=tuple(inside))


def _within(call: DecodedCall) -> list[tuple[str, bytes]]:
    """The calls that a call makes or schedules, with their targets."""
    arguments = call.arguments
    if call.function == "multicall":
        return [(call.target, bytes(data)) for data in arguments["data"]]
    if "target" in arguments and isinstance(arguments.get("data"), bytes):
        return [(str(arguments["target"]), arguments["data"])]
    return []
