"""Reports as JSON text; what reports of one moment share is written once."""

import json
from typing import Final

from verifier.examine import Finding
from verifier.json_report import Json
from verifier.verdict import Check

_MOST_REMEMBERED: Final = 1_000
_ENCODER: Final = json.JSONEncoder(separators=(",", ":"))


class ReportWriter:
    """Writes the reports of one sitting in one language: their checks and trust data repeat."""

    def __init__(self) -> None:
        self._checks: dict[tuple[Check, ...], str] = {}
        self._trust: str | None = None

    def written(self, report: dict[str, Json], finding: Finding) -> str:
        """Return the report as JSON in ASCII; its members are in no order."""
        checks = finding.verdict.checks if finding.verdict is not None else ()
        shared = self._checks.get(checks)
        if shared is None:
            if len(self._checks) > _MOST_REMEMBERED:
                self._checks.clear()
            shared = self._checks[checks] = _ENCODER.encode(report["checks"])
        if self._trust is None:
            self._trust = _ENCODER.encode(report["trust"])
        own = _ENCODER.encode(
            {name: value for name, value in report.items() if name not in {"checks", "trust"}}
        )
        return f'{own[:-1]},"checks":{shared},"trust":{self._trust}}}'
