"""The programs that validators can run, and which consensus engine each of them speaks."""

from enum import Enum

from registry.finality import Engine


class Software(Enum):
    """The program of a validator, as written in network.json."""

    GOQUORUM = "goquorum"
    """QBFT; built here from its Go module."""
    BESU = "besu"
    """QBFT; what production runs. Only its files are made here."""
    GETH = "geth"
    """Clique; built here from its Go module."""

    @property
    def engine(self) -> Engine:
        """The consensus engine this program is used with."""
        return Engine.CLIQUE if self is Software.GETH else Engine.QBFT

    @property
    def has_list_of_senders(self) -> bool:
        """Whether a node refuses transactions of accounts that are not on its list."""
        return self is Software.BESU

    @property
    def can_run_here(self) -> bool:
        """Whether `sealroot network up` can start it."""
        return self is not Software.BESU


def usual_software(engine: Engine) -> Software:
    """Return the program that is run for an engine where nobody names one."""
    return Software.GETH if engine is Engine.CLIQUE else Software.GOQUORUM


def votes_needed(engine: Engine, validators: int) -> int:
    """Return how many validators must sign before a block counts.

    QBFT: ceil(2N/3), at once. Clique: more than half, one in each later block.
    """
    return validators // 2 + 1 if engine is Engine.CLIQUE else -(-2 * validators // 3)


def may_fail(engine: Engine, validators: int) -> int:
    """Return how many validators may be away while blocks are still made and become final."""
    return validators - votes_needed(engine, validators)
