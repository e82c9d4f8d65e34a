"""A journal entry in words, for people: every value in it escaped and isolated."""

from typing import Final

from markupsafe import Markup, escape

from credential.keys import ALG_EDDSA, ALG_ES256, ALG_MLDSA44
from registry.errors import JournalError
from registry.journal import JournalEntry, describe_entry
from registry.kinds import AlgorithmPhase, Kind
from registry.mirror import shown_text
from registry.mirror.words import kind_words, word

_ALGORITHMS: Final = {ALG_ES256: "ES256", ALG_MLDSA44: "ML-DSA-44", ALG_EDDSA: "Ed25519"}
_TIMES: Final = frozenset({"since", "effective_at"})
_BYTES: Final = frozenset({"kid", "digest", "root"})
COUNCIL_KINDS: Final = frozenset(
    int(kind)
    for kind in Kind
    if kind not in {Kind.BATCH_ANCHORED, Kind.STATUS_PUBLISHED, Kind.KEY_ENDED}
)
"""What only the council can say, or an agency within a scope that the council gave it."""


def algorithm_name(alg: int) -> str:
    """The name of a COSE algorithm, or its number."""
    return _ALGORITHMS.get(alg, str(alg))


def phase_name(phase: int, lang: str) -> str:
    """The name of a phase of an algorithm."""
    return word(AlgorithmPhase(phase).name.lower(), lang)


def described(entry: JournalEntry) -> dict[str, str | int]:
    """The entry's members, as the tools print them; the raw data for a kind that is not known."""
    try:
        return describe_entry(entry)
    except JournalError:
        return {"index": entry.index, "time": entry.time, "kind": f"0x{entry.kind:02x}"}


def sentence(entry: JournalEntry, lang: str, root: str) -> Markup:
    """What the entry says; agencies lead to their pages under `root`."""
    members = described(entry)
    words = kind_words(str(members["kind"]), lang)
    if words is None:
        return Markup("{}").format(members["kind"])
    values = {name: _value(name, value, lang, root) for name, value in members.items()}
    if "name_zh_hant" in members:
        values["names"] = Markup("{} / {}").format(values["name_zh_hant"], values["name_en"])
    if "cose_keys" in members:
        values["count"] = escape(str(members["cose_keys"]).count(",") + 1)
    return Markup(words).format(**values)  # noqa: S704 - our own words; the values are escaped


def _value(name: str, value: str | int, lang: str, root: str) -> Markup:
    if name in {"agency", "successor"}:
        return agency_link(str(value), lang, root) if value else escape(word("none", lang))
    if name == "until" and isinstance(value, int):
        return shown_text.until(value, lang)
    if name in _TIMES and isinstance(value, int):
        return shown_text.moment(value, lang)
    if name == "alg":
        return escape(algorithm_name(int(value)))
    if name == "phase":
        return escape(phase_name(int(value), lang))
    if name == "contract":
        return Markup("<code>0x{}</code>").format(value)
    if name in _BYTES:
        return Markup("<code>{}</code>").format(value)
    if isinstance(value, int):
        return escape(shown_text.number(value))
    return shown_text.text(value)


def agency_link(code: str, lang: str, root: str) -> Markup:
    """A link to the page of an agency."""
    return Markup('<a href="{}/agencies/{}?lang={}">{}</a>').format(root, code, lang, code)
