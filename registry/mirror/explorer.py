"""The pages for people: server-rendered, no script, readable without a style sheet.

Texts of a journal are hostile until shown: registry/mirror/shown_text.py does that.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from credential.ids import AgencyCode, Kid
from registry.kinds import AgencyState
from registry.mirror import shown_text
from registry.mirror.entry_words import (
    COUNCIL_KINDS,
    agency_link,
    algorithm_name,
    described,
    phase_name,
    sentence,
)
from registry.mirror.health import Health
from registry.mirror.known import Known
from registry.mirror.words import word
from registry.records import Accreditation, KeyRecord

PAGE_ENTRIES: Final = 50
_PAGES: Final = Path(__file__).parent / "pages"
_KID: Final = re.compile(r"[0-9a-fA-F]{32}", re.ASCII)
_ROOT: Final = re.compile(r"[0-9a-fA-F]{64}", re.ASCII)


class Asked(NamedTuple):
    """Who asks: in which language, under which root of addresses, when.

    `path` and `query` are the page's own, without the language.
    """

    lang: str
    root: str
    path: str
    query: str
    now: int


class Page(NamedTuple):
    """A page, and whether what it is about exists."""

    html: str
    found: bool = True


def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_PAGES),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


_TEMPLATES: Final = _environment()


def style_sheet() -> bytes:
    """Return the one style sheet."""
    return (_PAGES / "explorer.css").read_bytes()


def _rendered(template: str, asked: Asked, health: Health, **values: object) -> str:
    lang = asked.lang

    def bound(function: Callable[..., Any]) -> Callable[..., Any]:
        return lambda value: function(value, lang)

    return _TEMPLATES.get_template(template).render(
        asked=asked,
        lang=lang,
        root=asked.root,
        other="en" if lang == "zh-Hant" else "zh-Hant",
        health=health,
        w=lambda key: word(key, lang),
        text=shown_text.text,
        digest=shown_text.digest,
        number=shown_text.number,
        moment=bound(shown_text.moment),
        until=bound(shown_text.until),
        algorithm=algorithm_name,
        phase=bound(phase_name),
        agency=lambda code: agency_link(code, lang, asked.root),
        sentence=lambda entry: sentence(entry, lang, asked.root),
        state_word=lambda state: word(AgencyState(state).name.lower(), lang),
        **values,
    )


def overview(known: Known | None, health: Health, asked: Asked) -> Page:
    """Where the mirror stands, and the latest entries."""
    latest = [] if known is None else known.entries[:-11:-1]
    return Page(_rendered("overview.html", asked, health, known=known, latest=latest))


def agencies(known: Known, health: Health, asked: Asked) -> Page:
    """Every agency."""
    return Page(_rendered("agencies.html", asked, health, known=known))


def agency(known: Known, health: Health, asked: Asked, code: str) -> Page:
    """One agency through its life."""
    found = known.state.agency(AgencyCode(code))
    if found is None:
        return missing(health, asked)
    given = [
        Given(one, _ancestors(known, one), _in_force(known, one, asked.now))
        for one in known.accreditations.get(found.code, [])
    ]
    page = _rendered(
        "agency.html",
        asked,
        health,
        known=known,
        agency_record=found,
        given=given,
        keys=known.keys.get(found.code, []),
        lists=known.lists.get(found.code, []),
        key_state=lambda key: _key_state(key, asked.lang),
    )
    return Page(page)


class Given(NamedTuple):
    """An accreditation with those above it, the council's own first."""

    record: Accreditation
    above: list[Accreditation]
    in_force: bool


def _ancestors(known: Known, record: Accreditation) -> list[Accreditation]:
    above: list[Accreditation] = []
    while record.parent:
        record = known.state.content.accreditations[record.parent]
        above.insert(0, record)
    return above


def _in_force(known: Known, record: Accreditation, at: int) -> bool:
    """Whether this accreditation and all above it are in force at a time."""
    return all(
        one.at <= at
        and (one.ended_at is None or one.ended_at > at)
        and (not one.until or one.until > at)
        for one in (*_ancestors(known, record), record)
    )


def _key_state(key: KeyRecord, lang: str) -> str:
    return word("safe_all" if key.compromise is None else "not_safe_now", lang)


def types(known: Known, health: Health, asked: Asked) -> Page:
    """Every credential type."""
    return Page(_rendered("types.html", asked, health, known=known))


def algorithms(known: Known, health: Health, asked: Asked) -> Page:
    """The calendar of algorithms."""
    now = [
        (alg, known.state.algorithm(alg, asked.now))
        for alg in dict.fromkeys(step.alg for step in known.state.content.steps)
    ]
    return Page(_rendered("algorithms.html", asked, health, known=known, phases_now=now))


def entries(known: Known, health: Health, asked: Asked, page: int, *, council: bool) -> Page:
    """One page of the journal, newest first; with `council` only what the council decides."""
    chosen = known.entries
    if council:
        chosen = [entry for entry in chosen if entry.kind in COUNCIL_KINDS]
    last = max((len(chosen) - 1) // PAGE_ENTRIES, 0)
    if page > last:
        return missing(health, asked)
    stop = len(chosen) - page * PAGE_ENTRIES
    shown = chosen[max(stop - PAGE_ENTRIES, 0) : stop][::-1]
    html = _rendered(
        "entries.html",
        asked,
        health,
        known=known,
        shown=shown,
        page=page,
        last=last,
        council=council,
    )
    return Page(html)


def entry(known: Known, health: Health, asked: Asked, index: int) -> Page:
    """One entry with everything in it."""
    if index >= len(known.entries):
        return missing(health, asked)
    found = known.entries[index]
    page = _rendered(
        "entry.html", asked, health, known=known, entry=found, members=described(found)
    )
    return Page(page)


def registries(
    known: Known, health: Health, asked: Asked, others: list[tuple[str, Health]]
) -> Page:
    """Recognised registries, moves of the journal, and the registries mirrored beside."""
    page = _rendered(
        "registries.html",
        asked,
        health,
        known=known,
        others=others,
        moves=[one for one in known.entries if one.kind in {0x90, 0x91}],
    )
    return Page(page)


def search(known: Known, health: Health, asked: Asked, query: str) -> Page:
    """What an agency code, a kid or a root names."""
    wanted = query.strip()
    key = anchors = None
    if _KID.fullmatch(wanted):
        key = known.state.key(Kid(bytes.fromhex(wanted)))
    if _ROOT.fullmatch(wanted):
        anchors = known.anchors_of_root(bytes.fromhex(wanted))
    found = known.state.agency(AgencyCode(wanted.upper()))
    page = _rendered(
        "search.html",
        asked,
        health,
        known=known,
        query=query,
        key=key,
        anchors=anchors or [],
        agency_record=found,
        key_state=lambda one: _key_state(one, asked.lang),
    )
    return Page(page, bool(key or anchors or found))


def missing(health: Health, asked: Asked) -> Page:
    """There is no such thing."""
    return Page(_rendered("missing.html", asked, health), found=False)
