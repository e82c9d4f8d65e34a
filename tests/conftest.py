"""What concerns every test: real validators are there, or their tests say what is missing."""

import pytest

from network.engines import has_program
from network.software import Software

MISSING = "the validators' programs are not built: run `make engines` (needs Go, about 3 minutes)"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    wanting = [item for item in items if item.get_closest_marker("network")]
    if wanting and not all(map(has_program, (Software.GOQUORUM, Software.GETH))):
        for item in wanting:
            item.add_marker(pytest.mark.skip(reason=MISSING))
