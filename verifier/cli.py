"""The command `sealroot verify`, which alone in the verifier reads clock and environment.

The steps of the function `run` are those of docs/flows.md, "Verify", with the same numbers.
"""

import json
import os
import sys
import time
import traceback
from collections.abc import Sequence
from typing import TextIO

from credential.display import paragraphs
from credential.errors import SealrootError
from credential.ids import UnixTime
from registry.trust_data import TrustData
from verifier.arguments import Request, parse_request
from verifier.batch import judge_of_many
from verifier.documents import read_document
from verifier.errors import DocumentError
from verifier.examine import Finding, Judge, examine, unread, worst
from verifier.inputs import Listing, Named, content_of, list_inputs
from verifier.reasons import Reason
from verifier.report import Setting, summary_line, text_report
from verifier.trusting import Trusted, fetch_trust
from verifier.verdict import Outcome
from verifier.verify import verify_without_trust
from verifier.words import phrase

EXIT_CODES = {Outcome.VALID: 0, Outcome.INVALID: 1, Outcome.INDETERMINATE: 2}
EXIT_USAGE = 3


def main(words: Sequence[str]) -> int:
    """Print the findings on the documents that are named, and return the exit code."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal without our characters
    try:
        return run(parse_request(words, os.environ), UnixTime(int(time.time())))
    except SealrootError as error:
        _say(f"sealroot verify: {paragraphs(str(error))}", file=sys.stderr)
        return EXIT_USAGE
    except BrokenPipeError:  # whoever read our output has gone; Python must not complain at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_CODES[Outcome.INDETERMINATE]
    except Exception:  # noqa: BLE001  (the outermost loop: a crash must not exit with 1, "INVALID")
        traceback.print_exc()
        return EXIT_CODES[Outcome.INDETERMINATE]


def run(request: Request, clock: UnixTime) -> int:
    """Print the findings and return the exit code; raises what the person has to put right."""
    # 1 what to check, and as of when
    listing = list_inputs(request.inputs)
    now = clock if request.at is None else request.at
    # 2 trust data, once for all documents; the store remembers it
    trusted = fetch_trust(request, clock)
    # 3 each document: read it, judge every credential in it, compare its parts
    judge = _judge(request, trusted, now)
    findings = [_finding(named, judge, now) for named in listing.inputs]
    # 4 say it
    coloured = _on_terminal()
    setting = Setting(request.language, trusted.trust, now, coloured, trusted.anchor)
    if request.as_json:
        _print_json(findings, setting, request)
    else:
        _print_text(findings, listing, setting, trusted, request)
    # 5 the worst outcome is the exit code
    return EXIT_CODES[worst([finding.outcome for finding in findings])]


def _judge(request: Request, trusted: Trusted, now: UnixTime) -> Judge:
    if trusted.trust is None:
        return lambda sealed: verify_without_trust(sealed, trusted.reason, now)
    return judge_of_many(trusted.trust, now, request.policy)


def _finding(named: Named, judge: Judge, now: UnixTime) -> Finding:
    try:
        return examine(named.name, read_document(content_of(named), named.name), judge, now)
    except DocumentError as error:
        return unread(named.name, error)
    except Exception as error:  # noqa: BLE001  (the loop over documents: one must not end the others)
        fault = f"our own fault, please report it: {type(error).__name__}: {error}"
        return unread(named.name, DocumentError(Reason.DOCUMENT_UNREADABLE, fault))


def _print_text(
    findings: list[Finding], listing: Listing, setting: Setting, trusted: Trusted, request: Request
) -> None:
    if trusted.because:
        _say(
            f"{phrase('check', 'trust', setting.language)}: {paragraphs(trusted.because)}\n",
            file=sys.stderr,
        )
    many = len(findings) > 1 or listing.passed_over > 0
    if many:
        for finding in findings:
            _say(summary_line(finding, setting))
        told = phrase("label", "passed_over", setting.language)
        _say(told.format(len(findings), listing.passed_over) + "\n")
    for finding in findings:
        if not many or request.explained or finding.outcome is not Outcome.VALID:
            _say(text_report(finding, setting))
        if request.explained:
            _say("\n".join(_explanation(finding, trusted.trust, request)))


def _print_json(findings: list[Finding], setting: Setting, request: Request) -> None:
    from verifier.json_report import json_report  # noqa: PLC0415  (only those who ask pay for it)

    documents = [json_report(finding, setting) for finding in findings]
    if request.explained:
        for document, finding in zip(documents, findings, strict=True):
            document["steps"] = [*_explanation(finding, setting.trust, request)]
    outcome = worst([finding.outcome for finding in findings])
    told = {"outcome": outcome.value, "exit_code": EXIT_CODES[outcome], "documents": documents}
    _say(json.dumps(told, indent=1))  # ASCII only: nothing in it can act on a terminal


def _explanation(finding: Finding, trust: TrustData | None, request: Request) -> list[str]:
    if trust is None:
        return []
    from verifier.explain import explain  # noqa: PLC0415  (only those who ask pay for it)

    return [
        line
        for held, verdict in finding.verdicts
        for line in (*explain(held.sealed, verdict, trust, request.policy), "")
    ]


def _say(text: str, *, file: TextIO | None = None) -> None:
    """The text and a line end are written, by default to standard output."""
    (file or sys.stdout).write(text + "\n")


def _on_terminal() -> bool:
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ
