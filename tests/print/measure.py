"""Measures how printed documents are read, and writes the table of docs/print-realism.md.

    python -m tests.print.measure [--count 40] [--demanded 200] [--write]

It ends with 1 where a demand is missed: 99 of 100, and never a text that is not the printed one,
for any reader.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.print.conditions import CONDITIONS, Condition
from tests.print.papers import KINDS, paper, papers
from tests.print.readers import READERS, Reading, has_zbar, measured

PAGE = Path(__file__).parents[2] / "docs" / "print-realism.md"
HEADING = "## Measured\n\n"
RESOLUTIONS = (150, 300)
DEMAND = 0.99
_AT_A_TIME = 20


class Row(NamedTuple):
    """One condition at one resolution: readings by reader."""

    condition: Condition
    dots_per_inch: int
    count: int
    readings: dict[str, Reading]

    def share(self, reader: str) -> float:
        return self.readings[reader].read / self.count


def measure(condition: Condition, dots_per_inch: int, count: int, readers: list[str]) -> Row:
    """The readings of so many pictures, a few in memory at a time."""
    found = dict.fromkeys(readers, Reading(0, 0, 0.0))
    ready = papers(count, dots_per_inch)
    for first in range(0, count, _AT_A_TIME):
        some = ready[first : first + _AT_A_TIME]
        pictures = [condition.apply(one.picture, first + at) for at, one in enumerate(some)]
        texts = [one.text for one in some]
        for reader in readers:
            one = measured(READERS[reader], pictures, texts)
            found[reader] = Reading(*map(sum, zip(found[reader], one, strict=True)))
    return Row(condition, dots_per_inch, count, found)


def missed(rows: list[Row]) -> Iterator[str]:
    """Every demand that is not met, in words."""
    for row in rows:
        for reader, found in row.readings.items():
            where = f"{reader}, {row.dots_per_inch} dpi, {row.condition.name}"
            if found.wrong:
                yield f"{where}: {found.wrong} texts that nobody printed"
            if row.condition.is_demanded and row.share(reader) < DEMAND:
                yield f"{where}: {found.read} of {row.count} read"


def table(rows: list[Row]) -> str:
    """What stands on the page below its heading."""
    readers = [reader for reader in READERS if reader in rows[0].readings]
    total = sum(row.count for row in rows)
    resolutions = sorted({row.dots_per_inch for row in rows})
    heads = " | ".join(f"{reader} {dots}" for dots in resolutions for reader in readers)
    lines = [
        f"{total:,} pictures. Kinds in turn: {_versions()}.",
        "",
        f"| condition | pictures | {heads} |",
        "|---|---|" + "---|" * (len(readers) * len(resolutions)),
    ]
    for condition in CONDITIONS:
        by_dots = {row.dots_per_inch: row for row in rows if row.condition is condition}
        shares = (f"{by_dots[d].share(r):.0%}" for d in resolutions for r in readers)
        name = f"**{condition.name}**" if condition.is_demanded else condition.name
        count = " + ".join(str(by_dots[dots].count) for dots in resolutions)
        lines.append(f"| {name} | {count} | {' | '.join(shares)} |")
    wrong = sum(found.wrong for row in rows for found in row.readings.values())
    lines += ["", f"Texts read that nobody printed: **{wrong}**."]
    return "\n".join(lines) + "\n"


def _versions() -> str:
    return ", ".join(f"{kind} (version {paper(kind, 0, 150).version})" for kind in KINDS)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.print.measure", description=__doc__)
    parser.add_argument("--count", type=int, default=40, help="pictures of each condition")
    parser.add_argument("--demanded", type=int, default=200, help="of each demanded condition")
    parser.add_argument("--dpi", type=int, nargs="+", default=RESOLUTIONS, help="resolutions")
    parser.add_argument("--write", action="store_true", help="write docs/print-realism.md")
    asked = parser.parse_args(arguments)
    readers = [reader for reader in READERS if reader != "zbar" or has_zbar()]
    if "zbar" not in readers:
        sys.stdout.write("zbar is not measured: `apt-get install zbar-tools`\n")
        if asked.write:
            return 1  # a page without a reader would say less than the one that is there
    rows = []
    for dots_per_inch in asked.dpi:
        for condition in CONDITIONS:
            count = asked.demanded if condition.is_demanded else asked.count
            row = measure(condition, dots_per_inch, count, readers)
            rows.append(row)
            told = "  ".join(
                f"{reader} {row.share(reader):4.0%} ({row.readings[reader].wrong} wrong)"
                for reader in readers
            )
            sys.stdout.write(f"{dots_per_inch} dpi  {condition.name:38} {told}\n")
            sys.stdout.flush()
    if asked.write:
        words = PAGE.read_text(encoding="utf-8").partition(HEADING)[0]
        PAGE.write_text(words + HEADING + table(rows), encoding="utf-8")
    faults = [*missed(rows)]
    sys.stdout.write("".join(f"MISSED: {fault}\n" for fault in faults))
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
