"""The report as one page for people: no script, nothing from elsewhere, both languages."""

import shutil
import tempfile
from base64 import b64encode
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from html import escape
from typing import IO

from verifier.fields import rfc3339
from verifier.many.facts import Facts
from verifier.many.files import ReportFile
from verifier.many.html_style import STYLE
from verifier.many.tally import Summary
from verifier.many.told import Told
from verifier.pages.findings import PageState
from verifier.reasons import Reason
from verifier.report import Setting
from verifier.verdict import Outcome
from verifier.words import LANGUAGES, Language, phrase, reason_words

_COLUMNS = ("number", "outcome", "file", "credential", "kind", "dates", "codes", "page")
_PAGE_STATES = frozenset(PageState)
_STYLE_DIGEST = b64encode(sha256(STYLE.encode()).digest()).decode()
_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_DIGEST}'; base-uri 'none'; form-action 'none'"
)


class HtmlReport:
    """The rows are kept beside until the end, since the summary stands above them."""

    def __init__(self, file: ReportFile, setting: Setting) -> None:
        self._file = file
        self._setting = setting
        self._rows = _rows_file()
        self._number = 0

    def add(self, told: Told) -> None:
        """The table has one row more."""
        self._number += 1
        self._rows.write(_row(self._number, told.outcome, told.facts))

    def end(self, summary: Summary) -> None:
        """The page is there."""
        for line in _top(summary, self._setting):
            self._file.write(line + "\n")
        self._rows.seek(0)
        shutil.copyfileobj(self._rows, self._file)
        for line in _bottom(summary):
            self._file.write(line + "\n")
        self._rows.close()
        self._file.end(is_complete=summary.is_complete)

    def discard(self) -> None:
        """Nothing of the report is left."""
        with suppress(OSError):
            self._rows.close()
        self._file.discard()


def _rows_file() -> IO[str]:
    """Return a file without a name; it is gone when it is closed, or when this process ends."""
    return tempfile.TemporaryFile("w+", encoding="utf-8", errors="backslashreplace")


def _top(summary: Summary, setting: Setting) -> Iterator[str]:
    count = f"{summary.total:,}"
    title = f"{_plain('title', 'zh-Hant', count)} / {_plain('title', 'en', count)}"
    yield '<!DOCTYPE html>\n<html lang="zh-Hant">\n<head>\n<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield '<meta name="referrer" content="no-referrer">'
    yield f"<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>"
    yield f"<h1>{_both('title', count)}</h1>"
    if not summary.is_complete:
        told = _both("incomplete", f"{summary.done:,}", count)
        yield f'<p class="warning" role="alert">{told}</p>'
    yield f"<p>{_both('worthless')}</p>"
    yield f"<h2>{_both('summary')}</h2>\n<table>\n<tbody>"
    for outcome, found in summary.outcomes.items():
        yield _pair(_outcome(outcome), f"{found:,}", outcome.value)
    yield _pair(_both("duplicates"), f"{summary.duplicates:,}")
    yield _pair(_both("not_read"), f"{summary.passed_over:,}")
    yield _pair(_label("checked_at"), f"<time>{rfc3339(setting.at)}</time>")
    if setting.trust is not None:
        as_of = rfc3339(setting.trust.evidence.as_of)
        yield _pair(_label("trust_as_of"), f"<time>{as_of}</time>")
        yield _pair(_label("trust_strength"), str(int(setting.trust.evidence.strength)))
    yield f"</tbody>\n</table>\n<h2>{_both('documents')}</h2>\n<table>\n<thead>\n<tr>"
    yield "".join(f'<th scope="col">{_both(name)}</th>' for name in _COLUMNS)
    yield "</tr>\n</thead>\n<tbody>"


def _bottom(summary: Summary) -> Iterator[str]:
    yield f"</tbody>\n</table>\n<h2>{_both('legend')}</h2>"
    if not summary.codes:
        yield f"<p>{_both('nothing')}</p>"
    else:
        yield "<dl>"
        for code, found in summary.codes.items():
            yield f'<dt id="{escape(code)}"><code>{escape(code)}</code> × {found:,}</dt>'
            yield f"<dd>{_reason(code)}</dd>"
        yield "</dl>"
    yield "</main>\n</body>\n</html>"


def _row(number: int, outcome: Outcome, facts: Facts) -> str:
    cells = (
        f"{number:,}",
        _outcome(outcome),
        _file(facts),
        _credential(facts),
        _texts(facts.type_zh_hant, facts.type_en),
        "<br>".join(f"<time>{escape(at)}</time>" for at in (facts.issued_at, facts.expires_at)),
        "<br>".join(f'<a href="#{escape(c)}"><code>{escape(c)}</code></a>' for c in facts.codes),
        _page(facts),
    )
    told = "".join(f"<td>{cell}</td>" for cell in cells)
    return f'<tr class="{outcome.value}">{told}</tr>\n'


def _file(facts: Facts) -> str:
    name = f"<bdi>{escape(facts.input)}</bdi>"
    if not facts.duplicate_of:
        return name
    return f"{name}<br><strong>{_both('duplicate', facts.duplicate_of)}</strong>"


def _credential(facts: Facts) -> str:
    if not facts.certificate_number:
        return ""
    told = [f"<bdi>{escape(facts.certificate_number)}</bdi>"]
    told += [f"<bdi>{escape(text)}</bdi>" for text in (facts.agency_name, facts.registry)]
    if not facts.confirmed:
        told.append(f"<em>{_both('unconfirmed')}</em>")
    return "<br>".join(told)


def _page(facts: Facts) -> str:
    state = facts.page_state
    told = [_both(state) if state in _PAGE_STATES else escape(state)]
    told += [f"<code>{escape(code)}</code>" for code in facts.page_codes]
    return "<br>".join(filter(None, told))


def _outcome(outcome: Outcome) -> str:
    return f"<strong>{_both(outcome.value)}</strong>"


def _pair(title: str, value: str, kind: str = "") -> str:
    shown_as = f' class="{kind}"' if kind else ""
    return f'<tr{shown_as}><th scope="row">{title}</th><td>{value}</td></tr>'


def _both(key: str, *values: str) -> str:
    return _texts(phrase("many", key, "zh-Hant"), phrase("many", key, "en"), *values)


def _label(key: str) -> str:
    return _texts(phrase("label", key, "zh-Hant"), phrase("label", key, "en"))


def _plain(key: str, language: Language, *values: str) -> str:
    return escape(phrase("many", key, language).format(*values))


def _texts(chinese: str, english: str, *values: str) -> str:
    """Return one text in both languages, escaped, what is filled in kept to itself."""
    filled = [f"<bdi>{escape(value)}</bdi>" for value in values]
    if not chinese and not english:
        return ""
    zh, en = (
        escape(text).format(*filled) if filled else escape(text) for text in (chinese, english)
    )
    return f'{zh}<br><span lang="en">{en}</span>'


def _reason(code: str) -> str:
    chinese, english = (reason_words(Reason(code), language) for language in LANGUAGES)
    return "<br>".join(
        filter(None, (_texts(chinese.says, english.says), _texts(chinese.advice, english.advice)))
    )
