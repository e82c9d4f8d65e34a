"""What a node may answer to each JSON-RPC call, checked before anything else looks at it.

An answer of another shape is no answer. An error is one of two things that must never be mistaken
for each other: the contract's refusal (a revert), or some trouble of the node itself.
"""

import json
import re
import sys
from collections.abc import Callable
from typing import Any, Final

from web3.exceptions import ContractLogicError, Web3RPCError

from registry.node_http import NoAnswerError

# A library that web3 imports lets Python recurse a hundred times deeper than usual. Deeply nested
# JSON from a node would then end this process by a full stack instead of raising an error.
USUAL_RECURSION_LIMIT: Final = 1_000
if sys.getrecursionlimit() >= 100_000:
    sys.setrecursionlimit(USUAL_RECURSION_LIMIT)

MAX_BYTES: Final = 1_048_576
MAX_BYTES_OF_LOGS: Final = 4_194_304
_QUANTITY: Final = re.compile(r"0x[0-9a-fA-F]{1,64}")
_BYTES: Final = re.compile(r"0x(?:[0-9a-fA-F]{2})*")
_HASH: Final = re.compile(r"0x[0-9a-fA-F]{64}")
_ADDRESS: Final = re.compile(r"0x[0-9a-fA-F]{40}")
_REVERTED: Final = 3
"""The code geth gives a revert; Besu and others say it in words only."""
_MAX_TOLD: Final = 200


def most_bytes(method: str) -> int:
    """Return how long the answer to a call may be."""
    return MAX_BYTES_OF_LOGS if method == "eth_getLogs" else MAX_BYTES


def read_answer(method: str, number: int, body: bytes) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Return the result in the answer to call `number`.

    Raises `NoAnswerError` for anything that is no answer to it, `ContractLogicError` for a revert
    with its bytes as `data`, and `Web3RPCError` for every other error a node reports.
    """
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NoAnswerError("its answer is not JSON") from error
    if not isinstance(answer, dict):
        raise NoAnswerError("its answer is no JSON-RPC")
    if answer.get("error") is not None:
        raise _reported(answer["error"])
    if "result" not in answer or answer.get("id") != number:
        raise NoAnswerError("its answer is no JSON-RPC, or belongs to another question")
    shape = _SHAPES.get(method)
    if shape is not None and not shape(answer["result"]):
        raise NoAnswerError(f"its answer to {method} has not the form that belongs to it")
    return answer["result"]


def _reported(error: object) -> ContractLogicError | Web3RPCError:
    told = error if isinstance(error, dict) else {"message": str(error)[:_MAX_TOLD]}
    message = _first_line(told.get("message"))
    reverted = _revert_bytes(told.get("data"))
    if told.get("code") == _REVERTED or len(reverted) > 2 or "revert" in message.lower():
        return ContractLogicError(message, data=reverted)
    return Web3RPCError(message)


def _revert_bytes(told: object) -> str:
    found = told.get("data") if isinstance(told, dict) else told
    if isinstance(found, str):
        found = found.removeprefix("Reverted ")
        if _BYTES.fullmatch(found):
            return found
    return "0x"


def _first_line(message: object) -> str:
    lines = message.splitlines() if isinstance(message, str) else []
    return (lines[0] if lines else "an error without words")[:_MAX_TOLD]


def _matches(pattern: re.Pattern[str]) -> Callable[[object], bool]:
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


_is_quantity: Final = _matches(_QUANTITY)
_is_hash: Final = _matches(_HASH)
_is_address: Final = _matches(_ADDRESS)


def _is_block(value: object) -> bool:
    """Whether it is a block, or null for one the node has not; a pending one has no hash yet."""
    if value is None:
        return True
    return (
        isinstance(value, dict)
        and _is_quantity(value.get("timestamp"))
        and (value.get("hash") is None or _is_hash(value["hash"]))
        and (value.get("number") is None or _is_quantity(value["number"]))
    )


def _is_receipt(value: object) -> bool:
    if value is None:
        return True
    return (
        isinstance(value, dict)
        and value.get("status") in {"0x0", "0x1"}
        and _is_quantity(value.get("blockNumber"))
        and _is_hash(value.get("blockHash"))
        and _is_hash(value.get("transactionHash"))
        and _is_address(value.get("from"))
    )


def _are_logs(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, dict) for one in value)


_SHAPES: Final[dict[str, Callable[[object], bool]]] = {
    "eth_chainId": _is_quantity,
    "eth_blockNumber": _is_quantity,
    "eth_getTransactionCount": _is_quantity,
    "eth_estimateGas": _is_quantity,
    "eth_getCode": _matches(_BYTES),
    "eth_call": _matches(_BYTES),
    "eth_sendRawTransaction": _is_hash,
    "eth_getTransactionReceipt": _is_receipt,
    "eth_getBlockByNumber": _is_block,
    "eth_getLogs": _are_logs,
}
