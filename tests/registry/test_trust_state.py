"""The questions of docs/formats/journal.md, "Questions asked as of a time"."""

import pytest

from credential.errors import KeyFormatError
from credential.ids import AgencyCode, Digest, Kid, Root, UnixTime
from credential.keys import ALG_ES256, kid_of
from registry import payloads as p
from registry.kinds import AlgorithmPhase, KeyPurpose, KeySafety
from registry.trust import TrustState
from tests.simulator import START, Simulator


def test_an_agency_is_active_from_its_registration_on() -> None:
    sim = Simulator()
    office = sim.office("A1")
    state = sim.state()
    agency = state.agency(office.code)
    assert agency is not None
    registered_at = agency.registered_at
    assert [state.active(office.code, registered_at + d) for d in (-1, 0, 1)] == [False, True, True]


def test_a_suspension_lasts_up_to_not_including_its_end() -> None:
    sim = Simulator()
    office = sim.office("A1")
    sim.suspend(office)
    begin = sim.now
    sim.resume(office)
    end = sim.now
    state = sim.state()
    asked = (begin - 1, begin, end - 1, end)
    assert [state.active(office.code, at) for at in asked] == [True, False, False, True]


def test_a_closed_agency_was_active_before() -> None:
    sim = Simulator()
    office = sim.office("A1")
    sim.close(office)
    state = sim.state()
    assert [state.active(office.code, sim.now + d) for d in (-1, 0)] == [True, False]


def test_an_agency_closed_while_suspended_stays_inactive() -> None:
    sim = Simulator()
    office = sim.office("A1")
    sim.suspend(office)
    begin = sim.now
    sim.close(office)
    state = sim.state()
    asked = (begin - 1, begin, sim.now, sim.now + 1)
    assert [state.active(office.code, at) for at in asked] == [True, False, False, False]


def test_of_changes_in_one_block_the_last_counts() -> None:
    sim = Simulator()
    office = sim.office("A1")
    sim.block_seconds = 0
    sim.suspend(office)
    sim.resume(office)
    assert sim.state().active(office.code, sim.now)


def test_an_agency_suspended_in_the_block_of_its_registration_was_never_active() -> None:
    sim = Simulator(block_seconds=0)
    office = sim.office("A1")
    sim.suspend(office)
    assert not sim.state().active(office.code, sim.now)


def test_an_unknown_agency_is_not_active() -> None:
    assert not Simulator().state().active(AgencyCode("X"), 2**40)


def test_an_accreditation_holds_from_its_grant_to_its_end() -> None:
    sim = Simulator()
    sim.register("A1")
    sim.accredit("A1")
    begin = sim.now
    sim.append(p.AccreditationEnded(1))
    end = sim.now
    state = sim.state()
    asked = (begin - 1, begin, end - 1, end)
    code = AgencyCode("A1")
    assert [state.accredited(code, 1, at) for at in asked] == [False, True, True, False]


def test_an_accreditation_runs_out() -> None:
    sim = Simulator()
    sim.register("A1")
    until = sim.now + 500
    sim.accredit("A1", until=until)
    state = sim.state()
    assert [state.accredited(AgencyCode("A1"), 1, until + d) for d in (-1, 0)] == [True, False]


def test_a_delegation_ends_with_its_parent() -> None:
    sim = Simulator()
    ministry = sim.office("M")
    branch = sim.branch(ministry, "B")
    sim.end_accreditation(ministry)
    state = sim.state()
    asked = (sim.now - 1, sim.now)
    assert [state.accredited(branch.code, 1, at) for at in asked] == [True, False]


def test_a_delegation_does_not_end_with_the_suspension_of_its_parents_agency() -> None:
    sim = Simulator()
    ministry = sim.office("M")
    branch = sim.branch(ministry, "B")
    sim.suspend(ministry)
    assert sim.state().accredited(branch.code, 1, sim.now)


def test_one_accreditation_in_force_is_enough() -> None:
    sim = Simulator()
    office = sim.office("A1")
    sim.accredit("A1")
    sim.end_accreditation(office)
    assert sim.state().accredited(office.code, 1, sim.now)


def test_an_accreditation_for_another_type_does_not_count() -> None:
    sim = Simulator()
    office = sim.office("A1")
    assert not sim.state().accredited(office.code, 2, sim.now)


def test_an_accreditation_ended_in_its_own_block_never_held() -> None:
    sim = Simulator(block_seconds=0)
    office = sim.office("A1")
    sim.end_accreditation(office)
    assert not sim.state().accredited(office.code, 1, sim.now)


def test_an_algorithm_passes_through_its_phases() -> None:
    sim = Simulator()
    start, warn, stop = sim.now + 100, sim.now + 200, sim.now + 300
    sim.set_algorithm(-99, AlgorithmPhase.START, effective_at=start)
    sim.set_algorithm(-99, AlgorithmPhase.WARN, effective_at=warn)
    sim.set_algorithm(-99, AlgorithmPhase.STOP, effective_at=stop)
    state = sim.state()
    asked = (start - 1, start, warn, stop - 1, stop)
    assert [state.algorithm(-99, at).name for at in asked] == [
        "NOT_STARTED",
        "START",
        "WARN",
        "WARN",
        "STOP",
    ]


