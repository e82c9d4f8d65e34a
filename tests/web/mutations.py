"""Ways to spoil bytes, values and texts a little, by a given source of chance."""

import zlib
from random import Random
from typing import Final, TypeAlias

from credential import cbor
from credential.cbor import Tag

Value: TypeAlias = cbor.Value

EDGES: Final = (
    0, 1, 2, 3, 7, 23, 24, 255, 256, 300, 301, 65535, 65536, 2**31, 2**32 - 1, 2**32,
    2**53 - 1, 2**53, 253402300799, 253402300800, 2**63, 2**64 - 1,
)  # fmt: skip
"""Numbers at which something changes: lengths in CBOR, limits of fields, what a double can hold."""
_ODD: Final = """
00 17 1817 20 37 40 60 61ff 80 a0 c000 d200 d2d200 e0 f4 f5 f6 f7 f820 f90000 fb0000000000000000 ff
9fff bfff 1bffffffffffffffff 3bffffffffffffffff 1c 5f40ff 780161 980100 a1f600
"""
ITEMS: Final = tuple(map(bytes.fromhex, _ODD.split()))
"""Items of CBOR, most of which nothing here may hold."""
TEXTS: Final = (
    "",
    "A1",
    "a1",
    "B1",
    "A" * 16,
    "A" * 17,
    "-A",
    "王小明",
    "\0",
    "𠀀",
    "2020-02-30",
    "x\ny",
)


def spoilt_bytes(source: bytes, chance: Random) -> bytes:
    """The bytes with one to three places changed, cut, repeated or filled with an odd item."""
    data = bytearray(source)
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        at = chance.randrange(len(data) + 1)
        match chance.randrange(8):
            case 0 | 1 | 2 if at < len(data):
                data[at] ^= 1 << chance.randrange(8)
            case 3 if at < len(data):
                data[at] = chance.choice((0, 1, 0x17, 0x18, 0x7F, 0x80, 0xC0, 0xF6, 0xFF))
            case 4:
                del data[at : at + chance.randrange(1, 9)]
            case 5:
                data[at:at] = data[at : at + chance.randrange(1, 9)]
            case 6:
                data[at : at + chance.choice((0, 1))] = chance.choice(ITEMS)
            case _:
                del data[max(1, at) :]
    return bytes(data)


def spoilt_text(source: str, chance: Random) -> str:
    """The text with a character or two changed, added or dropped."""
    text = list(source)
    for _ in range(chance.choice((1, 1, 2))):
        at = chance.randrange(len(text) + 1)
        new = chance.choice((*"0123456789", "#", " ", "٣", "\n", "x", "-", "𝟗", "\ud800"))
        match chance.randrange(4):
            case 0 | 1:
                text[at : at + 1] = new
            case 2:
                text[at:at] = new
            case _:
                del text[at : at + 1]
    return "".join(text)


def spoilt_value(value: Value, chance: Random) -> Value:
    """The value with one item in it, at whatever depth, changed."""
    if isinstance(value, dict) and value and chance.random() < 0.9:
        key = chance.choice(list(value))
        if chance.random() < 0.08:
            return {k: v for k, v in value.items() if k != key}
        if chance.random() < 0.05:
            named = chance.choice((0, 1, 2, 65535, 65536, -1, "x", b"x"))
            return {**{k: v for k, v in value.items() if k != key}, named: value[key]}
        if chance.random() < 0.04:
            return {
                **value,
                chance.choice((8, 9, 21, -1, "x", 2**32)): chance.choice((0, b"", None)),
            }
        return {**value, key: spoilt_value(value[key], chance)}
    if isinstance(value, list) and value and chance.random() < 0.9:
        at = chance.randrange(len(value))
        item = value[at]
        match chance.randrange(14):
            case 0:
                return [*value[:at], *value[at + 1 :]]
            case 1:
                return [*value[: at + 1], item, *value[at + 1 :]]
            case 2:
                other = chance.randrange(len(value))
                swapped = list(value)
                swapped[at], swapped[other] = value[other], item
                return swapped
        return [*value[:at], spoilt_value(item, chance), *value[at + 1 :]]
    if isinstance(value, Tag):
        return Tag(value.number, spoilt_value(value.value, chance))
    return _other_scalar(value, chance)


def _other_scalar(value: Value, chance: Random) -> Value:
    if chance.random() < 0.1:
        return chance.choice((0, -1, b"", "", [], {}, True, False, None, Tag(18, 0)))
    if isinstance(value, bool) or value is None:
        return chance.choice((True, False, None, 0, 1_700_000_100))
    if isinstance(value, int):
        near = (value - 1, value + 1, value - 12, value + 12, -1 - value)
        return max(-(2**64), min(chance.choice((*near, *near, *EDGES)), 2**64 - 1))
    if isinstance(value, bytes):
        return spoilt_bytes(value, chance) if chance.random() < 0.7 else bytes(len(value))
    if isinstance(value, str):
        return chance.choice((*TEXTS, value + "x", value[:-1]))
    return chance.choice(EDGES)


def unpacked(bundle: bytes) -> tuple[dict[cbor.Key, Value], Value]:
    """The file map of a bundle, and its body."""
    outer = cbor.decode(bundle, max_bytes=1 << 26, max_items=4_000_000)
    assert isinstance(outer, dict)
    assert isinstance(outer[6], bytes)
    body = zlib.decompress(outer[6])
    tags = frozenset({18})
    return outer, cbor.decode(body, max_bytes=1 << 26, max_items=4_000_000, max_depth=12, tags=tags)


def packed(outer: dict[cbor.Key, Value], body: Value) -> bytes:
    """The bundle with this body, a value or its bytes, and the length that fits it."""
    encoded = body if isinstance(body, bytes) else cbor.encode(body)
    return cbor.encode({**outer, 5: len(encoded), 6: zlib.compress(encoded, 1)})
