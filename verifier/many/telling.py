"""From one finding to what is told of it, in the forms that a run was asked for."""

import json
from collections.abc import Callable

from registry.trust_data import TrustData
from verifier.arguments import Request
from verifier.examine import Finding
from verifier.explain import explain
from verifier.json_report import json_report
from verifier.many.facts import facts_of
from verifier.many.told import Told
from verifier.report import Setting, summary_line, text_report
from verifier.verdict import Outcome

_JSON_SUFFIXES = frozenset({".json", ".ndjson"})


def teller(request: Request, setting: Setting) -> Callable[[Finding], Told]:
    """Return a function that tells of a finding: JSON and text only where they go anywhere."""
    wants_json = request.as_json or any(
        path.suffix.lower() in _JSON_SUFFIXES for path in request.reports
    )

    def tell(finding: Finding) -> Told:
        return Told(
            outcome=finding.outcome,
            facts=facts_of(finding, setting),
            line=summary_line(finding, setting),
            text="" if request.as_json else _text(finding, setting, request),
            json=_json(finding, setting, request) if wants_json else "",
        )

    return tell


def explanation(finding: Finding, trust: TrustData | None, request: Request) -> list[str]:
    """Return the numbered steps of every credential in a document."""
    if trust is None:
        return []
    return [
        line
        for held, verdict in finding.verdicts
        for line in (*explain(held.sealed, verdict, trust, request.policy), "")
    ]


def _text(finding: Finding, setting: Setting, request: Request) -> str:
    """Return the report of one of many: only of those that are not valid, unless all are wanted."""
    parts = []
    if request.explained or finding.outcome is not Outcome.VALID:
        parts.append(text_report(finding, setting))
    if request.explained:
        parts.append("\n".join(explanation(finding, setting.trust, request)))
    return "".join(part + "\n" for part in parts)


def _json(finding: Finding, setting: Setting, request: Request) -> str:
    document = json_report(finding, setting)
    if request.explained:
        document["steps"] = [*explanation(finding, setting.trust, request)]
    return json.dumps(document)
