"""The snapshot: one canonical form, from a full and a lite state alike, and no other."""

from collections.abc import Callable
from hashlib import sha256
from typing import Any, TypeAlias

import pytest

from credential import cbor
from credential.ids import AgencyCode, UnixTime
from credential.keys import ALG_ES256, ALG_MLDSA44
from registry import payloads as p
from registry.errors import SnapshotError, TrustStateError
from registry.journal import make_entry
from registry.kinds import AlgorithmPhase
from registry.snapshot import decode_snapshot, encode_snapshot, snapshot_digest, snapshot_value
from registry.trust import TrustBuilder
from tests.simulator import SimulatedKey, Simulator

Tree: TypeAlias = Any
"""Decoded CBOR of a known shape, or whatever else a test takes apart."""


def eventful() -> Simulator:
    """A registry in which everything has happened once, up to its successor."""
    sim = Simulator()
    ministry = sim.office("M1")
    branch = sim.branch(ministry, "B1")
    other = sim.office("B2", until=sim.now + 10**6)
    for office in (ministry, branch, other):
        sim.anchor(sim.issue(office, {1: "a"}, {1: "b"}))
        sim.anchor(sim.issue(office, {1: "c"}))
    sim.rename(branch, "新名", "New name")
    sim.revoke(branch, 1)
    sim.publish_status(other, list_no=2)
    sim.compromise(branch.key, since=sim.now - 100)
    sim.compromise(branch.key, since=sim.now - 200)
    sim.confirm(2, branch)
    sim.end_key(other.key)
    sim.suspend(branch)
    sim.resume(branch)
    sim.close(other, ministry)
    sim.end_accreditation(branch)
    sim.add_key("M1", alg=ALG_MLDSA44)
    sim.set_algorithm(ALG_ES256, AlgorithmPhase.WARN, effective_at=sim.now + 1000)
    sim.set_algorithm(ALG_MLDSA44, AlgorithmPhase.STOP, effective_at=sim.now + 10**9)
    sim.append(p.SuccessorRegistrySet(7, b"\1" * 20))
    return sim


SIM = eventful()
STATE = SIM.state()
ENCODED = encode_snapshot(STATE)


def test_a_lite_state_gives_the_same_snapshot_as_the_journal() -> None:
    assert encode_snapshot(decode_snapshot(ENCODED)) == ENCODED


def test_the_digest_is_that_of_the_complete_snapshot() -> None:
    assert snapshot_digest(STATE) == sha256(ENCODED).digest()


@pytest.mark.parametrize("size", range(len(SIM.entries) + 1))
def test_every_state_of_a_journal_survives_its_snapshot(size: int) -> None:
    encoded = encode_snapshot(SIM.state(size))
    assert encode_snapshot(decode_snapshot(encoded)) == encoded


def test_a_lite_state_keeps_every_record_but_the_roots_of_healthy_keys() -> None:
    full, lite = STATE.content, decode_snapshot(ENCODED).content
    for name in (
        "agencies",
        "keys",
        "accreditations",
        "types",
        "status",
        "steps",
        "signers",
        "successor",
    ):
        assert getattr(lite, name) == getattr(full, name)
    complete = STATE.complete_kids()
    assert lite.anchors == [anchor for anchor in full.anchors if anchor.kid in complete]
    assert not lite.has_every_anchor


def test_a_lite_state_knows_for_which_keys_it_has_every_root() -> None:
    sim = Simulator()
    healthy, leaked = sim.office("A1"), sim.office("A2")
    sim.compromise(leaked.key, since=sim.now)
    lite = decode_snapshot(encode_snapshot(sim.state()))
    assert lite.roots_complete(leaked.key.kid)
    assert not lite.roots_complete(healthy.key.kid)


