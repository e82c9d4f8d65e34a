"""The table and the file that the benchmarks end in: every key with its target, met or missed."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from rich.console import Console
from rich.table import Table

RESULTS_PATH: Final = Path(__file__).parent / "results.json"


class Measured(NamedTuple):
    """What one group of measurements found: values by key, and what else is worth knowing."""

    values: dict[str, float]
    details: dict[str, object]


@dataclass(frozen=True, slots=True)
class Target:
    """What a key should reach: at most `limit`, or at least where `at_least`; `aim` is the hope."""

    key: str
    limit: float
    unit: str
    at_least: bool = False
    aim: float | None = None

    def met(self, value: float) -> bool:
        """Return whether the value reaches the limit."""
        return value >= self.limit if self.at_least else value <= self.limit

    @property
    def bound(self) -> str:
        """The limit as people write it."""
        return f"{'≥' if self.at_least else '≤'} {self.limit:,g}"


TARGETS: Final = (
    Target("verify_over_p256", 0.7, "of one P-256 verify", aim=0.45),
    Target("verify_over_claim169", 1.0, "of claim169's time"),
    Target("batch_verify_per_s", 40_000, "credentials/s", at_least=True, aim=100_000),
    Target("signature_path_over_p256", 1.7, "of one P-256 verify"),
    Target("seal_per_s", 50_000, "credentials/s", at_least=True),
    Target("seal_cost_growth", 1.1, "100,000 against 1,000"),
    Target("seal_bytes_per_credential", 1_024, "bytes"),
    Target("qr_version_single", 14, "version at M"),
    Target("qr_version_4096", 23, "version at M"),
    Target("qr_draw_ms", 3.0, "ms"),
    Target("pdf_pages_per_s", 25, "pages/s", at_least=True),
    Target("folder_pdfs_per_s", 15, "PDFs/s, two cores", at_least=True, aim=30),
    Target("image_to_verdict_ms", 1.5, "ms"),
    Target("anchor_gas", 75_000, "gas"),
    Target("replay_100k_s", 2.0, "s"),
    Target("lite_bundle_kb", 300, "KB"),
    Target("lite_bundle_load_ms", 300, "ms"),
    Target("network_anchors_per_s", 35, "anchors/s", at_least=True, aim=200),
    Target("evidence_check_ms", 50, "ms"),
    Target("mirror_bundle_per_s", 500, "requests/s", at_least=True),
    Target("mirror_range_per_s", 500, "requests/s", at_least=True),
    Target("sync_100k_s", 10, "s"),
    Target("http_verify_per_s", 2_500, "requests/s", at_least=True),
    Target("http_verify_p99_ms", 50, "ms"),
    Target("http_rss_growth_pct", 5, "% in five minutes"),
    Target("batch_stream_per_s", 30_000, "credentials/s", at_least=True),
    Target("browser_verify_median_ms", 3, "ms"),
    Target("browser_verify_p95_ms", 3, "ms"),
    Target("browser_shown_ms", 100, "ms"),
    Target("browser_ready_ms", 1_500, "ms"),
    Target("page_kb", 1_536, "KiB"),
)


def results_text(values: Mapping[str, float], details: Mapping[str, object]) -> str:
    """Return what `results.json` holds: every key in the order of the targets, then the details."""
    measured = [target for target in TARGETS if target.key in values]
    ordered: dict[str, object] = {target.key: None for target in TARGETS}
    ordered |= {target.key: _short(values[target.key]) for target in measured}
    ordered["missed"] = [target.key for target in measured if not target.met(values[target.key])]
    ordered["not_measured"] = [target.key for target in TARGETS if target.key not in values]
    ordered["details"] = dict(details)
    return json.dumps(ordered, indent=2, ensure_ascii=False) + "\n"


def print_results(
    console: Console, values: Mapping[str, float], not_measured: Collection[str] = ()
) -> bool:
    """Print a table of the keys; return whether all that were measured met their targets."""
    table = Table(title="Sealroot benchmarks", title_justify="left")
    for heading in ("key", "measured", "target", "aim", "unit", ""):
        right = heading in {"measured", "target", "aim"}
        table.add_column(heading, justify="right" if right else "left")
    measured = [target for target in TARGETS if target.key in values]
    for target in measured:
        value = values[target.key]
        mark = "[green]met[/]" if target.met(value) else "[bold red]MISSED[/]"
        aim = "" if target.aim is None else f"{target.aim:,g}"
        table.add_row(target.key, written(value), target.bound, aim, target.unit, mark)
    for target in TARGETS:
        if target.key in not_measured:
            table.add_row(target.key, "-", target.bound, "", target.unit, "[yellow]not measured[/]")
    console.print(table)
    return all(target.met(values[target.key]) for target in measured)


def written(value: float) -> str:
    """Return a value with as many digits as it is worth."""
    return f"{value:,.0f}" if value >= 1_000 or value == int(value) else f"{value:.3g}"


def _short(value: float) -> float:
    return round(value) if value >= 1_000 else float(f"{value:.4g}")
