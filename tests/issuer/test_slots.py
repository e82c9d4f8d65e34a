from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from issuer.slots import SlotOrder

SEED = bytes(range(32))


@pytest.mark.parametrize("capacity", [1, 2, 3, 4, 5, 64, 100, 1000, 4096, 4097])
def test_every_slot_is_given_away_exactly_once(capacity: int) -> None:
    order = SlotOrder(SEED, capacity)

    given_away = [order.index(counter) for counter in range(capacity)]

    assert sorted(given_away) == list(range(capacity))


@settings(max_examples=60, deadline=None)
@given(
    seed=st.binary(min_size=32, max_size=32),
    capacity=st.integers(1, 131_072),
    counters=st.lists(st.integers(0, 131_071), max_size=50),
)
def test_two_counters_never_share_a_slot(seed: bytes, capacity: int, counters: list[int]) -> None:
    order = SlotOrder(seed, capacity)
    wanted = {counter % capacity for counter in counters}

    assert len({order.index(counter) for counter in wanted}) == len(wanted)


def test_another_seed_gives_another_order() -> None:
    first = [SlotOrder(SEED, 1000).index(n) for n in range(50)]
    second = [SlotOrder(SEED[::-1], 1000).index(n) for n in range(50)]

    assert first != second


def test_neighbours_in_time_are_no_neighbours_in_the_list() -> None:
    order = SlotOrder(SEED, 131_072)
    slots = [order.index(n) for n in range(1000)]

    close = sum(abs(a - b) < 64 for a, b in pairwise(slots))

    assert close < 10


def test_a_counter_past_the_end_is_refused() -> None:
    with pytest.raises(ValueError, match="past the end"):
        SlotOrder(SEED, 10).index(10)


@pytest.mark.parametrize("capacity", [0, 67_108_865])
def test_a_list_of_impossible_size_is_refused(capacity: int) -> None:
    with pytest.raises(ValueError, match="slots"):
        SlotOrder(SEED, capacity)


def test_a_short_seed_is_refused() -> None:
    with pytest.raises(ValueError, match="seed"):
        SlotOrder(b"short", 10)
