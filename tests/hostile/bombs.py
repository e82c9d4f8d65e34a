"""Bytes made to crash, to hang or to fill the memory of whoever decodes them."""

import zlib
from collections.abc import Iterator

import rlp

from tests.hostile.pen import array, head, octets, pairs, tagged, text, uint
from tests.simulated_chain import EXTRA, fields_of
from tests.simulator import CHAIN_ID, CONTRACT

MIB = 1 << 20


def bombs() -> Iterator[tuple[str, bytes]]:
    """For every decoder: whatever it is for, it must refuse all of these soon."""
    yield from _cbor()
    yield from _json()
    yield from _texts()
    yield from _files()
    yield from _rlp()


def _rlp() -> Iterator[tuple[str, bytes]]:
    """RLP alone, and as the headers and the nodes of chain evidence."""
    deep = b""
    for _ in range(2_000):
        deep = rlp.encode([]) if not deep else _rlp_list(deep)
    wide = _rlp_list(b"\x01" * 60_000)
    for name, item in (
        ("lists of RLP nested 2,000 deep", deep),
        ("lists of RLP nested 60,000 deep, and nothing", b"\xc1" * 60_000),
        ("an RLP list of 60,000 numbers", wide),
        ("an RLP list of 60,000 empty lists", _rlp_list(b"\xc0" * 60_000)),
        ("an RLP string of 2^64 bytes, and nothing", b"\xbf" + b"\xff" * 8),
        ("an RLP list of 2^64 bytes, and nothing", b"\xff" + b"\xff" * 8),
        ("a header whose extra data are nested deep", _header_with(deep)),
        ("a header whose extra data are a long list", _header_with(wide)),
        ("a header of 3,000 validators", _header_with(_rlp_list(_rlp_list(_ADDRESS * 3_000)))),
    ):
        yield name, item
        for engine in (1, 2):
            yield f"engine {engine}: {name}", _evidence(engine, [item], [item[:4096]])
            yield f"engine {engine}, 100 times: {name}", _evidence(engine, [item] * 100, [b"\xc0"])
    nodes = [bytes((n,)) * 4_000 for n in range(64)]
    yield "128 nodes that are none", _evidence(1, [b"\xc0"], nodes)
    branch = _rlp_list((b"\xa0" + b"\x01" * 32) * 16 + b"\x80")
    yield "64 times one branch", _evidence(1, [_header_with(b"\xc0")], [branch] * 64)


_ADDRESS = b"\x94" + bytes(20)


def _rlp_list(content: bytes) -> bytes:
    length = len(content)
    if length < 56:
        return bytes((0xC0 + length,)) + content
    written = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((0xF7 + len(written),)) + written + content


def _header_with(extra: bytes) -> bytes:
    fields = fields_of(7, bytes(32))
    fields[EXTRA] = extra
    return bytes(rlp.encode(fields))


def _evidence(engine: int, headers: list[bytes], nodes: list[bytes]) -> bytes:
    proof = array(*map(octets, nodes))
    return array(uint(engine), array(*map(octets, headers)), proof, proof)


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
