"""JSON from strangers: one value in UTF-8, no name twice, no NaN, no depth that hurts."""

import json
import re
from typing import Final, NoReturn

_DEEPEST: Final = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[\]{}]', re.DOTALL)


class NotStrictJsonError(ValueError):
    """The text is not JSON as it is read here."""


def _refuse(_constant: str) -> NoReturn:
    raise NotStrictJsonError("NaN and Infinity are not JSON")


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise NotStrictJsonError("a name stands twice")
    return members


def _short_integer(digits: str) -> int:
    if len(digits) > 20:
        raise NotStrictJsonError("a number is too long")
    return int(digits)


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_once, parse_constant=_refuse, parse_int=_short_integer
)
_FLAT_DECODER: Final = json.JSONDecoder(parse_constant=_refuse, parse_int=_short_integer)


def strict_json(body: bytes, depth: int) -> object:
    """Return the value; raises NotStrictJsonError.

    Depth is looked at before parsing: the decoder calls itself for every level.
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotStrictJsonError("not UTF-8") from error
    if body.count(b"[") + body.count(b"{") > depth and _depth(text) > depth:
        raise NotStrictJsonError("nested too deeply")
    try:
        value: object = _FLAT_DECODER.decode(text)
        if not _is_flat_and_once(value, body):
            value = _DECODER.decode(text)
    except NotStrictJsonError:
        raise
    except ValueError as error:
        raise NotStrictJsonError("not JSON") from error
    return value


def _is_flat_and_once(value: object, body: bytes) -> bool:
    """Return whether this is an object of texts and integers, and no name stands twice; fast.

    Without backslashes each name and each text has two quotes. A member that another one of the
    same name took the place of would have left more of them.
    """
    if type(value) is not dict or b"\\" in body:
        return False
    kinds = [*map(type, value.values())]
    texts = kinds.count(str)
    if texts + kinds.count(int) < len(kinds):
        return False
    return body.count(b'"') == 2 * (len(value) + texts)


def _depth(text: str) -> int:
    """Return how deep brackets nest outside of strings."""
    now = deepest = 0
    for found in _DEEPEST.finditer(text):
        bracket = found[0]
        if bracket in "[{":
            now += 1
            deepest = max(deepest, now)
        elif bracket in "]}":
            now -= 1
    return deepest
