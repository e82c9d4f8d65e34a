"""Questions for both verifiers: good ones first, then thousands that are spoilt, some signed again.

What is spoilt below a signature would only show that signatures are checked. So entries are signed
again by a trusted key, and snapshots and journals by trusted checkpoint signers.
"""

from collections.abc import Callable, Iterator
from hashlib import sha256
from random import Random
from typing import Any, Final, TypeAlias

from credential import cbor
from credential.cbor import Tag
from credential.errors import FormatError
from credential.merkle import inclusion_root, leaf_hash
from credential.qr_text import qr_encode
from credential.sealed import decode_sealed, encode_sealed, receipt_header, registry_aad
from credential.sign1 import sig_structure
from registry.anchor_file import decode_trust_anchor
from registry.bundle import open_bundle
from registry.errors import TrustDataError
from registry.journal import read_journal_file, write_journal_file
from tests.simulator import Simulator
from tests.web.corpus import CATALOG, DAY, Held, eventful, recorded_evidence
from tests.web.mutations import Value, packed, spoilt_bytes, spoilt_text, spoilt_value, unpacked
from tests.web.resigning import (
    KEYS,
    checkpoint_of,
    other_journal,
    stated_by_journal,
    stated_by_snapshot,
)

Json: TypeAlias = Any
DEFAULTS: Final = {
    "max_trust_age": 7 * DAY,
    "max_status_age": 7 * DAY,
    "max_unanchored_age": 3 * DAY,
    "require_anchor": False,
    "min_evidence": 1,
}
"""The policy of docs/formats/verdict.md."""


