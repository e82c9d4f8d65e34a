"""Every way to spoil an entry by one fault; what remains is signed by the trusted key.

Each generator yields (name, entry, code), the code as docs/formats/sealed.md promises it.
"""

from collections.abc import Iterator

from tests.hostile.desk import FIELDS, Desk, claims, field_map
from tests.hostile.pen import (
    NOT_PERMITTED,
    PERMITTED,
    array,
    endless,
    head,
    integer,
    longer_forms,
    nested,
    octets,
    pairs,
    tagged,
    text,
    uint,
)

Fault = tuple[str, bytes, str]
STRUCTURE, ENCODING, LARGE = "form.structure", "form.encoding", "form.too_large"
LATEST = 253_402_300_799
TIMES = ("exp", "nbf", "iat")
EXTRA = uint(100)
"""The label of a field that no type knows: kept, whatever it holds."""


def entry_faults(desk: Desk) -> Iterator[Fault]:
    for generator in (
        _members,
        _heads,
        _frames,
        _issuers,
        _times,
        _slots,
        _random_values,
        _labels,
        _values,
        _depths_and_counts,
        _texts,
    ):
        yield from generator(desk)


def _with_extra(desk: Desk, item: bytes, label: bytes = EXTRA) -> bytes:
    """An entry with one more field, behind all others."""
    known = [(uint(number), value) for number, value in FIELDS.items()]
    return desk.entry(fields=pairs(*known, (label, item)))


def _members(desk: Desk) -> Iterator[Fault]:
    """Every claim missing, twice, moved, of every other type, and of types nothing may have."""
    names = list(desk.members())
    for name in names:
        if name not in ("exp", "nbf"):
            members = desk.members()
            del members[name]
            yield f"{name} missing", claims(members), STRUCTURE
        whole = list(desk.members().items())
        at = names.index(name)
        twice = [member for _, member in (*whole[: at + 1], whole[at], *whole[at + 1 :])]
        yield f"{name} twice", pairs(*twice), ENCODING
        if at:
            moved = [member for _, member in whole]
            moved[at - 1], moved[at] = moved[at], moved[at - 1]
            yield f"{name} before the claim before it", pairs(*moved), ENCODING
        for what, item in PERMITTED.items():
            if not (name in TIMES and what == "an unsigned integer"):
                yield f"{name} is {what}", desk.entry(**{name: item}), STRUCTURE
        for what, item in NOT_PERMITTED.items():
            yield f"{name} is {what}", desk.entry(**{name: item}), ENCODING
        key, item = desk.members()[name]
        yield f"{name} in tag 24", desk.entry(**{name: tagged(24, item)}), ENCODING
        yield f"{name} in tag 18", desk.entry(**{name: tagged(18, item)}), STRUCTURE
    for what, key in (
        ("a text", text("x")),
        ("a byte string", octets(b"x")),
        ("an array", array()),
        ("a map", pairs()),
        ("true", b"\xf5"),
        ("null", b"\xf6"),
    ):
        yield (
            f"a claim whose label is {what}",
            pairs(*desk.members().values(), (key, uint(1))),
            STRUCTURE,
        )
    for what, key in NOT_PERMITTED.items():
        yield (
            f"a claim whose label is {what}",
            pairs(*desk.members().values(), (key, uint(1))),
            ENCODING,
        )
    for what, item in {"null": b"\xf6", "a field label 0": pairs((uint(0), uint(1)))}.items():
        yield f"an unknown claim is {what}", pairs(*_with_claim(desk, item)), STRUCTURE


def _with_claim(desk: Desk, item: bytes) -> list[tuple[bytes, bytes]]:
    """The claims with one of a later version, in its place (label 8)."""
    before, after = list(desk.members().values())[:5], list(desk.members().values())[5:]
    return [*before, (uint(8), item), *after]


def _heads(desk: Desk) -> Iterator[Fault]:
    """Every head of a claim in all its longer forms."""
    for name, (key, item) in desk.members().items():
        for what, longer in longer_forms(key[0] >> 5, _argument(key)):
            members = desk.members()
            members[name] = (longer, members[name][1])
            yield f"the label of {name} {what}", claims(members), ENCODING
        for what, longer in longer_forms(item[0] >> 5, _argument(item)):
            changed = longer + item[_head_size(item) :]
            yield f"{name} with its head {what}", desk.entry(**{name: changed}), ENCODING


