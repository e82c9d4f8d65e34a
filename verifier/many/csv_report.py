"""The report as CSV (RFC 4180) for spreadsheets: UTF-8 with a mark, and no cell is a formula."""

import csv
import io
import re

from verifier.fields import rfc3339
from verifier.many.facts import Facts
from verifier.many.files import ReportFile
from verifier.many.tally import Summary
from verifier.many.told import Told
from verifier.reasons import Reason
from verifier.report import Setting
from verifier.words import phrase, reason_words

BYTE_ORDER_MARK = "\ufeff"  # without it spreadsheets take the text for another encoding
COLUMNS = ("no", *Facts._fields, "says", "checked_at", "trust_as_of", "evidence_strength")

# A spreadsheet takes a cell for a formula by its first character, the wide forms of East Asian
# keyboards too; one that splits at another separator than ours finds further cells inside of ours.
_BREAKS = re.compile("[\r\n\t\v\f\0]+")
_FORMULA = re.compile("(^|[;,|\"'])([\\s\u2066-\u2069]*)(?=[=+\\-@＝＋－＠﹣﹢])")


class CsvReport:
    """One line a document, below a line of headings."""

    def __init__(self, file: ReportFile, setting: Setting) -> None:
        self._file = file
        self._language = setting.language
        self._line = io.StringIO()
        self._writer = csv.writer(self._line, quoting=csv.QUOTE_ALL)
        self._number = 0
        trust = setting.trust
        self._always = (
            rfc3339(setting.at),
            "" if trust is None else rfc3339(trust.evidence.as_of),
            "" if trust is None else str(int(trust.evidence.strength)),
        )
        file.write(BYTE_ORDER_MARK)
        self._write(COLUMNS)

    def add(self, told: Told) -> None:
        """The report has the document's line."""
        self._number += 1
        facts = told.facts
        says = ""
        if facts.codes:
            says = reason_words(Reason(facts.codes[0]), self._language).says
        flat = facts._asdict() | {
            "codes": " ".join(facts.codes),
            "page_codes": " ".join(facts.page_codes),
            "confirmed": "true" if facts.confirmed else "false",
        }
        self._write((str(self._number), *flat.values(), says, *self._always))

    def end(self, summary: Summary) -> None:
        """The report is there; broken off, its last line says how far it came."""
        if not summary.is_complete:
            told = phrase("many", "incomplete", self._language)
            words = told.format(summary.done, summary.total)
            self._write(("", words, *[""] * (len(COLUMNS) - 2)))
        self._file.end(is_complete=summary.is_complete)

    def discard(self) -> None:
        """Nothing of the report is left."""
        self._file.discard()

    def _write(self, cells: tuple[str, ...]) -> None:
        self._writer.writerow([harmless(cell) for cell in cells])
        self._file.write(self._line.getvalue())
        self._line.seek(0)
        self._line.truncate()


def harmless(cell: str) -> str:
    """Return one line, with an apostrophe before whatever a spreadsheet could calculate."""
    return _FORMULA.sub(r"\1'\2", _BREAKS.sub(" ", cell))
