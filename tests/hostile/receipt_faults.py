"""Every way to spoil a sealed credential outside its entry by one fault.

The attacker signs again with the trusted key whatever header, payload or root he has made, so that
the signature itself is good unless it is the fault.
"""

from collections.abc import Iterator

from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from tests.hostile.desk import (
    Case,
    Desk,
    Pair,
    header,
    inclusion,
    leaf,
    refused,
    whole,
    with_proofs,
)
from tests.hostile.pen import (
    NOT_PERMITTED,
    PERMITTED,
    array,
    endless,
    head,
    integer,
    octets,
    pairs,
    tagged,
    text,
    uint,
)

STRUCTURE, ENCODING, LARGE = "form.structure", "form.encoding", "form.too_large"


def form_faults(desk: Desk) -> Iterator[Case]:
    """Faults of form: the same answer whether the root is anchored or not."""
    for generator in (_frames, _headers, _unprotected, _payloads, _proofs, _lengths):
        yield from generator(desk)


def faultless_items(desk: Desk, pair: Pair, protected: bytes | None = None) -> dict[str, bytes]:
    """The items of a sealed credential without a fault, signed over this protected header."""
    content = header(desk.key.alg, desk.key.kid) if protected is None else protected
    desk.anchor_once(pair)
    return {
        "entry": octets(pair.entry),
        "protected": octets(content),
        "unprotected": with_proofs(octets(inclusion(2, 1, leaf(pair.twin)))),
        "payload": b"\xf6",
        "signature": octets(desk.signed(pair, protected=content)),
    }


def _with(desk: Desk, **replaced: bytes) -> bytes:
    """A sealed credential without a fault, but for the items that are given."""
    return whole(**{**faultless_items(desk, desk.pair()), **replaced})


def _with_header(desk: Desk, content: bytes) -> bytes:
    """A sealed credential with another protected header, and signed over it."""
    return whole(**faultless_items(desk, desk.pair(), content))


def _frames(desk: Desk) -> Iterator[Case]:
    """The array of two and the tagged array of four."""
    pair = desk.pair()
    items = faultless_items(desk, pair)
    entry, four = items["entry"], [*items.values()][1:]
    good = whole(**items)
    receipt = tagged(18, array(*four))
    shapes = {
        "an entry alone": array(entry),
        "three members": array(entry, receipt, b"\xf6"),
        "the receipt first": array(receipt, entry),
        "a map of entry and receipt": pairs((entry, receipt)),
        "a receipt without its tag": array(entry, array(*four)),
        "tag 18 around both": tagged(18, array(entry, array(*four))),
        "the receipt as a byte string": array(entry, octets(receipt)),
        "two receipts in an array": array(entry, array(receipt, receipt)),
        "a receipt of three": array(entry, tagged(18, array(*four[:3]))),
        "a receipt of five": array(entry, tagged(18, array(*four, b"\xf6"))),
        "a receipt that is a map": array(entry, tagged(18, pairs((four[0], four[1])))),
        "an empty receipt": array(entry, tagged(18, array())),
        "the claims themselves, not their bytes": array(pair.entry, receipt),
        "the entry as text": array(text("A15030000C"), receipt),
        "the entry in tag 18": array(tagged(18, entry), receipt),
    }
    for name, sealed in shapes.items():
        yield refused(name, sealed, STRUCTURE)
    encodings = {
        "COSE_Sign of several signers (tag 98)": array(entry, tagged(98, array(*four))),
        "COSE_Mac0 (tag 17)": array(entry, tagged(17, array(*four))),
        "a CWT tag around the receipt": array(entry, tagged(61, receipt)),
        "tag 18 twice": array(entry, tagged(18, receipt)),
        "tag 18 in two bytes": array(entry, tagged(18, array(*four), 1)),
        "tag 18 in three bytes": array(entry, tagged(18, array(*four), 2)),
        "the entry in tag 24": array(tagged(24, entry), receipt),
        "a self-described credential": tagged(55799, good),
        "an array of indefinite length": endless(4, entry, receipt),
        "a receipt of indefinite length": array(entry, tagged(18, endless(4, *four))),
        "an entry in chunks": array(endless(2, entry), receipt),
        "an array with a longer head": array(entry, receipt, width=1),
        "a receipt with a longer head": array(entry, tagged(18, array(*four, width=1))),
        "an entry with a longer head": array(octets(pair.entry, 4), receipt),
        "a byte behind the credential": good + b"\0",
        "a line end behind the credential": good + b"\n",
        "the credential twice": good + good,
        "the last byte missing": good[:-1],
        "a byte order mark in front": b"\xef\xbb\xbf" + good,
        "no bytes": b"",
        "a break alone": b"\xff",
    }
    for name, sealed in encodings.items():
        yield refused(name, sealed, ENCODING)
    yield refused("16,385 bytes", good + bytes(16_385 - len(good)), LARGE)
    yield refused("arrays nested 9 deep", b"\x81" * 9 + b"\x80", LARGE)


