"""Deterministic CBOR (RFC 8949 §4.2.1) of the few items our formats permit, read strictly and written in one way only.

Permitted: integers within 64 bits, byte strings, text strings (valid UTF-8), arrays, maps, `false`, `true`, `null`,
and the tags a caller names. Everything else is refused: floats, other simple values, indefinite lengths, integers or
lengths that are not the shortest, map keys out of order or twice, bytes after the end.
"""

from collections.abc import Callable
from typing import Final, NamedTuple, TypeAlias

from credential.errors import EncodingError, LimitError, StructureError

MAX_BYTES = 16_384
MAX_DEPTH = 8
MAX_ITEMS = 64
_NO_TAGS: frozenset[int] = frozenset()


class Tag(NamedTuple):
    """A tagged item (RFC 8949 §3.4)."""

    number: int
    value: "Value"


Key: TypeAlias = "int | str | bytes"
Value: TypeAlias = "int | str | bytes | bool | list[Value] | dict[Key, Value] | Tag | None"


class Limits(NamedTuple):
    """What a decode permits. `ordered=False` takes map keys in any order (still none twice), for foreign COSE."""

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

    The first fault met from the front is raised: LimitError (bytes, nesting, elements), EncodingError (anything that
    is not deterministic CBOR of the permitted items), StructureError (a map key that is no integer or string, which
    none of our formats has). A tag does not count as nesting, but a tag directly inside a tag is refused.
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
        raise (
            _ends_early()
            if end > size
            else EncodingError(f"{size - end} bytes after the end of the item")
        )
    return value


def _ends_early() -> EncodingError:
    return EncodingError("the data end inside an item")


# The next functions are the hot path of every verification. They share one shape: the initial byte is
# looked at once, the forms that fill our documents (RFC 8949 §3, argument below 24) are read in place,
# and only the rest costs a function call. `depth` is how many levels of nesting are left.


def _item(data: bytes, pos: int, depth: int, limits: Limits) -> tuple[Value, int]:  # noqa: C901  # one branch for each major type
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
        return -1 - argument, pos
    if major < 4:
        end = pos + argument
        if end > limits.size:
            raise _ends_early()
        return (data[pos:end] if major == 2 else data[pos:end].decode()), end
    if major < 6:
        if argument > limits.items:
            raise LimitError(f"{argument} elements in one array or map, at most {limits.items} are permitted")
        if not depth:
            raise LimitError("arrays and maps are nested too deep")
        if major == 4:
            return _array(data, pos, argument, depth - 1, limits)
        return (_map if limits.ordered else _unordered_map)(data, pos, argument, depth - 1, limits)
    if major == 6:
        return _tag(data, pos, argument, depth, limits)
    if 20 <= argument <= 22:
        return _SIMPLE[argument - 20], pos
    raise EncodingError("simple values other than false, true and null are not permitted")


_SIMPLE: Final = (False, True, None)


def _array(data: bytes, pos: int, count: int, depth: int, limits: Limits) -> tuple[list[Value], int]:
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


def _map(data: bytes, pos: int, count: int, depth: int, limits: Limits) -> tuple[dict[Key, Value], int]:
    """Read a map whose encoded keys rise from each to the next: that excludes a key twice, too."""
    members: dict[Key, Value] = {}
    short_key = -1  # the last key below 24; 24 once there was a longer one, which sorts after all of these
    long_key = b""
    for _ in range(count):
        key: Key = data[pos]  # type: ignore[no-redef]  # declared where it is used first
        if key < 0x18:
            if key <= short_key:
                raise _disordered()
            short_key = key
            pos += 1
        else:
            start = pos
            key, pos = _key(data, pos, depth, limits)
            if data[start:pos] <= long_key:
                raise _disordered()
            short_key, long_key = 24, data[start:pos]
        first = data[pos]
        if 0x60 <= first < 0x78:
            end = pos + first - 0x5F
            if end > limits.size:
                raise _ends_early()
            members[key] = data[pos + 1 : end].decode()
            pos = end
        elif first < 0x18:
            members[key] = first
            pos += 1
        else:
            members[key], pos = _item(data, pos, depth, limits)
    return members, pos