def _head_size(item: bytes) -> int:
    return 1 + {24: 1, 25: 2, 26: 4, 27: 8}.get(item[0] & 31, 0)


def _argument(item: bytes) -> int:
    size = _head_size(item)
    return item[0] & 31 if size == 1 else int.from_bytes(item[1:size], "big")


def _frames(desk: Desk) -> Iterator[Fault]:
    """What is around the claims."""
    good, members = desk.entry(), list(desk.members().values())
    body = b"".join(key + item for key, item in members)
    yield "no bytes at all", b"", ENCODING
    yield "a byte behind the entry", good + b"\x00", ENCODING
    yield "a second entry behind the entry", good + desk.entry(), ENCODING
    yield "the last byte missing", good[:-1], ENCODING
    yield "one claim fewer than the head says", head(5, 8) + body, ENCODING
    yield "one claim more than the head says", head(5, 6) + body, ENCODING
    yield "a map of indefinite length", endless(5, body), ENCODING
    yield "a map with its head in 1 byte", head(5, 7, 1) + body, ENCODING
    yield "a CWT tag before the entry", tagged(61, good), ENCODING
    yield "tag 18 before the entry", tagged(18, good), STRUCTURE
    yield "a self-described entry", tagged(55799, good), ENCODING
    yield "an entry within a byte string", octets(good), STRUCTURE
    yield "an array of labels and values", head(4, 14) + body, STRUCTURE
    yield "an entry within an array", array(good), STRUCTURE
    yield "a claims set of nothing", pairs(), STRUCTURE
    yield "64 bytes that are two hashes", bytes(range(64)), ENCODING


def _issuers(desk: Desk) -> Iterator[Fault]:
    for what, code in {
        "empty": "",
        "of 17 characters": "A" * 17,
        "in small letters": "a15030000c",
        "with a hyphen in front": "-A1",
        "padded with a zero byte": "A1\0",
        "with a space behind": "A1 ",
        "with a space in front": " A1",
        "with a line end behind": "A15030000C\n",
        "with an underscore": "A_1",
        "with a full-width digit": "A１",
        "with an Arabic digit": "A١",
        "with a Cyrillic A": "А15030000C",
        "with a zero-width space": "A1\u200b",
    }.items():
        yield f"an agency code {what}", desk.entry(iss=text(code)), STRUCTURE
    yield "an agency code that is not UTF-8", desk.entry(iss=text(b"A\xff")), ENCODING


def _times(desk: Desk) -> Iterator[Fault]:
    now = desk.sim.now
    for name in TIMES:
        for what, number in (("after the year 9999", LATEST + 1), ("in 64 bits", 2**64 - 1)):
            yield f"{name} {what}", desk.entry(**{name: uint(number)}), STRUCTURE
        yield f"{name} before 1970", desk.entry(**{name: integer(-now)}), STRUCTURE
        yield f"{name} as a date", desk.entry(**{name: text("2026-01-01")}), STRUCTURE
    yield "exp equal to nbf", desk.entry(exp=uint(now - 86_400)), STRUCTURE
    yield "exp before nbf", desk.entry(exp=uint(now - 86_401)), STRUCTURE


def _slots(desk: Desk) -> Iterator[Fault]:
    good = [2, 1, 1, 7]
    limits = [("type", 1, 2**32 - 1), ("version", 1, 65_535), ("list", 1, 2**32 - 1)]
    for at, (name, least, most) in enumerate([*limits, ("index", 0, 67_108_863)]):
        for number in (least - 1, most + 1):
            numbers = [*good[:at], number, *good[at + 1 :]]
            slot = array(*map(integer, numbers))
            yield f"{name} {number}", desk.entry(slot=slot), STRUCTURE
        for what, item in PERMITTED.items():
            items = [*map(uint, good)]
            items[at] = item
            if what != "an unsigned integer":
                yield f"{name} is {what}", desk.entry(slot=array(*items)), STRUCTURE
        items = [*map(uint, good)]
        items[at] = uint(good[at], 2)
        yield f"{name} in two bytes", desk.entry(slot=array(*items)), ENCODING
    yield "a slot of three numbers", desk.entry(slot=array(*map(uint, good[:3]))), STRUCTURE
    yield "a slot of five numbers", desk.entry(slot=array(*map(uint, [*good, 0]))), STRUCTURE
    yield "a slot as a map", desk.entry(slot=pairs((uint(1), uint(1)))), STRUCTURE


