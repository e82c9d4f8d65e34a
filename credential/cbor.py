"""Deterministic CBOR (RFC 8949 §4.2.1) of the few items our formats permit.

Permitted: integers within 64 bits, byte strings, text strings (valid UTF-8), arrays, maps, `false`,
`true`, `null`, and the tags a caller names. Everything else is refused: floats, other simple
values, bytes after the end, indefinite lengths, integers or lengths that are not the shortest, map
keys out of order or twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from struct import Struct
from typing import Final, NamedTuple, TypeAlias, TypeGuard

from credential.errors import EncodingError, LimitError, StructureError

MAX_BYTES: Final = 16_384
MAX_DEPTH: Final = 8
MAX_ITEMS: Final = 64
_NO_TAGS: Final[frozenset[int]] = frozenset()


@dataclass(frozen=True, slots=True)
class Tag:
    """A tagged item (RFC 8949 §3.4); no tuple, so that none is ever taken for an array."""

    number: int
    value: "Value"


Key: TypeAlias = "int | str | bytes"
Value: TypeAlias = "int | str | bytes | bool | list[Value] | dict[Key, Value] | Tag | None"


def is_number(value: object, least: int, most: int) -> TypeGuard[int]:
    """Say whether a decoded value is an integer from least to most; `true` is none."""
    return type(value) is int and least <= value <= most


class Limits(NamedTuple):
    """What one decode permits, and where its data end."""

    size: int
    items: int
    tags: frozenset[int]
    ordered: bool


def decode(
    data: bytes,
    *,
    start: int = 0,
    max_bytes: int = MAX_BYTES,
    max_depth: int = MAX_DEPTH,
    max_items: int = MAX_ITEMS,
    tags: frozenset[int] = _NO_TAGS,
    ordered: bool = True,
) -> Value:
    """Return the one item that `data` is from `start` on; the outermost item is at depth 1.

    With `ordered=False` map keys may come in any order, still none twice: for COSE made by others.
    A tag does not count as nesting, but a tag directly inside a tag is refused.

    The first fault met from the front is raised: LimitError (bytes, nesting, elements),
    EncodingError (not deterministic CBOR of the permitted items), StructureError (a map key that is
    neither integer nor string, which none of our formats has).
    """
    size = len(data)
    if size > max_bytes:
        raise LimitError(f"{size} bytes, where at most {max_bytes} are permitted")
    try:
        value, end = _item(data, start, max_depth, Limits(size, max_items, tags, ordered))
    except IndexError:
        raise _ends_early() from None
    except UnicodeDecodeError as error:
        raise EncodingError("a text string is not valid UTF-8") from error
    if end != size:
        raise EncodingError(f"{size - end} bytes after the end of the item")
    return value


def _ends_early() -> EncodingError:
    return EncodingError("the data end inside an item")


# The next functions are the hot path of every verification. They share one shape: the initial byte
# is looked at once, the forms that fill our documents (RFC 8949 §3, argument below 24) are read in
# place, and only the rest costs a function call. `depth` is how many levels of nesting are left.


def _item(  # noqa: C901  # one branch for each major type
    data: bytes, pos: int, depth: int, limits: Limits
) -> tuple[Value, int]:
    """Return the item that begins at `pos`, and where it ends."""
    first = data[pos]
    argument = first & 0x1F
    pos += 1
    if argument >= 24:
        argument, pos = argument_at(data, pos, first)
    major = first >> 5
    if major == 0:
        return argument, pos
    if major == 1:
        return ~argument, pos
    if major < 4:
        end = pos + argument
        if end > limits.size:
            raise _ends_early()
        return (data[pos:end] if major == 2 else data[pos:end].decode()), end
    if major < 6:
        if argument > limits.items:
            raise LimitError(f"{argument} elements in one array or map, at most {limits.items}")
        if not depth:
            raise LimitError("arrays and maps are nested too deep")
        if major == 4:
            return _array(data, pos, argument, depth - 1, limits)
        return (_map if limits.ordered else _any_map)(data, pos, argument, depth - 1, limits)
    if major == 6:
        return _tag(data, pos, argument, depth, limits)
    if 20 <= argument <= 22:
        return _SIMPLE[argument - 20], pos
    raise EncodingError("simple values other than false, true and null are not permitted")


_SIMPLE: Final = (False, True, None)


def _array(
    data: bytes, pos: int, count: int, depth: int, limits: Limits
) -> tuple[list[Value], int]:
    items: list[Value] = []
    for _ in range(count):
        first = data[pos]
        if first < 0x18:
            items.append(first)
            pos += 1
        else:
            value, pos = _item(data, pos, depth, limits)
            items.append(value)
    return items, pos


def _map(
    data: bytes, pos: int, count: int, depth: int, limits: Limits
) -> tuple[dict[Key, Value], int]:
    """Read a map whose encoded keys rise from each to the next: that excludes a key twice, too."""
    members: dict[Key, Value] = {}
    last_short = -1  # the last key below 24; 24 after a longer one, which sorts behind all of these
    last_long = b""
    size = limits.size
    for _ in range(count):
        first = data[pos]
        if first < 0x18:
            if first <= last_short:
                raise _disordered()
            key: Key = first
            last_short = first
            pos += 1
        else:
            start = pos
            key, pos = _key(data, pos, depth, limits)
            if data[start:pos] <= last_long:
                raise _disordered()
            last_short, last_long = 24, data[start:pos]
        first = data[pos]
        if 0x60 <= first < 0x78:
            end = pos + first - 0x5F
            if end > size:
                raise _ends_early()
            members[key] = data[pos + 1 : end].decode()
            pos = end
        elif first < 0x18:
            members[key] = first
            pos += 1
        else:
            members[key], pos = _item(data, pos, depth, limits)
    return members, pos


def _any_map(
    data: bytes, pos: int, count: int, depth: int, limits: Limits
) -> tuple[dict[Key, Value], int]:
    members: dict[Key, Value] = {}
    for _ in range(count):
        key, pos = _key(data, pos, depth, limits)
        if key in members:
            raise EncodingError("a map key is there twice")
        members[key], pos = _item(data, pos, depth, limits)
    return members, pos


def _key(data: bytes, pos: int, depth: int, limits: Limits) -> tuple[Key, int]:
    key, pos = _item(data, pos, depth, limits)
    if type(key) not in _KEY_TYPES:  # a bool would equal 0 or 1 as a dict key
        raise StructureError("a map key is neither an integer nor a string")
    return key, pos  # type: ignore[return-value]  # mypy does not follow an exact type


_KEY_TYPES: Final = frozenset({int, str, bytes})


def _disordered() -> EncodingError:
    return EncodingError("map keys are not in order, or one is there twice")


def argument_at(data: bytes, pos: int, first: int) -> tuple[int, int]:
    """Return the argument of 1, 2, 4 or 8 bytes after the initial byte `first`, and where it ends.

    Refused when a shorter form would have held it (RFC 8949 §4.2.1), and for floats, long simple
    values and indefinite lengths.
    """
    if first >= 0xE0:
        raise EncodingError("floats and long simple values are not permitted")
    size_code = first & 0x1F
    if size_code == 24:
        argument, least, end = data[pos], 24, pos + 1
    elif size_code <= 27:
        width = 1 << (size_code - 24)
        end = pos + width
        if end > len(data):
            raise _ends_early()
        argument, least = int.from_bytes(data[pos:end], "big"), 1 << (width * 4)
    else:
        raise EncodingError("indefinite lengths and reserved forms are not permitted")
    if argument < least:
        raise EncodingError("an integer or length is not in its shortest form")
    return argument, end


def _tag(data: bytes, pos: int, number: int, depth: int, limits: Limits) -> tuple[Tag, int]:
    if number not in limits.tags:
        raise EncodingError(f"tag {number} is not permitted here")
    if data[pos] >> 5 == 6:
        raise EncodingError("a tag directly inside a tag is not permitted")
    value, pos = _item(data, pos, depth, limits)
    return Tag(number, value), pos


def encode(value: Value) -> bytes:
    """Return the one deterministic encoding of `value`; EncodingError where it has none."""
    try:
        return _encoded(value)
    except UnicodeEncodeError as error:
        raise EncodingError("a text holds a lone surrogate and has no UTF-8 form") from error
    except RecursionError as error:
        raise EncodingError("the value is nested too deep to be written") from error


def _encoded(value: Value) -> bytes:
    if type(value) is int:
        return head(0, value) if value >= 0 else head(1, ~value)
    if type(value) is str:
        text = value.encode()
        return head(3, len(text)) + text
    if type(value) is bytes:
        return head(2, len(value)) + value
    if isinstance(value, dict):
        return head(5, len(value)) + _encoded_members(value)
    if isinstance(value, list):
        return head(4, len(value)) + b"".join([_encoded(item) for item in value])
    if isinstance(value, Tag):
        return head(6, value.number) + _encoded(value.value)
    if value is None or type(value) is bool:
        return _INITIAL[0xF6 if value is None else 0xF4 + value]
    raise EncodingError(f"a {type(value).__name__} cannot be written")


def _encoded_members(members: Mapping[Key, Value]) -> bytes:
    """Return the pairs of a map in the bytewise order of their encoded keys (RFC 8949 §4.2.1).

    No encoded item is the beginning of another, so that whole pairs sort like their keys.
    """
    if not _KEY_TYPES.issuperset(map(type, members)):
        raise EncodingError("a map key is neither an integer nor a string")
    pairs = []
    for key, value in members.items():  # short items in place: sealing spends its time here
        start = _INITIAL[key] if type(key) is int and 0 <= key < 24 else _encoded(key)
        if type(value) is str:
            text = value.encode()
            size = len(text)
            pairs.append(start + (_INITIAL[0x60 + size] if size < 24 else head(3, size)) + text)
        else:
            pairs.append(start + _encoded(value))
    pairs.sort()
    return b"".join(pairs)


def head(major: int, argument: int) -> bytes:
    """Return the initial byte and argument of an item in the shortest form (RFC 8949 §3)."""
    initial = major << 5
    if argument < 24:
        return _INITIAL[initial | argument]
    if argument < 0x100:
        return bytes((initial | 24, argument))
    if argument < 0x10000:
        return _WITH_16_BITS(initial | 25, argument)
    if argument < 0x1_0000_0000:
        return _WITH_32_BITS(initial | 26, argument)
    if argument < 1 << 64:
        return _WITH_64_BITS(initial | 27, argument)
    raise EncodingError("an integer does not fit 64 bits")


_INITIAL: Final = tuple(bytes((first,)) for first in range(256))
_WITH_16_BITS: Final = Struct(">BH").pack
_WITH_32_BITS: Final = Struct(">BI").pack
_WITH_64_BITS: Final = Struct(">BQ").pack