def test_an_algorithm_stopped_before_it_starts_is_never_allowed() -> None:
    sim = Simulator()
    sim.set_algorithm(-99, AlgorithmPhase.START, effective_at=sim.now + 1000)
    sim.set_algorithm(-99, AlgorithmPhase.STOP, effective_at=sim.now + 100)
    state = sim.state()
    phases = {state.algorithm(-99, sim.now + after) for after in (0, 100, 1000)}
    assert phases == {AlgorithmPhase.NOT_STARTED, AlgorithmPhase.STOP}


def test_the_earlier_of_two_warnings_counts() -> None:
    sim = Simulator()
    for after in (500, 100, 900):
        sim.set_algorithm(ALG_ES256, AlgorithmPhase.WARN, effective_at=sim.now + after)
    state = sim.state()
    first = min(
        step.effective_at for step in state.content.steps if step.phase is AlgorithmPhase.WARN
    )
    assert state.algorithm(ALG_ES256, first) is AlgorithmPhase.WARN
    assert state.algorithm(ALG_ES256, first - 1) is AlgorithmPhase.START


def test_a_state_can_be_made_again_from_its_parts() -> None:
    state = Simulator().state()
    again = TrustState(state.content, state.algorithms)
    assert again.algorithm(ALG_ES256, START + 100) is AlgorithmPhase.START


def test_an_unheard_of_algorithm_has_not_started() -> None:
    assert Simulator().state().algorithm(-257, 2**40) is AlgorithmPhase.NOT_STARTED


def test_an_anchor_is_found_by_root_agency_and_key_together() -> None:
    sim = Simulator()
    office, other = sim.office("A1"), sim.office("A2")
    batch = sim.issue(office, {1: "a"})
    sim.anchor(batch)
    state = sim.state()
    found = state.anchor(batch.root, office.code, office.key.kid)
    assert found == (office.code, 1, batch.root, 1, office.key.kid, sim.now, False)
    assert state.anchor(batch.root, other.code, office.key.kid) is None
    assert state.anchor(batch.root, office.code, other.key.kid) is None
    assert state.anchor(Root(bytes(32)), office.code, office.key.kid) is None


def test_a_healthy_key_is_safe_for_everything() -> None:
    sim = Simulator()
    office = sim.office("A1")
    assert sim.state().key_safety(office.key.kid, None) is KeySafety.SAFE


def test_a_compromise_spares_what_was_anchored_before() -> None:
    sim = Simulator()
    office = sim.office("A1")
    batches = [sim.issue(office, {1: name}) for name in "abc"]
    for batch in batches:
        sim.anchor(batch)
    since = sim.now - sim.block_seconds
    sim.compromise(office.key, since=since)
    sim.confirm(3, office)
    state = sim.state()
    anchors = [state.anchor(batch.root, office.code, office.key.kid) for batch in batches]
    assert [state.key_safety(office.key.kid, anchor) for anchor in anchors] == [
        KeySafety.SAFE,
        KeySafety.COMPROMISED,
        KeySafety.CONFIRMED,
    ]
    assert state.key_safety(office.key.kid, None) is KeySafety.COMPROMISED


def test_every_root_of_a_full_state_is_known() -> None:
    sim = Simulator()
    office = sim.office("A1")
    assert sim.state().roots_complete(office.key.kid)


def test_a_type_version_is_known_by_its_digest() -> None:
    sim = Simulator()
    sim.append(p.TypeRegistered(4, 1, Digest(b"\4" * 32)))
    state = sim.state()
    assert state.type_digest(4, 1) == b"\4" * 32
    assert state.type_digest(4, 2) is None


def test_the_newest_status_list_is_known() -> None:
    sim = Simulator()
    office = sim.office("A1")
    sim.revoke(office, 1)
    newest = sim.state().latest_status(office.code, 1)
    assert newest is not None
    assert (newest.version, newest.at) == (2, sim.now)
    assert sim.state().latest_status(office.code, 2) is None


def test_a_key_is_loaded_when_it_is_first_used() -> None:
    sim = Simulator()
    office = sim.office("A1")
    state = sim.state()
    key = state.verifying_key(office.key.kid)
    key.verify(office.key.sign(b"message"), b"message")
    assert state.verifying_key(office.key.kid) is key


def test_a_registered_key_off_the_curve_verifies_nothing() -> None:
    sim = Simulator()
    sim.register("A1")
    off_curve = bytes.fromhex("a401022001215820") + b"\xff" * 32 + b"\x22\xf5"
    kid = kid_of(off_curve)
    sim.append(p.KeyAdded(AgencyCode("A1"), kid, ALG_ES256, KeyPurpose.SIGN_BATCH_ROOTS, off_curve))
    with pytest.raises(KeyFormatError):
        sim.state().verifying_key(kid)


def test_an_unknown_kid_has_no_key() -> None:
    state = Simulator().state()
    assert state.key(Kid(bytes(16))) is None
    with pytest.raises(KeyError):
        state.key_safety(Kid(bytes(16)), None)


def test_the_signers_are_the_last_ones_set() -> None:
    sim = Simulator(signers=1, threshold=1)
    assert sim.state().signers == (1, (sim.signer_keys[0].cose_key,))
    assert UnixTime(sim.now) == sim.state().time
