"""The example of a Besu host under deploy/ is what the code makes."""

import runpy
from pathlib import Path

EXAMPLE = Path(__file__).parents[2] / "deploy" / "besu"


def test_the_checked_in_example_is_what_the_code_makes_today() -> None:
    maker = runpy.run_path(str(EXAMPLE / "make_example.py"))

    held = {path.name: path.read_bytes() for path in (EXAMPLE / "example").iterdir()}

    assert held == maker["example"]()


def test_the_example_holds_no_key() -> None:
    assert not (EXAMPLE / "example" / "node.key").exists()
