"""Statistics: the right counts, and no small number that can be told from the others."""

from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credential.ids import AgencyCode
from credential.status import SlotState
from registry.mirror.recount import count_bundle, count_folder
from registry.mirror.statistics import HIDDEN_TOGETHER, SMALLEST, Node, count, suppressed
from tests.registry.mirror.worlds import busy, mirror_of
from tests.simulator import Simulator

names = st.sampled_from("abcd")
trees = st.dictionaries(st.tuples(names, names, names), st.integers(0, 40), max_size=20)


def every(node: Node) -> list[Node]:
    return [node, *(below for part in node.parts for below in every(part))]


def true_count(counts: dict[tuple[str, ...], int], path: tuple[str, ...]) -> int:
    return sum(number for key, number in counts.items() if key[: len(path)] == path)


@given(counts=trees)
def test_no_published_number_is_small(counts: dict[tuple[str, ...], int]) -> None:
    tree = suppressed("all", counts)

    assert all(
        node.count is None or node.count >= SMALLEST or node.count == 0 for node in every(tree)
    )


@given(counts=trees)
def test_published_numbers_are_the_true_ones(counts: dict[tuple[str, ...], int]) -> None:
    tree = suppressed("all", counts)

    for path, number in tree.walk():
        assert number is None or number == true_count(counts, path)


@settings(max_examples=300)
@given(counts=trees)
def test_no_total_gives_a_number_away(counts: dict[tuple[str, ...], int]) -> None:
    """What is left out under a published total is two numbers or more, and not a small sum."""
    for node in every(suppressed("all", counts)):
        hidden = [part for part in node.parts if part.count is None]
        if node.count is not None and hidden:
            rest = node.count - sum(part.count or 0 for part in node.parts)
            assert len(hidden) >= 2
            assert rest >= HIDDEN_TOGETHER


@given(counts=trees)
def test_nothing_below_a_number_left_out_is_published(counts: dict[tuple[str, ...], int]) -> None:
    for node in every(suppressed("all", counts)):
        assert node.count is not None or all(part.count is None for part in every(node))


@settings(max_examples=40, deadline=None)
@given(counts=st.dictionaries(st.tuples(names), st.integers(1, 15), min_size=1, max_size=4))
def test_each_number_left_out_could_be_another(counts: dict[tuple[str, ...], int]) -> None:
    """Brute force: of all counts that look the same when published, each hidden one differs."""
    seen = suppressed("all", counts)
    hidden = [part.name for part in seen.parts if part.count is None]
    possible: dict[str, set[int]] = {name: set() for name in hidden}
    for values in product(range(1, 31), repeat=min(len(hidden), 2)):
        twin = dict(counts)
        twin.update({(name,): value for name, value in zip(hidden, values, strict=False)})
        if suppressed("all", twin) == seen:
            for name in hidden[:2]:
                possible[name].add(twin[(name,)])

    assert all(len(possible[name]) > 1 for name in hidden[:2])


def test_which_number_hides_a_small_one_does_not_depend_on_the_numbers() -> None:
    """Hiding the smaller of two would say that 11 is not more than what was hidden beside 9."""
    seen = suppressed("all", {("a",): 11, ("b",): 11, ("c",): 9})
    twin = suppressed("all", {("a",): 14, ("b",): 11, ("c",): 6})

    assert seen == twin


def test_batches_and_credentials_are_counted_by_type_agency_and_month() -> None:
    sim = busy(60)

    counted = count(sim.state(), {})

    assert dict(counted.issued.walk())["1", "A1", "2023-11"] == 30 * 7
    assert dict(counted.anchored.walk())["1", "A1"] == 30


def test_agency_with_several_types_is_counted_under_none_of_them() -> None:
    sim = Simulator()
    office = sim.office("A1")
    second = sim.type_documents[0][1].replace(b'"type": 1', b'"type": 2')
    sim.register_type(second)
    sim.accredit("A1", 2)
    sim.anchor(sim.issue(office, {1: "x"}), size=20)

    counted = count(sim.state(), {})

    assert [part.name for part in counted.issued.parts] == ["several"]


def test_revoked_slots_of_the_newest_list_are_counted() -> None:
    sim = Simulator()
    office = sim.office("A1")
    sim.publish_status(office, dict.fromkeys(range(25), SlotState.REVOKED))
    sim.publish_status(office, dict.fromkeys(range(30, 42), SlotState.SUSPENDED))

    counted = count(sim.state(), {(AgencyCode("A1"), 1): office.lists[1]})

    assert (counted.revoked.count, counted.suspended.count) == (25, 12)


def test_missing_list_is_told() -> None:
    sim = Simulator()
    sim.office("A1")

    assert count(sim.state(), {}).lists_missing == 1


def test_folder_and_bundle_give_the_numbers_the_mirror_publishes(tmp_path: Path) -> None:
    sim = busy(30)
    mirror_of(sim, tmp_path / "mirror")
    bundle = tmp_path / "full.srb"
    bundle.write_bytes(sim.full_bundle())

    assert count_folder(tmp_path / "mirror") == count_bundle(bundle)


@pytest.mark.parametrize("counts", [{}, {("a",): 0}])
def test_nothing_is_nothing(counts: dict[tuple[str, ...], int]) -> None:
    assert suppressed("all", counts) == Node("all", 0, ())
