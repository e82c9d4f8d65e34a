"""Strict reading of one JSON object: each member is asked for by name, and none is left over."""

import re
from collections.abc import Mapping
from typing import TypeAlias

from credential.errors import EncodingError, StructureError
from credential.type_fields import Text

LABEL_PATTERN = (
    r"[^\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]{1,400}"
)
"""A label for people: no control, zero-width, bidirectional-control or surrogate character."""

Json: TypeAlias = "str | int | bool | list[Json] | dict[str, Json] | None"


def json_object(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    """Return the object; raises EncodingError where a name occurs twice (json keeps the last)."""
    members = dict(pairs)
    if len(members) < len(pairs):
        raise EncodingError("a name occurs twice in one JSON object")
    return members


_MOST_UNIQUE = 4


class Members:
    """The members of one object, taken one by one; `where` says in an error which object it was."""

    def __init__(self, value: Json, where: str) -> None:
        """Raises StructureError unless `value` is an object."""
        if not isinstance(value, dict):
            raise StructureError(f"{where} must be a JSON object")
        self._left = dict(value)
        self._where = where

    def refuse_others(self) -> None:
        """Raises StructureError where a member is left that nobody asked for."""
        if self._left:
            raise StructureError(
                f"{self._where} has members that do not belong there: {sorted(self._left)!r:.200}"
            )

    def _take(self, name: str) -> Json:
        if name not in self._left:
            raise StructureError(f"{self._where} lacks the member {name!r}")
        return self._left.pop(name)

    def integer(self, name: str, least: int, most: int) -> int:
        """Return an integer within the bounds."""
        value = self._take(name)
        if type(value) is not int or not least <= value <= most:
            raise StructureError(
                f"{name!r} of {self._where} must be an integer from {least} to {most}"
            )
        return value

    def optional_integer(self, name: str, least: int, most: int) -> int | None:
        """Return an integer within the bounds, or None where there is no such member."""
        return self.integer(name, least, most) if name in self._left else None

    def text(self, name: str, pattern: str) -> str:
        """Return a string that matches `pattern` whole."""
        value = self._take(name)
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            raise StructureError(
                f"{name!r} of {self._where} must be a string of the form {pattern}"
            )
        return value

    def optional_text(self, name: str, pattern: str) -> str | None:
        """Return a string that matches `pattern` whole, or None where there is no such member."""
        return self.text(name, pattern) if name in self._left else None

    def boolean(self, name: str) -> bool:
        """Return the member, false where it is absent."""
        value = self._left.pop(name, False)
        if not isinstance(value, bool):
            raise StructureError(f"{name!r} of {self._where} must be true or false")
        return value

    def array(self, name: str) -> list[Json]:
        """Return an array of at most 256 items."""
        value = self._take(name)
        if not isinstance(value, list) or len(value) > 256:
            raise StructureError(f"{name!r} of {self._where} must be an array of at most 256 items")
        return value

    def optional_array(self, name: str) -> list[Json]:
        """Return an array of at most 256 items, an empty one where there is no such member."""
        return self.array(name) if name in self._left else []

    def labels(self, name: str) -> tuple[int, ...]:
        """Return up to four different labels, none where there is no such member."""
        found = self.optional_array(name)
        labels = tuple(item for item in found if type(item) is int)
        if len(labels) < len(found) or len(set(labels)) < len(labels) or len(labels) > _MOST_UNIQUE:
            raise StructureError(f"{name!r} of {self._where} must be up to four different labels")
        return labels

    def object(self, name: str) -> dict[str, Json]:
        """Return an object."""
        value = self._take(name)
        if not isinstance(value, dict):
            raise StructureError(f"{name!r} of {self._where} must be a JSON object")
        return value

    def title(self, name: str) -> Text:
        """Return a label in both languages."""
        return _title(self._take(name), name)

    def optional_title(self, name: str) -> Text | None:
        """Return a label in both languages, or None where there is no such member."""
        return self.title(name) if name in self._left else None

    def titles(self, name: str) -> Mapping[str, Text]:
        """Return a code list: keys of 1 to 40 printable ASCII characters, each with its label."""
        codes = self.object(name)
        if not codes or not all(re.fullmatch(r"[!-~]{1,40}", key) for key in codes):
            raise StructureError(
                f"{name!r} of {self._where} needs keys of 1 to 40 printable ASCII characters"
            )
        labels = {key: _title(value, f"code {key}") for key, value in codes.items()}
        if len({label.zh_hant for label in labels.values()}) < len(labels):
            raise StructureError(
                f"two codes in {name!r} of {self._where} have the same zh-Hant label"
            )
        return labels


def _title(value: Json, where: str) -> Text:
    members = Members(value, f"the label {where!r}")
    title = Text(members.text("zh-Hant", LABEL_PATTERN), members.text("en", LABEL_PATTERN))
    members.refuse_others()
    return title
