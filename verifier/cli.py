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
from verifier.arguments import EXIT_CODES, Request, parse_request
from verifier.batch import judge_of_many
from verifier.documents import Reading, read_document
from verifier.errors import DocumentError
from verifier.examine import Finding, Judge, examine, unread, with_pages
from verifier.inputs import Named, content_of, list_inputs
from verifier.pages.findings import PageCode, not_compared
from verifier.pages.writing import make_folder, write_pictures
from verifier.reasons import Reason
from verifier.report import Setting, text_report
from verifier.trusting import Trusted, fetch_trust
from verifier.verdict import Outcome
from verifier.verify import verify_without_trust
from verifier.words import phrase

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
    setting = Setting(request.language, trusted.trust, now, _on_terminal(), trusted.anchor)
    judge = _judge(request, trusted, now)
    if trusted.because and not request.as_json:
        told = f"{phrase('check', 'trust', setting.language)}: {paragraphs(trusted.because)}\n"
        _say(told, file=sys.stderr)
    # 3 each document: read it, judge every credential in it, compare its parts and pages; 4 say it
    if request.differences is not None:
        make_folder(request.differences)

    def find(named: Named) -> Finding:
        return _finding(named, request, trusted, judge, now)

    if len(listing.inputs) == 1 and not listing.passed_over and not request.reports:
        finding = find(listing.inputs[0])
        _print_one(finding, setting, request)
        outcome = finding.outcome
    else:
        from verifier.many.command import verify_documents  # noqa: PLC0415  (one need not load it)

        summary = verify_documents(request, listing, find, setting)
        outcome = summary.outcome
    # 5 the worst outcome is the exit code
    return EXIT_CODES[outcome]


def _judge(request: Request, trusted: Trusted, now: UnixTime) -> Judge:
    if trusted.trust is None:
        return lambda sealed: verify_without_trust(sealed, trusted.reason, now)
    return judge_of_many(trusted.trust, now, request.policy)


def _finding(
    named: Named, request: Request, trusted: Trusted, judge: Judge, now: UnixTime
) -> Finding:
    try:
        content = content_of(named)
        reading = read_document(content, named.name)
        finding = examine(named.name, reading, judge, now)
        if reading.hints is None:
            return finding
        return _with_pages(finding, reading, content, request, trusted)
    except DocumentError as error:
        return unread(named.name, error)
    except Exception as error:  # noqa: BLE001  (the loop over documents: one must not end the others)
        fault = f"our own fault, please report it: {type(error).__name__}: {error}"
        return unread(named.name, DocumentError(Reason.DOCUMENT_UNREADABLE, fault))


def _with_pages(
    finding: Finding, reading: Reading, content: bytes, request: Request, trusted: Trusted
) -> Finding:
    """Return the finding with what its pages show beside what was signed (docs/flows.md)."""
    if not request.compares_pages:
        return with_pages(finding, not_compared(PageCode.COMPARE_NOT_ASKED))
    from verifier.pages.comparing import compared  # noqa: PLC0415  (only PDFs pay for it)

    is_pictured = request.differences is not None
    finding = compared(finding, reading, content, trusted.trust, is_pictured=is_pictured)
    if request.differences is not None:
        write_pictures(finding, content, request.differences)
    return finding


def _print_one(finding: Finding, setting: Setting, request: Request) -> None:
    steps: list[str] = []
    if request.explained:
        from verifier.many.telling import explanation  # noqa: PLC0415  (only those who ask pay)

        steps = explanation(finding, setting.trust, request)
    if not request.as_json:
        _say(text_report(finding, setting))
        if request.explained:
            _say("\n".join(steps))
        return
    from verifier.json_report import json_report  # noqa: PLC0415  (only those who ask pay for it)

    document = json_report(finding, setting)
    if request.explained:
        document["steps"] = [*steps]
    code = EXIT_CODES[finding.outcome]
    told = {"outcome": finding.outcome.value, "exit_code": code, "complete": True}
    _say(json.dumps({**told, "documents": [document]}, indent=1))  # ASCII: cannot act on a terminal


def _say(text: str, *, file: TextIO | None = None) -> None:
    """The text and a line end are written, by default to standard output."""
    (file or sys.stdout).write(text + "\n")


def _on_terminal() -> bool:
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ
