"""Codes and names that people take for one another."""

import unicodedata
from typing import Final

_SAME_LOOK: Final = str.maketrans("OQDILSBZG", "000115826", "-")
_VARIANTS: Final = str.maketrans("台峯羣裏", "臺峰群裡")
SHORTEST_FOR_ONE_SLIP: Final = 4


def codes_look_alike(one: str, other: str) -> bool:
    """Return whether two different agency codes are easily taken for each other.

    They are when they differ by hyphens and by letters that look like digits, or, from four
    characters on, by one character changed, added, left out or swapped with its neighbour.
    """
    if one == other:
        return False
    if one.translate(_SAME_LOOK) == other.translate(_SAME_LOOK):
        return True
    return min(len(one), len(other)) >= SHORTEST_FOR_ONE_SLIP and _is_one_slip(one, other)


def name_outline(name: str) -> str:
    """Return what is left of a name for a quick eye: no width, case, spaces, dots or variants."""
    plain = unicodedata.normalize("NFKC", name).casefold().translate(_VARIANTS)
    return "".join(character for character in plain if character.isalnum())


def _is_one_slip(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    if len(longer) - len(shorter) > 1:
        return False
    if len(longer) > len(shorter):
        return any(longer[:at] + longer[at + 1 :] == shorter for at in range(len(longer)))
    apart = [at for at in range(len(one)) if one[at] != other[at]]
    if len(apart) == 2:
        first, second = apart
        swapped = (one[first], one[second]) == (other[second], other[first])
        return second == first + 1 and swapped
    return len(apart) == 1
