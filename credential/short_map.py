"""The maps nearly all fields of an entry are: short values under labels below 24, in one loop.

The general reader of credential/cbor.py takes twice as long. Whatever is not of this shape, or not
well-formed, is left to it.
"""

from credential.cbor import Value


def read_short_map(source: bytes, start: int) -> dict[int, Value] | None:
    """Return the map from `start` to the end of the bytes, or None where it is not a short one.

    Short means at most 23 members; labels from 1 to 23, rising; text of at most 255 bytes, byte
    strings of 24 to 255 bytes, numbers from 0 to 23. The map is the one `cbor.decode` returns.
    """
    try:
        count = source[start] - 0xA0
        return _members(source, start + 1, count) if 0 < count < 24 else None
    except (IndexError, UnicodeDecodeError):
        return None


def _members(source: bytes, at: int, count: int) -> dict[int, Value] | None:
    members: dict[int, Value] = {}
    label = 0
    for _ in range(count):
        if not label < source[at] < 24:
            return None
        label, first = source[at], source[at + 1]
        if 0x60 <= first < 0x78:
            end = at + first - 0x5E
            members[label] = source[at + 2 : end].decode()
            at = end
        elif first < 24:
            members[label] = first
            at += 2
        elif first in (0x58, 0x78) and source[at + 2] >= 24:
            value = source[at + 3 : at + 3 + source[at + 2]]
            at += 3 + source[at + 2]
            members[label] = value if first == 0x58 else value.decode()
        else:
            return None
    return members if at == len(source) else None
