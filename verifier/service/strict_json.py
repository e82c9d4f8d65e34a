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
_MOST_PIECES: Final = 10_000  # strings and brackets
_FLAT_DECODER: Final = json.JSONDecoder(parse_constant=_refuse, parse_int=_short_integer)


def strict_json(body: bytes, depth: int) -> object:
    """Return the value; raises NotStrictJsonError.

    Depth is looked at before parsing: the decoder calls itself for every level.
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotStrictJsonError("not UTF-8") from error
    if body.count(b'"') > _MOST_PIECES:
        raise NotStrictJsonError("too many names and texts")
    if body.count(b"[") + body.count(b"{") > depth and _is_too_deep(text, depth):
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


def _is_too_deep(text: str, depth: int) -> bool:
    """Return whether brackets outside of strings nest deeper, or there are too many.

    It stops at the first of either: a megabyte of brackets must not hold up others.
    """
    now = 0
    for seen, found in enumerate(_DEEPEST.finditer(text)):
        bracket = found[0]
        if bracket in "[{":
            now += 1
        elif bracket in "]}":
            now -= 1
        if now > depth or seen > _MOST_PIECES:
            return True
    return False
