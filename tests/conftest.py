"""What concerns every test: its examples, and real validators or what is missing of them."""

import os

import pytest
from hypothesis import settings

from network.engines import has_program
from network.software import Software

NOT_ASKED = (
    "real validators take ten minutes: `make engines` once (needs Go), then `make test-network`"
)
MISSING = "the validators' programs are not built: run `make engines` (needs Go, about 3 minutes)"

# Whoever changes something tries new examples each time; the gate is the same for everybody.
settings.register_profile("gate", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("gate")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    reason = None if os.environ.get("SEALROOT_TEST_NETWORK") else NOT_ASKED
    if reason is None and not all(map(has_program, (Software.GOQUORUM, Software.GETH))):
        reason = MISSING
    for item in items:
        if reason is not None and item.get_closest_marker("network"):
            item.add_marker(pytest.mark.skip(reason=reason))
