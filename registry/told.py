"""What a council member is told, in both languages: texts of registry/texts/, filled in.

Texts from outside (names, labels) are escaped before they are filled in, so nothing that was
proposed can act on a terminal or pass unseen for other text.
"""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal, NamedTuple, get_args

from credential.display import one_line

Language = Literal["zh-Hant", "en"]
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)
MOST_SHOWN: Final = 600
"""Characters of a text from outside that are shown; a name is shorter (journal.md)."""


class Told(NamedTuple):
    """One thing said in both languages."""

    zh_hant: str
    en: str

    def in_language(self, language: Language) -> str:
        """Return it in one language."""
        return self.zh_hant if language == "zh-Hant" else self.en

    def as_members(self) -> dict[str, str]:
        """Return both, for programs."""
        return {"zh-Hant": self.zh_hant, "en": self.en}


class ActWords(NamedTuple):
    """What a function does, and what stays once it is done."""

    does: Told
    stays: Told


def same(text: str) -> Told:
    """Return a text from outside, harmless and the same in both languages."""
    harmless = one_line(text, MOST_SHOWN)
    return Told(harmless, harmless)


def act_words(contract: str, function: str) -> ActWords | None:
    """Return the words of a contract's function, or None where there are none."""
    found = _texts("acts").get(contract, {}).get(function)
    return None if found is None else ActWords(_told(found["does"]), _told(found["stays"]))


def phrase(key: str, **pieces: Told | str | int) -> Told:
    """Return a sentence of texts/proposal.json with its pieces; what is no `Told` is escaped."""
    as_told = {
        name: piece if isinstance(piece, Told) else same(str(piece))
        for name, piece in pieces.items()
    }
    return filled(_told(_texts("proposal")[key]), as_told)


def filled(template: Told, pieces: Mapping[str, Told]) -> Told:
    """Return a sentence with its pieces in place."""
    return Told(
        template.zh_hant.format_map({name: piece.zh_hant for name, piece in pieces.items()}),
        template.en.format_map({name: piece.en for name, piece in pieces.items()}),
    )


def listed(items: list[Told]) -> Told:
    """Return several things as one enumeration."""
    if not items:
        return phrase("nobody")
    return Told("、".join(item.zh_hant for item in items), ", ".join(item.en for item in items))


def _told(members: Mapping[str, str]) -> Told:
    return Told(members["zh-Hant"], members["en"])


@cache
def _texts(name: str) -> dict[str, Any]:
    return dict(json.loads(files("registry").joinpath("texts", f"{name}.json").read_text("utf-8")))