class Questions:
    """Endless questions about some bundles, by a seed."""

    def __init__(self, held: list[Held], seed: int) -> None:
        self._chance = Random(seed)
        self._held = held
        self._judging = [one for one in held if one.sealed]
        self._opened = 0
        self._readable = _files_in(held)
        sim, _, self._office = eventful()
        self._aad = registry_aad(sim.chain_id, sim.contract)
        self._now = sim.now
        self._key_added_at = self._added_at(sim)
        self._as_of = {one.name: _as_of(one) for one in held}

    def _added_at(self, sim: Simulator) -> int:
        key = sim.state().key(self._office.key.kid)
        assert key is not None
        return key.added_at

    def openings(self) -> list[Json]:
        """Every bundle as it is."""
        return [opening(one.name, one.bundle, one.anchor) for one in self._held]

    def spoilt(self, count: int) -> Iterator[Json]:
        """So many questions about what was changed; what was opened is asked about too."""
        kinds: tuple[tuple[Callable[[], Json], int], ...] = (
            (self._bits, 18),
            (self._resigned, 26),
            (self._text, 8),
            (self._circumstances, 18),
            (self._bundle, 14),
            (self._journal, 8),
            (self._file, 8),
        )
        asks, weights = zip(*kinds, strict=True)
        for ask in self._chance.choices(asks, weights, k=count):
            yield ask()

    # --- credentials ------------------------------------------------------------------------

    def _bits(self) -> Json:
        held = self._chance.choice(self._judging)
        sealed = spoilt_bytes(self._chance.choice(held.sealed), self._chance)
        return self._judged(held.name, sealed)

    def _resigned(self) -> Json:
        """An entry with something in it changed, and its receipt, signed by a trusted key."""
        chance = self._chance
        held = chance.choice([one for one in self._held if one.name.startswith("eventful")])
        entry, receipt = decode_sealed(chance.choice(held.sealed))
        claims = cbor.decode(entry)
        key = self._office.key
        if isinstance(claims, dict) and chance.random() < 0.8:
            claims = {**claims, 1: self._office.code}
        for _ in range(chance.choice((0, 0, 1, 1, 1, 2))):
            claims = spoilt_value(claims, chance)
        if isinstance(claims, dict):
            claims = {**claims, **self._other_claims()}
        try:
            written = cbor.encode(claims)
        except (FormatError, ValueError):
            written = entry
        if chance.random() < 0.1:
            written = spoilt_bytes(written, chance)
        root = inclusion_root(
            leaf_hash(written), receipt.leaf_index, receipt.tree_size, receipt.path
        )
        protected = receipt_header(key.alg, key.kid)
        signature = key.sign(sig_structure(protected, self._aad, root))
        changed = receipt._replace(
            alg=key.alg, kid=key.kid, protected=protected, signature=signature
        )
        sealed = encode_sealed(written, changed)
        if chance.random() < 0.25:
            sealed = self._with_odd_receipt(sealed)
        return self._judged(held.name, sealed)

    def _other_claims(self) -> dict[cbor.Key, Value]:
        """Fields of the other types, or times at which something changes."""
        chance = self._chance
        near = chance.choice((-1, 0, 0, 1))
        match chance.randrange(8):
            case 0 | 1:
                return {-65537: [2, 1, 1, 7], -65538: spoilt_value(_EVERY_KIND, chance)}
            case 2:
                return {-65537: [3, 1, 1, 7], -65538: spoilt_value(_ONE_OF_MANY, chance)}
            case 3:
                return {4: self._now, 5: self._now + near}
            case 4:
                return {6: self._key_added_at + near}
        return {}

    def _with_odd_receipt(self, sealed: bytes) -> bytes:
        """One thing changed in the receipt, header and proof included, and written again."""
        whole = cbor.decode(sealed, tags=frozenset({18}))
        assert isinstance(whole, list)
        assert isinstance(whole[1], Tag)
        members = whole[1].value
        assert isinstance(members, list)
        chance = self._chance
        where = chance.randrange(3)
        try:
            if where == 0:
                members[0] = cbor.encode(spoilt_value(cbor.decode(members[0]), chance))
            elif where == 1:
                proof = spoilt_value(cbor.decode(members[1][396][-1][0]), chance)
                members[1] = {396: {-1: [cbor.encode(proof)]}}
            else:
                return cbor.encode(spoilt_value(whole, chance))
            return cbor.encode(whole)
        except (FormatError, ValueError):
            return sealed

    def _text(self) -> Json:
        held = self._chance.choice(self._judging)
        url = self._chance.choice(("", "https://verify.example/", "x" * 512, "x" * 513))
        sealed = self._chance.choice(held.sealed)
        text = f"{url}#{qr_encode(sealed)}" if url else qr_encode(sealed)
        if self._chance.random() < 0.8:
            text = spoilt_text(text, self._chance)
        return {**self._judged(held.name, sealed), "text": text}

    def _circumstances(self) -> Json:
        held = self._chance.choice(self._judging)
        return self._judged(held.name, self._chance.choice(held.sealed))

    def _judged(self, name: str, sealed: bytes) -> Json:
        """Bytes, judged at a time at which something changes, often by another policy."""
        chance = self._chance
        policy = dict(DEFAULTS)
        if chance.random() < 0.4:
            age = chance.choice(("max_trust_age", "max_status_age", "max_unanchored_age"))
            policy[age] = chance.choice((0, 59, 60, 61, DAY, 99 * DAY, 2**53 - 1))
            policy["require_anchor"] = chance.random() < 0.3
            policy["min_evidence"] = chance.choice((1, 2, 3))
        at = self._time(name, sealed, [int(age) for age in policy.values()])
        return {
            "op": "verify",
            "trust": name,
            "sealed": sealed.hex(),
            "at": max(0, min(at + chance.choice((-1, 0, 0, 1)), 2**52)),
            "policy": policy,
        }

    def _time(self, name: str, sealed: bytes, ages: list[int]) -> int:
        """A time near one of the credential, of the trust data, or so much later."""
        chance = self._chance
        if chance.random() < 0.4:
            return self._now + chance.choice((0, 60, chance.randrange(99 * DAY)))
        try:
            claims = cbor.decode(decode_sealed(sealed).entry)
        except FormatError:
            claims = {}
        own = [claims.get(label) for label in (4, 5, 6)] if isinstance(claims, dict) else []
        times = [self._as_of[name], *(time for time in own if type(time) is int)]
        return chance.choice(times) + chance.choice((0, -300, 300, *ages))

    # --- bundles and files --------------------------------------------------------------------

    def _bundle(self) -> Json:
        """A bundle changed in its file, its body, or below signatures that are made again."""
        chance = self._chance
        held = chance.choice([one for one in self._held if len(one.bundle) < 30_000])
        anchor, bundle = held.anchor, held.bundle
        self._opened += 1
        how = chance.randrange(10)
        try:
            outer, body = unpacked(bundle)
        except Exception:  # noqa: BLE001  (a vector of a damaged bundle: only its bits can change)
            how = 0
        if how == 0:
            bundle = spoilt_bytes(bundle, chance)
        elif how == 1 and anchor is not None:
            anchor = spoilt_bytes(anchor, chance)
        elif how == 2:
            anchor = chance.choice((None, chance.choice(self._held).anchor))
        elif how == 3:
            bundle = packed(outer, spoilt_bytes(cbor.encode(body), chance))
        elif how == 4:
            bundle = packed(spoilt_map(outer, chance), body)
        elif how in {5, 6}:
            bundle = packed(outer, _or_same(spoilt_value(body, chance), body))
        elif isinstance(body, dict):
            bundle = packed(outer, self._signed_again(outer, dict(body)))
        floor = None
        if chance.random() < 0.3:
            floor = self._floor()
        return opening(f"spoilt {self._opened}", bundle, anchor, floor)

    def _floor(self) -> Json:
        chance = self._chance
        return {
            "size": chance.choice((0, 1, 5, 9, 10, 36, 48, 49, 50, 51)),
            "head": chance.choice(_HEADS),
            "as_of": chance.choice((0, 1_700_000_108, 1_700_000_432, 1_700_000_600, 2**40)),
        }

    def _signed_again(self, outer: dict[cbor.Key, Value], body: dict[cbor.Key, Value]) -> Value:
        """The body with its snapshot or journal changed, and a checkpoint that states it."""
        if 2 in body:
            body[2] = _or_same(spoilt_value(body[2], self._chance), body[2])
            if self._chance.random() < 0.3:
                body[2] = _or_same(spoilt_value(body[2], self._chance), body[2])
            stated = stated_by_snapshot(body)
        else:
            assert isinstance(body[1], bytes)
            journal = read_journal_file(body[1])
            changed = other_journal(journal, self._chance)
            body[1] = write_journal_file(changed)
            stated = stated_by_journal(changed)
        if stated is None or not body[6]:
            return body
        statement = {1: 1, 2: outer[3], 3: outer[4], **stated}
        if self._chance.random() < 0.2:
            statement = spoilt_map(statement, self._chance)
        try:
            before = spoilt_map(statement, self._chance)
            chain = [before, statement] if self._chance.random() < 0.25 else [statement]
            body[6] = [checkpoint_of(cbor.encode(one), self._chance) for one in chain]
            cbor.encode(body)
        except (FormatError, ValueError):
            body[6] = []
        return body

    def _journal(self) -> Json:
        """The journal of a registry with an entry or two changed: which breaks a rule?"""
        journal = self._chance.choice([one.sim for one in self._held if one.sim]).journal
        for _ in range(self._chance.choice((1, 1, 2))):
            journal = other_journal(journal, self._chance)
        return {"op": "read", "what": "journal", "file": write_journal_file(journal).hex()}

    def _file(self) -> Json:
        what = self._chance.choice(sorted(self._readable))
        source = self._chance.choice(self._readable[what])
        if what == "type" and self._chance.random() < 0.6:
            file = _spoilt_json(source, self._chance)
        elif self._chance.random() < 0.5 and what != "type":
            file = _or_bytes(source, self._chance)
        else:
            file = spoilt_bytes(source, self._chance)
        return {"op": "read", "what": what, "file": file.hex()}


