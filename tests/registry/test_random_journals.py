"""Random journals: full and lite agree, fast equals slow, nothing rolls back."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credential.ids import Kid
from credential.keys import ALG_EDDSA, ALG_ES256
from registry.bundle import open_bundle
from registry.errors import JournalError, RollbackError, TrustDataError
from registry.journal import read_journal_file, write_journal_file
from registry.kinds import AgencyState, AlgorithmPhase
from registry.snapshot import decode_snapshot, encode_snapshot
from registry.trust import TrustState, replay
from registry.trust_data import Floor, TrustData
from tests.simulated_registries import end_recognition, move, recognise
from tests.simulator import Office, SimulatedKey, Simulator

CODES = ("A1", "B2", "C3")


def attempt(act: Callable[[], object]) -> None:
    """Does what is asked where the contract allows it."""
    try:
        act()
    except JournalError:
        return


def step(sim: Simulator, offices: list[Office], number: int, who: int, amount: int) -> None:
    """One event of a random life; what is not possible just then does not happen."""
    office = offices[who % len(offices)]
    other = offices[amount % len(offices)]
    events: list[Callable[[], object]] = [
        lambda: sim.anchor(sim.issue(office, {1: f"name {amount}"})),
        lambda: sim.anchor(sim.issue(office, {1: "a"}, {1: "b"})),
        lambda: sim.revoke(office, amount % 1000),
        lambda: sim.compromise(office.key, since=sim.now - amount),
        lambda: sim.confirm(1 + amount % 3, office),
        lambda: sim.suspend(office),
        lambda: sim.resume(office),
        lambda: sim.close(office, other),
        lambda: sim.end_accreditation(office),
        lambda: sim.delegate(
            office.accreditation, other.code, until=amount % 2 and sim.now + amount
        ),
        lambda: sim.accredit(office.code, until=sim.now + amount),
        lambda: setattr(office, "key", sim.add_key(office.code)),
        lambda: sim.end_key(office.key),
        lambda: sim.rename(office, f"名 {amount}", f"Name {amount}"),
        lambda: sim.publish_status(office, list_no=1 + amount % 3),
        lambda: sim.set_algorithm(
            ALG_ES256, AlgorithmPhase(1 + amount % 3), effective_at=sim.now + amount
        ),
        lambda: setattr(sim, "block_seconds", amount % 2 * 12),
        lambda: sim.wait(amount),
        lambda: sim.set_signers(timeless_key(f"s{amount}"), *sim.signer_keys[:2]),
        sim.checkpoint,
        lambda: recognise(sim, 1 + amount % 3, until=amount % 2 and sim.now + amount),
        lambda: end_recognition(sim, 1 + amount % 3),
        lambda: move(sim, 2 + amount),
    ]
    attempt(events[number % len(events)])


def timeless_key(name: str) -> SimulatedKey:
    """A signer's key of the one algorithm that no random life stops."""
    return SimulatedKey(name, ALG_EDDSA)


def life(steps: list[tuple[int, int, int]]) -> Simulator:
    """A registry after a random life, with a last checkpoint."""
    sim = Simulator()
    sim.set_signers(*(timeless_key(str(number)) for number in range(3)))
    sim.checkpoint()
    ministry = sim.office(CODES[0])
    offices = [ministry, sim.branch(ministry, CODES[1]), sim.office(CODES[2])]
    for number, who, amount in steps:
        step(sim, offices, number, who, amount)
    sim.checkpoint()
    return sim


LIVES = st.lists(
    st.tuples(st.integers(0, 22), st.integers(0, 2), st.integers(0, 400)), max_size=40
).map(life)


def answers(state: TrustState, times: list[int], *, kids: list[Kid]) -> dict[object, object]:
    """Every answer a verifier could ask for, at these times."""
    found: dict[object, object] = {}
    for code, agency in state.content.agencies.items():
        found[code] = agency
        for at in times:
            found[code, at, "active"] = state.active(code, at)
            found[code, at, "accredited"] = state.accredited(code, 1, at)
        for list_no in (1, 2, 3):
            found[code, list_no] = state.latest_status(code, list_no)
    for at in times:
        found[at] = state.algorithm(ALG_ES256, at)
        for row in state.recognitions:
            registry = (row.chain_id, row.contract)
            found[at, registry] = state.recognition_in_force(*registry, at)
    found["homes"] = state.homes
    for kid, key in state.content.keys.items():
        found[kid] = key
        found[kid, "unanchored"] = state.key_safety(kid, None)
    for anchor in state.content.anchors:
        if anchor.kid in kids:
            found[anchor.root] = state.anchor(anchor.root, anchor.agency, anchor.kid)
            found[anchor.root, "safety"] = state.key_safety(anchor.kid, anchor)
    return found


def times_of(sim: Simulator) -> list[int]:
    """Every moment something happened or could have, and the moments around it."""
    moments = {entry.time for entry in sim.entries} | {sim.now + 400}
    return sorted({moment + around for moment in moments for around in (-1, 0, 1)})


@settings(max_examples=60, deadline=None)
@given(LIVES)
def test_full_and_lite_bundles_give_the_same_answers(sim: Simulator) -> None:
    full, lite = sim.trust(full=True).state, sim.trust().state
    times, kids = times_of(sim), list(full.complete_kids())
    assert answers(full, times, kids=kids) == answers(lite, times, kids=kids)
    assert lite.complete_kids() == full.complete_kids()
    assert (lite.head, lite.size, lite.time) == (full.head, full.size, full.time)
    assert (lite.signers, lite.successor) == (full.signers, full.successor)
    assert lite.recognitions == full.recognitions


