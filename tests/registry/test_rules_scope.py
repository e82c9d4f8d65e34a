"""Rules 5, 6, 10 and 11 of docs/formats/journal.md: each broken once, and kept once."""

import pytest

from credential.ids import AgencyCode, Digest, UnixTime
from credential.keys import ALG_EDDSA, ALG_ES256, ALG_MLDSA44
from registry import payloads as p
from registry.kinds import AlgorithmPhase
from tests.registry.refusal import refuse
from tests.simulator import SimulatedKey, Simulator

A1, A2 = AgencyCode("A1"), AgencyCode("A2")
OPEN = UnixTime(0)
DIGEST = Digest(bytes(range(32)))


def two_agencies() -> Simulator:
    sim = Simulator()
    sim.register("A1")
    sim.register("A2")
    return sim


def test_accreditations_count_up_by_one_over_both_kinds() -> None:
    sim = two_agencies()
    refuse(sim, p.AccreditationGranted(2, A1, 1, 1, OPEN), "2 is given where 1 is next")
    sim.append(p.AccreditationGranted(1, A1, 1, 1, OPEN))
    refuse(sim, p.AccreditationDelegated(1, 1, A2, 1, 0, OPEN), "1 is given where 2 is next")
    sim.append(p.AccreditationDelegated(2, 1, A2, 1, 0, OPEN))


def test_an_accreditation_is_for_a_registered_type() -> None:
    sim = two_agencies()
    refuse(sim, p.AccreditationGranted(1, A1, 9, 1, OPEN), "type 9 is not registered")


def test_an_accreditation_lasts_beyond_its_beginning() -> None:
    sim = two_agencies()
    at = sim.now + sim.block_seconds
    refuse(sim, p.AccreditationGranted(1, A1, 1, 1, UnixTime(at)), "over before it begins")
    sim.accredit("A1", until=at + 1)


def test_a_delegation_has_a_parent() -> None:
    refuse(two_agencies(), p.AccreditationDelegated(1, 0, A2, 1, 0, OPEN), "no accreditation 0")


def test_a_delegation_names_a_registered_agency() -> None:
    sim = two_agencies()
    parent = sim.accredit("A1")
    payload = p.AccreditationDelegated(2, parent, AgencyCode("X"), 1, 0, OPEN)
    refuse(sim, payload, "no agency X")


def test_a_delegation_needs_its_parent_in_force() -> None:
    sim = two_agencies()
    parent = sim.accredit("A1")
    sim.append(p.AccreditationEnded(parent))
    refuse(sim, p.AccreditationDelegated(2, parent, A2, 1, 0, OPEN), "which is not in force")


def test_a_delegation_needs_the_whole_line_above_in_force() -> None:
    sim = two_agencies()
    grandparent = sim.accredit("A1", depth=3)
    parent = sim.delegate(grandparent, "A2")
    sim.append(p.AccreditationEnded(grandparent))
    refuse(sim, p.AccreditationDelegated(3, parent, A1, 1, 0, OPEN), "which is not in force")


def test_a_delegation_needs_a_parent_that_has_not_run_out() -> None:
    sim = two_agencies()
    parent = sim.accredit("A1", until=sim.now + 100)
    sim.wait(100)
    payload = p.AccreditationDelegated(2, parent, A2, 1, 0, UnixTime(sim.now + 200))
    refuse(sim, payload, "which is not in force")


def test_a_delegation_is_for_the_type_of_its_parent() -> None:
    sim = two_agencies()
    sim.append(p.TypeRegistered(5, 1, DIGEST))
    parent = sim.accredit("A1")
    refuse(sim, p.AccreditationDelegated(2, parent, A2, 5, 0, OPEN), "is for type 1 and not for 5")


def test_a_delegation_goes_less_deep_than_its_parent() -> None:
    sim = two_agencies()
    parent = sim.accredit("A1", depth=1)
    refuse(sim, p.AccreditationDelegated(2, parent, A2, 1, 1, OPEN), "it must be less")
    sim.delegate(parent, "A2", depth=0)


def test_depth_zero_delegates_nothing() -> None:
    sim = two_agencies()
    parent = sim.accredit("A1", depth=0)
    refuse(sim, p.AccreditationDelegated(2, parent, A2, 1, 0, OPEN), "it must be less")


