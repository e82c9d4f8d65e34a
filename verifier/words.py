"""What every code means for the document in hand, in zh-Hant and English."""

import json
from functools import cache
from importlib.resources import files
from typing import Literal, NamedTuple, cast, get_args

from verifier.reasons import Reason

Language = Literal["zh-Hant", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

_Texts = dict[str, dict[str, str | list[str]]]


class Words(NamedTuple):
    """What happened and what it means for the document; then what to do, empty for good news."""

    says: str
    advice: str


@cache
def _texts(language: Language) -> _Texts:
    """Return all texts of one language; read once, and only where a person will see them."""
    source = files("verifier").joinpath("texts", f"{language}.json")
    return cast("_Texts", json.loads(source.read_text(encoding="utf-8")))


def reason_words(reason: Reason, language: Language) -> Words:
    """Return the sentence for a reason code and the advice that goes with it."""
    parts = _texts(language)["reason"][reason.value]
    return Words(parts[0], parts[1] if len(parts) > 1 else "")


def phrase(group: str, key: str, language: Language) -> str:
    """Return one fixed phrase: group is `outcome`, `check`, `result`, `label` or `suspicion`."""
    return cast("str", _texts(language)[group][key])


def language_of(environment_value: str) -> Language:
    """Return the language for a LANG setting such as `zh_TW.UTF-8`; English for all but Chinese."""
    return "zh-Hant" if environment_value.lower().startswith("zh") else "en"
