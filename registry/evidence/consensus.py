"""Which rules the validators of a chain seal by: what a trust anchor says beside their names."""

from enum import IntEnum
from typing import NamedTuple


class SealEngine(IntEnum):
    """The consensus engine, as numbered in evidence.md."""

    QBFT = 1
    CLIQUE = 2


class Consensus(NamedTuple):
    """The engine, and after how many blocks it forgets the votes that have not carried."""

    engine: SealEngine
    epoch: int