def _headers(desk: Desk) -> Iterator[Case]:
    """The protected header, signed as it is."""
    kid = desk.key.kid
    alg, key_id, vds = (uint(1), integer(-7)), (uint(4), octets(kid)), (uint(395), uint(1))
    good = [alg, key_id, vds]
    for name, at in (("alg", 0), ("kid", 1), ("vds", 2)):
        rest = good[:at] + good[at + 1 :]
        yield refused(f"no {name}", _with_header(desk, pairs(*rest)), STRUCTURE)
        twice = pairs(*good[: at + 1], *good[at:])
        yield refused(f"{name} twice", _with_header(desk, twice), ENCODING)
        for what, item in PERMITTED.items():
            changed = list(good)
            changed[at] = (good[at][0], item)
            content = pairs(*changed)
            yield refused(f"{name} is {what}", _with_header(desk, content), STRUCTURE)
        for what, item in NOT_PERMITTED.items():
            changed = list(good)
            changed[at] = (good[at][0], item)
            content = pairs(*changed)
            yield refused(f"{name} is {what}", _with_header(desk, content), ENCODING)
    for number in (0, 1, 5, -8, -9, -16, -19, -35, -36, -37, -47, -49, -50, -257, -65535):
        content = pairs((uint(1), integer(number)), key_id, vds)
        yield refused(f"alg {number}", _with_header(desk, content), STRUCTURE)
    for size in (0, 8, 15, 17, 32):
        content = pairs(alg, (uint(4), octets((kid * 2)[:size])), vds)
        yield refused(f"a kid of {size} bytes", _with_header(desk, content), STRUCTURE)
    for number in (0, 2, 3, 2**32):
        content = pairs(alg, key_id, (uint(395), uint(number)))
        yield refused(f"vds {number}", _with_header(desk, content), STRUCTURE)
    extra = {
        "crit of kid": [alg, (uint(2), array(uint(4))), key_id, vds],
        "crit of an unknown label": [alg, (uint(2), array(uint(99))), key_id, vds],
        "an empty crit": [alg, (uint(2), array()), key_id, vds],
        "a content type": [alg, (uint(3), uint(60)), key_id, vds],
        "an IV": [alg, key_id, (uint(5), octets(b"\0")), vds],
        "CWT claims": [alg, key_id, (uint(15), pairs()), vds],
        "a text label": [*good, (text("x"), uint(1))],
        "a byte string label": [*good, (octets(b"x"), uint(1))],
        "true as label": [*good, (b"\xf5", uint(1))],
        "alg as a text label": [key_id, vds, (text("alg"), integer(-7))],
    }
    for what, members in extra.items():
        content = pairs(*members)
        yield refused(f"header with {what}", _with_header(desk, content), STRUCTURE)
    frames = {
        "header of no bytes": (b"", ENCODING),
        "an empty header": (pairs(), STRUCTURE),
        "header in falling order": (pairs(*good[::-1]), ENCODING),
        "header with a longer head": (pairs(*good, width=1), ENCODING),
        "header of indefinite length": (endless(5, *(k + v for k, v in good)), ENCODING),
        "a byte behind the header": (pairs(*good) + b"\0", ENCODING),
        "header cut short": (pairs(*good)[:-1], ENCODING),
        "alg with a longer head": (pairs((uint(1), integer(-7, 1)), key_id, vds), ENCODING),
        "kid with a longer head": (pairs(alg, (uint(4), octets(kid, 1)), vds), ENCODING),
        "vds with a longer label": (pairs(alg, key_id, (uint(395, 4), uint(1))), ENCODING),
        "header as an array": (array(integer(-7), octets(kid), uint(1)), STRUCTURE),
        "header in tag 18": (tagged(18, pairs(*good)), STRUCTURE),
        "header in tag 24": (tagged(24, octets(pairs(*good))), ENCODING),
        "header wrapped twice": (octets(pairs(*good)), STRUCTURE),
        "header nested too deep": (b"\x81" * 8 + b"\x80", LARGE),
    }
    for what, (content, code) in frames.items():
        yield refused(what, _with_header(desk, content), code)
    yield refused("header as a map", _with(desk, protected=pairs(*good)), STRUCTURE)
    yield refused("header as text", _with(desk, protected=text("x")), STRUCTURE)
    yield refused("header null", _with(desk, protected=b"\xf6"), STRUCTURE)


