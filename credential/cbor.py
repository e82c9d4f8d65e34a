"""Deterministic CBOR (RFC 8949 §4.2.1) of the few items our formats permit, read strictly and written in one way only.

Permitted: integers within 64 bits, byte strings, text strings (valid UTF-8), arrays, maps, `false`, `true`, `null`,
and the tags a caller names. Everything else is refused: floats, other simple values, indefinite lengths, integers or
lengths that are not the shortest, map keys out of order or twice, bytes after the end.
"""

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

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
Value: TypeAlias = "int | str | bytes | bool | None | list[Value] | dict[Key, Value] | Tag"


class Limits(NamedTuple):
    """What a decode permits. `ordered=False` takes map keys in any order (still none twice), for foreign COSE."""

    size: int
    items: int
    tags: frozenset[int]
    ordered: bool


def decode(
    data: bytes,
    *,
    max_bytes: int = MAX_BYTES,
    max_depth: int = MAX_DEPTH,
    max_items: int = MAX_ITEMS,
    tags: frozenset[int] = _NO_TAGS,
    ordered: bool = True,
) -> Value:
    """Return the one item that `data` is, whole; the outermost item is at depth 1.

    The first fault met from the front is raised: LimitError (bytes, nesting, elements), EncodingError (anything that
    is not deterministic CBOR of the permitted items), StructureError (a map key that is no integer or string, which
    none of our formats has). A tag does not count as nesting, but a tag directly inside a tag is refused.
    """
    size = len(data)
    if size > max_bytes:
        raise LimitError(f"{size} bytes, where at most {max_bytes} are permitted")
    try:
        value, end = _item(data, 0, max_depth, Limits(size, max_items, tags, ordered))
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


# The next three functions are the hot path of every verification. They share one shape: the initial byte is looked at
# once, the short forms (RFC 8949 §3, argument below 24) are handled in place, and only the rest costs a function call.


def _item(data: bytes, pos: int, depth: int, limits: Limits) -> tuple[Value, int]:
    """Return the item that begins at `pos`, and where it ends; `depth` is how many levels of nesting are left."""
    first = data[pos]
    argument = first & 0x1F
    pos += 1
    if argument >= 24:
        if first >= 0xE0:
            raise EncodingError(
                "floats and simple values other than false, true and null are not permitted"
            )
        argument, pos = argument_at(data, pos, argument)
    major = first >> 5
    if major == 3 or major == 2:
        end = pos + argument
        if end > limits.size:
            raise _ends_early()
        return (data[pos:end].decode() if major == 3 else data[pos:end]), end
    if major == 0:
        return argument, pos
    if major == 1:
        return -1 - argument, pos
    if major == 4 or major == 5:
        if argument > limits.items:
            raise LimitError(
                f"{argument} elements in one array or map, where at most {limits.items} are permitted"
            )
        if not depth:
            raise LimitError("arrays and maps are nested too deep")
        return (_array if major == 4 else _map)(data, pos, argument, depth - 1, limits)
    if major == 6:
        return _tag(data, pos, argument, depth, limits)
    if 20 <= argument <= 22:
        return (False, True, None)[argument - 20], pos
    raise EncodingError("simple values other than false, true and null are not permitted")


def _array(
    data: bytes, pos: int, count: int, depth: int, limits: Limits
) -> tuple[list[Value], int]:
    items: list[Value] = []
    append = items.append
    for _ in range(count):
        first = data[pos]
        if first < 0x18:
            append(first)
            pos += 1
        else:
            value, pos = _item(data, pos, depth, limits)
            append(value)
    return items, pos


def _map(
    data: bytes, pos: int, count: int, depth: int, limits: Limits
) -> tuple[dict[Key, Value], int]:
    members: dict[Key, Value] = {}
    previous = b""  # sorts before every encoded key
    size = limits.size
    key: Value
    value: Value
    for _ in range(count):
        start = pos
        first = data[pos]
        if first < 0x18:
            key = first
            pos += 1
        else:
            key, pos = _item(data, pos, depth, limits)
            if type(key) not in _KEY_TYPES:
                raise StructureError("a map key is neither an integer nor a string")
        encoded = data[start:pos]
        if (encoded <= previous) if limits.ordered else (key in members):
            raise EncodingError("map keys are not in order, or one is there twice")
        previous = encoded
        first = data[pos]
        if 0x60 <= first < 0x78:
            end = pos + first - 0x5F
            if end > size:
                raise _ends_early()
            value = data[pos + 1 : end].decode()
            pos = end
        elif first < 0x18:
            value = first
            pos += 1
        else:
            value, pos = _item(data, pos, depth, limits)
        members[key] = value  # type: ignore[index]  # narrowed by the check against _KEY_TYPES above
    return members, pos


_KEY_TYPES = frozenset({int, str, bytes})


def argument_at(data: bytes, pos: int, size_code: int) -> tuple[int, int]:
    """Return an argument of 1, 2, 4 or 8 bytes, refused when a shorter form would have held it (RFC 8949 §4.2.1)."""
    if size_code == 24:
        argument = data[pos]
        if argument < 24:
            raise EncodingError("an integer or length is not in its shortest form")
        return argument, pos + 1
    if size_code > 27:
        raise EncodingError("indefinite lengths and reserved forms are not permitted")
    width = 1 << (size_code - 24)
    end = pos + width
    if end > len(data):
        raise _ends_early()
    argument = int.from_bytes(data[pos:end], "big")
    if not argument >> (width * 4):
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
        return _SHORT_HEADS[(major << 5) | argument]
    if argument < 0x100:
        return bytes(((major << 5) | 24, argument))
    for size_code, width in ((25, 2), (26, 4), (27, 8)):
        if argument < 1 << (8 * width):
            return bytes(((major << 5) | size_code,)) + argument.to_bytes(width, "big")
    raise EncodingError("an integer does not fit 64 bits")


_SHORT_HEADS = tuple(bytes((first,)) for first in range(256))


def _write(value: Value, out: Callable[[bytes], None]) -> None:
    kind = type(value)
    if kind is str:
        text = value.encode()  # type: ignore[union-attr]  # mypy does not narrow on an exact type
        out(head(3, len(text)) + text)
    elif kind is int:
        number: int = value  # type: ignore[assignment]  # as above
        out(head(0, number) if number >= 0 else head(1, -1 - number))
    elif kind is bytes:
        out(head(2, len(value)) + value)  # type: ignore[arg-type,operator]  # as above
    elif isinstance(value, dict):
        _write_map(value, out)
    elif isinstance(value, list):
        out(head(4, len(value)))
        for item in value:
            _write(item, out)
    elif isinstance(value, Tag):
        out(head(6, value.number))
        _write(value.value, out)
    elif value is None or kind is bool:
        out(b"\xf6" if value is None else b"\xf5" if value else b"\xf4")
    else:
        raise EncodingError(f"a {kind.__name__} cannot be written")


def _write_map(members: dict[Key, Value], out: Callable[[bytes], None]) -> None:
    """Write a map with its keys in the bytewise order of their encodings (RFC 8949 §4.2.1)."""
    encoded = []
    for key, value in members.items():
        if type(key) not in _KEY_TYPES:
            raise EncodingError(f"a {type(key).__name__} cannot be a map key")
        parts: list[bytes] = []
        _write(key, parts.append)
        encoded.append((parts[0], value))
    encoded.sort(key=_first)
    out(head(5, len(encoded)))
    for encoded_key, value in encoded:
        out(encoded_key)
        _write(value, out)


def _first(pair: tuple[bytes, Value]) -> bytes:
    return pair[0]
