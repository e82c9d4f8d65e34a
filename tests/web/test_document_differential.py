"""Python and JavaScript find the same of whole documents: pages, attachments, full records."""

import hashlib
from collections.abc import Iterator
from random import Random
from typing import Final

from credential import cbor
from credential.qr_text import qr_encode
from credential.sealed import decode_sealed
from registry.anchor_file import encode_trust_anchor
from tests.verifier.test_examine import Household
from tests.web.peer import Json, NodePeer, PythonPeer
from tests.web.questions import DEFAULTS, opening

KINDS: Final = ("page", "page", "attachment", "attachment", "picture", "text", "file")


class Desk:
    """Credentials that bind records, good and odd ones, with others beside them."""

    def __init__(self) -> None:
        home = Household()
        self.sim, self._home = home.sim, home
        self.records = [home.record, *self._odd_records(home)]
        self.sealed = [self._binding(record) for record in self.records]
        revoked = self.sim.issue(home.office, dict(home.fields), {**home.fields})
        self.sim.anchor(revoked)
        self.sim.revoke(home.office, self._slot(revoked.sealed[0]))
        other = self.sim.issue(self.sim.office("B1"), {1: "王小明"})
        self.sealed += [*revoked.sealed, *other.sealed]
        self.sim.checkpoint()
        self.bundles = {"full": self.sim.full_bundle(), "lite": self.sim.lite_bundle()}

    def _binding(self, record: bytes) -> bytes:
        fields = {**self._home.fields, self._home.kind.record: hashlib.sha256(record).digest()}
        batch = self.sim.issue(self._home.office, fields, cti=self._home.cti)
        self.sim.anchor(batch)
        return batch.sealed[0]

    @staticmethod
    def _slot(sealed: bytes) -> int:
        claims = cbor.decode(decode_sealed_entry(sealed))
        assert isinstance(claims, dict)
        slot = claims[-65537]
        assert isinstance(slot, list)
        index = slot[3]
        assert isinstance(index, int)
        return index

    def _odd_records(self, home: Household) -> Iterator[bytes]:
        label = next(label for label in home.fields if label != home.kind.record)
        odd: list[dict[str, cbor.Value]] = [{"_1": True}, {"_1": 2}, {"_2": [1, 1]}]
        odd += [{"_2": [11, 1, 1]}, {"_3": bytes(16)}, {"_4": []}, {"_5": 1}, {"_4": {}}]
        for replaced in odd:
            yield home.record_with(home.fields, **replaced)
        for value in ("乙", None, True, [1], {1: "x"}):
            yield home.record_with({**home.fields, label: value})
        yield from (b"\xff", b"", b"\x80", b"\xa0", home.record + b"\x00", home.record[:-1])
        yield home.record_with({**home.fields, 900: [0] * 5_000})  # over the limit of elements
        yield home.record_with({**home.fields, 900: "x" * 262_144})  # and of bytes


def decode_sealed_entry(sealed: bytes) -> bytes:
    """The claims of a credential, as bytes."""
    return decode_sealed(sealed).entry


class Documents:
    """Documents put together by chance from what a desk has."""

    def __init__(self, desk: Desk, seed: int) -> None:
        self._desk, self._chance = desk, Random(seed)

    def question(self) -> Json:
        """One document, judged by a bundle at a time."""
        chance = self._chance
        main = chance.randrange(len(self._desk.sealed))
        places = [self._place(main) for _ in range(chance.choice((1, 1, 2, 2, 3, 5)))]
        records = [self._record(main) for _ in range(chance.choice((0, 1, 1, 1, 2)))]
        return {
            "op": "examine",
            "trust": chance.choice(("full", "lite")),
            "at": self._desk.sim.now + chance.choice((0, 60, 30 * 86_400)),
            "policy": {**DEFAULTS, "require_anchor": chance.random() < 0.3},
            "places": places,
            "records": [record.hex() for record in records],
        }

    def texts(self) -> Json:
        """The texts of codes in one picture, or one that was typed."""
        chance = self._chance
        whole = qr_encode(chance.choice(self._desk.sealed)[:90], chance.choice(("", "https://a/")))
        at = chance.randrange(len(whole))
        made = [
            *(
                whole,
                whole[:at],
                whole[at:],
                whole[:at] + "x" + whole[at:],
                whole + "#",
                " " + whole,
            ),
            *(whole + "\n", whole.translate({49: "١"}), whole.translate({49: "𝟏", 50: "x"})),
            *(
                "SEALROOT-RESULT:" + whole,
                "https://example.com/menu",
                "0",
                "",
                "菜單",
                "\ufeff" + whole,
            ),
            *("a" * 60 + "1" * 89, "a" * 60 + "1" * 90, "a" * 40 + "1" * 59, "a" * 99, "#", "x#12"),
        ]
        source = chance.choice(("picture", "text"))
        count = 1 if source == "text" else chance.choice((1, 1, 2, 3))
        return {
            "op": "held",
            "source": source,
            "texts": [chance.choice(made) for _ in range(count)],
        }

    def _place(self, main: int) -> Json:
        chance = self._chance
        sealed = self._desk.sealed[main if chance.random() < 0.8 else 0]
        if chance.random() < 0.2:
            sealed = self._without_signature(sealed)
        if chance.random() < 0.1:
            at = chance.randrange(len(sealed))
            sealed = (
                sealed[:at] + bytes((sealed[at] ^ 1 << chance.randrange(8),)) + sealed[at + 1 :]
            )
        fault = "form.text" if chance.random() < 0.05 else None
        kind = chance.choice(KINDS)
        page = chance.randint(1, 3) if kind == "page" else None
        return {"kind": kind, "page": page, "sealed": sealed.hex(), "fault": fault}

    @staticmethod
    def _without_signature(sealed: bytes) -> bytes:
        """The smaller code of the same entry."""
        outer = cbor.decode(sealed, tags=frozenset({18}))
        assert isinstance(outer, list)
        receipt = outer[1]
        assert isinstance(receipt, cbor.Tag)
        assert isinstance(receipt.value, list)
        return cbor.encode([outer[0], cbor.Tag(18, [*receipt.value[:3], b""])])

    def _record(self, main: int) -> bytes:
        records = self._desk.records
        is_bound = main < len(records) and self._chance.random() < 0.8
        return records[main] if is_bound else self._chance.choice(records)


def test_both_verifiers_find_the_same_of_whole_documents() -> None:
    desk = Desk()
    documents = Documents(desk, seed=1)
    anchor = encode_trust_anchor(desk.sim.trust_anchor)
    openings = [opening(name, bundle, anchor) for name, bundle in desk.bundles.items()]
    asked = [*(documents.question() for _ in range(600)), *(documents.texts() for _ in range(600))]

    with NodePeer() as there:
        answers = there.answers([*openings, *asked], PythonPeer().answer)

    different = [
        (question, *both)
        for question, both in zip(asked, answers[2:], strict=True)
        if both[0] != both[1]
    ]
    assert different == []
    codes = {str(ours.get("document")) for ours, _ in answers}
    assert len(codes) == 5, "read, three disagreements, and no document at all"
    assert {ours.get("record_state") for ours, _ in answers} >= {"none", "not given", "matches"}
    assert {"document.no_code", "document.is_result", None} <= {
        ours.get("refused") for ours, _ in answers
    }