def _random_values(desk: Desk) -> Iterator[Fault]:
    for size in (0, 1, 15, 17, 32):
        yield f"a cti of {size} bytes", desk.entry(cti=octets(bytes(size))), STRUCTURE
    yield "a cti as hexadecimal text", desk.entry(cti=text("0" * 32)), STRUCTURE


def _labels(desk: Desk) -> Iterator[Fault]:
    yield "no fields", desk.entry(fields=pairs()), STRUCTURE
    yield "a field with label 0", desk.entry(fields=field_map({0: uint(1), **FIELDS})), STRUCTURE
    for what, label in {
        "label 65536": uint(65_536),
        "a negative label": integer(-1),
        "a text as label": text("name"),
        "a byte string as label": octets(b"\x01"),
        "true as label": b"\xf5",
        "null as label": b"\xf6",
        "an array as label": array(),
    }.items():
        yield f"a field with {what}", _with_extra(desk, uint(1), label), STRUCTURE
    for what, label in NOT_PERMITTED.items():
        yield f"a field with {what} as label", _with_extra(desk, uint(1), label), ENCODING
    known = [(uint(label), item) for label, item in FIELDS.items()]
    yield "a field twice", desk.entry(fields=pairs(*known, known[-1])), ENCODING
    turned = pairs(*known[::-1])
    yield "fields in falling order", desk.entry(fields=turned), ENCODING
    long_form = pairs((uint(1, 2), known[0][1]), *known[1:])
    yield "a label in two bytes", desk.entry(fields=long_form), ENCODING
    yield "fields as an array", desk.entry(fields=array(*FIELDS.values())), STRUCTURE


def _values(desk: Desk) -> Iterator[Fault]:
    """What no field may hold, at the top, in an array, and as the value of an inner map."""
    places = {
        "a field": lambda item: item,
        "an element": lambda item: array(uint(1), item),
        "an inner field": lambda item: pairs((uint(1), item)),
    }
    for where, inside in places.items():
        for what, item in NOT_PERMITTED.items():
            yield f"{where} is {what}", _with_extra(desk, inside(item)), ENCODING
        yield f"{where} is null", _with_extra(desk, inside(b"\xf6")), STRUCTURE
        yield f"{where} is in tag 18", _with_extra(desk, inside(tagged(18, array()))), STRUCTURE
        for what, longer in longer_forms(0, 5):
            yield f"{where} is 5 {what}", _with_extra(desk, inside(longer)), ENCODING
        for what, longer in longer_forms(1, 0):
            yield f"{where} is -1 {what}", _with_extra(desk, inside(longer)), ENCODING
    for what, inner in {
        "label 0": pairs((uint(0), uint(1))),
        "label 65536": pairs((uint(65_536), uint(1))),
        "a text as label": pairs((text("a"), uint(1))),
        "true as label": pairs((b"\xf5", uint(1))),
    }.items():
        yield f"an inner map with {what}", _with_extra(desk, inner), STRUCTURE
    double = pairs((uint(1), uint(1)), (uint(1), uint(2)))
    yield "an inner map with a label twice", _with_extra(desk, double), ENCODING
    falling = pairs((uint(2), uint(1)), (uint(1), uint(2)))
    yield "an inner map out of order", _with_extra(desk, falling), ENCODING


