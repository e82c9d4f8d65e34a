"""Trust bundles: what opens, and everything that must not."""

import zlib
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from typing import Any, TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credential import cbor
from credential.errors import SealrootError
from credential.ids import AgencyCode, Digest, UnixTime
from credential.status import SlotState
from registry import payloads as p
from registry.bundle import make_full_bundle, make_lite_bundle, open_bundle
from registry.bundle_file import BundleLimits, ReadAt
from registry.checkpoint import make_checkpoint, sign_statement
from registry.errors import (
    BundleError,
    CheckpointError,
    ForeignRegistryError,
    ForkError,
    RollbackError,
    TrustDataError,
)
from registry.journal import read_journal_file, write_journal_file
from registry.kinds import KeySafety
from registry.trust_data import BundleKind, Documents, EvidenceStrength, Floor
from tests.simulator import CONTRACT, PERMIT, Simulator

Tree: TypeAlias = Any
"""Decoded CBOR of a known shape, or whatever else a test takes apart."""


def registry() -> Simulator:
    """Two offices, one of them with a leaked key.

    Status lists with a revoked slot; a checkpoint.
    """
    sim = Simulator()
    office, leaked = sim.office("A1"), sim.office("A2")
    for one in (office, leaked):
        sim.anchor(sim.issue(one, {1: "a"}, {1: "b"}))
    sim.revoke(office, 1)
    sim.compromise(leaked.key, since=sim.now + 1)
    sim.checkpoint()
    return sim


SIM = registry()
LITE, FULL = SIM.lite_bundle(), SIM.full_bundle()
BOTH = pytest.mark.parametrize("bundle", [LITE, FULL], ids=["lite", "full"])
ANCHOR = SIM.trust_anchor


def rebuilt(
    bundle: bytes,
    change: Callable[[Tree], None] = lambda _body: None,
    envelope: Callable[[Tree], None] = lambda _members: None,
) -> bytes:
    """The bundle with its body or its outer map changed, otherwise put together faultlessly."""
    members: Tree = cbor.decode(bundle, max_bytes=10**8)
    body: Tree = cbor.decode(
        zlib.decompress(members[6]),
        max_bytes=10**8,
        max_depth=12,
        max_items=10**6,
        tags=frozenset({18}),
    )
    change(body)
    encoded = cbor.encode(body)
    members[5], members[6] = len(encoded), zlib.compress(encoded, 9)
    envelope(members)
    return cbor.encode(members)


@BOTH
def test_a_bundle_opens_from_its_trust_anchor(bundle: bytes) -> None:
    trust = open_bundle(bundle, anchor=ANCHOR)
    assert trust.state.head == SIM.state().head
    assert trust.evidence.strength is EvidenceStrength.CHECKPOINT
    assert trust.evidence.as_of == SIM.now
    assert set(trust.evidence.signed_by) == {key.kid for key in SIM.signer_keys}


@BOTH
def test_a_bundle_rebuilt_without_a_change_is_the_same_file(bundle: bytes) -> None:
    assert rebuilt(bundle) == bundle


@BOTH
def test_a_bundle_carries_status_and_types(bundle: bytes) -> None:
    trust = open_bundle(bundle, anchor=ANCHOR)
    assert trust.status_lists[AgencyCode("A1"), 1].state(1) is SlotState.REVOKED
    assert trust.types[1, 1].id == "simulated-permit"


def test_only_a_full_bundle_carries_details() -> None:
    assert not open_bundle(LITE).details
    assert [row.index for row in open_bundle(FULL).details[AgencyCode("A1"), 1].rows] == [1]


@BOTH
def test_without_a_trust_anchor_the_evidence_is_weak(bundle: bytes) -> None:
    assert open_bundle(bundle).evidence.strength is EvidenceStrength.UNPROVEN


