"""`make bench`: every number the project claims, measured again and held against its target."""

import argparse
import os
import platform
import sys
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import nullcontext
from importlib.metadata import version
from pathlib import Path
from typing import Final, NamedTuple

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from benchmarks import (
    browser,
    chain,
    documents,
    evidence,
    folders,
    mirror,
    network,
    sealing,
    service,
    symbols,
    trust,
    verifying,
)
from benchmarks.measure import one_core
from benchmarks.results import RESULTS_PATH, TARGETS, Measured, print_results, results_text

_PEERS: Final = ("claim169", "cwt", "sd-jwt", "cryptography", "cbor2", "zxing-cpp", "typst")


class Group(NamedTuple):
    """Measurements that share what they are made of; the chain runs in a process of its own."""

    title: str
    keys: tuple[str, ...]
    measure: Callable[..., Measured]
    on_one_core: bool = True


GROUPS: Final = (
    Group("sealing", sealing.KEYS, sealing.measure),  # first, since it weighs the whole process
    Group("verdicts", verifying.KEYS, verifying.measure),
    Group("QR symbols", symbols.KEYS, symbols.measure),
    Group("PDF pages", documents.KEYS, documents.measure),
    Group("folders of PDFs", folders.KEYS, folders.measure, on_one_core=False),
    Group("trust", trust.KEYS, trust.measure),
    Group("gas on the local chain", chain.KEYS, chain.measure, on_one_core=False),
    Group("four validators", network.KEYS, network.measure, on_one_core=False),
    Group("chain evidence", evidence.KEYS, evidence.measure),
    Group("mirrors", mirror.KEYS, mirror.measure, on_one_core=False),
    Group("the verifier's service", service.KEYS, service.measure, on_one_core=False),
    Group("scan page", browser.KEYS, browser.measure, on_one_core=False),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Return 0 once everything is measured; with `--strict` 1 where a target was missed.

    `results.json` is written by a whole run alone: a part or a quick one is for looking.
    """
    options = _options(arguments)
    groups = [group for group in GROUPS if not options.only or set(group.keys) & set(options.only)]
    console = Console(width=None if sys.stdout.isatty() else 110)
    wall, own = time.perf_counter(), time.process_time()
    found = _measured(groups, console, quick=options.quick)
    values = {key: value for one in found.values() for key, value in one.values.items()}
    details: dict[str, object] = {"machine": machine(), "versions": versions()}
    details |= {title: one.details for title, one in found.items()}
    details["wall clock seconds"] = round(time.perf_counter() - wall)
    details["processor seconds"] = round(time.process_time() - own)
    asked = _asked(values, options.only)
    absent = {key for group in groups for key in group.keys} - values.keys()
    met = print_results(console, asked, _asked_keys(absent, options.only))
    for title, one in found.items():
        if "not measured" in one.details:
            console.print(f"{title}: not measured, because {one.details['not measured']}")
    _explain_missed(console, found, asked)
    if options.only or options.quick:
        console.print("Not written to results.json: only a whole run is.")
    else:
        RESULTS_PATH.write_text(results_text(values, details), encoding="utf-8")
        console.print(f"Written to {os.path.relpath(RESULTS_PATH)}")
    return int(options.strict and not met)


def _measured(groups: Sequence[Group], console: Console, *, quick: bool) -> dict[str, Measured]:
    found = {}
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=not console.is_terminal) as progress:
        for group in groups:
            task = progress.add_task(group.title, total=1)
            with one_core() if group.on_one_core else nullcontext():
                found[group.title] = group.measure(quick=quick)
            progress.update(task, completed=1)
    return found


def _explain_missed(
    console: Console, found: Mapping[str, Measured], asked: Mapping[str, float]
) -> None:
    """Where a target was missed, what its group knows about where the time goes is printed."""
    missed = {
        target.key for target in TARGETS if not target.met(asked.get(target.key, target.limit))
    }
    for title, one in found.items():
        if missed & one.values.keys():
            console.print(f"\n[bold]{title}[/]: where it goes")
            console.print_json(data=one.details)


def _asked(values: dict[str, float], only: Collection[str]) -> dict[str, float]:
    return {key: value for key, value in values.items() if not only or key in only}


def _asked_keys(keys: Collection[str], only: Collection[str]) -> set[str]:
    return {key for key in keys if not only or key in only}


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    keys = [target.key for target in TARGETS]
    parser.add_argument(
        "--only", nargs="+", metavar="KEY", choices=keys, default=[], help=", ".join(keys)
    )
    parser.add_argument(
        "--quick", action="store_true", help="fewer rounds and smaller inputs; rougher numbers"
    )
    parser.add_argument("--strict", action="store_true", help="exit 1 where a target is missed")
    return parser.parse_args(arguments)


def machine() -> dict[str, object]:
    """Return what the numbers were measured on."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor()
    found = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(found, platform.processor())


def versions() -> dict[str, str]:
    """Return the versions of the peers and of the libraries that do the heavy work."""
    return {name: version(name) for name in _PEERS}


if __name__ == "__main__":
    raise SystemExit(main())
