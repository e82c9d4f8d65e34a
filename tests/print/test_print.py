"""Printed documents are read as people photograph them; `make print-check` measures far more."""

from collections.abc import Sequence

import pytest
from PIL import Image

from tests.print.conditions import CONDITIONS, Condition
from tests.print.papers import KINDS, papers
from tests.print.readers import OURS, READERS, Reading, has_zbar, measured

DEMANDED = 8
"""Pictures of each demanded condition: two of each kind of document."""


def read(reader: str, condition: Condition, count: int, dots_per_inch: int = 150) -> Reading:
    ready = papers(count, dots_per_inch)
    pictures: Sequence[Image.Image] = [
        condition.apply(one.picture, seed) for seed, one in enumerate(ready)
    ]
    return measured(READERS[reader], pictures, [one.text for one in ready])


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    "condition", [pytest.param(one, id=one.name) for one in CONDITIONS if one.is_demanded]
)
def test_every_reader_reads_every_print_at_150_dots_turned_tilted_and_mildly_blurred(
    reader: str, condition: Condition
) -> None:
    if reader not in OURS and not has_zbar():
        pytest.skip("zbarimg is not here: `apt-get install zbar-tools`")

    found = read(reader, condition, DEMANDED)

    assert (found.read, found.wrong) == (DEMANDED, 0)


def test_a_picture_is_the_same_for_the_same_seed_and_another_for_another() -> None:
    picture = papers(1, 150)[0].picture.resize((240, 150))
    for condition in CONDITIONS:
        first, again, other = (condition.apply(picture, seed).tobytes() for seed in (1, 1, 2))
        assert first == again, condition.name
        if len(condition.changes) > 1:
            assert first != other, condition.name


def test_the_papers_are_those_that_are_printed() -> None:
    versions = [one.version for one in papers(len(KINDS), 150)]

    assert versions[0] <= 14
    assert max(versions) == versions[-1] == 25


def test_a_blurred_print_is_read_by_sharpening_where_its_code_seems_to_be() -> None:
    blurred = next(one for one in CONDITIONS if one.name == "5 degrees, blur 1.4")

    found = read("verify", blurred, 4)

    assert found.read >= 3
    assert found.wrong == 0
