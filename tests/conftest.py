"""What concerns every test: its examples, and real validators or what is missing of them."""

import os

import pytest
from hypothesis import settings

from network.engines import has_program
from network.software import Software

MISSING = "the validators' programs are not built: run `make engines` (needs Go, about 3 minutes)"

# Whoever changes something tries new examples each time; the gate is the same for everybody.
settings.register_profile("gate", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("gate")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    wanting = [item for item in items if item.get_closest_marker("network")]
    if wanting and not all(map(has_program, (Software.GOQUORUM, Software.GETH))):
        for item in wanting:
            item.add_marker(pytest.mark.skip(reason=MISSING))