def test_a_lite_bundle_has_roots_only_where_they_are_needed() -> None:
    trust = open_bundle(LITE, anchor=ANCHOR)
    assert trust.kind is BundleKind.LITE
    assert {anchor.agency for anchor in trust.state.content.anchors} == {"A2"}


def test_a_lite_bundle_without_a_list_names_its_digest() -> None:
    documents = SIM.documents()._replace(status_lists=SIM.documents().status_lists[:1])
    bundle = make_lite_bundle(SIM.state(), documents, made_at=0, checkpoints=SIM.checkpoints)
    trust = open_bundle(bundle, anchor=ANCHOR)
    assert list(trust.status_lists) == [("A1", 1)]
    assert trust.state.latest_status(AgencyCode("A2"), 1) == SIM.state().latest_status(
        AgencyCode("A2"), 1
    )


def test_entries_behind_the_last_checkpoint_are_ignored() -> None:
    sim = registry()
    size = len(sim.entries)
    sim.compromise(sim.office("A3").key, since=sim.now)
    trust = open_bundle(sim.full_bundle(), anchor=sim.trust_anchor)
    assert trust.state.size == size
    assert trust.state.agency(AgencyCode("A3")) is None


def test_a_bundle_read_from_a_node_opens_as_of_that_time() -> None:
    trust = open_bundle(SIM.full_bundle(read_at=SIM.now + 5), anchor=ANCHOR)
    assert trust.evidence == (EvidenceStrength.UNPROVEN, SIM.now + 5, ())


def test_a_bundle_after_a_rotation_of_signers_opens_from_the_first_ones() -> None:
    sim = registry()
    sim.set_signers(*[replace(key, seed=key.seed + " new") for key in sim.signer_keys])
    sim.checkpoint()
    sim.wait(60)
    sim.checkpoint()
    assert open_bundle(sim.lite_bundle(), anchor=sim.trust_anchor).evidence.as_of == sim.now


# --- another registry ---


@BOTH
@pytest.mark.parametrize("change", [{"chain_id": 1}, {"contract": bytes(20)}])
def test_a_bundle_of_another_registry_is_refused(bundle: bytes, change: dict[str, Tree]) -> None:
    with pytest.raises(
        ForeignRegistryError, match="It says nothing about this registry"
    ) as refusal:
        open_bundle(bundle, anchor=replace(ANCHOR, **change))
    assert refusal.value.code == "trust.foreign"


@BOTH
def test_a_bundle_relabelled_for_another_registry_is_refused(bundle: bytes) -> None:
    relabelled = rebuilt(bundle, envelope=lambda members: members.__setitem__(3, 7))
    with pytest.raises(ForeignRegistryError):
        open_bundle(relabelled, anchor=replace(ANCHOR, chain_id=7))


@BOTH
def test_a_bundle_by_other_signers_is_refused(bundle: bytes) -> None:
    stranger = Simulator(signers=4).trust_anchor
    others = replace(
        stranger,
        signers=stranger.signers._replace(cose_keys=stranger.signers.cose_keys[3:], threshold=1),
    )
    with pytest.raises(CheckpointError, match="0 signatures"):
        open_bundle(bundle, anchor=others)


def test_the_journal_of_another_registry_inside_is_refused() -> None:
    def relabel(body: Tree) -> None:
        body[1] = write_journal_file(replace(read_journal_file(body[1]), contract=bytes(20)))

    with pytest.raises(ForeignRegistryError, match="the journal in the bundle belongs to another"):
        open_bundle(rebuilt(FULL, relabel))


def test_the_snapshot_of_another_registry_inside_is_refused() -> None:
    with pytest.raises(ForeignRegistryError, match="the snapshot in the bundle belongs to another"):
        open_bundle(rebuilt(LITE, lambda body: body[2].__setitem__(3, bytes(20))))


# --- rollback and fork ---