def _unordered_map(
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
    return key, pos  # type: ignore[return-value]  # mypy does not narrow on an exact type


_KEY_TYPES: Final = frozenset({int, str, bytes})


def _disordered() -> EncodingError:
    return EncodingError("map keys are not in order, or one is there twice")


def argument_at(data: bytes, pos: int, first: int) -> tuple[int, int]:
    """Return the argument of 1, 2, 4 or 8 bytes after the initial byte `first`, and where it ends.

    Refused when a shorter form would have held it (RFC 8949 §4.2.1), and for floats, long simple values
    and indefinite lengths.
    """
    if first >= 0xE0:
        raise EncodingError("floats and long simple values are not permitted")
    size_code = first & 0x1F
    if size_code == 24:
        argument, least, end = data[pos], 24, pos + 1
    elif size_code <= 27:
        width = 1 << (size_code - 24)
        end = pos + width
        argument, least = int.from_bytes(data[pos:end], "big"), 1 << (width * 4)
        if end > len(data):
            raise _ends_early()
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
    """Return the one deterministic encoding of `value`; EncodingError for anything outside the permitted items."""
    out: list[bytes] = []
    try:
        _write(value, out.append)
    except UnicodeEncodeError as error:
        raise EncodingError("a text holds a lone surrogate and has no UTF-8 form") from error
    except RecursionError as error:
        raise EncodingError("the value is nested too deep to be written") from error
    return b"".join(out)


def head(major: int, argument: int) -> bytes:
    """Return the initial byte and argument of an item in the shortest form (RFC 8949 §3)."""
    if argument < 24:
        return _INITIAL[(major << 5) | argument]
    if argument < 0x100:
        return bytes(((major << 5) | 24, argument))
    for size_code, width in ((25, 2), (26, 4), (27, 8)):
        if argument < 1 << (8 * width):
            return bytes(((major << 5) | size_code,)) + argument.to_bytes(width, "big")
    raise EncodingError("an integer does not fit 64 bits")


_INITIAL: Final = tuple(bytes((first,)) for first in range(256))


def _write(value: Value, out: Callable[[bytes], None]) -> None:
    if type(value) is str:
        text = value.encode()
        size = len(text)
        out(_INITIAL[0x60 + size] if size < 24 else head(3, size))
        out(text)
    elif type(value) is int:
        out(head(0, value) if value >= 0 else head(1, -1 - value))
    elif type(value) is bytes:
        out(head(2, len(value)))
        out(value)
    elif isinstance(value, dict):
        _write_map(value, out)
    elif isinstance(value, list):
        out(head(4, len(value)))
        for item in value:
            _write(item, out)
    elif isinstance(value, Tag):
        out(head(6, value.number))
        _write(value.value, out)
    elif value is None or type(value) is bool:
        out(_INITIAL[0xF6 if value is None else 0xF4 + value])
    else:
        raise EncodingError(f"a {type(value).__name__} cannot be written")


def _write_map(members: dict[Key, Value], out: Callable[[bytes], None]) -> None:
    """Write a map with its keys in the bytewise order of their encodings (RFC 8949 §4.2.1)."""
    encoded = {_encoded_key(key): value for key, value in members.items()}
    out(head(5, len(encoded)))
    for key in sorted(encoded):
        out(key)
        _write(encoded[key], out)


def _encoded_key(key: Key) -> bytes:
    if type(key) is int:
        return head(0, key) if key >= 0 else head(1, -1 - key)
    if type(key) not in _KEY_TYPES:
        raise EncodingError(f"a {type(key).__name__} cannot be a map key")
    return encode(key)
