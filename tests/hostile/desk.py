"""An issuing desk in the hands of an attacker who holds a trusted key and the anchor account.

Whatever it writes is signed by a key the registry trusts, and anchored where that makes sense; so
that the one fault of a case is all that stands between it and VALID.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import NamedTuple

from credential.keys import ALG_MLDSA44
from registry import payloads as p
from tests.hostile.pen import array, integer, octets, pairs, tagged, text, uint
from tests.simulator import CHAIN_ID, CONTRACT, SimulatedKey, Simulator
from verifier import Outcome

DAY = 86_400
AGENCY = "A15030000C"
Members = dict[str, tuple[bytes, bytes]]

EVERY_KIND = json.dumps(
    {
        "format": 1,
        "id": "every-kind",
        "type": 2,
        "version": 1,
        "title": {"zh-Hant": "各種欄位", "en": "Every kind of field"},
        "group_by": 1,
        "record": 7,
        "fields": [
            {"label": 1, "key": "name", "kind": "text", "title": {"zh-Hant": "名", "en": "Name"},
             "required": True},
            {"label": 2, "key": "day", "kind": "date", "title": {"zh-Hant": "日", "en": "Day"},
             "required": True},
            {"label": 3, "key": "sort", "kind": "code", "title": {"zh-Hant": "類", "en": "Sort"},
             "required": True,
             "codes": {"A": {"zh-Hant": "甲", "en": "First"},
                       "B": {"zh-Hant": "乙", "en": "Second"}}},
            {"label": 4, "key": "count", "kind": "number",
             "title": {"zh-Hant": "數", "en": "Number"}, "required": True, "max": 9},
            {"label": 5, "key": "people", "kind": "rows",
             "title": {"zh-Hant": "人", "en": "People"}, "required": True, "max_rows_in_entry": 4,
             "fields": [
                 {"label": 1, "key": "who", "kind": "text", "title": {"zh-Hant": "誰", "en": "Who"},
                  "required": True},
                 {"label": 2, "key": "born", "kind": "date",
                  "title": {"zh-Hant": "生", "en": "Born"}},
                 {"label": 3, "key": "sex", "kind": "code",
                  "title": {"zh-Hant": "性", "en": "Sex"},
                  "codes": {"M": {"zh-Hant": "男", "en": "Male"},
                            "F": {"zh-Hant": "女", "en": "Female"}}},
                 {"label": 4, "key": "age", "kind": "number",
                  "title": {"zh-Hant": "歲", "en": "Age"}}]},
            {"label": 6, "key": "first", "kind": "rows", "first_of": 5,
             "title": {"zh-Hant": "首", "en": "First"}},
            {"label": 7, "key": "record", "kind": "digest",
             "title": {"zh-Hant": "全檔", "en": "Record"}, "required": True},
            {"label": 8, "key": "note", "kind": "text", "title": {"zh-Hant": "註", "en": "Note"}},
        ],
        "layout": {},
    },
    ensure_ascii=False,
).encode()  # fmt: skip
"""Type 2, version 1: every kind of field a type document knows."""

FIELDS: dict[int, bytes] = {
    1: text("王小明"),
    2: text("2020-02-29"),
    3: text("A"),
    4: uint(3),
    5: array(
        pairs((uint(1), text("陳美麗")), (uint(2), text("1990-01-01")), (uint(3), text("F"))),
        pairs((uint(1), text("林志明")), (uint(4), uint(30))),
    ),
    7: octets(sha256(b"record").digest()),
}
"""Faultless fields of type 2, each as its CBOR item."""


class Case(NamedTuple):
    """One hostile input, and the answer that the format pages promise."""

    name: str
    sealed: bytes
    outcome: Outcome
    code: str


class Pair(NamedTuple):
    """A batch of two: a good twin (leaf 0) and what the attacker wrote (leaf 1)."""

    entry: bytes
    twin: bytes

    @property
    def root(self) -> bytes:
        return node(leaf(self.twin), leaf(self.entry))


def leaf(entry: bytes) -> bytes:
    return sha256(b"\x00" + entry).digest()


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def field_map(fields: Mapping[int, bytes]) -> bytes:
    return pairs(*((uint(label), item) for label, item in sorted(fields.items())))


def claims(members: Members) -> bytes:
    """The entry of these claims, in the order of the dictionary."""
    return pairs(*members.values())


def header(alg: int, kid: bytes) -> bytes:
    return pairs((uint(1), integer(alg)), (uint(4), octets(kid)), (uint(395), uint(1)))


def inclusion(size: int, index: int, *path: bytes) -> bytes:
    return array(uint(size), uint(index), array(*map(octets, path)))


def with_proofs(*proofs: bytes) -> bytes:
    """An unprotected header with these items as its inclusion proofs."""
    return pairs((uint(396), pairs((integer(-1), array(*proofs)))))


def registry_name(chain_id: int = CHAIN_ID, contract: bytes = CONTRACT) -> bytes:
    return array(uint(chain_id), octets(contract))


def to_be_signed(protected: bytes, aad: bytes, payload: bytes) -> bytes:
    return array(text("Signature1"), octets(protected), octets(aad), octets(payload))


def whole(  # noqa: PLR0917  # the six items in the order in which they stand
    entry: bytes,
    protected: bytes,
    unprotected: bytes,
    payload: bytes,
    signature: bytes,
    tag: Callable[[bytes], bytes] = lambda item: tagged(18, item),
) -> bytes:
    """The sealed credential of these items."""
    return array(entry, tag(array(protected, unprotected, payload, signature)))


@dataclass
class Desk:
    """An office with its key and account, in a registry with another office and many fates."""

    sim: Simulator = field(default_factory=Simulator)
    anchors_all: bool = False
    twins: list[tuple[str, bytes]] = field(default_factory=list)
    _written: int = 0
    _anchored: set[bytes] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.sim.register_type(EVERY_KIND)
        self.office = self.sim.office(AGENCY, type_no=2)
        self.other = self.sim.office("B1", type_no=2)
        self.post_quantum = self.sim.office("PQ", type_no=2, alg=ALG_MLDSA44)
        self.second_key = self.sim.add_key(AGENCY)

    @property
    def key(self) -> SimulatedKey:
        return self.office.key

    def members(self, agency: str = AGENCY) -> Members:
        """The claims of a faultless entry, each as its two items; no two entries are the same."""
        self._written += 1
        now = self.sim.now
        return {
            "iss": (uint(1), text(agency)),
            "exp": (uint(4), uint(now + 300 * DAY)),
            "nbf": (uint(5), uint(now - DAY)),
            "iat": (uint(6), uint(now)),
            "cti": (uint(7), octets(sha256(b"%d" % self._written).digest()[:16])),
            "slot": (integer(-65537), array(uint(2), uint(1), uint(1), uint(7))),
            "fields": (integer(-65538), field_map(FIELDS)),
        }

    def entry(self, **replaced: bytes) -> bytes:
        """A faultless entry, but for the items that are given."""
        members = self.members()
        return claims(
            {name: (key, replaced.get(name, item)) for name, (key, item) in members.items()}
        )

    def pair(self, entry: bytes | None = None) -> Pair:
        """What the attacker wrote, in a batch with a good twin."""
        return Pair(self.entry() if entry is None else entry, self.entry())

    def signed(
        self, pair: Pair, *, key: SimulatedKey | None = None, protected: bytes | None = None
    ) -> bytes:
        """The signature of the trusted key over the root, with this protected header."""
        signer = self.key if key is None else key
        content = header(signer.alg, signer.kid) if protected is None else protected
        return signer.sign(to_be_signed(content, registry_name(), pair.root))

    def seal(self, pair: Pair, *, key: SimulatedKey | None = None) -> bytes:
        """What the attacker wrote, sealed without another fault; its twin is remembered."""
        signer = self.key if key is None else key
        protected, signature = header(signer.alg, signer.kid), self.signed(pair, key=key)
        written = [
            whole(
                octets(entry),
                octets(protected),
                with_proofs(octets(inclusion(2, index, leaf(sibling)))),
                b"\xf6",
                octets(signature),
            )
            for index, (entry, sibling) in enumerate([pair[::-1], pair])
        ]
        self.twins.append((f"twin {len(self.twins)}", written[0]))
        self.anchor_once(pair)
        return written[1]

    def anchor_once(self, pair: Pair) -> None:
        """Where this desk anchors whatever it writes, the batch is anchored."""
        if self.anchors_all and pair.root not in self._anchored:
            self._anchored.add(pair.root)
            self.anchor(pair.root)

    def anchor(self, root: bytes, size: int = 2, key: SimulatedKey | None = None) -> None:
        """The root is in the journal, as this agency's next batch."""
        office = self.office
        kid = (self.key if key is None else key).kid
        self.sim.append(p.BatchAnchored(office.code, office.next_batch, root, size, kid))  # type: ignore[arg-type]  # plain bytes
        office.next_batch += 1


def refused(name: str, sealed: bytes, code: str) -> Case:
    return Case(name, sealed, Outcome.INVALID, code)


def undecided(name: str, sealed: bytes, code: str) -> Case:
    return Case(name, sealed, Outcome.INDETERMINATE, code)
