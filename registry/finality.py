"""After how many blocks an entry can no longer change, for each kind of chain."""

from enum import Enum


class Engine(Enum):
    """The consensus engine of a chain, as written in the settings."""

    HARDHAT = "hardhat"
    """The local chain of demonstrations: one node, nothing is ever replaced."""
    QBFT = "qbft"
    """Byzantine fault tolerant (Besu, GoQuorum): a block is final as soon as it is there."""
    CLIQUE = "clique"
    """Proof of authority (geth).

    A block is safe once more than half of the validators built on it.
    """


def finality_depth(engine: Engine, validators: int) -> int:
    """Return how many blocks must follow the block of an entry before it counts."""
    return validators // 2 + 1 if engine is Engine.CLIQUE else 0
