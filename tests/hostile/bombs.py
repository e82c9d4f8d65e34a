"""Bytes made to crash, to hang or to fill the memory of whoever decodes them."""

import zlib
from collections.abc import Iterator

from tests.hostile.pen import array, head, octets, pairs, tagged, text, uint
from tests.simulator import CHAIN_ID, CONTRACT

MIB = 1 << 20


def bombs() -> Iterator[tuple[str, bytes]]:
    """For every decoder: whatever it is for, it must refuse all of these soon."""
    yield from _cbor()
    yield from _json()
    yield from _texts()
    yield from _files()


def _cbor() -> Iterator[tuple[str, bytes]]:
    yield "arrays nested 100,000 deep", b"\x81" * 100_000 + b"\x80"
    yield "maps nested 100,000 deep", b"\xa1\x00" * 100_000 + b"\xa0"
    yield "tags nested 100,000 deep", b"\xd2" * 100_000 + b"\x80"
    yield "endless arrays nested 100,000 deep", b"\x9f" * 100_000
    yield "byte strings inside each other", _wrapped(b"\x80", 200)
    for major in (2, 3, 4, 5):
        for size in (2**16, 2**31, 2**32, 2**63, 2**64 - 1):
            yield f"major type {major} of {size}, and nothing", head(major, size)
    yield "a million zeros", bytes(MIB)
    yield "200,000 numbers in one array", head(4, 200_000) + bytes(200_000)
    yield "200,000 pairs in one map", head(5, 200_000) + bytes(400_000)
    yield (
        "64 arrays of 64 arrays of 64 numbers",
        array(*[array(*[array(*[uint(1)] * 64)] * 64)] * 64),
    )
    yield "a map of 64 long texts", pairs(*((uint(n), text("王" * 80)) for n in range(64)))
    yield "a shared value that holds itself", tagged(28, array(tagged(29, uint(0))))
    yield "a regular expression that takes forever", tagged(35, text("(a+)+$" + "a" * 40))
    yield "a big number of a megabyte", tagged(2, octets(b"\xff" * MIB))
    yield "sixteen million slots", _status_list(1 << 26)
    yield "a list that says more slots than it has", _status_list(1 << 26, bits=4)
    yield "a thousand rows out of order", _details(1_000)


def _wrapped(item: bytes, times: int) -> bytes:
    for _ in range(times):
        item = octets(item)
    return item


def _status_list(slots: int, bits: int | None = None) -> bytes:
    content = bytes((slots + 3) // 4 if bits is None else bits)
    values = (uint(1), text("A1"), uint(1), uint(1), uint(slots), octets(content))
    return pairs(*zip(map(uint, range(1, 7)), values, strict=True))


def _details(rows: int) -> bytes:
    row = array(uint(1), uint(1), text("other"), uint(1))
    values = (uint(1), text("A1"), uint(1), uint(1), array(*[row] * rows))
    return pairs(*zip(map(uint, range(1, 6)), values, strict=True))


def _json() -> Iterator[tuple[str, bytes]]:
    yield "arrays of JSON nested 60,000 deep", b"[" * 60_000
    yield "objects of JSON nested deep", b'{"a":' * 10_000
    yield "60,000 escaped quotes", b'"' + b'\\"' * 32_000
    yield "60,000 backslashes", b'"' + b"\\" * 64_000
    yield "brackets inside a text", b'{"a":"' + b"[" * 60_000 + b'"}'
    yield "a number of 60,000 digits", b'{"format":' + b"9" * 60_000 + b"}"
    yield "an exponent", b'{"format":1e999999999}'
    yield "infinity", b'{"format":Infinity}'
    yield "30,000 commas", b"[" + b"1," * 30_000 + b"1]"
    yield "one name 6,000 times", b"{" + b'"format":1,' * 5_500 + b'"format":1}'
    yield "a lone surrogate", b'{"format":1,"id":"\\ud800"}'
    yield "UTF-16", '{"format":1}'.encode("utf-16")
    yield "a byte order mark", b'\xef\xbb\xbf{"format":1}'


def _texts() -> Iterator[tuple[str, bytes]]:
    yield "42,000 digits", b"0" * 42_000
    yield "42,000 nines", b"9" * 42_000
    yield "a million digits", b"1" * MIB
    yield "42,000 of #", b"#" * 42_000
    yield "a URL of a megabyte", b"h" * MIB + b"#1"
    yield "bytes that are no text", bytes(range(256)) * 100
    yield "42,000 full-width digits", "９".encode() * 42_000


def _files() -> Iterator[tuple[str, bytes]]:
    journal = b"SEALJNL1" + CHAIN_ID.to_bytes(32, "big") + CONTRACT
    yield "a journal of zeros", journal + bytes(MIB)
    yield "a journal that ends inside an entry", journal + bytes(10) + b"\xff\xff"
    yield "20,000 entries of nobody", journal + (bytes(7) + b"\1\x13\0\x10" + bytes(16)) * 20_000
    for name, length, body in (
        ("zeros, within the limit", 8 * MIB, bytes(8 * MIB)),
        ("zeros, beyond the limit", 200 * MIB, bytes(200 * MIB)),
        ("zeros, more than stated", 100, bytes(100 * MIB)),
        ("zeros, fewer than stated", 8 * MIB, bytes(100)),
        ("arrays nested deep", MIB, b"\x81" * MIB),
        ("a full body of a million lists", 3 * MIB, _body(MIB)),
    ):
        for kind in (1, 2):
            yield f"kind {kind}: {name}", bundle(kind, length, zlib.compress(body, 9))
    inner = zlib.compress(zlib.compress(bytes(100 * MIB), 9), 9)
    yield "a bundle compressed twice", bundle(2, 100, inner)
    yield "a bundle of stored blocks without end", bundle(2, 8 * MIB, b"\x78\x01" + b"\0" * 8)


def _body(lists: int) -> bytes:
    return head(5, 6) + uint(1) + octets(b"") + uint(3) + head(4, lists) + b"\x40" * lists


def bundle(kind: int, length: int, compressed: bytes) -> bytes:
    """The file of a bundle with this compressed body, whatever it is."""
    values = (
        uint(1),
        uint(kind),
        uint(CHAIN_ID),
        octets(CONTRACT),
        uint(length),
        octets(compressed),
    )
    return pairs(*zip(map(uint, range(1, 7)), values, strict=True))