def complete_after(change: Callable[[Simulator, Tree, Tree], None]) -> list[bool]:
    """Whether the keys of a ministry, its branch and a stranger are complete after a change."""
    sim = Simulator()
    ministry = sim.office("M1")
    branch = sim.branch(ministry, "B1")
    stranger = sim.office("S1", alg=ALG_MLDSA44)
    change(sim, ministry, branch)
    complete = sim.state().complete_kids()
    return [office.key.kid in complete for office in (ministry, branch, stranger)]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda sim, m, b: None, [False, False, False]),  # noqa: ARG005
        (lambda sim, m, b: sim.end_key(b.key), [False, True, False]),  # noqa: ARG005
        (lambda sim, m, b: sim.compromise(b.key, since=sim.now), [False, True, False]),  # noqa: ARG005
        (lambda sim, m, b: sim.suspend(m), [True, False, False]),  # noqa: ARG005
        (lambda sim, m, b: sim.close(b), [False, True, False]),  # noqa: ARG005
        (lambda sim, m, b: sim.end_accreditation(m), [True, True, False]),  # noqa: ARG005
        (lambda sim, m, b: sim.end_accreditation(b), [False, True, False]),  # noqa: ARG005
        (lambda sim, m, b: sim.accredit("S1", until=sim.now + 99), [False, False, True]),  # noqa: ARG005
        (
            lambda sim, m, b: sim.set_algorithm(  # noqa: ARG005
                ALG_ES256, AlgorithmPhase.STOP, effective_at=sim.now + 10**9
            ),
            [True, True, False],
        ),
        (
            lambda sim, m, b: sim.set_algorithm(ALG_ES256, AlgorithmPhase.WARN),  # noqa: ARG005
            [False, False, False],
        ),
    ],
)
def test_a_key_is_complete_when_a_signature_alone_is_not_enough(
    change: Callable[[Simulator, Tree, Tree], None], expected: list[bool]
) -> None:
    assert complete_after(change) == expected


def test_a_resumed_agency_needs_no_roots_any_more() -> None:
    def pause(sim: Simulator, ministry: Tree, _branch: Tree) -> None:
        sim.suspend(ministry)
        sim.resume(ministry)

    assert complete_after(pause) == [False, False, False]


def test_left_out_digests_are_missing_without_their_lists() -> None:
    row = (AgencyCode("M1"), 1)
    with pytest.raises(SnapshotError, match="leaves out the digest of list 1 of M1"):
        decode_snapshot(encode_snapshot(STATE, omit_digests={row}))


def test_a_chain_id_beyond_64_bits_has_no_snapshot() -> None:
    builder = TrustBuilder(2**64, bytes(20))
    builder.apply(make_entry(0, 1, p.AlgorithmSet(-7, AlgorithmPhase.START, UnixTime(1))))
    with pytest.raises(TrustStateError, match="does not fit a snapshot"):
        encode_snapshot(builder.build())