def _unprotected(desk: Desk) -> Iterator[Case]:
    pair = desk.pair()
    good = inclusion(2, 1, leaf(pair.twin))
    proof = octets(good)
    kid, alg = (uint(4), octets(desk.key.kid)), (uint(1), integer(-7))
    proofs = (uint(396), pairs((integer(-1), array(proof))))
    signed = faultless_items(desk, pair)
    bare = octets(pairs(kid, (uint(395), uint(1))))
    consistency = (integer(-2), array(proof))
    shapes = {
        "an empty unprotected header": pairs(),
        "unprotected null": b"\xf6",
        "unprotected an array": array(proof),
        "unprotected as bytes": octets(pairs(proofs)),
        "alg unprotected too": pairs(alg, proofs),
        "another alg unprotected": pairs((uint(1), integer(-8)), proofs),
        "kid unprotected too": pairs(kid, proofs),
        "another kid unprotected": pairs((uint(4), octets(bytes(16))), proofs),
        "crit unprotected": pairs((uint(2), array(uint(396))), proofs),
        "vds unprotected too": pairs((uint(395), uint(1)), proofs),
        "an unknown label unprotected": pairs((uint(99), uint(1)), proofs),
        "a counter signature": pairs((uint(11), array()), proofs),
        "a text label unprotected": pairs(proofs, (text("x"), uint(1))),
        "no proof": pairs((uint(396), pairs((integer(-1), array())))),
        "two proofs": with_proofs(proof, proof),
        "two different proofs": with_proofs(proof, octets(inclusion(1, 0))),
        "a consistency proof beside it": pairs((uint(396), pairs(proofs_of(proof), consistency))),
        "a consistency proof in its place": pairs((uint(396), pairs(consistency))),
        "proofs not in an array": pairs((uint(396), pairs((integer(-1), proof)))),
        "a proof not in bytes": with_proofs(good),
        "a proof as text": with_proofs(text("x")),
        "a proof null": with_proofs(b"\xf6"),
        "proofs as an array of arrays": pairs((uint(396), array(array(proof)))),
        "the vdp label negative": pairs((integer(-396), pairs(proofs_of(proof)))),
        "the vdp of an earlier draft": pairs((integer(-222), pairs(proofs_of(proof)))),
    }
    for name, item in shapes.items():
        yield refused(name, whole(**{**signed, "unprotected": item}), STRUCTURE)
    alone = {**signed, "protected": bare, "unprotected": pairs(alg, proofs)}
    yield refused("alg unprotected alone", whole(**alone), STRUCTURE)
    encodings = {
        "proofs twice": pairs(proofs, proofs),
        "unprotected of indefinite length": endless(5, proofs[0] + proofs[1]),
        "unprotected with a longer head": pairs(proofs, width=1),
        "the vdp label in four bytes": pairs((uint(396, 4), proofs[1])),
        "a proof in chunks": with_proofs(endless(2, proof)),
        "a proof with a longer head": with_proofs(octets(good, 4)),
        "a proof in tag 24": with_proofs(tagged(24, proof)),
    }
    for name, item in encodings.items():
        yield refused(name, whole(**{**signed, "unprotected": item}), ENCODING)
    for what, item in NOT_PERMITTED.items():
        changed = {**signed, "unprotected": with_proofs(item)}
        yield refused(f"a proof is {what}", whole(**changed), ENCODING)


def proofs_of(proof: bytes) -> tuple[bytes, bytes]:
    return integer(-1), array(proof)


def _payloads(desk: Desk) -> Iterator[Case]:
    pair = desk.pair()
    signed = faultless_items(desk, pair)
    shapes = {
        "the root attached": octets(pair.root),
        "another root attached": octets(bytes(32)),
        "the entry attached": octets(pair.entry),
        "an empty payload": octets(b""),
        **{f"payload {what}": item for what, item in PERMITTED.items() if what != "null"},
    }
    for name, item in shapes.items():
        yield refused(name, whole(**{**signed, "payload": item}), STRUCTURE)
    for what, item in NOT_PERMITTED.items():
        yield refused(f"payload {what}", whole(**{**signed, "payload": item}), ENCODING)


