"""The answer to one line of a stream: a few words by default, or all that a report says."""

import json
from typing import Final, Protocol

from credential.merkle import leaf_hash
from credential.sealed import decode_sealed
from registry.anchor_file import TrustAnchor
from registry.mirror.problems import Problem
from verifier.documents import Held
from verifier.errors import DocumentError
from verifier.examine import Judge
from verifier.json_report import Json, json_report
from verifier.reasons import Reason
from verifier.report import Setting
from verifier.service.judging import Sitting, finding_of
from verifier.service.line_in import parsed_line
from verifier.service.problems import RefusedError
from verifier.verdict import Outcome, Result, Verdict
from verifier.verify import malformed
from verifier.words import Language

_PASS, _SKIPPED = Result.PASS, Result.SKIPPED
_OPEN: Final = Outcome.INDETERMINATE.value


class Answering(Protocol):
    """Answers lines of a stream."""

    def answer(self, number: int, line: bytes | None, sitting: Sitting) -> tuple[str, bytes]:
        """Return the outcome and the answer to a line; every line has one, also a broken one."""


def error_line(number: int, problem: Problem, language: Language) -> bytes:
    """Return the answer to a line that asks nothing: its document is not known."""
    told = problem.members(language)
    error = {name: told[name] for name in ("type", "title", "detail")}
    members = {"line": number, "outcome": _OPEN, "codes": _UNREAD, "error": error}
    return json.dumps(members, separators=(",", ":")).encode("ascii") + b"\n"


_UNREAD: Final = [Reason.DOCUMENT_UNREADABLE.value]


class CompactLines:
    """Outcome, the codes of what did not pass, and the leaf hash of the entry."""

    def __init__(self, language: Language) -> None:
        self._language = language

    def answer(self, number: int, line: bytes | None, sitting: Sitting) -> tuple[str, bytes]:
        """Return the outcome and the answer to a line."""
        try:
            asked = parsed_line(line)
        except RefusedError as refused:
            return _OPEN, error_line(number, refused.problem, self._language)
        reading, leaf = asked.document.reading, "null"
        if isinstance(reading, DocumentError):
            outcome, codes = _OPEN, [reading.reason.value]
        else:
            held = reading.held[0]
            verdict = _verdict(held, sitting.judge, sitting.at)
            outcome = verdict.outcome.value
            codes = [
                check.reason.value
                for check in verdict.checks
                if check.result is not _PASS and check.result is not _SKIPPED
            ]
            if verdict.entry is not None:
                leaf = f'"{_leaf(held.sealed, verdict, sitting).hex()}"'
        told = "" if asked.id is None else f',"id":{json.dumps(asked.id)}'
        quoted = '","'.join(codes)
        listed = f'["{quoted}"]' if codes else "[]"
        body = f'{{"line":{number}{told},"outcome":"{outcome}","codes":{listed},"leaf":{leaf}}}\n'
        return outcome, body.encode("ascii")


class FullLines:
    """The report of each document, as `/verify` answers it, with the line's number."""

    def __init__(self, language: Language, anchor: TrustAnchor | None) -> None:
        self._language = language
        self._anchor = anchor

    def answer(self, number: int, line: bytes | None, sitting: Sitting) -> tuple[str, bytes]:
        """Return the outcome and the answer to a line."""
        try:
            asked = parsed_line(line)
        except RefusedError as refused:
            return _OPEN, error_line(number, refused.problem, self._language)
        document = asked.document
        finding = finding_of(document.name, document.reading, sitting)
        setting = Setting(self._language, sitting.standing.trust, sitting.at, anchor=self._anchor)
        told = {} if asked.id is None else {"id": asked.id}
        report: dict[str, Json] = {"line": number, **told, **json_report(finding, setting)}
        body = sitting.writers[self._language].written(report, finding)
        return finding.outcome.value, body.encode("ascii") + b"\n"


def _leaf(sealed: bytes, verdict: Verdict, sitting: Sitting) -> bytes:
    """Return the leaf hash of the entry just judged; where its root was sought it is known."""
    if verdict.root is not None:
        return sitting.paths.last_leaf
    return leaf_hash(decode_sealed(sealed).entry)


def _verdict(held: Held, judge: Judge, at: int) -> Verdict:
    """Return the verdict on the one credential of a line, as `examine` has it."""
    if held.fault is not None:
        return malformed(held.fault, at)
    return judge(held.sealed)
