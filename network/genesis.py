"""The first block of a network: who its validators are, and the rules all its blocks keep.

Gas is counted and costs nothing: the forks stop at Berlin, before blocks had a base fee.
"""

from collections.abc import Sequence
from typing import Any, Final

import rlp

from network.software import Software
from registry.finality import Engine

EPOCH_LENGTH: Final = 30_000
"""Blocks after which votes on validators that did not pass are forgotten."""
GAS_LIMIT: Final = 200_000_000
VANITY: Final = bytes(32)
SEAL_OF_CLIQUE: Final = bytes(65)
QBFT_MIX_HASH: Final = "0x63746963616c2062797a616e74696e65206661756c7420746f6c6572616e6365"
"""Keccak-256 of "Istanbul practical byzantine fault tolerance": marks the blocks of this family."""
NO_HASH: Final = "0x" + "00" * 32
NOBODY: Final = "0x" + "00" * 20
LARGEST_TRANSACTION_KIB: Final = 128
FORKS: Final = (
    "homesteadBlock",
    "eip150Block",
    "eip155Block",
    "eip158Block",
    "byzantiumBlock",
    "constantinopleBlock",
    "petersburgBlock",
    "istanbulBlock",
    "berlinBlock",
)


def genesis(
    software: Software,
    *,
    chain_id: int,
    validators: Sequence[bytes],
    block_seconds: int,
    round_seconds: int,
) -> dict[str, Any]:
    """Return the genesis file of these validators, given by their 20-byte addresses.

    `round_seconds` is how long QBFT waits for a block before another validator proposes one.
    """
    qbft = software.engine is Engine.QBFT
    config: dict[str, Any] = {"chainId": chain_id, **dict.fromkeys(FORKS, 0)}
    match software:
        case Software.GETH:
            config["clique"] = {"period": block_seconds, "epoch": EPOCH_LENGTH}
        case Software.GOQUORUM:
            config |= {
                "isQuorum": True,
                "txnSizeLimit": LARGEST_TRANSACTION_KIB,
                "qbft": {
                    **_qbft(block_seconds, round_seconds),
                    "policy": 0,  # proposers take turns
                    "ceil2Nby3Block": 0,  # the quorum is ceil(2N/3) from the first block
                },
            }
        case Software.BESU:
            config["qbft"] = _qbft(block_seconds, round_seconds)
    return {
        "config": config,
        "nonce": "0x0",
        "timestamp": "0x0",
        "extraData": "0x" + (qbft_extra(validators) if qbft else clique_extra(validators)).hex(),
        "gasLimit": hex(GAS_LIMIT),
        "difficulty": "0x1",
        "mixHash": QBFT_MIX_HASH if qbft else NO_HASH,
        "coinbase": NOBODY,
        "alloc": {},
    }


def qbft_extra(validators: Sequence[bytes]) -> bytes:
    """Return the extra data of a QBFT genesis block: validators, no vote, round 0, no seals."""
    return rlp.encode([VANITY, sorted(validators), [], b"", []])  # type: ignore[no-any-return] # rlp ships no types


def clique_extra(signers: Sequence[bytes]) -> bytes:
    """Return the extra data of a Clique genesis block (EIP-225)."""
    return VANITY + b"".join(sorted(signers)) + SEAL_OF_CLIQUE


def _qbft(block_seconds: int, round_seconds: int) -> dict[str, int]:
    return {
        "epochlength": EPOCH_LENGTH,
        "blockperiodseconds": block_seconds,
        "requesttimeoutseconds": round_seconds,
    }