@pytest.mark.parametrize("cut", [0, 1, 10, len(ENCODED) // 2, len(ENCODED) - 1])
def test_a_cut_snapshot_is_refused(cut: int) -> None:
    with pytest.raises(SnapshotError):
        decode_snapshot(ENCODED[:cut])


def test_bytes_behind_a_snapshot_are_refused() -> None:
    with pytest.raises(SnapshotError):
        decode_snapshot(ENCODED + b"\0")


def change(path: list[int], new: object) -> Callable[[Tree], None]:
    """Replaces one part of a snapshot value."""

    def apply(value: Tree) -> None:
        for step in path[:-1]:
            value = value[step]
        value[path[-1]] = new

    return apply


def swap(member: int, first: int, second: int) -> Callable[[Tree], None]:
    """Turns two rows of a member around."""

    def apply(value: Tree) -> None:
        rows = value[member]
        rows[first], rows[second] = rows[second], rows[first]

    return apply


def append(member: int, row: object) -> Callable[[Tree], None]:
    """One more row."""
    return lambda value: value[member].append(row)


SMALL_TIME = STATE.time + 1
FAULTS: dict[str, Callable[[Tree], None]] = {
    "a later version": change([1], 2),
    "a missing member": lambda value: value.pop(18),
    "one member more": change([19], 0),
    "a contract of 19 bytes": change([3], bytes(19)),
    "a head of 31 bytes": change([5], bytes(31)),
    "a time before the last entry": change([6], 5),
    "an agency twice": lambda value: value[10].append(value[10][-1]),
    "an agency code in small letters": change([10, 0, 0], "m1"),
    "an agency without a name": change([10, 0, 1], []),
    "an agency without a state": change([10, 0, 2], []),
    "an agency that begins suspended": change([10, 0, 2, 0, 1], 0),
    "an agency in state 3": change([10, 0, 2, 0, 1], 3),
    "a name with a line feed": change([10, 0, 1, 0, 2], "a\nb"),
    "a name from another time than the first state": lambda value: value[10][2][1][0].__setitem__(
        0, SMALL_TIME - 1
    ),
    "an agency resumed though active": lambda value: value[10][0][2].append([STATE.time, 1]),
    "states that go back in time": lambda value: value[10][1][2].append([5, 0]),
    "an agency registered before the one before": swap(10, 0, 1),
    "a successor nobody knows": change([10, 2, 3], "X9"),
    "a successor that is the agency itself": change([10, 2, 3], "B2"),
    "a successor of an open agency": change([10, 0, 3], "B1"),
    "a key twice": lambda value: value[11].append(value[11][-1]),
    "a key of no agency": change([11, 0, 3], 3),
    "a key with another algorithm": change([11, 0, 1], -48),
    "a key of another shape": change([11, 0, 0], SimulatedKey("e", -8).cose_key),
    "a key for another purpose": change([11, 0, 2], 2),
    "a key added in the future": change([11, 0, 4], SMALL_TIME),
    "a key that ended before it was added": change([11, 2, 5], 5),
    "keys in another order": swap(11, 0, 1),
    "a healthy key called complete": change([11, 0, 7], True),
    "a compromised key called healthy": change([11, 1, 7], False),
    "a compromise from the future": change([11, 1, 6], [SMALL_TIME, SMALL_TIME]),
    "a compromise before the key": change([11, 1, 6], [5, 5]),
    "an accreditation below itself": change([12, 0, 0], 1),
    "an accreditation of no agency": change([12, 0, 1], 9),
    "an accreditation for an unregistered type": change([12, 2, 2], 9),
    "an accreditation for type 0": change([12, 2, 2], 0),
    "a delegation as deep as its parent": change([12, 1, 3], 2),
    "a delegation of another type": change([12, 1, 2], 2),
    "an accreditation over before it begins": change([12, 2, 5], 5),
    "an accreditation that ended before it began": change([12, 1, 6], 5),
    "accreditations in another order": swap(12, 0, 2),
    "a type version that does not follow": change([13, 0, 1], 2),
    "a type of number 0": lambda value: value[13].insert(0, [0, 1, bytes(32), 0]),
    "a type twice": lambda value: value[13].append(value[13][0]),
    "a type digest of 31 bytes": change([13, 0, 2], bytes(31)),
    "status rows in another order": swap(14, 0, 1),
    "a status row twice": lambda value: value[14].insert(1, value[14][0]),
    "a status version 0": change([14, 0, 2], 0),
    "a status list 0": change([14, 0, 1], 0),
    "a status row of no agency": change([14, 0, 0], 7),
    "a status row from the future": change([14, 0, 3], SMALL_TIME),
    "an algorithm started twice": lambda value: value[15].append(
        [*value[15][0][:2], STATE.time, STATE.time]
    ),
    "an algorithm warned of before its start": lambda value: value[15].append(
        [-99, 2, STATE.time, STATE.time]
    ),
    "a backdated algorithm step": change([15, 0, 2], 5),
    "an algorithm phase 0": change([15, 0, 1], 0),
    "algorithm steps in another order": swap(15, 0, 2),
    "signers with a threshold above their number": change([16, 0], 4),
    "a signer twice": lambda value: value[16][1].__setitem__(0, value[16][1][1]),
    "a signer of another shape": lambda value: value[16][1].__setitem__(0, {1: 9}),
    "an anchor of a healthy key": append(17, [0, 1, b"\1" * 32, 1, 0, STATE.time, False]),
    "an anchor of no key": change([17, 0, 4], 9),
    "an anchor of no agency": change([17, 0, 0], 9),
    "an anchor of another agency than its key": change([17, 0, 0], 2),
    "an empty batch": change([17, 0, 3], 0),
    "a batch too large": change([17, 0, 3], 2**20 + 1),
    "a root of zeros": change([17, 0, 2], bytes(32)),
    "a batch number twice": change([17, 1, 1], 1),
    "a batch number 0": change([17, 0, 1], 0),
    "anchors in another order": swap(17, 0, 2),
    "an anchor older than its key": change([17, 0, 5], 5),
    "a confirmed batch of a key that was not compromised": change([17, 2, 6], True),
    "a confirmation that is no boolean": change([17, 0, 6], 0),
    "a successor registry at the zero address": change([18, 1], bytes(20)),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_snapshot_with_one_fault_is_refused(fault: str) -> None:
    value = cbor.decode(ENCODED, max_bytes=10**6)
    FAULTS[fault](value)
    with pytest.raises(SnapshotError):
        decode_snapshot(cbor.encode(value))


def test_the_faultless_twin_is_accepted() -> None:
    value = cbor.decode(ENCODED, max_bytes=10**6)
    assert value == snapshot_value(STATE)
    assert decode_snapshot(cbor.encode(value)).head == STATE.head
