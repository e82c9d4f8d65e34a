"""Good signatures over the wrong thing, wrong signatures over the right thing, paths to nowhere.

The entry and the form are faultless; the trusted key signs, or somebody else under its name.
"""

from collections.abc import Callable, Iterator
from hashlib import sha256

from credential.keys import ALG_EDDSA, ALG_ES256, ALG_MLDSA44
from tests.hostile.desk import (
    Case,
    Desk,
    Pair,
    claims,
    header,
    inclusion,
    leaf,
    node,
    refused,
    registry_name,
    to_be_signed,
    undecided,
    whole,
    with_proofs,
)
from tests.hostile.pen import array, octets, text, uint
from tests.hostile.receipt_faults import faultless_items
from tests.simulator import CHAIN_ID, CONTRACT, SimulatedKey

STRUCTURE, ENCODING = "form.structure", "form.encoding"
INVALID_SIGNATURE = "proof.signature_invalid"
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
PRIME = 2**256 - 2**224 + 2**192 + 2**96 - 1


def signature_faults(desk: Desk) -> Iterator[Case]:
    """Roots that are nowhere anchored, with signatures that are not the key's over this root."""
    yield from _ranges(desk)
    yield from _wrong_signers(desk)
    yield from _wrong_messages(desk)
    yield from _wrong_places(desk)
    yield from _post_quantum(desk)


