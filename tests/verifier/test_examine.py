import hashlib
from typing import Any

import pytest

from credential import cbor
from credential.catalog import catalog_documents
from credential.type_fields import Field
from credential.types import load_type
from tests.simulator import Simulator
from verifier import Outcome, verify
from verifier.documents import Held, PlaceKind, Reading
from verifier.examine import Finding, RecordState, _repeats, examine, worst
from verifier.reasons import Reason

HOUSEHOLD = next(
    document
    for document in catalog_documents()
    if load_type(document).id == "household-registration"
).replace(b'"type": 1,', b'"type": 11,', 1)  # the simulator has a type 1 of its own


class Household:
    """A register whose full record is bound by a digest, anchored, and judged by a full bundle."""

    def __init__(self) -> None:
        self.sim = Simulator()
        self.sim.register_type(HOUSEHOLD)
        self.kind = load_type(HOUSEHOLD)
        self.office = self.sim.office("A1", type_no=self.kind.type_no)
        required = [field for field in self.kind.fields if field.must_be_in_entry]
        self.fields = {field.label: self._value(field) for field in required}
        self.cti = bytes(range(16))
        self.record = self.record_with({**self.fields, 900: "only in the record"})

    @staticmethod
    def _value(field: Field) -> str | int | bytes:
        kinds = {"date": "2020-01-01", "number": 1, "digest": bytes(32), "text": "甲"}
        return next(iter(field.codes)) if field.codes else kinds[field.kind.value]

    def record_with(self, fields: dict[int, Any], **replaced: cbor.Value) -> bytes:
        """A full record as bytes."""
        members = {
            1: 1,
            2: [self.kind.type_no, 1],
            3: self.cti,
            4: {label: value for label, value in fields.items() if label != self.kind.record},
        }
        return cbor.encode(members | {int(key[1:]): value for key, value in replaced.items()})

    def examined(self, signed_record: bytes | None, *attached: bytes) -> Finding:
        """The finding on a document whose entry binds one record and which carries others."""
        fields = dict(self.fields)
        if signed_record is not None:
            fields[self.kind.record] = hashlib.sha256(signed_record).digest()
        batch = self.sim.issue(self.office, fields, cti=self.cti)
        self.sim.anchor(batch)
        self.sim.checkpoint()
        trust = self.sim.trust(full=True)
        held = Held(PlaceKind.ATTACHMENT, None, batch.sealed[0])
        reading = Reading((held,), attached)
        return examine("x", reading, lambda sealed: verify(sealed, trust, self.sim.now), 0)


@pytest.fixture
def household() -> Household:
    return Household()


def test_a_record_with_the_signed_digest_is_shown(household: Household) -> None:
    finding = household.examined(household.record, household.record)

    assert finding.outcome is Outcome.VALID
    assert finding.record_state is RecordState.MATCHES
    assert finding.record is not None
    assert finding.record[900] == "only in the record"


def test_a_record_may_say_more_of_each_member_than_the_entry() -> None:
    told = {7: [{1: "H", 2: "謝大同", 9: "remark"}], 900: "only in the record"}

    assert _repeats(told, {7: [{1: "H", 2: "謝大同"}], 40: b"digest"})


def test_a_record_that_says_true_does_not_repeat_an_entry_that_says_1() -> None:
    assert not _repeats({4: True}, {4: 1})


@pytest.mark.parametrize(
    "rows", [[{1: "H", 2: "王偽造"}], [{1: "H"}, {1: "S"}], {1: "H"}], ids=["other", "more", "map"]
)
def test_a_record_that_contradicts_a_member_of_the_entry_is_refused(rows: object) -> None:
    assert not _repeats({7: rows}, {7: [{1: "H", 2: "謝大同"}]})


def test_a_missing_record_is_said_to_be_missing(household: Household) -> None:
    finding = household.examined(household.record)

    assert finding.outcome is Outcome.VALID
    assert finding.record_state is RecordState.NOT_GIVEN


def test_another_record_is_refused(household: Household) -> None:
    changed = household.record_with({**household.fields, 900: "changed"})

    finding = household.examined(household.record, changed)

    assert finding.outcome is Outcome.INVALID
    assert finding.document.reason is Reason.DOCUMENT_RECORD_MISMATCH


@pytest.mark.parametrize(
    "replaced",
    [{"_3": bytes(16)}, {"_2": [1, 1]}, {"_1": 2}, {"_1": True}, {"_4": "x"}, {"_5": 1}],
)
def test_a_signed_record_of_another_credential_is_refused(
    household: Household, replaced: dict[str, Any]
) -> None:
    foreign = household.record_with(household.fields, **replaced)

    finding = household.examined(foreign, foreign)

    assert finding.document.reason is Reason.DOCUMENT_RECORD_MISMATCH


def test_a_signed_record_that_contradicts_the_entry_is_refused(household: Household) -> None:
    label = next(label for label in household.fields if label != household.kind.record)
    contradicting = household.record_with({**household.fields, label: "乙"})

    finding = household.examined(contradicting, contradicting)

    assert finding.document.reason is Reason.DOCUMENT_RECORD_MISMATCH


def test_a_signed_record_that_is_no_record_is_refused(household: Household) -> None:
    finding = household.examined(b"\xff", b"\xff")

    assert finding.document.reason is Reason.DOCUMENT_RECORD_MISMATCH


def test_a_record_nobody_signed_is_refused(household: Household) -> None:
    sim = household.sim
    office = sim.office("B1")
    batch = sim.issue(office, {1: "王小明"})
    sim.anchor(batch)
    sim.checkpoint()
    trust = sim.trust(full=True)
    held = Held(PlaceKind.ATTACHMENT, None, batch.sealed[0])

    finding = examine(
        "x",
        Reading((held,), (household.record,)),
        lambda sealed: verify(sealed, trust, sim.now),
        0,
    )

    assert finding.document.reason is Reason.DOCUMENT_RECORD_MISMATCH


def test_two_records_are_refused(household: Household) -> None:
    finding = household.examined(household.record, household.record, household.record)

    assert finding.document.reason is Reason.DOCUMENT_RECORD_MISMATCH


def test_invalid_goes_before_indeterminate_and_that_before_valid() -> None:
    assert worst([Outcome.VALID, Outcome.INDETERMINATE]) is Outcome.INDETERMINATE
    assert worst([Outcome.VALID, Outcome.INDETERMINATE, Outcome.INVALID]) is Outcome.INVALID
    assert worst([Outcome.VALID]) is Outcome.VALID