def test_the_floor_of_accepted_data_accepts_them_again() -> None:
    trust = SIM.trust()
    assert SIM.trust(floor=trust.floor).floor == trust.floor
    assert SIM.trust(full=True, floor=trust.floor).floor == trust.floor


def test_a_store_goes_forward() -> None:
    sim = registry()
    floor = sim.trust().floor
    sim.office("A3")
    sim.checkpoint()
    assert sim.trust(floor=floor).floor.size > floor.size
    assert sim.trust(full=True, floor=floor).floor.size > floor.size


@BOTH
def test_a_bundle_with_fewer_entries_than_seen_is_refused(bundle: bytes) -> None:
    floor = Floor(SIM.trust().floor.size + 1, Digest(bytes(32)), UnixTime(0))
    with pytest.raises(RollbackError, match="Get a newer bundle") as refusal:
        open_bundle(bundle, anchor=ANCHOR, floor=floor)
    assert refusal.value.code == "trust.rollback"


@BOTH
def test_an_earlier_as_of_time_than_seen_is_refused(bundle: bytes) -> None:
    floor = SIM.trust().floor._replace(as_of=UnixTime(SIM.now + 1))
    with pytest.raises(RollbackError):
        open_bundle(bundle, anchor=ANCHOR, floor=floor)


@BOTH
def test_another_head_at_the_size_seen_is_a_fork(bundle: bytes) -> None:
    floor = SIM.trust().floor._replace(head=Digest(bytes(32)))
    with pytest.raises(ForkError):
        open_bundle(bundle, anchor=ANCHOR, floor=floor)


def test_a_full_bundle_that_rewrites_what_was_seen_is_a_fork() -> None:
    floor = SIM.trust().floor._replace(size=5, head=Digest(bytes(32)))
    with pytest.raises(ForkError, match="the first 5 entries"):
        open_bundle(FULL, anchor=ANCHOR, floor=floor)


# --- size and compression ---


@BOTH
def test_a_file_over_the_limit_is_not_read(bundle: bytes) -> None:
    with pytest.raises(BundleError, match="at most 100 are read"):
        open_bundle(bundle, limits=BundleLimits(100, 10**6))


@BOTH
def test_a_body_over_the_limit_is_not_inflated(bundle: bytes) -> None:
    with pytest.raises(BundleError, match="inflates to"):
        open_bundle(bundle, limits=BundleLimits(10**6, 100))


@pytest.mark.parametrize("difference", [-1, 1])
def test_a_body_of_another_length_than_stated_is_refused(difference: int) -> None:
    def lie(members: Tree) -> None:
        members[5] += difference

    with pytest.raises(BundleError, match="another length"):
        open_bundle(rebuilt(LITE, envelope=lie))


def test_a_bomb_inflates_no_further_than_it_says() -> None:
    def bomb(members: Tree) -> None:
        members[5], members[6] = 1000, zlib.compress(bytes(10**7))

    with pytest.raises(BundleError, match="another length"):
        open_bundle(rebuilt(LITE, envelope=bomb))


def test_bytes_behind_the_compressed_body_are_refused() -> None:
    def longer(members: Tree) -> None:
        members[6] += b"\0"

    with pytest.raises(BundleError, match="another length"):
        open_bundle(rebuilt(LITE, envelope=longer))


@pytest.mark.parametrize("compressed", [b"", b"\x78\x9c", bytes(10), zlib.compress(b"x" * 50)[:-1]])
def test_a_damaged_compressed_body_is_refused(compressed: bytes) -> None:
    with pytest.raises(BundleError, match="damaged"):
        open_bundle(rebuilt(LITE, envelope=lambda members: members.__setitem__(6, compressed)))


# --- the members ---


@pytest.mark.parametrize(
    ("member", "new"), [(1, 2), (2, 3), (2, 0), (3, -1), (4, bytes(19)), (7, 0)]
)
def test_an_outer_map_with_one_fault_is_refused(member: int, new: object) -> None:
    with pytest.raises(BundleError):
        open_bundle(rebuilt(LITE, envelope=lambda members: members.__setitem__(member, new)))