def _ranges(desk: Desk) -> Iterator[Case]:
    """r and s at and beyond the ends of their range (FIPS 186-5 §6.4.2)."""
    for name, change in {
        "high s": lambda r, s: (r, ORDER - s),
        "r and s swapped": lambda r, s: (s, r),
        "all zero": lambda _r, _s: (0, 0),
        "r = 0": lambda _r, s: (0, s),
        "s = 0": lambda r, _s: (r, 0),
        "r = n": lambda _r, s: (ORDER, s),
        "s = n": lambda r, _s: (r, ORDER),
        "r = n, s = n": lambda _r, _s: (ORDER, ORDER),
        "r = s = 1": lambda _r, _s: (1, 1),
        "s = (n + 1) / 2": lambda r, _s: (r, (ORDER + 1) // 2),
        "r = p": lambda _r, s: (PRIME, s),
        "r + 1": lambda r, s: (r + 1, s),
        "s + 1": lambda r, s: (r, s + 1),
        "all ones": lambda _r, _s: (2**256 - 1, 2**256 - 1),
        "n - r": lambda r, s: (ORDER - r, s),
    }.items():
        pair = desk.pair()
        raw = desk.signed(pair)
        r, s = change(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
        signature = octets(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
        sealed = whole(**{**faultless_items(desk, pair), "signature": signature})
        yield refused(f"signature with {name}", sealed, INVALID_SIGNATURE)


def _wrong_signers(desk: Desk) -> Iterator[Case]:
    own, stranger = header(ALG_ES256, desk.key.kid), SimulatedKey("nobody registered it")
    for name, signer in {
        "the agency's second key": desk.second_key,
        "another agency's key": desk.other.key,
        "a checkpoint signer": desk.sim.signer_keys[0],
        "a key nobody registered": stranger,
    }.items():
        pair = desk.pair()
        forged = signer.sign(to_be_signed(own, registry_name(), pair.root))
        sealed = whole(**{**faultless_items(desk, pair), "signature": octets(forged)})
        yield refused(f"signed by {name}, under the trusted kid", sealed, INVALID_SIGNATURE)
    sealed = desk.seal(desk.pair(), key=desk.other.key)
    desk.twins.pop()
    yield refused("signed with another agency's key and its kid", sealed, "issuer.mismatch")
    sealed = desk.seal(desk.pair(), key=stranger)
    desk.twins.pop()
    yield undecided("signed with an unregistered key and its kid", sealed, "proof.key_unknown")
    near = bytes((desk.key.kid[0] ^ 1,)) + desk.key.kid[1:]
    unknown = whole(**faultless_items(desk, desk.pair(), header(ALG_ES256, near)))
    yield undecided("a kid with one other bit", unknown, "proof.key_unknown")
    bare = whole(**{**faultless_items(desk, desk.pair()), "signature": octets(b"")})
    yield undecided("no signature, and no anchor", bare, "proof.root_unknown")


def _wrong_messages(desk: Desk) -> Iterator[Case]:
    """Good signatures by the trusted key, over something else than the Sig_structure."""
    content = header(ALG_ES256, desk.key.kid)
    here = registry_name()

    def signature1(aad: bytes) -> Callable[[Pair], bytes]:
        return lambda pair: to_be_signed(content, aad, pair.root)

    aads = {
        "for another chain id": registry_name(CHAIN_ID + 1),
        "for chain id 0": registry_name(0),
        "for another contract": registry_name(contract=b"\7" * 20),
        "for contract 0": registry_name(contract=bytes(20)),
        "without external_aad": b"",
        "for contract and chain id, swapped": array(octets(CONTRACT), uint(CHAIN_ID)),
        "for a chain id in eight bytes": array(uint(CHAIN_ID, 8), octets(CONTRACT)),
        "for a chain id as text": array(text(str(CHAIN_ID)), octets(CONTRACT)),
        "with the external_aad of a checkpoint": b"sealroot/checkpoint/1",
    }
    messages: dict[str, Callable[[Pair], bytes]] = {
        **{name: signature1(aad) for name, aad in aads.items()},
        "over the root alone": lambda pair: pair.root,
        "over the entry": lambda pair: to_be_signed(content, here, pair.entry),
        "over the leaf": lambda pair: to_be_signed(content, here, leaf(pair.entry)),
        "over the twin's leaf": lambda pair: to_be_signed(content, here, leaf(pair.twin)),
        "over the leaves in the other order": lambda pair: to_be_signed(
            content, here, node(leaf(pair.entry), leaf(pair.twin))
        ),
        "over an unprefixed tree": lambda pair: to_be_signed(
            content, here, sha256(leaf(pair.twin) + leaf(pair.entry)).digest()
        ),
        "over the root in hexadecimal": lambda pair: to_be_signed(
            content, here, pair.root.hex().encode()
        ),
        "over the root hashed": lambda pair: to_be_signed(
            content, here, sha256(pair.root).digest()
        ),
        "over an empty protected header": lambda pair: to_be_signed(b"", here, pair.root),
        "in the context Signature": lambda pair: array(
            text("Signature"), octets(content), octets(here), octets(pair.root)
        ),
        "in the context CounterSignature": lambda pair: array(
            text("CounterSignature"), octets(content), octets(here), octets(pair.root)
        ),
        "with a sign_protected as well": lambda pair: array(
            text("Signature1"), octets(content), octets(b""), octets(here), octets(pair.root)
        ),
    }
    for name, message in messages.items():
        pair = desk.pair()
        forged = desk.key.sign(message(pair))
        sealed = whole(**{**faultless_items(desk, pair), "signature": octets(forged)})
        yield refused(f"signed {name}", sealed, INVALID_SIGNATURE)


def _sealed_in(desk: Desk, entry: bytes, root: bytes, size: int, index: int, *path: bytes) -> bytes:
    """A credential with this proof, and the trusted key's signature over this root."""
    content = header(ALG_ES256, desk.key.kid)
    return whole(
        octets(entry),
        octets(content),
        with_proofs(octets(inclusion(size, index, *path))),
        b"\xf6",
        octets(desk.key.sign(to_be_signed(content, registry_name(), root))),
    )


def _wrong_places(desk: Desk) -> Iterator[Case]:
    """Paths that do not lead to the signed root, or that no tree of this size has."""
    entries = [desk.entry() for _ in range(3)]
    a, b, c = map(leaf, entries)
    root = node(node(a, b), c)
    impossible = {
        "index equal to the size": (3, 3, node(a, b)),
        "index far beyond the size": (3, 2**63, node(a, b)),
        "index 2^64 - 1": (3, 2**64 - 1, node(a, b)),
        "a step too few": (3, 2),
        "a step too many": (3, 2, node(a, b), node(a, b)),
        "20 steps": (3, 2, *[node(a, b)] * 20),
        "the size of a smaller tree": (2, 2, node(a, b)),
        "the size of a larger tree": (4, 2, node(a, b)),
        "the leaf alone": (1, 0, node(a, b)),
    }
    for name, (size, index, *path) in impossible.items():
        sealed = _sealed_in(desk, entries[2], root, size, index, *path)  # type: ignore[arg-type]  # numbers first
        yield refused(f"{name} (leaf 2 of 3)", sealed, "proof.path")
    wrong = {
        "the sibling's path": (entries[0], 3, 0, a, c),
        "the path of leaf 1 with index 0": (entries[1], 3, 0, a, c),
        "steps in the other order": (entries[0], 3, 0, c, b),
        "one bit of a step": (entries[2], 3, 2, bytes((node(a, b)[0] ^ 1,)) + node(a, b)[1:]),
        "a zero step": (entries[2], 3, 2, bytes(32)),
        "the root as its own step": (entries[2], 3, 2, root),
        "an inner node as the tree": (entries[0], 2, 0, b),
        "the last leaf counted twice": (entries[2], 4, 3, c, node(a, b)),
        "the last leaf and its copy": (entries[2], 4, 2, c, node(a, b)),
        "the tree of four with the last leaf twice": (entries[0], 4, 0, b, node(c, c)),
    }
    for name, (entry, size, index, *path) in wrong.items():
        sealed = _sealed_in(desk, entry, root, size, index, *path)
        yield refused(f"path with {name}", sealed, INVALID_SIGNATURE)
    inner = _sealed_in(desk, a + b, root, 2, 0, c)
    yield refused("the inner node's 64 bytes as an entry", inner, ENCODING)
    prefixed = _sealed_in(desk, b"\1" + a + b, root, 2, 0, c)
    yield refused("the inner node's preimage as an entry", prefixed, ENCODING)
    as_leaf = octets(a + b)
    yield refused(
        "the inner node's bytes as a byte string",
        _sealed_in(desk, as_leaf, root, 2, 0, c),
        STRUCTURE,
    )
    other = _sealed_in(desk, desk.entry(), root, 3, 2, node(a, b))
    yield refused("another entry under a signed root", other, INVALID_SIGNATURE)


def _post_quantum(desk: Desk) -> Iterator[Case]:
    """The same for ML-DSA-44, and one algorithm in the place of the other."""
    office = desk.post_quantum
    content = header(ALG_MLDSA44, office.key.kid)

    def sealed(pair: Pair, protected: bytes, signature: bytes) -> bytes:
        return whole(
            octets(pair.entry),
            octets(protected),
            with_proofs(octets(inclusion(2, 1, leaf(pair.twin)))),
            b"\xf6",
            octets(signature),
        )

    pair = Pair(_entry_of(desk, "PQ"), _entry_of(desk, "PQ"))
    good = office.key.sign(to_be_signed(content, registry_name(), pair.root))
    desk.twins.append(("ML-DSA-44", sealed(pair, content, good)))
    for size in (64, 2_419, 2_421):
        cut = (good + b"\0")[:size]
        yield refused(f"ML-DSA-44 of {size} bytes", sealed(pair, content, cut), STRUCTURE)
    for at in (0, 1_000, 2_419):
        flipped = good[:at] + bytes((good[at] ^ 1,)) + good[at + 1 :]
        name = f"ML-DSA-44 with a bit of byte {at} flipped"
        yield refused(name, sealed(pair, content, flipped), INVALID_SIGNATURE)
    yield refused("ML-DSA-44 of zeros", sealed(pair, content, bytes(2_420)), INVALID_SIGNATURE)
    message = to_be_signed(content, registry_name(), pair.root)
    context = office.key._mldsa44.sign(message, b"sealroot")
    yield refused("ML-DSA-44 in a context", sealed(pair, content, context), INVALID_SIGNATURE)
    abroad = office.key.sign(to_be_signed(content, registry_name(1), pair.root))
    name = "ML-DSA-44 for another chain"
    yield refused(name, sealed(pair, content, abroad), INVALID_SIGNATURE)
    as_es256 = header(ALG_ES256, office.key.kid)
    name = "ES256 under the kid of an ML-DSA-44 key"
    forged = desk.key.sign(to_be_signed(as_es256, registry_name(), pair.root))
    yield refused(name, sealed(pair, as_es256, forged), "proof.algorithm")
    empty = sealed(pair, as_es256, b"")
    yield refused("the wrong alg and no signature", empty, "proof.algorithm")
    as_mldsa = header(ALG_MLDSA44, desk.key.kid)
    other = desk.pair()
    forged = office.key.sign(to_be_signed(as_mldsa, registry_name(), other.root))
    name = "ML-DSA-44 under the kid of an ES256 key"
    yield refused(name, sealed(other, as_mldsa, forged), "proof.algorithm")
    eddsa = SimulatedKey("eddsa", ALG_EDDSA)
    protected = header(ALG_EDDSA, desk.key.kid)
    forged = eddsa.sign(to_be_signed(protected, registry_name(), other.root))
    yield refused("EdDSA in a receipt", sealed(other, protected, forged), STRUCTURE)


def _entry_of(desk: Desk, agency: str) -> bytes:
    return claims(desk.members(agency))
