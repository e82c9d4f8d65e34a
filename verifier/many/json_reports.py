"""The report for programs: one JSON document, or one line each (NDJSON), written as they come."""

import json
from collections.abc import Callable

from verifier.arguments import EXIT_CODES
from verifier.fields import rfc3339
from verifier.many.files import ReportFile
from verifier.many.tally import Summary
from verifier.many.told import Told
from verifier.report import Setting


class JsonStream:
    """`{"documents": [...], "outcome": ..., ...}`, a line for each document; ASCII alone."""

    def __init__(self, write: Callable[[str], object], setting: Setting) -> None:
        self._write = write
        self._setting = setting
        self._before = "\n"
        write('{"documents": [')

    def add(self, told: Told) -> None:
        """The list has one document more."""
        self._write(self._before + told.json)
        self._before = ",\n"

    def end(self, summary: Summary) -> None:
        """What was written is JSON."""
        members = json.dumps(ending(summary, self._setting))
        self._write(f"\n],\n{members[1:]}\n")

    def discard(self) -> None:
        """What was written cannot be taken back."""


class JsonReport:
    """A `JsonStream` in a file."""

    def __init__(self, file: ReportFile, setting: Setting) -> None:
        self._file = file
        self._stream = JsonStream(file.write, setting)
        self.add = self._stream.add
        self.discard = file.discard

    def end(self, summary: Summary) -> None:
        """The report is there."""
        self._stream.end(summary)
        self._file.end(is_complete=summary.is_complete)


class NdjsonReport:
    """One line a document, and a last one with `summary` without which the file is not whole."""

    def __init__(self, file: ReportFile, setting: Setting) -> None:
        self._file = file
        self._setting = setting
        self.discard = file.discard

    def add(self, told: Told) -> None:
        """The file has one line more."""
        self._file.write(told.json + "\n")

    def end(self, summary: Summary) -> None:
        """The report is there."""
        self._file.write(json.dumps(ending(summary, self._setting)) + "\n")
        self._file.end(is_complete=summary.is_complete)


def ending(summary: Summary, setting: Setting) -> dict[str, object]:
    """Return what is told of all documents together."""
    return {
        "outcome": summary.outcome.value,
        "exit_code": EXIT_CODES[summary.outcome],
        "complete": summary.is_complete,
        "checked_at": rfc3339(setting.at),
        "summary": {
            "documents": summary.total,
            "checked": summary.done,
            "outcomes": {outcome.value: count for outcome, count in summary.outcomes.items()},
            "codes": summary.codes,
            "duplicates": summary.duplicates,
            "not_read": summary.passed_over,
        },
    }
