"""What nodes say when they do not take a transaction, in the words of each client.

There are no codes for these: geth, GoQuorum, Besu, Hardhat and anvil each have their own sentences.
A sentence nobody knows is a trouble of the node, never a refusal by the registry.
"""

from enum import Enum
from typing import Final


class NodeWord(Enum):
    """What a node meant."""

    KNOWN = "it has exactly these bytes already"
    NONCE_USED = "the chain has counted past this nonce"
    NONCE_OCCUPIED = "other bytes with this nonce wait for a block"
    NODE_TROUBLE = "anything else: this node cannot or may not take it now"
    REVERTED = "the contract itself refused, in a node that makes its blocks at once"


_SENTENCES: Final = (
    (NodeWord.KNOWN, ("already known", "known transaction", "already imported", "already exists")),
    (NodeWord.NONCE_OCCUPIED, ("replacement transaction underpriced", "could not replace")),
    # Said by a node that lags behind the one that told the nonce: another node may take it.
    (NodeWord.NODE_TROUBLE, ("nonce too high", "nonce is too high", "nonce gap", "too distant")),
    (
        NodeWord.NONCE_USED,
        (
            "nonce too low",
            "nonce is too low",
            "nonce below",
            "nonce has already been used",
            "oldnonce",
            "expected nonce to be",
        ),
    ),
    (NodeWord.REVERTED, ("revert",)),
)


def understood(sentence: str) -> NodeWord:
    """Return what a node meant by the error it gave for a transaction."""
    told = sentence.lower()
    for word, parts in _SENTENCES:
        if any(part in told for part in parts):
            return word
    return NodeWord.NODE_TROUBLE
