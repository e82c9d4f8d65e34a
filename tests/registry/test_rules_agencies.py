"""Rules 2, 3 and 4 of docs/formats/journal.md: each broken once, and kept once."""

import pytest

from credential.ids import AgencyCode, Kid, UnixTime
from credential.keys import ALG_EDDSA, ALG_ES256, ALG_MLDSA44
from registry import payloads as p
from registry.kinds import AgencyState, AlgorithmPhase, KeyPurpose
from tests.registry.refusal import refuse
from tests.simulator import SimulatedKey, Simulator

NOBODY = AgencyCode("NOBODY")
ACCOUNT = bytes(19) + b"\1"
NAMES = p.Names("某機關", "Some agency")


def add(code: str, key: SimulatedKey, **changes: object) -> p.KeyAdded:
    values: dict[str, object] = {
        "agency": AgencyCode(code),
        "kid": key.kid,
        "alg": key.alg,
        "purpose": KeyPurpose.SIGN_BATCH_ROOTS,
        "cose_key": key.cose_key,
    }
    return p.KeyAdded(**{**values, **changes})  # type: ignore[arg-type]  # the test names them


def test_an_agency_code_is_registered_once_ever() -> None:
    sim = Simulator()
    sim.register("A1")
    refuse(sim, p.AgencyRegistered(AgencyCode("A1"), ACCOUNT, ACCOUNT, NAMES), "A1 is registered")
    sim.register("A2")


@pytest.mark.parametrize(
    "payload",
    [
        p.AgencyRenamed(NOBODY, NAMES),
        p.AgencyAccountsChanged(NOBODY, ACCOUNT, ACCOUNT),
        p.AgencySuspended(NOBODY),
        p.AgencyResumed(NOBODY),
        p.AgencyClosed(NOBODY, None),
        add("NOBODY", SimulatedKey("k")),
        p.BatchConfirmed(NOBODY, 1),
        p.AccreditationGranted(1, NOBODY, 1, 0, UnixTime(0)),
    ],
    ids=lambda payload: type(payload).__name__,
)
def test_every_other_entry_names_a_registered_agency(payload: p.Payload) -> None:
    refuse(Simulator(), payload, "no agency NOBODY is registered")


def test_a_registered_agency_is_active_under_its_names() -> None:
    sim = Simulator()
    sim.register("A1")
    agency = sim.state().agency(AgencyCode("A1"))
    assert agency is not None
    assert (agency.state, agency.name.en) == (AgencyState.ACTIVE, "Agency A1")


def test_a_renamed_agency_keeps_its_earlier_names() -> None:
    sim = Simulator()
    office = sim.office("A1")
    sim.rename(office, "新名", "New name")
    agency = sim.state().agency(office.code)
    assert agency is not None
    assert [name.en for name in agency.names] == ["Agency A1", "New name"]


def test_accounts_of_a_registered_agency_can_change() -> None:
    sim = Simulator()
    office = sim.office("A1")
    sim.append(p.AgencyAccountsChanged(office.code, ACCOUNT, ACCOUNT))


def test_only_an_active_agency_can_be_suspended() -> None:
    sim = Simulator()
    office = sim.office("A1")
    sim.suspend(office)
    refuse(sim, p.AgencySuspended(office.code), "A1 is suspended")
    sim.resume(office)
    sim.suspend(office)


def test_only_a_suspended_agency_can_be_resumed() -> None:
    sim = Simulator()
    office = sim.office("A1")
    refuse(sim, p.AgencyResumed(office.code), "it is not suspended")
    sim.suspend(office)
    sim.resume(office)


@pytest.mark.parametrize("payload", [p.AgencySuspended, p.AgencyResumed])
def test_a_closed_agency_stays_closed(payload: type[p.AgencySuspended | p.AgencyResumed]) -> None:
    sim = Simulator()
    office = sim.office("A1")
    sim.close(office)
    refuse(sim, payload(office.code), "A1 is closed, for good")


def test_an_agency_is_closed_once() -> None:
    sim = Simulator()
    office = sim.office("A1")
    sim.close(office)
    refuse(sim, p.AgencyClosed(office.code, None), "A1 is closed, for good")


def test_a_suspended_agency_can_be_closed() -> None:
    sim = Simulator()
    office = sim.office("A1")
    sim.suspend(office)
    sim.close(office)


def test_a_successor_is_another_agency() -> None:
    sim = Simulator()
    office, other = sim.office("A1"), sim.office("A2")
    refuse(sim, p.AgencyClosed(office.code, office.code), "cannot succeed itself")
    sim.close(office, other)