@pytest.mark.parametrize("source", [b"", b"\xa0", b"\x80", LITE[:-1], LITE + b"\0"])
def test_bytes_that_are_no_bundle_are_refused(source: bytes) -> None:
    with pytest.raises(BundleError):
        open_bundle(source)


def put(member: int, new: object) -> Callable[[Tree], None]:
    """Replaces a member of the body."""
    return lambda body: body.__setitem__(member, new)


LISTS = SIM.documents().status_lists
DETAILS = SIM.documents().details[0]
OTHER_LIST = LISTS[0].replace(b"A1", b"A3")
LITE_FAULTS: dict[str, tuple[Callable[[Tree], None], str]] = {
    "no checkpoint": (put(6, []), "either checkpoints or the time"),
    "a read-at time": (put(8, [1, 1]), "malformed"),
    "status details": (put(4, [b""]), "carries no status details"),
    "a journal": (put(1, b""), "malformed"),
    "a later member": (put(9, 0), "malformed"),
    "lists out of order": (lambda body: body[3].reverse(), "not in their order"),
    "a list twice": (lambda body: body[3].append(body[3][0]), "is there twice"),
    "a list of nobody": (put(3, [*LISTS, OTHER_LIST]), "or a list has no row"),
    "a malformed list": (put(3, [LISTS[0][:-1]]), "a status list is malformed"),
    "an older list": (put(3, [LISTS[1], LISTS[1]]), "is there twice"),
    "a missing list": (put(3, [LISTS[0]]), "without that list"),
    "a malformed type": (put(5, [b"{}"]), "names no type document with these bytes"),
    "another type document": (put(5, [PERMIT + b" "]), "names no type document with these bytes"),
    "a type twice": (put(5, [PERMIT, PERMIT]), "more documents than the journal"),
    "another head": (
        lambda body: body[2].__setitem__(5, bytes(32)),
        "not what its last checkpoint",
    ),
    "another time": (
        lambda body: body[2].__setitem__(6, SIM.now + 1),
        "not what its last checkpoint",
    ),
    "a renamed agency": (
        lambda body: body[2][10][0][1][0].__setitem__(2, "Somebody else"),
        "not what its last checkpoint",
    ),
    "a given digest beside its list": (
        lambda body: body[2][14][0].__setitem__(4, bytes(32)),
        "a status row has a digest although",
    ),
}


@pytest.mark.parametrize("fault", LITE_FAULTS)
def test_a_lite_bundle_with_one_fault_is_refused(fault: str) -> None:
    change, reason = LITE_FAULTS[fault]
    with pytest.raises(BundleError, match=reason) as refusal:
        open_bundle(rebuilt(LITE, change), anchor=ANCHOR)
    assert refusal.value.code == "trust.malformed"


def edit_journal(change: Callable[[list[Tree]], None]) -> Callable[[Tree], None]:
    """Changes the entries of the journal inside, and numbers them anew."""

    def apply(body: Tree) -> None:
        journal = read_journal_file(body[1])
        entries = list(journal.entries)
        change(entries)
        numbered = tuple(entry._replace(index=n) for n, entry in enumerate(entries))
        body[1] = write_journal_file(replace(journal, entries=numbered))

    return apply


