"""Strict RLP (Ethereum yellow paper, appendix B): one encoding a value, limits kept while reading.

Own code, since the usual decoder recurses as deep as its input and copies as it goes.
"""

from typing import TypeAlias

from registry.errors import EvidenceError

Item: TypeAlias = "bytes | list[Item]"
_SHORT = 56
_STRING, _LIST = 0x80, 0xC0


def decode_list(source: bytes, most_items: int, depth: int) -> list[Item]:
    """The one list in these bytes.

    No list in it has more than `most_items` elements, or stands deeper than `depth`. Raises
    EvidenceError.
    """
    is_list, start, end = _span(source, 0, len(source))
    if not is_list or end != len(source):
        raise EvidenceError("these bytes are not one RLP list")
    return _items(source, start, end, most_items, depth)


def _items(source: bytes, start: int, end: int, most_items: int, depth: int) -> list[Item]:
    if depth == 0:
        raise EvidenceError("RLP lists are nested deeper than anything here needs")
    items: list[Item] = []
    while start < end:
        if len(items) == most_items:
            raise EvidenceError(f"an RLP list has more than {most_items} elements")
        is_list, begin, stop = _span(source, start, end)
        if is_list:
            items.append(_items(source, begin, stop, most_items, depth - 1))
        else:
            items.append(source[begin:stop])
        start = stop
    return items


def _span(source: bytes, start: int, end: int) -> tuple[bool, int, int]:
    """Whether the item at `start` is a list, and where its content begins and stops."""
    if start >= end:
        raise EvidenceError("RLP ends where an item must stand")
    first = source[start]
    if first < _STRING:
        return False, start, start + 1
    is_list = first >= _LIST
    length = first - (_LIST if is_list else _STRING)
    begin = start + 1
    if length >= _SHORT:
        width = length - _SHORT + 1
        length = int.from_bytes(source[begin : begin + width], "big")
        if length < _SHORT or source[begin] == 0:
            raise EvidenceError("an RLP length is not in its shortest form")
        begin += width
    stop = begin + length
    if stop > end:
        raise EvidenceError("RLP ends inside an item")
    if not is_list and length == 1 and source[begin] < _STRING:
        raise EvidenceError("an RLP byte is not in its shortest form")
    return is_list, begin, stop


def encode(item: "Item | tuple[Item, ...]") -> bytes:
    """The RLP of an item."""
    if isinstance(item, bytes):
        if len(item) == 1 and item[0] < _STRING:
            return item
        return _prefix(len(item), _STRING) + item
    content = b"".join(map(encode, item))
    return _prefix(len(content), _LIST) + content


def _prefix(length: int, offset: int) -> bytes:
    if length < _SHORT:
        return bytes((offset + length,))
    written = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((offset + _SHORT - 1 + len(written),)) + written


def scalar(content: bytes, most_bytes: int) -> int:
    """The number in a string without leading zeros. Raises EvidenceError."""
    if len(content) > most_bytes or content[:1] == b"\0":
        raise EvidenceError("a number in RLP is too long, or begins with zeros")
    return int.from_bytes(content, "big")


def fixed(item: Item, size: int) -> bytes:
    """The string of exactly `size` bytes. Raises EvidenceError."""
    if not isinstance(item, bytes) or len(item) != size:
        raise EvidenceError(f"a string of {size} bytes must stand in an RLP list")
    return item
