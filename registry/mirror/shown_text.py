"""Shows values of a journal on a page: text from it may be hostile, and is never markup.

Every text from the journal is escaped, what acts or hides in it is written out, and its direction
is isolated in `<bdi>`.
"""

from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from markupsafe import Markup, escape

from credential.display import one_line, suspicions
from registry.mirror.words import word

_TAIPEI: Final = timezone(timedelta(hours=8))
_LAST_SECOND: Final = 253_402_300_799
_ROC_YEAR_BEFORE_ONE: Final = 1911


def text(value: str) -> Markup:
    """The text, harmless, its direction kept to itself, flagged where letters are not ordinary."""
    harmless = Markup("<bdi>{}</bdi>").format(one_line(value, 300))
    unusual = suspicions(value)
    if not unusual:
        return harmless
    names = ", ".join(f"{found.code_point} {found.name}" for found in unusual[:8])
    return Markup('{} <mark title="{}">⚠ {}</mark>').format(harmless, names, names)


def digest(value: bytes) -> Markup:
    """Bytes in hex, to be broken anywhere."""
    return Markup("<code>{}</code>").format(value.hex())


def moment(seconds: int, lang: str) -> Markup:
    """A time in ISO 8601 (UTC) and, as of Taipei, in the calendar of the Republic of China."""
    if not 0 <= seconds <= _LAST_SECOND:
        return escape(str(seconds))
    at = datetime.fromtimestamp(seconds, UTC)
    iso = at.strftime("%Y-%m-%dT%H:%M:%SZ")
    return Markup('<time datetime="{}">{}</time> <span class="roc">{}</span>').format(
        iso, iso.replace("T", " "), roc(seconds, lang)
    )


def roc(seconds: int, lang: str) -> str:
    """The day and minute in Taipei, in the calendar of the Republic of China."""
    at = datetime.fromtimestamp(seconds, _TAIPEI)
    year = at.year - _ROC_YEAR_BEFORE_ONE
    if year < 1:
        return ""
    if lang == "zh-Hant":
        return f"民國{year}年{at.month}月{at.day}日 {at:%H:%M}"
    return f"ROC {year}-{at:%m-%d %H:%M} +08:00"


def until(seconds: int, lang: str) -> Markup:
    """The end of a period; 0 is open."""
    return escape(word("open_end", lang)) if seconds == 0 else moment(seconds, lang)


def number(value: int) -> str:
    """A number with its thousands apart."""
    return f"{value:,}"