FULL_FAULTS: dict[str, tuple[Callable[[Tree], None], str]] = {
    "a dropped entry": (edit_journal(lambda entries: entries.pop(8)), "breaks a rule|not the one"),
    "a dropped last entry": (edit_journal(lambda entries: entries.pop()), "are needed"),
    "an entry at another time": (
        edit_journal(
            lambda entries: entries.__setitem__(-1, entries[-1]._replace(time=SIM.now + 1))
        ),
        "is not the one its checkpoint",
    ),
    "an entry moved": (
        edit_journal(lambda entries: entries.insert(4, entries.pop(5))),
        "breaks a rule|not the one",
    ),
    "a journal cut short": (
        lambda body: body.__setitem__(1, body[1][:-1]),
        "ends inside this entry",
    ),
    "no journal file": (put(1, b"SEALJNL2"), "are not a journal file"),
    "details of no list": (lambda body: body[3].pop(0), "belong to no list"),
    "malformed details": (put(4, [b"\xa0"]), "belong to no list"),
    "details twice": (put(4, [DETAILS, DETAILS]), "there twice"),
    "an older list": (
        lambda body: body[3].__setitem__(0, LISTS[0].replace(b"\4\2", b"\4\1")),
        "not the newest",
    ),
    "a read-at time beside checkpoints": (put(8, [1, 1]), "either checkpoints or the time"),
    "neither checkpoints nor a time": (put(6, []), "either checkpoints or the time"),
}


@pytest.mark.parametrize("fault", FULL_FAULTS)
def test_a_full_bundle_with_one_fault_is_refused(fault: str) -> None:
    change, reason = FULL_FAULTS[fault]
    with pytest.raises(BundleError, match=reason):
        open_bundle(rebuilt(FULL, change), anchor=ANCHOR)


@pytest.mark.parametrize("difference", [-1, 1])
def test_a_read_at_size_is_that_of_the_journal(difference: int) -> None:
    head = ReadAt(len(SIM.entries) + difference, UnixTime(SIM.now))
    bundle = make_full_bundle(SIM.journal, Documents(), made_at=0, read_at=head)
    with pytest.raises(BundleError, match=r"has 1 more|are needed"):
        open_bundle(bundle)


def test_a_checkpoint_older_than_the_entries_it_covers_is_refused() -> None:
    sim = registry()
    statement = sim.checkpoints[0].statement
    statement = statement._replace(at=UnixTime(statement.at - 1))
    signatures = [sign_statement(statement, key) for key in sim.signer_keys]
    sim.checkpoints[0] = make_checkpoint(statement, signatures)
    for bundle in (sim.lite_bundle(), sim.full_bundle()):
        with pytest.raises(BundleError, match="older than the last journal entry"):
            open_bundle(bundle, anchor=sim.trust_anchor)


def test_the_head_of_every_checkpoint_is_in_the_journal() -> None:
    sim = registry()
    statement = sim.checkpoints[0].statement._replace(head=Digest(bytes(32)))
    signatures = [sign_statement(statement, key) for key in sim.signer_keys]
    forged = make_checkpoint(statement, signatures)
    sim.office("A3")
    chain = [forged, sim.checkpoint()]
    bundle = make_full_bundle(sim.journal, sim.documents(), made_at=0, checkpoints=chain)
    with pytest.raises(BundleError, match="is not the one its checkpoint at size"):
        open_bundle(bundle, anchor=sim.trust_anchor)


def test_a_lite_bundle_is_not_made_without_a_checkpoint() -> None:
    with pytest.raises(BundleError, match="needs a checkpoint"):
        make_lite_bundle(SIM.state(), Documents(), made_at=0, checkpoints=())


@pytest.mark.parametrize(
    "documents",
    [Documents((b"x",), (), ()), Documents((), (b"x",), ()), Documents((), (), (b"x",))],
    ids=["list", "details", "type"],
)
def test_a_malformed_document_is_not_put_into_a_bundle(documents: Documents) -> None:
    with pytest.raises(BundleError, match="cannot be put into a bundle"):
        make_full_bundle(SIM.journal, documents, made_at=0, read_at=ReadAt(0, UnixTime(0)))


# --- attacks, from the outside ---


def body_of(bundle: bytes) -> bytes:
    members: Tree = cbor.decode(bundle, max_bytes=10**8)
    return zlib.decompress(members[6])