def _as_of(held: Held) -> int:
    """As of when the trust data of a bundle are."""
    try:
        anchor = None if held.anchor is None else decode_trust_anchor(held.anchor)
        return open_bundle(held.bundle, anchor=anchor).evidence.as_of
    except TrustDataError:
        return 0


def opening(name: str, bundle: bytes, anchor: bytes | None, floor: Json = None) -> Json:
    held = None if anchor is None else anchor.hex()
    return {"op": "open", "as": name, "bundle": bundle.hex(), "anchor": held, "floor": floor}


def spoilt_map(value: dict[cbor.Key, Value], chance: Random) -> dict[cbor.Key, Value]:
    """A map with one of its values changed."""
    key = chance.choice(list(value))
    return {**value, key: _or_same(spoilt_value(value[key], chance), value[key])}


def _or_same(value: Value, before: Value) -> Value:
    """The value, or what it was, where it cannot be written."""
    try:
        cbor.encode(value)
    except (FormatError, ValueError):
        return before
    return value


def _or_bytes(source: bytes, chance: Random) -> bytes:
    """A file of CBOR with one item in it changed."""
    value = cbor.decode(source, max_bytes=1 << 26, max_items=1 << 20, tags=frozenset({18}))
    return cbor.encode(_or_same(spoilt_value(value, chance), value))