def _proofs(desk: Desk) -> Iterator[Case]:
    """The bytes inside the proof; what is signed is the root the good proof would give."""
    pair = desk.pair()
    step = octets(leaf(pair.twin))
    shapes = {
        "tree size 0": array(uint(0), uint(0), array()),
        "tree size 2^20 + 1": array(uint(2**20 + 1), uint(1), array(step)),
        "tree size negative": array(integer(-2), uint(1), array(step)),
        "tree size and index only": array(uint(2), uint(1)),
        "four members": array(uint(2), uint(1), array(step), b"\xf6"),
        "a proof as a map": pairs((uint(1), uint(2)), (uint(2), uint(1)), (uint(3), array(step))),
        "the path not in an array": array(uint(2), uint(1), step),
        "a step of 31 bytes": array(uint(2), uint(1), array(octets(leaf(pair.twin)[:31]))),
        "a step of 33 bytes": array(uint(2), uint(1), array(octets(leaf(pair.twin) + b"\0"))),
        "a step of no bytes": array(uint(2), uint(1), array(octets(b""))),
        "a step of 64 bytes": array(uint(2), uint(1), array(octets(leaf(pair.twin) * 2))),
        "a step as text": array(uint(2), uint(1), array(text("a" * 32))),
        "a step null": array(uint(2), uint(1), array(b"\xf6")),
        "a step with its side": array(uint(2), uint(1), array(array(b"\xf4", step))),
        "a proof in tag 18": tagged(18, array(uint(2), uint(1), array(step))),
    }
    for at, name in enumerate(("tree size", "leaf index", "path")):
        right = "an array" if name == "path" else "an unsigned integer"
        for what, item in PERMITTED.items():
            if what == right:
                continue
            members = [uint(2), uint(1), array(step)]
            members[at] = item
            shapes[f"{name} is {what}"] = array(*members)
    signed = faultless_items(desk, pair)
    for name, content in shapes.items():
        sealed = whole(**{**signed, "unprotected": with_proofs(octets(content))})
        yield refused(name, sealed, STRUCTURE)
    good = inclusion(2, 1, leaf(pair.twin))
    encodings = {
        "a proof of no bytes": b"",
        "a proof cut short": good[:-1],
        "a byte behind the proof": good + b"\0",
        "tree size in two bytes": array(uint(2, 1), uint(1), array(step)),
        "leaf index in two bytes": array(uint(2), uint(1, 1), array(step)),
        "a path with a longer head": array(uint(2), uint(1), array(step, width=1)),
        "a step with a longer head": array(uint(2), uint(1), array(octets(leaf(pair.twin), 2))),
        "a path of indefinite length": array(uint(2), uint(1), endless(4, step)),
        "a proof of indefinite length": endless(4, uint(2), uint(1), array(step)),
        "a path said to have 21 steps": array(uint(2), uint(1), head(4, 21) + step),
        **{
            f"tree size {what}": array(i, uint(1), array(step)) for what, i in NOT_PERMITTED.items()
        },
    }
    for name, content in encodings.items():
        sealed = whole(**{**signed, "unprotected": with_proofs(octets(content))})
        yield refused(name, sealed, ENCODING)
    long_path = array(uint(2), uint(1), array(*[step] * 65))
    sealed = whole(**{**signed, "unprotected": with_proofs(octets(long_path))})
    yield refused("a path of 65 steps", sealed, LARGE)


def _lengths(desk: Desk) -> Iterator[Case]:
    """Signatures that cannot be of the algorithm, seen by their length or type."""
    pair = desk.pair()
    signed = faultless_items(desk, pair)
    raw = desk.signed(pair)
    r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    shapes = {
        "one byte": octets(b"\1"),
        "63 bytes": octets(raw[:-1]),
        "65 bytes": octets(raw + b"\0"),
        "65 bytes with a recovery byte": octets(b"\x1b" + raw),
        "96 bytes": octets(raw + bytes(32)),
        "DER": octets(encode_dss_signature(r, s)),
        "hexadecimal text": text(raw.hex()),
        "two numbers": array(octets(raw[:32]), octets(raw[32:])),
        "2,420 bytes for ES256": octets(bytes(2_420)),
        "null": b"\xf6",
        "true": b"\xf5",
    }
    for name, item in shapes.items():
        yield refused(f"signature of {name}", whole(**{**signed, "signature": item}), STRUCTURE)
    yield refused(
        "signature in chunks",
        whole(**{**signed, "signature": endless(2, octets(raw[:32]), octets(raw[32:]))}),
        ENCODING,
    )
    yield refused(
        "signature with a longer head",
        whole(**{**signed, "signature": octets(raw, 2)}),
        ENCODING,
    )