def test_a_successor_is_registered() -> None:
    sim = Simulator()
    office = sim.office("A1")
    refuse(sim, p.AgencyClosed(office.code, NOBODY), "no agency NOBODY")


def test_a_successor_is_not_closed() -> None:
    sim = Simulator()
    office, other = sim.office("A1"), sim.office("A2")
    sim.close(other)
    refuse(sim, p.AgencyClosed(office.code, other.code), "A2 is closed")


def test_a_kid_is_added_once_ever() -> None:
    sim = Simulator()
    office, other = sim.office("A1"), sim.office("A2")
    refuse(sim, add(other.code, office.key), "a key is added once, ever")
    sim.append(add(other.code, SimulatedKey("another")))


def test_a_kid_is_the_digest_of_its_cose_key() -> None:
    sim = Simulator()
    sim.register("A1")
    key = SimulatedKey("k")
    refuse(sim, add("A1", key, kid=Kid(bytes(16))), "is not the digest of its COSE_Key")
    sim.append(add("A1", key))


def test_a_closed_agency_gets_no_key() -> None:
    sim = Simulator()
    office = sim.office("A1")
    sim.close(office)
    refuse(sim, add("A1", SimulatedKey("k")), "A1 is closed")


def test_a_suspended_agency_may_get_a_key() -> None:
    sim = Simulator()
    office = sim.office("A1")
    sim.suspend(office)
    sim.append(add("A1", SimulatedKey("k")))


def test_a_batch_key_is_of_one_of_the_two_shapes() -> None:
    sim = Simulator()
    sim.register("A1")
    refuse(sim, add("A1", SimulatedKey("k", ALG_EDDSA)), "not a COSE_Key of a permitted shape")
    sim.append(add("A1", SimulatedKey("k", ALG_MLDSA44)))


def test_a_cose_key_agrees_with_its_algorithm() -> None:
    sim = Simulator()
    sim.register("A1")
    refuse(sim, add("A1", SimulatedKey("k", ALG_ES256), alg=ALG_MLDSA44), "its COSE_Key is for -7")
    sim.append(add("A1", SimulatedKey("k", ALG_ES256)))


def test_a_key_is_added_only_while_its_algorithm_is_allowed() -> None:
    sim = Simulator()
    sim.register("A1")
    sim.set_algorithm(ALG_ES256, AlgorithmPhase.WARN)
    sim.append(add("A1", SimulatedKey("while warned")))
    sim.set_algorithm(ALG_ES256, AlgorithmPhase.STOP)
    refuse(sim, add("A1", SimulatedKey("k")), "algorithm -7 is not allowed")


def test_an_announced_stop_stops_nothing_yet() -> None:
    sim = Simulator()
    sim.register("A1")
    sim.set_algorithm(ALG_ES256, AlgorithmPhase.STOP, effective_at=sim.now + 1000)
    sim.append(add("A1", SimulatedKey("before")))
    sim.wait(1000)
    refuse(sim, add("A1", SimulatedKey("after")), "algorithm -7 is not allowed")


@pytest.mark.parametrize(
    "payload", [p.KeyEnded(Kid(bytes(16))), p.KeyCompromised(Kid(bytes(16)), UnixTime(0))]
)
def test_only_a_registered_key_ends_or_is_compromised(payload: p.Payload) -> None:
    refuse(Simulator(), payload, "no key 00000000000000000000000000000000 is registered")


def test_a_key_ends_at_most_once() -> None:
    sim = Simulator()
    office = sim.office("A1")
    sim.end_key(office.key)
    refuse(sim, p.KeyEnded(office.key.kid), "has ended already")


def test_an_ended_key_may_be_compromised() -> None:
    sim = Simulator()
    office = sim.office("A1")
    sim.end_key(office.key)
    sim.compromise(office.key, since=sim.now)
    key = sim.state().key(office.key.kid)
    assert key is not None
    assert key.compromise is not None


def test_a_compromise_is_not_in_the_future() -> None:
    sim = Simulator()
    office = sim.office("A1")
    next_block = sim.now + sim.block_seconds
    refuse(sim, p.KeyCompromised(office.key.kid, UnixTime(next_block + 1)), "in the future")
    sim.compromise(office.key, since=next_block)


def test_a_later_compromise_names_an_earlier_time() -> None:
    sim = Simulator()
    office = sim.office("A1")
    since = sim.now
    sim.compromise(office.key, since=since)
    first_at = sim.now
    refuse(sim, p.KeyCompromised(office.key.kid, UnixTime(since)), "must name an earlier time")
    sim.compromise(office.key, since=since - 1)
    key = sim.state().key(office.key.kid)
    assert key is not None
    assert key.compromise == (since - 1, first_at)
