"""A small drill on real validators: everything is killed at random, and nothing is lost."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.network,
    pytest.mark.slow,
    pytest.mark.enable_socket,
    pytest.mark.timeout(1_200),
]
ISSUES = 200


def test_a_drill_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    words = ["--issues", ISSUES, "--offices", 2, "--job-rows", 25, "--minutes", 12, "--json"]
    done = subprocess.run(
        [Path(sys.executable).parent / "sealroot", "drill", "--out", tmp_path, *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        env=dict(os.environ),
    )

    found = json.loads(done.stdout)

    assert done.returncode == 0, (found, done.stderr)
    assert found["released"] == ISSUES
    assert (found["lost"], found["doubled"], found["not_valid"]) == (0, 0, 0)
    assert found["validators_killed"] >= 3
    assert found["halts"] >= 1
