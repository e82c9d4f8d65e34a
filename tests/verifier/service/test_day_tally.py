"""Counting strangers' documents by the day, in memory that does not grow."""

import sys
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from verifier.service.day_tally import DayTally

DAY = 20_000


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 500)), max_size=60))
def test_a_few_addresses_are_counted_exactly(uses: list[tuple[str, int]]) -> None:
    tally, exact = DayTally(), Counter[str]()
    for subject, documents in uses:
        tally.add(subject, documents, DAY)
        exact[subject] += documents

    assert {one: tally.of(one, DAY) for one in "abcdef"} == {one: exact[one] for one in "abcdef"}


def test_with_more_addresses_than_counters_none_is_counted_too_low() -> None:
    tally = DayTally()
    for number in range(100_000):
        tally.add(f"10.0.{number >> 8}.{number & 255}", number % 7, DAY)

    found = [tally.of(f"10.0.{number >> 8}.{number & 255}", DAY) for number in range(100_000)]

    over = [have - number % 7 for number, have in enumerate(found)]
    assert min(over) >= 0
    assert sum(over) / len(over) < 10


def test_memory_is_the_same_for_one_address_and_for_many() -> None:
    tally = DayTally()
    before = sys.getsizeof(tally._counters)
    for number in range(10_000):
        tally.add(str(number), 1, DAY)

    assert sys.getsizeof(tally._counters) == before < 1 << 21
    assert len(vars(tally)) == 3


def test_a_new_day_begins_at_nothing() -> None:
    tally = DayTally()
    tally.add("198.51.100.7", 9, DAY)

    assert tally.of("198.51.100.7", DAY + 1) == 0


def test_counters_end_at_their_largest_number_and_do_not_begin_again() -> None:
    tally = DayTally()
    for _ in range(3):
        tally.add("198.51.100.7", 1 << 31, DAY)

    assert tally.of("198.51.100.7", DAY) == (1 << 32) - 1


def test_two_tallies_place_an_address_differently() -> None:
    one, other = DayTally(), DayTally()

    assert one._places("198.51.100.7") != other._places("198.51.100.7")
