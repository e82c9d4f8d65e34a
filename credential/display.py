"""Shows signed text so that it can neither act on a terminal nor pass unseen for other text."""

import unicodedata
from functools import lru_cache
from typing import Final, NamedTuple

FIRST_STRONG_ISOLATE, POP_ISOLATE = "\u2068", "\u2069"

_BIDI_CONTROLS = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
_INVISIBLE = frozenset(
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180e\u180f\u200b\u200c\u200d\u2028\u2029\u2060\u2061"
    "\u2062\u2063\u2064\u206a\u206b\u206c\u206d\u206e\u206f\u2800\u3164\ufeff\uffa0\ufff9\ufffa\ufffb\ufffc"
)
_RADICALS = range(0x2E80, 0x2FE0)  # CJK Radicals Supplement and Kangxi Radicals
_COMPATIBILITY_IDEOGRAPHS = (range(0xF900, 0xFB00), range(0x2F800, 0x2FA20))
_WIDTH_FORMS = range(0xFF00, 0xFFF0)
_TAGS_AND_SELECTORS = (range(0xFE00, 0xFE10), range(0xE0000, 0xE1000))
_PRESENTATION_ORDERED = frozenset({"R", "AL", "AN"})
_CONFUSABLE_SCRIPTS = frozenset({"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"})
_UNASSIGNED = frozenset({"Co", "Cn", "Cs"})
_MOST_REMEMBERED: Final = 8_192  # characters: more than a service meets in a day
_NEWER_IDEOGRAPHS = range(0x20000, 0x3FFFE)


class Suspicion(NamedTuple):
    """One unusual character: its code point and name, and which kind of trouble it can make."""

    code_point: str
    name: str
    kind: str


def shown(text: str) -> str:
    """Return the text with all that acts or hides written out, and its direction kept to itself.

    Nothing in the result can move a cursor, colour a line, set a title or turn the text around it.
    """
    visible = "".join(_visible(character) for character in text)
    if any(unicodedata.bidirectional(character) in _PRESENTATION_ORDERED for character in visible):
        return f"{FIRST_STRONG_ISOLATE}{visible}{POP_ISOLATE}"
    return visible


def one_line(text: str, most: int = 200) -> str:
    """Return text from outside, such as a file name, as one short harmless line."""
    cut = text if len(text) <= most else text[: most - 1] + "…"
    return shown(cut.encode("utf-8", "backslashreplace").decode())


def paragraphs(text: str) -> str:
    """Return a message of several lines, each harmless: it may quote what was handed over."""
    lines = text.encode("utf-8", "backslashreplace").decode().split("\n")
    return "\n".join(map(shown, lines))


def suspicions(text: str) -> list[Suspicion]:
    """Return each unusual character of the text once, in order of first appearance."""
    if text.isascii() and text.isprintable():
        return []
    found = {}
    mixed = _mixed_in(text)
    for character in dict.fromkeys(text):
        kind = _kind(character) or ("mixed" if character in mixed else None)
        if kind is not None:
            name = unicodedata.name(character, "?")
            found[character] = Suspicion(f"U+{ord(character):04X}", name, kind)
    return list(found.values())


def _visible(character: str) -> str:
    kind = _kind(character)
    if kind in {"control", "bidi", "invisible", "private"}:
        return f"[U+{ord(character):04X}]"
    return character


@lru_cache(maxsize=_MOST_REMEMBERED)
def _kind(character: str) -> str | None:
    """Return what is unusual about a character by itself, or None."""
    code = ord(character)
    if 0x20 <= code < 0x7F:
        return None
    if unicodedata.category(character) == "Cc":
        return "control"
    if character in _BIDI_CONTROLS:
        return "bidi"
    if character in _INVISIBLE or any(code in block for block in _TAGS_AND_SELECTORS):
        return "invisible"
    if unicodedata.category(character) in _UNASSIGNED and code not in _NEWER_IDEOGRAPHS:
        return "private"
    return "compatibility" if _is_compatibility(character, code) else None


def _is_compatibility(character: str, code: int) -> bool:
    """True for a letter, ideograph or digit that is only another form of a common one."""
    if code in _RADICALS:
        return True
    if code in _WIDTH_FORMS or not unicodedata.category(character).startswith(("L", "N", "So")):
        return False
    if any(code in block for block in _COMPATIBILITY_IDEOGRAPHS):
        return unicodedata.normalize("NFKC", character) != character
    return unicodedata.decomposition(character).startswith("<")


@lru_cache(maxsize=_MOST_REMEMBERED)
def _script(letter: str) -> str:
    """Return the first word of a letter's name, which is its script where scripts look alike."""
    return unicodedata.name(letter, "?").partition(" ")[0]


def _mixed_in(text: str) -> set[str]:
    """Return the letters that stand in one word with letters of an alphabet that looks alike."""
    mixed: set[str] = set()
    if len({_script(letter) for letter in set(text) if letter.isalpha()} & _CONFUSABLE_SCRIPTS) < 2:
        return mixed
    for word in text.split():
        scripts: dict[str, list[str]] = {}
        for letter in filter(str.isalpha, word):
            script = _script(letter)
            if script in _CONFUSABLE_SCRIPTS:
                scripts.setdefault(script, []).append(letter)
        if len(scripts) > 1:
            rare = min(scripts.values(), key=len)
            mixed.update(rare)
    return mixed