@BOTH
@settings(max_examples=150)
@given(position=st.integers(0, 10**6), bit=st.integers(0, 7))
def test_a_flipped_bit_of_a_bundle_is_refused_or_was_padding(
    bundle: bytes, position: int, bit: int
) -> None:
    altered = bytearray(bundle)
    altered[position % len(altered)] ^= 1 << bit
    try:
        open_bundle(bytes(altered), anchor=ANCHOR)
    except TrustDataError:
        return
    assert body_of(bytes(altered)) == body_of(bundle)  # RFC 1951 §3.2.3: bits after the last block


def rewrapped(bundle: bytes, body: bytes) -> bytes:
    members: Tree = cbor.decode(bundle, max_bytes=10**8)
    members[5], members[6] = len(body), zlib.compress(body)
    return cbor.encode(members)


@BOTH
@settings(max_examples=300)
@given(position=st.integers(0, 10**6), bit=st.integers(0, 7))
def test_no_flipped_bit_inside_a_rewrapped_bundle_changes_what_it_says(
    bundle: bytes, position: int, bit: int
) -> None:
    body = bytearray(body_of(bundle))
    body[position % len(body)] ^= 1 << bit
    try:
        trust = open_bundle(rewrapped(bundle, bytes(body)), anchor=ANCHOR)
    except TrustDataError:
        return
    # "made at" says nothing that is believed, and a third signature is not needed.
    genuine = open_bundle(bundle, anchor=ANCHOR)
    assert trust.state.content == genuine.state.content
    assert (trust.status_lists, trust.details) == (genuine.status_lists, genuine.details)
    assert trust.evidence[:2] == genuine.evidence[:2]
    assert set(trust.evidence.signed_by) <= set(genuine.evidence.signed_by)
    assert len(trust.evidence.signed_by) >= ANCHOR.signers.threshold


@BOTH
@settings(max_examples=100)
@given(junk=st.binary(max_size=60), position=st.integers(0, 10**6))
def test_junk_inside_a_body_raises_only_our_errors(
    bundle: bytes, junk: bytes, position: int
) -> None:
    body = body_of(bundle)
    at = position % len(body)
    try:
        open_bundle(rewrapped(bundle, body[:at] + junk + body[at + len(junk) :]), anchor=ANCHOR)
    except SealrootError:
        return


@given(st.binary(max_size=300))
def test_any_bytes_raise_only_our_errors(source: bytes) -> None:
    with pytest.raises(TrustDataError):
        open_bundle(source)


def test_a_forged_status_list_is_refused_although_it_is_well_formed() -> None:
    forged = LISTS[0].replace(bytes([1 << 2]), bytes([0]), 1)
    assert forged != LISTS[0]
    with pytest.raises(BundleError):
        open_bundle(rebuilt(LITE, lambda body: body[3].__setitem__(0, forged)), anchor=ANCHOR)
    with pytest.raises(BundleError):
        open_bundle(rebuilt(FULL, lambda body: body[3].__setitem__(0, forged)), anchor=ANCHOR)


def test_a_leaked_key_stays_leaked_in_every_bundle() -> None:
    kid = next(kid for kid, key in SIM.state().content.keys.items() if key.compromise is not None)
    for bundle in (LITE, FULL):
        assert (
            open_bundle(bundle, anchor=ANCHOR).state.key_safety(kid, None) is KeySafety.COMPROMISED
        )


def test_a_successor_registry_is_known_from_either_bundle() -> None:
    sim = Simulator()
    sim.append(p.SuccessorRegistrySet(8, CONTRACT))
    sim.checkpoint()
    assert sim.trust().state.successor == sim.trust(full=True).state.successor == (8, CONTRACT)


def test_the_digest_of_a_list_in_the_state_is_that_of_its_file() -> None:
    newest = SIM.trust().state.latest_status(AgencyCode("A1"), 1)
    assert newest is not None
    assert newest.digest == sha256(LISTS[0]).digest()
