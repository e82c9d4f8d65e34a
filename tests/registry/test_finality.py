"""How many blocks must follow before an entry counts."""

import pytest

from registry.finality import Engine, finality_depth


@pytest.mark.parametrize(
    ("engine", "validators", "depth"),
    [
        (Engine.HARDHAT, 1, 0),
        (Engine.QBFT, 7, 0),
        (Engine.CLIQUE, 1, 1),
        (Engine.CLIQUE, 4, 3),
        (Engine.CLIQUE, 5, 3),
    ],
)
def test_depth_is_more_than_half_of_the_validators_only_where_blocks_can_be_replaced(
    engine: Engine, validators: int, depth: int
) -> None:
    assert finality_depth(engine, validators) == depth