@settings(max_examples=60, deadline=None)
@given(LIVES)
def test_journal_file_and_snapshot_survive_their_bytes(sim: Simulator) -> None:
    journal = read_journal_file(write_journal_file(sim.journal))
    assert journal == sim.journal
    encoded = encode_snapshot(replay(journal.chain_id, journal.contract, journal.entries))
    assert encode_snapshot(decode_snapshot(encoded)) == encoded


def slow_active(state: TrustState, code: str, at: int) -> bool:
    """The definition of journal.md, word for word."""
    states = next(
        agency.states for agency in state.content.agencies.values() if agency.code == code
    )
    before = [change for change in states if change.at <= at]
    return bool(before) and before[-1].state is AgencyState.ACTIVE


def slow_in_force(state: TrustState, number: int, at: int) -> bool:
    """The definition of journal.md, word for word."""
    row = state.content.accreditations[number]
    ended = row.ended_at is not None and row.ended_at <= at
    over = row.until != 0 and row.until <= at
    above = row.parent == 0 or slow_in_force(state, row.parent, at)
    return row.at <= at and not ended and not over and above


def slow_recognised(state: TrustState, number: int, at: int) -> bool:
    """The definition of journal.md, word for word."""
    row = state.recognitions[number - 1]
    ended = row.ended_at is not None and row.ended_at <= at
    return row.at <= at and not ended and (row.until == 0 or row.until > at)


def slow_allowed(state: TrustState, alg: int, at: int) -> bool:
    """The definition of journal.md, word for word."""
    steps = [step for step in state.content.steps if step.alg == alg and step.effective_at <= at]
    phases = {step.phase for step in steps}
    return AlgorithmPhase.START in phases and AlgorithmPhase.STOP not in phases


@settings(max_examples=60, deadline=None)
@given(LIVES)
def test_the_fast_answers_are_those_of_the_definitions(sim: Simulator) -> None:
    state = sim.state()
    accreditations = state.content.accreditations.values()
    for at in times_of(sim):
        for code in state.content.agencies:
            held = [row.number for row in accreditations if row.agency == code]
            assert state.active(code, at) == slow_active(state, code, at)
            assert state.accredited(code, 1, at) == any(slow_in_force(state, n, at) for n in held)
        for row in state.recognitions:
            same = [
                other.number
                for other in state.recognitions
                if (other.chain_id, other.contract) == (row.chain_id, row.contract)
            ]
            found = state.recognition_in_force(row.chain_id, row.contract, at)
            holding = [number for number in same if slow_recognised(state, number, at)]
            assert [found.number] * bool(holding) == holding if found else not holding
        allowed = state.algorithm(ALG_ES256, at) in {AlgorithmPhase.START, AlgorithmPhase.WARN}
        assert allowed == slow_allowed(state, ALG_ES256, at)


@settings(max_examples=40, deadline=None)
@given(LIVES, st.data())
def test_no_changed_entry_keeps_the_head(sim: Simulator, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(sim.entries) - 1))
    entry = sim.entries[at]
    position = data.draw(st.integers(0, len(entry.data) - 1))
    bad = bytearray(entry.data)
    bad[position] ^= 1 << data.draw(st.integers(0, 7))
    entries = [*sim.entries[:at], entry._replace(data=bytes(bad)), *sim.entries[at + 1 :]]
    try:
        state = replay(*sim.first_home, entries)
    except JournalError:
        return
    assert state.head != sim.state().head


@pytest.mark.parametrize("full", [False, True], ids=["lite", "full"])
@settings(max_examples=40, deadline=None)
@given(order=st.permutations(range(6)))
def test_no_order_of_updates_rolls_a_store_back(full: bool, order: list[int]) -> None:  # noqa: FBT001
    held: TrustData | None = None
    for number in order:
        floor = None if held is None else held.floor
        try:
            offered = open_update(number, full=full, floor=floor)
        except RollbackError:
            continue
        assert held is None or offered.floor >= held.floor
        held = offered
    assert held is not None
    assert held.state.size == open_update(5, full=full, floor=None).state.size


UPDATES: dict[tuple[int, bool], tuple[Simulator, bytes]] = {}


def open_update(number: int, *, full: bool, floor: Floor | None) -> TrustData:
    """The number-th bundle of one registry that lives on between them."""
    if not UPDATES:
        sim = Simulator()
        office = sim.office("A1")
        for step_no in range(6):
            sim.anchor(sim.issue(office, {1: str(step_no)}))
            sim.checkpoint()
            UPDATES[step_no, False] = sim, sim.lite_bundle()
            UPDATES[step_no, True] = sim, sim.full_bundle()
    sim, bundle = UPDATES[number, full]
    return open_bundle(bundle, anchor=sim.trust_anchor, floor=floor)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400))
def test_a_journal_of_any_bytes_raises_only_our_error(source: bytes) -> None:
    try:
        journal = read_journal_file(b"SEALJNL1" + bytes(52) + source)
        replay(journal.chain_id, journal.contract, journal.entries)
    except (JournalError, TrustDataError):
        return
    assert not source
