"""Writes CBOR that no honest encoder writes: an item is bytes, and every rule can be broken."""

from collections.abc import Iterable

_WIDTHS = {1: 24, 2: 25, 4: 26, 8: 27}
BREAK = b"\xff"


def head(major: int, argument: int, width: int | None = None) -> bytes:
    """The head of an item, its argument in `width` bytes, or in the shortest form."""
    if width is None:
        if argument < 24:
            return bytes((major << 5 | argument,))
        width = next(w for w in (1, 2, 4, 8) if argument < 1 << 8 * w)
    return bytes((major << 5 | _WIDTHS[width],)) + argument.to_bytes(width, "big")


def uint(number: int, width: int | None = None) -> bytes:
    return head(0, number, width)


def integer(number: int, width: int | None = None) -> bytes:
    return head(0, number, width) if number >= 0 else head(1, -1 - number, width)


def octets(content: bytes, width: int | None = None) -> bytes:
    return head(2, len(content), width) + content


def text(content: str | bytes, width: int | None = None) -> bytes:
    raw = content if isinstance(content, bytes) else content.encode()
    return head(3, len(raw), width) + raw


def array(*items: bytes, width: int | None = None) -> bytes:
    return head(4, len(items), width) + b"".join(items)


def pairs(*members: tuple[bytes, bytes], width: int | None = None) -> bytes:
    """A map in the order given, with whatever is given twice."""
    return head(5, len(members), width) + b"".join(key + value for key, value in members)


def tagged(number: int, item: bytes, width: int | None = None) -> bytes:
    return head(6, number, width) + item


def endless(major: int, *parts: bytes) -> bytes:
    """An item of indefinite length (RFC 8949 §3.2)."""
    return bytes((major << 5 | 31,)) + b"".join(parts) + BREAK


def nested(levels: int, innermost: bytes = b"\x80") -> bytes:
    """Arrays of one element inside each other; `innermost` is the last of them."""
    return b"\x81" * (levels - 1) + innermost


def longer_forms(major: int, argument: int) -> Iterable[tuple[str, bytes]]:
    """Every head that says the same in more bytes than needed."""
    shortest = len(head(major, argument))
    for width in (1, 2, 4, 8):
        if 1 + width > shortest:
            yield f"in {width} bytes", head(major, argument, width)


NOT_PERMITTED = {
    "undefined": b"\xf7",
    "simple value 0": b"\xe0",
    "simple value 19": b"\xf3",
    "simple value 32": b"\xf8\x20",
    "false in two bytes": b"\xf8\x14",
    "half float": b"\xf9\x3c\x00",
    "half float NaN": b"\xf9\x7e\x00",
    "single float": b"\xfa\x3f\x80\x00\x00",
    "double float": b"\xfb\x3f\xf0\x00\x00\x00\x00\x00\x00",
    "break": BREAK,
    "reserved argument 28": b"\x1c",
    "reserved argument 30": b"\x5e",
    "endless bytes": endless(2, octets(b"\x01")),
    "endless text": endless(3, text("a")),
    "endless array": endless(4, uint(1)),
    "endless map": endless(5, uint(1), uint(1)),
    "date tag": tagged(0, text("2020-01-01T00:00:00Z")),
    "epoch tag": tagged(1, uint(1)),
    "bignum tag": tagged(2, octets(b"\x01" + bytes(8))),
    "decimal tag": tagged(4, array(uint(1), uint(1))),
    "embedded CBOR tag": tagged(24, octets(b"\x01")),
    "regular expression tag": tagged(35, text("(a+)+$")),
    "shared value tag": tagged(28, array(tagged(29, uint(0)))),
    "set tag": tagged(258, array(uint(1), uint(1))),
    "self-described tag": tagged(55799, uint(1)),
    "CWT tag": tagged(61, uint(1)),
    "tag in a long form": tagged(2, octets(b"\x01"), 2),
}
"""Items that no format of ours has anywhere (form.encoding)."""

PERMITTED = {
    "an unsigned integer": uint(7),
    "a negative integer": integer(-1),
    "a byte string": octets(b"\x07"),
    "a text": text("a"),
    "an array": array(),
    "a map": pairs(),
    "true": b"\xf5",
    "false": b"\xf4",
    "null": b"\xf6",
}
"""One item of every type that may occur somewhere (a wrong one is form.structure)."""
