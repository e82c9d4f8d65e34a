"""Where other people's vectors are, as test parameters; where they are absent the tests say so."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(os.environ.get("SEALROOT_VECTORS", Path(__file__).parents[3] / "shared" / "vectors"))
_ABSENT = pytest.mark.skip(reason=f"no published vectors at {FOLDER}: set SEALROOT_VECTORS")


def files(pattern: str) -> list[Any]:
    """Return one parameter for each vector file, or one skipped parameter where there is none."""
    found = sorted(FOLDER.glob(pattern))
    if not found:
        return [pytest.param(None, marks=_ABSENT, id="absent")]
    return [pytest.param(path, id=str(path.relative_to(FOLDER))) for path in found]


def cases(file_name: str) -> list[Any]:
    """Return one parameter (test group, test) for each test of a Wycheproof file."""
    path = FOLDER / file_name
    if not path.exists():
        return [pytest.param(None, None, marks=_ABSENT, id="absent")]
    groups = json.loads(path.read_text())["testGroups"]
    return [
        pytest.param(group, test, id=f"tcId-{test['tcId']}")
        for group in groups
        for test in group["tests"]
    ]
