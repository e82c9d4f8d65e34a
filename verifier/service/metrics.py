"""Numbers for Prometheus: how many, how long, how old; never anything of a document or a person.

With several workers each writes to files in the folder of PROMETHEUS_MULTIPROC_DIR, which must be
set before this module is imported, and whoever is asked adds up all of them.
"""

from typing import Final, Literal

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    multiprocess,
)

from verifier.examine import Finding
from verifier.report import reason_codes

_Mode = Literal["mostrecent", "min", "livesum"]
CONTENT_TYPE: Final = CONTENT_TYPE_LATEST
_GAUGES: Final[tuple[tuple[str, str, _Mode], ...]] = (
    ("trust_age_seconds", "How long ago somebody vouched for the trust data.", "mostrecent"),
    ("trust_usable", "1 where documents can be judged, else 0.", "min"),
    ("children", "Pictures and PDFs being read now.", "livesum"),
    ("children_waiting", "Pictures and PDFs that wait for a child.", "livesum"),
    ("streams", "Streams under way.", "livesum"),
    ("body_bytes", "Bytes of bodies held in memory.", "livesum"),
)
_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """The counters of one service; `are_shared` where several processes add up."""

    def __init__(self, *, are_shared: bool) -> None:
        self._registry = registry = CollectorRegistry()
        self._are_shared = are_shared
        self._outcomes = Counter(
            "sealroot_documents", "Documents checked.", ["outcome"], registry=registry
        )
        self._codes = Counter(
            "sealroot_codes",
            "Reason codes of what did not pass.",
            ["code"],
            registry=registry,
        )
        self._lines = Counter(
            "sealroot_stream_lines", "Lines of streams answered.", ["outcome"], registry=registry
        )
        self._requests = Counter(
            "sealroot_requests", "Requests answered.", ["route", "status"], registry=registry
        )
        self._seconds = Histogram(
            "sealroot_request_seconds",
            "From a request's headers to the end of its answer.",
            ["route"],
            registry=registry,
            buckets=_SECONDS,
        )
        self._found: dict[tuple[Counter | str, ...], Counter] = {}
        self._times: dict[str, Histogram] = {}
        self._gauges = {
            name: Gauge(f"sealroot_{name}", text, registry=registry, multiprocess_mode=mode)
            for name, text, mode in _GAUGES
        }

    def count(self, finding: Finding) -> None:
        """One finding more."""
        self._one(self._outcomes, finding.outcome.value).inc()
        for code in reason_codes(finding):
            self._one(self._codes, code).inc()

    def count_lines(self, outcomes: dict[str, int]) -> None:
        """So many lines of a stream more, by outcome."""
        for outcome, lines in outcomes.items():
            self._lines.labels(outcome).inc(lines)

    def answered(self, route: str, status: int, seconds: float) -> None:
        """One answer more."""
        self._one(self._requests, route, str(status)).inc()
        times = self._times.get(route)
        if times is None:
            times = self._times[route] = self._seconds.labels(route)
        times.observe(seconds)

    def _one(self, counter: Counter, *labels: str) -> Counter:
        """Return the counter with these labels, which is found faster than by its library.

        Labels are routes, statuses, outcomes and codes: there are few, and strangers choose none.
        """
        found = self._found.get((counter, *labels))
        if found is None:
            found = self._found[counter, *labels] = counter.labels(*labels)
        return found

    def set(self, values: dict[str, float]) -> None:
        """The gauges stand so now."""
        for name, value in values.items():
            self._gauges[name].set(value)

    def text(self) -> bytes:
        """Return all numbers, of all workers, as Prometheus reads them."""
        if not self._are_shared:
            return generate_latest(self._registry)
        together = CollectorRegistry()
        multiprocess.MultiProcessCollector(together)  # type: ignore[no-untyped-call]
        return generate_latest(together)