@pytest.mark.parametrize("beyond", [0, 1_000_001])
def test_a_delegation_does_not_outlast_its_parent(beyond: int) -> None:
    sim = two_agencies()
    end = sim.now + 1_000_000
    parent = sim.accredit("A1", until=end)
    until = UnixTime(sim.now + beyond if beyond else 0)
    refuse(sim, p.AccreditationDelegated(2, parent, A2, 1, 0, until), "would outlast it")
    sim.delegate(parent, "A2", until=end)


def test_only_an_active_agency_delegates() -> None:
    sim = Simulator()
    ministry = sim.office("A1")
    sim.register("A2")
    sim.suspend(ministry)
    payload = p.AccreditationDelegated(2, ministry.accreditation, A2, 1, 0, OPEN)
    refuse(sim, payload, "A1 is suspended")
    sim.resume(ministry)
    sim.append(payload)


def test_an_accreditation_ends_at_most_once() -> None:
    sim = Simulator()
    office = sim.office("A1")
    sim.end_accreditation(office)
    refuse(sim, p.AccreditationEnded(office.accreditation), "has ended already")


def test_only_an_accreditation_that_was_given_ends() -> None:
    refuse(Simulator(), p.AccreditationEnded(1), "no accreditation 1 was given")


@pytest.mark.parametrize("version", [0, 1, 3])
def test_versions_of_a_type_count_up_by_one(version: int) -> None:
    sim = Simulator()
    refuse(sim, p.TypeRegistered(1, version, DIGEST), "of type 1 is registered where 2 is next")
    sim.append(p.TypeRegistered(1, 2, DIGEST))


@pytest.mark.parametrize("threshold", [0, 3])
def test_the_threshold_of_signers_is_one_to_their_number(threshold: int) -> None:
    sim = Simulator()
    keys = (SimulatedKey("a").cose_key, SimulatedKey("b", ALG_EDDSA).cose_key)
    refuse(sim, p.CheckpointSignersSet(threshold, keys), f"{threshold} of 2 signers")
    sim.append(p.CheckpointSignersSet(2, keys))


def test_checkpoint_signers_are_different_keys() -> None:
    key = SimulatedKey("a").cose_key
    refuse(Simulator(), p.CheckpointSignersSet(2, (key, key)), "is named twice")


def test_a_checkpoint_signer_is_a_key_somebody_can_hold() -> None:
    small_order = bytes.fromhex("a301012006215820") + bytes(32)
    refuse(Simulator(), p.CheckpointSignersSet(1, (small_order,)), "of small order")


def test_sixteen_signers_are_the_most() -> None:
    sim = Simulator()
    keys = tuple(SimulatedKey(str(n), ALG_EDDSA).cose_key for n in range(16))
    sim.append(p.CheckpointSignersSet(16, keys))
    refuse(sim, p.CheckpointSignersSet(1, (*keys, SimulatedKey("x").cose_key)), "at most 16")


def test_an_algorithm_starts_once() -> None:
    sim = Simulator()
    now = UnixTime(sim.now + sim.block_seconds)
    refuse(sim, p.AlgorithmSet(ALG_ES256, AlgorithmPhase.START, now), "was started already")
    sim.set_algorithm(-99, AlgorithmPhase.START)


@pytest.mark.parametrize("phase", [AlgorithmPhase.WARN, AlgorithmPhase.STOP])
def test_an_algorithm_is_warned_of_or_stopped_only_after_its_start(phase: AlgorithmPhase) -> None:
    sim = Simulator()
    now = UnixTime(sim.now + sim.block_seconds)
    refuse(sim, p.AlgorithmSet(-99, phase, now), "was never started")
    sim.set_algorithm(ALG_MLDSA44, phase)


@pytest.mark.parametrize("phase", [AlgorithmPhase.WARN, AlgorithmPhase.STOP])
def test_nothing_follows_the_stop_of_an_algorithm(phase: AlgorithmPhase) -> None:
    sim = Simulator()
    sim.set_algorithm(ALG_ES256, AlgorithmPhase.STOP, effective_at=sim.now + 1000)
    later = UnixTime(sim.now + 2000)
    refuse(sim, p.AlgorithmSet(ALG_ES256, phase, later), "nothing follows that")


def test_an_algorithm_step_is_never_backdated() -> None:
    sim = Simulator()
    at = sim.now + sim.block_seconds
    refuse(sim, p.AlgorithmSet(-99, AlgorithmPhase.START, UnixTime(at - 1)), "backdated")
    sim.append(p.AlgorithmSet(-99, AlgorithmPhase.START, UnixTime(at)))
