"""Rules 7, 8 and 9 of docs/formats/journal.md: each broken once, and kept once."""

import pytest

from credential.ids import AgencyCode, Digest, Kid, Root
from registry import payloads as p
from registry.errors import JournalError
from registry.journal import JournalEntry
from registry.kinds import Kind
from tests.registry.refusal import refuse, refuse_entry
from tests.simulator import Office, Simulator

ROOT = Root(b"\1" * 32)
DIGEST = Digest(bytes(32))


def anchored(office: Office, batch_no: int = 1, **changes: object) -> p.BatchAnchored:
    values: dict[str, object] = {
        "agency": office.code,
        "batch_no": batch_no,
        "root": ROOT,
        "size": 1,
        "kid": office.key.kid,
    }
    return p.BatchAnchored(**{**values, **changes})  # type: ignore[arg-type]  # the test names them


@pytest.mark.parametrize("batch_no", [0, 1, 3])
def test_batch_numbers_count_up_by_one(batch_no: int) -> None:
    sim = Simulator()
    office = sim.office("A1")
    sim.append(anchored(office, 1))
    refuse(sim, anchored(office, batch_no), f"batch {batch_no} is anchored where 2 is next")
    sim.append(anchored(office, 2))


@pytest.mark.parametrize("size", [0, 1_048_577])
def test_a_batch_has_one_to_a_million_credentials(size: int) -> None:
    sim = Simulator()
    office = sim.office("A1")
    refuse(sim, anchored(office, size=size), f"has {size} credentials")
    sim.append(anchored(office, size=1_048_576))


def test_a_root_is_not_zero() -> None:
    sim = Simulator()
    refuse(sim, anchored(sim.office("A1"), root=Root(bytes(32))), "root of batch 1 is zero")


def test_only_a_registered_agency_anchors() -> None:
    sim = Simulator()
    office = sim.office("A1")
    refuse(sim, anchored(office, agency=AgencyCode("X")), "no agency X is registered")


def test_only_an_active_agency_anchors() -> None:
    sim = Simulator()
    office = sim.office("A1")
    sim.suspend(office)
    refuse(sim, anchored(office), "A1 is suspended")
    sim.resume(office)
    sim.append(anchored(office))


def test_a_closed_agency_anchors_nothing() -> None:
    sim = Simulator()
    office = sim.office("A1")
    sim.close(office)
    refuse(sim, anchored(office), "A1 is closed")


def test_only_a_registered_key_anchors() -> None:
    sim = Simulator()
    office = sim.office("A1")
    refuse(sim, anchored(office, kid=Kid(bytes(16))), "no key 0000")


def test_an_agency_anchors_only_with_its_own_key() -> None:
    sim = Simulator()
    office, other = sim.office("A1"), sim.office("A2")
    refuse(sim, anchored(office, kid=other.key.kid), "belongs to A2")


def test_an_ended_key_anchors_nothing() -> None:
    sim = Simulator()
    office = sim.office("A1")
    sim.end_key(office.key)
    refuse(sim, anchored(office), "is ended")


def test_a_compromised_key_anchors_nothing() -> None:
    sim = Simulator()
    office = sim.office("A1")
    sim.compromise(office.key, since=sim.now)
    refuse(sim, anchored(office), "is compromised")


def test_an_agency_code_with_stray_padding_is_refused() -> None:
    sim = Simulator()
    office = sim.office("A1")
    content = (
        b"A1\0\0\0\0\0\0\0\0\0\0\0\0\0X" + bytes(7) + b"\1" + ROOT + b"\0\0\0\1" + office.key.kid
    )
    entry = JournalEntry(len(sim.entries), sim.now, Kind.BATCH_ANCHORED, content)
    refuse_entry(sim, entry, "is not an agency code")


@pytest.mark.parametrize("kind", [Kind.BATCH_ANCHORED, Kind.STATUS_PUBLISHED])
@pytest.mark.parametrize("length", [0, 55, 57, 75, 77])
def test_fixed_width_data_of_another_length_is_refused(kind: Kind, length: int) -> None:
    sim = Simulator()
    entry = JournalEntry(len(sim.entries), sim.now, kind, bytes(length))
    refuse_entry(sim, entry, "bytes of data, which is not its length")


def published(code: str, version: int, list_no: int = 1) -> p.StatusPublished:
    return p.StatusPublished(AgencyCode(code), list_no, version, DIGEST)


@pytest.mark.parametrize("version", [0, 4, 5])
def test_status_versions_rise(version: int) -> None:
    sim = Simulator()
    sim.register("A1")
    sim.append(published("A1", 5))
    refuse(sim, published("A1", version), "is published where the newest is version 5")
    sim.append(published("A1", 9))


def test_the_first_status_version_is_one_or_more() -> None:
    sim = Simulator()
    sim.register("A1")
    refuse(sim, published("A1", 0), "where the newest is none")
    sim.append(published("A1", 1))


def test_a_status_list_has_a_number_from_one() -> None:
    sim = Simulator()
    sim.register("A1")
    content = b"A1".ljust(16, b"\0") + bytes(4) + b"\0\0\0\1" + bytes(32)
    entry = JournalEntry(len(sim.entries), sim.now, Kind.STATUS_PUBLISHED, content)
    refuse_entry(sim, entry, "counts from 1 is 0")


def test_only_a_registered_agency_publishes_status() -> None:
    refuse(Simulator(), published("X", 1), "no agency X is registered")


def test_the_list_of_a_closed_agency_can_still_be_published() -> None:
    sim = Simulator()
    office = sim.office("A1")
    sim.close(office)
    refuse(sim, published("A1", 1), "where the newest is version 1")
    sim.append(published("A1", 2))


def test_a_suspended_agency_may_publish_status() -> None:
    sim = Simulator()
    office = sim.office("A1")
    sim.suspend(office)
    sim.revoke(office, 3)


@pytest.mark.parametrize("batch_no", [0, 2])
def test_only_an_anchored_batch_is_confirmed(batch_no: int) -> None:
    sim = Simulator()
    office = sim.office("A1")
    sim.append(anchored(office))
    sim.compromise(office.key, since=sim.now)
    refuse(sim, p.BatchConfirmed(office.code, batch_no), "it was never anchored")
    sim.confirm(1, office)


def test_only_a_batch_of_a_compromised_key_is_confirmed() -> None:
    sim = Simulator()
    office = sim.office("A1")
    sim.append(anchored(office))
    refuse(sim, p.BatchConfirmed(office.code, 1), "its key is not compromised")


def test_the_earliest_of_two_anchors_of_one_root_counts() -> None:
    sim = Simulator()
    office = sim.office("A1")
    sim.append(anchored(office, 1))
    sim.append(anchored(office, 2))
    anchor = sim.state().anchor(ROOT, office.code, office.key.kid)
    assert anchor is not None
    assert anchor.batch_no == 1


def test_a_refused_entry_names_its_index_even_inside_a_replay() -> None:
    sim = Simulator()
    office = sim.office("A1")
    entries = [*sim.entries]
    sim.append(anchored(office))
    bad = sim.entries[-1]._replace(data=b"")
    with pytest.raises(JournalError) as refusal:
        sim._builder.extend([*entries, bad])
    assert refusal.value.index == 0
