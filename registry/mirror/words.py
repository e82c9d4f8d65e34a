"""The words of the explorer, in zh-Hant and English; the texts are in pages/words.json."""

import json
from pathlib import Path
from typing import Final

LANGUAGES: Final = ("zh-Hant", "en")
_TEXTS: Final[dict[str, dict[str, dict[str, str]]]] = json.loads(
    (Path(__file__).parent / "pages" / "words.json").read_text("utf-8")
)


def word(key: str, lang: str) -> str:
    """The word in a language."""
    return _TEXTS["words"][key][lang]


def kind_words(title: str, lang: str) -> str | None:
    """The sentence of a kind of entry, with places for its values; None for a kind without one."""
    found = _TEXTS["entries"].get(title)
    return None if found is None else found[lang]


def chosen_language(asked: str | None, accept_language: str) -> str:
    """The language asked for, else the first of ours that the browser accepts, else zh-Hant."""
    if asked in LANGUAGES:
        return asked
    for part in accept_language.lower().split(",")[:20]:
        name = part.partition(";")[0].strip()
        if name.startswith("zh"):
            return "zh-Hant"
        if name.startswith("en"):
            return "en"
    return "zh-Hant"