def _spoilt_json(source: bytes, chance: Random) -> bytes:
    """A type document with a token replaced by another one."""
    text = source.decode()
    old, new = chance.choice(_TOKENS), chance.choice(_TOKENS)
    places = [at for at in range(len(text)) if text.startswith(old, at)]
    if not places:
        return spoilt_bytes(source, chance)
    at = chance.choice(places)
    return (text[:at] + new + text[at + len(old) :]).encode()


def _files_in(held: list[Held]) -> dict[str, list[bytes]]:
    """Every kind of file there is in the registries, and those that a program brings along."""
    files: dict[str, set[bytes]] = {
        "anchor": {one.anchor for one in held if one.anchor is not None},
        "key": {key.cose_key for key in KEYS},
        "type": {file.read_bytes() for file in CATALOG.glob("*.json")},
        "evidence": set(recorded_evidence()),
    }
    for sim in (one.sim for one in held if one.sim is not None):
        documents = sim.documents()
        files.setdefault("status", set()).update(documents.status_lists)
        files.setdefault("details", set()).update(documents.details)
        files["type"].update(documents.types)
        tails = (told.tail for told in sim.state().recognitions)
        files.setdefault("recognition", set()).update(tails)
    return {what: sorted(found) for what, found in files.items()}


_JSON: Final = r"""
"text" "date" "rows" "code" "number" "digest" "name" "key" "label" "column" "required" "fields"
"max" "first_of" "count_of" "record" "record_only" "input_only" "unique" "__proto__" "a\u0000"
"a\"b" "" 1 2 5 7 -1 1.0 1e2 true false null { } [ ] , : 65536 99999999999999999999 [1]
"""
_TOKENS: Final = tuple(_JSON.split())
_HEADS: Final = (
    "00" * 32,
    "84afd4c74d21b98f7b777b3a2a5cd35122b702c66342553d7c5521305b8ff384",
    "d1b693b86566df3d97fc44fb7fee1d291a9c20cb0c855d98280a1635769e08d0",
)
_ONE_OF_MANY: Final[Value] = {
    1: "一",
    6: 3,
    8: [{1: "王小明"}],
    9: sha256(b"record").digest(),
}
_EVERY_KIND: Final[Value] = {
    1: "王小明",
    2: "2020-02-29",
    3: "A",
    4: 3,
    5: [{1: "陳美麗", 2: "1990-01-01", 3: "F"}, {1: "林志明", 4: 30}],
    7: sha256(b"record").digest(),
}
