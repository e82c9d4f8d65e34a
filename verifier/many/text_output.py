"""What a person reads of many documents: a line each, then why some are not valid, a summary."""

import shutil
import tempfile
from collections.abc import Iterator
from typing import TextIO

from verifier.many.tally import Summary
from verifier.many.told import Told
from verifier.report import Setting, padded
from verifier.words import phrase

_KEPT_IN_MEMORY = 1 << 20
_MOST_CODES = 20


class TextOutput:
    """Lines as they come; under a moving bar on the same screen, and longer reports, at the end."""

    def __init__(self, out: TextIO, setting: Setting, *, at_once: bool) -> None:
        self._out = out
        self._setting = setting
        self._reports = _spool()
        self._kept_lines = None if at_once else _spool()

    def add(self, told: Told) -> None:
        """The document's line is written, or kept for the end; its longer report is kept."""
        line = told.line
        if told.facts.duplicate_of:
            same = phrase("many", "duplicate", self._setting.language)
            line += f"  ({same.format(told.facts.duplicate_of)})"
        (self._kept_lines or self._out).write(line + "\n")
        self._reports.write(told.text)

    def end(self, summary: Summary) -> None:
        """Everything is written: lines, reports of those that need words, the summary."""
        try:
            if self._kept_lines is not None:
                self._copy(self._kept_lines)
            told = phrase("label", "passed_over", self._setting.language)
            self._out.write(told.format(summary.done, summary.passed_over) + "\n\n")
            self._copy(self._reports)
            for line in _summary_lines(summary, self._setting):
                self._out.write(line + "\n")
        finally:
            self.discard()

    def discard(self) -> None:
        """What was kept is forgotten."""
        self._reports.close()
        if self._kept_lines is not None:
            self._kept_lines.close()

    def _copy(self, kept: TextIO) -> None:
        kept.seek(0)
        shutil.copyfileobj(kept, self._out)


def _spool() -> TextIO:
    return tempfile.SpooledTemporaryFile(  # type: ignore[return-value]  # it has what we use
        _KEPT_IN_MEMORY, "w+", encoding="utf-8", errors="backslashreplace", newline=""
    )


def _summary_lines(summary: Summary, setting: Setting) -> Iterator[str]:
    language = setting.language
    yield phrase("many", "summary", language)
    rows = [(phrase("many", o.value, language), count) for o, count in summary.outcomes.items()]
    rows += [(f"  {code}", count) for code, count in [*summary.codes.items()][:_MOST_CODES]]
    if summary.duplicates:
        rows.append((phrase("many", "duplicates", language), summary.duplicates))
    for title, count in rows:
        yield f"  {padded(title, 56)} {count:>9,}"
    if not summary.is_complete:
        yield ""
        yield phrase("many", "incomplete", language).format(summary.done, summary.total)