def _depths_and_counts(desk: Desk) -> Iterator[Fault]:
    yield "arrays nested to depth 9", _with_extra(desk, nested(7)), LARGE
    yield "arrays nested 5,000 deep", _with_extra(desk, nested(5_000)), LARGE
    maps = b"\xa1\x01" * 6 + b"\xa0"
    yield "maps nested to depth 9", _with_extra(desk, maps), LARGE
    for what, item in {
        "an array of 65 elements": array(*[uint(1)] * 65),
        "an array said to be of 2^32 elements": head(4, 2**32),
        "a map of 65 pairs": pairs(*((uint(n), uint(1)) for n in range(1, 66))),
        "a map said to be of 2^63 pairs": head(5, 2**63),
    }.items():
        yield what, _with_extra(desk, item), LARGE
    many = field_map({**FIELDS, **{label: uint(1) for label in range(100, 159)}})
    yield "65 fields", desk.entry(fields=many), LARGE
    later = [(uint(label), uint(1)) for label in range(8, 66)]
    members = list(desk.members().values())
    yield "65 claims", pairs(*members[:5], *later, *members[5:]), LARGE
    yield "more than 16,384 bytes", _with_extra(desk, text("王" * 5_500)), LARGE
    for size in (2**16, 2**31, 2**63):
        yield f"a text said to be of {size} bytes", _with_extra(desk, head(3, size)), ENCODING
        yield f"bytes said to be {size}", _with_extra(desk, head(2, size)), ENCODING


def _texts(desk: Desk) -> Iterator[Fault]:
    """Texts that are not UTF-8 (RFC 3629 §3)."""
    for what, raw in {
        "a lone continuation byte": b"\x80",
        "a sequence cut short": b"\xe7\x8e",
        "an overlong slash": b"\xc0\xaf",
        "an overlong zero": b"\xe0\x80\x80",
        "a surrogate": b"\xed\xa0\x80",
        "a surrogate pair (CESU-8)": b"\xed\xa0\xb4\xed\xb4\x9e",
        "a code point above U+10FFFF": b"\xf4\x90\x80\x80",
        "a five-byte sequence": b"\xf8\x88\x80\x80\x80",
        "a byte FF": b"\xff",
        "Big5": "王小明".encode("big5"),
        "UTF-16": "王小明".encode("utf-16"),
    }.items():
        name = desk.entry(fields=field_map({**FIELDS, 1: text(raw)}))
        yield f"a name holds {what}", name, ENCODING
        yield f"an unknown field holds {what}", _with_extra(desk, text(raw)), ENCODING


def good_entries(desk: Desk) -> Iterator[tuple[str, bytes]]:
    """What looks odd and is permitted: at every limit, and never normalised."""
    now = desk.sim.now
    yield "arrays nested to depth 8", _with_extra(desk, nested(6))
    yield "an array of 64 elements", _with_extra(desk, array(*[uint(1)] * 64))
    yield (
        "64 fields",
        desk.entry(fields=field_map({**FIELDS, **{label: uint(1) for label in range(100, 158)}})),
    )
    yield "an unknown claim", pairs(*_with_claim(desk, text("later")))
    yield (
        "an unknown negative claim",
        pairs(
            *list(desk.members().values())[:5],
            (integer(-65_536), uint(1)),
            *list(desk.members().values())[5:],
        ),
    )
    for what, item in {
        "the largest number": uint(2**64 - 1),
        "the smallest number": integer(-(2**64)),
        "true": b"\xf5",
        "an empty array": array(),
        "an empty map": pairs(),
        "empty bytes": octets(b""),
        "an empty text": text(""),
        "a zero byte in a text": text("\0"),
        "right-to-left override": text("\u202eevil"),
        "zero-width characters": text("\u200b\u200d\ufeff"),
        "tag characters": text("\U000e0041"),
        "a compatibility ideograph": text("\uf900"),
        "a decomposed letter": text("e\u0301"),
    }.items():
        yield f"an unknown field holds {what}", _with_extra(desk, item)
    yield "a name with controls", desk.entry(fields=field_map({**FIELDS, 1: text("a\u202e\0b")}))
    yield "label 65535", _with_extra(desk, uint(1), uint(65_535))
    yield "the last index of the list", desk.entry(slot=array(*map(uint, (2, 1, 1, 999))))
    yield "exp in the next second", desk.entry(exp=uint(now + 10_001))
    yield "nbf at the very second", desk.entry(nbf=uint(now))
    members = desk.members()
    del members["exp"], members["nbf"]
    yield "neither exp nor nbf", claims(members)
    yield "one row", desk.entry(fields=field_map({**FIELDS, 5: array(pairs((uint(1), text("a"))))}))
    without = {label: item for label, item in FIELDS.items() if label != 5}
    yield "no rows, for they are in the record", desk.entry(fields=field_map(without))
