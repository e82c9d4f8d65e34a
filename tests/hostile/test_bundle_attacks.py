"""What a hostile mirror can do to a bundle: each attack is refused, and nothing of it is used."""

import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, TypeAlias

import pytest

from credential import cbor
from credential.ids import Digest, UnixTime
from registry.bundle import make_full_bundle, open_bundle
from registry.bundle_file import BundleLimits, ReadAt, write_bundle_file
from registry.errors import (
    BundleError,
    ForeignRegistryError,
    JournalError,
    RollbackError,
    TrustDataError,
)
from registry.journal import (
    Journal,
    JournalEntry,
    first_difference,
    make_entry,
    read_journal_file,
    write_journal_file,
)
from registry.payloads import AgencyRegistered, Names
from registry.trust import replay
from registry.trust_data import BundleKind, Floor
from tests.hostile.bombs import bundle as bundle_of
from tests.simulator import CHAIN_ID, Simulator
from verifier import Outcome, Policy, verify

Tree: TypeAlias = Any
"""Decoded CBOR of a known shape, to be taken apart."""
Entries = tuple[JournalEntry, ...]


class Registry:
    """A registry with a leaked key, its older and newer bundles, and credentials of both times."""

    def __init__(self, *, chain_id: int = CHAIN_ID, revoked: int = 1) -> None:
        sim = self.sim = Simulator(chain_id=chain_id)
        self.office, self.leaked = sim.office("A1"), sim.office("L1")
        self.good = sim.issue(self.office, {1: "a"}, {1: "b"})
        sim.anchor(self.good)
        self.bad = sim.issue(self.leaked, {1: "c"})
        sim.anchor(self.bad)
        sim.checkpoint()
        self.old_lite, self.old_full = sim.lite_bundle(), sim.full_bundle()
        self.old_floor = sim.trust().floor
        sim.revoke(self.office, revoked)
        sim.compromise(self.leaked.key, since=sim.now - 60)
        sim.checkpoint()
        self.lite, self.full = sim.lite_bundle(), sim.full_bundle()
        self.anchor = sim.trust_anchor


HERE = Registry()
ABROAD = Registry(chain_id=99, revoked=2)
ENTRIES: Entries = tuple(HERE.sim.entries)
SOMEBODY = AgencyRegistered("X1", b"\1" * 20, b"\2" * 20, Names("某", "Somebody"))  # type: ignore[arg-type]  # a plain code
EACH_ENTRY = pytest.mark.parametrize("at", range(len(ENTRIES)))


def taken_apart(bundle: bytes) -> tuple[Tree, Tree]:
    """The outer map and the body of a bundle."""
    members: Tree = cbor.decode(bundle, max_bytes=10**8)
    body = cbor.decode(
        zlib.decompress(members[6]),
        max_bytes=10**8,
        max_depth=12,
        max_items=10**6,
        tags=frozenset({18}),
    )
    return members, body


def put_together(members: Tree, body: Tree) -> bytes:
    encoded = cbor.encode(body)
    return cbor.encode({**members, 5: len(encoded), 6: zlib.compress(encoded, 9)})


def with_entries(entries: Entries) -> bytes:
    """The newer full bundle with other journal entries in it."""
    members, body = taken_apart(HERE.full)
    numbered = tuple(entry._replace(index=n) for n, entry in enumerate(entries))
    body[1] = write_journal_file(Journal(HERE.sim.chain_id, HERE.sim.contract, numbered))
    return put_together(members, body)


def altered(entry: JournalEntry) -> Iterator[JournalEntry]:
    """The entry with one bit of its time, kind or data changed, at its ends and in the middle."""
    yield entry._replace(time=entry.time + 1)
    yield entry._replace(time=entry.time - 1)
    yield entry._replace(kind=entry.kind ^ 1)
    for place in (0, len(entry.data) // 2, len(entry.data) - 1):
        changed = bytearray(entry.data)
        changed[place] ^= 1
        yield entry._replace(data=bytes(changed))
    yield entry._replace(data=entry.data + b"\0")
    yield entry._replace(data=entry.data[:-1])


def refuses(entries: Entries) -> bool:
    """Whether a verifier with the trust anchor refuses the bundle with these entries."""
    with pytest.raises(BundleError) as refusal:
        open_bundle(with_entries(entries), anchor=HERE.anchor)
    return refusal.value.code == "trust.malformed"


@EACH_ENTRY
def test_an_altered_entry_is_refused_and_named(at: int) -> None:
    for entry in altered(ENTRIES[at]):
        entries = (*ENTRIES[:at], entry, *ENTRIES[at + 1 :])

        assert refuses(entries)
        difference = first_difference(entries, ENTRIES)
        assert difference is not None
        assert (difference.index, difference.what) == (at, "changed")


@EACH_ENTRY
def test_a_dropped_entry_is_refused_and_named(at: int) -> None:
    entries = ENTRIES[:at] + ENTRIES[at + 1 :]

    assert refuses(entries)
    difference = first_difference(entries, ENTRIES)
    assert difference is not None
    assert (difference.index, difference.what) == (at, "dropped")


@EACH_ENTRY
def test_an_added_entry_is_refused_and_named(at: int) -> None:
    entries = (*ENTRIES[:at], make_entry(at, ENTRIES[at].time, SOMEBODY), *ENTRIES[at:])

    assert refuses(entries)
    difference = first_difference(entries, ENTRIES)
    assert difference is not None
    assert (difference.index, difference.what) == (at, "added")


@pytest.mark.parametrize("at", range(len(ENTRIES) - 1))
def test_a_doubled_entry_is_refused(at: int) -> None:
    assert refuses((*ENTRIES[: at + 1], *ENTRIES[at:]))


@pytest.mark.parametrize("at", range(len(ENTRIES) - 1))
def test_swapped_entries_are_refused_and_named(at: int) -> None:
    entries = (*ENTRIES[:at], ENTRIES[at + 1], ENTRIES[at], *ENTRIES[at + 2 :])

    assert refuses(entries)
    difference = first_difference(entries, ENTRIES)
    assert difference is not None
    assert (difference.index, difference.what) == (at, "reordered")


@EACH_ENTRY
def test_a_replay_that_refuses_names_the_entry_or_a_later_one(at: int) -> None:
    sim, named, heads = HERE.sim, list[int | None](), set[bytes]()
    for entry in altered(ENTRIES[at]):
        entries = (*ENTRIES[:at], entry, *ENTRIES[at + 1 :])
        try:
            head = replay(sim.chain_id, sim.contract, entries).head
        except JournalError as error:
            named.append(error.index)
        else:
            heads.add(head)
    assert all(index is not None and at <= index < len(ENTRIES) for index in named)
    assert sim.state().head not in heads
    assert named or heads


def test_entries_behind_the_checkpoint_change_nothing() -> None:
    behind = make_entry(len(ENTRIES), HERE.sim.now, SOMEBODY)

    trust = open_bundle(with_entries((*ENTRIES, behind)), anchor=HERE.anchor)

    assert trust.state.head == HERE.sim.state().head
    assert "X1" not in trust.state.content.agencies


def mixtures() -> Iterator[tuple[str, bytes]]:
    """Parts of one genuine bundle in another one."""
    for kind, old, new in (
        ("full", HERE.old_full, HERE.full),
        ("lite", HERE.old_lite, HERE.lite),
    ):
        _, before = taken_apart(old)
        parts = {"contents": 1 if kind == "full" else 2, "status lists": 3, "checkpoints": 6}
        for name, member in parts.items():
            members, body = taken_apart(new)
            body[member] = before[member]
            if (kind, name) != ("full", "checkpoints"):
                yield f"a {kind} bundle with older {name}", put_together(members, body)
            members, body = taken_apart(old)
            _, after = taken_apart(new)
            body[member] = after[member]
            if (kind, name) != ("full", "contents"):
                yield f"an older {kind} bundle with newer {name}", put_together(members, body)
        members, body = taken_apart(new)
        _, foreign = taken_apart(ABROAD.full if kind == "full" else ABROAD.lite)
        for name, member in parts.items():
            changed = {**body, member: foreign[member]}
            yield f"a {kind} bundle with {name} of another registry", put_together(members, changed)
        yield (
            f"a {kind} bundle with its checkpoint twice",
            put_together(members, {**body, 6: body[6] * 2 + [foreign[6][0]]}),
        )
        yield f"a {kind} bundle without checkpoints", put_together(members, {**body, 6: []})
        yield (
            f"a {kind} bundle that says it is the other",
            put_together({**members, 2: 3 - members[2]}, body),
        )


@pytest.mark.parametrize(("name", "bundle"), [*mixtures()])
def test_parts_of_different_bundles_do_not_go_together(name: str, bundle: bytes) -> None:
    with pytest.raises(TrustDataError) as refusal:
        open_bundle(bundle, anchor=HERE.anchor)

    assert refusal.value.code in ("trust.malformed", "trust.foreign"), name


def test_older_checkpoints_over_newer_entries_say_no_more_than_they_did() -> None:
    """That is the older bundle, with bytes behind that nobody reads: old, and known to be old."""
    members, body = taken_apart(HERE.full)
    body[6], body[3], body[4] = (taken_apart(HERE.old_full)[1][n] for n in (6, 3, 4))

    trust = open_bundle(put_together(members, body), anchor=HERE.anchor)

    assert trust.floor == HERE.old_floor


def forgeries() -> dict[str, Callable[[Tree], None]]:
    """What a mirror would like a lite bundle to say of a leaked key."""

    def key(body: Tree, at: int, value: Tree) -> None:
        body[2][11][1][at] = value

    return {
        "the compromise is gone": lambda body: key(body, 6, None),
        "the compromise began later": lambda body: key(body, 6, [2**40, body[2][11][1][6][1]]),
        "the key is not complete": lambda body: key(body, 7, False),
        "its anchors are left out": lambda body: body[2].__setitem__(17, []),
        "an anchor is confirmed": lambda body: body[2][17][0].__setitem__(6, True),
        "an anchor is earlier": lambda body: body[2][17][0].__setitem__(5, 0),
        "an anchor has another root": lambda body: body[2][17][0].__setitem__(2, bytes(32)),
        "the key is another agency's": lambda body: key(body, 3, 0),
        "an agency has another name": lambda body: body[2][10][0][1][0].__setitem__(2, "Else"),
        "an accreditation is for all types": lambda body: body[2][12][0].__setitem__(2, 2),
        "a slot is valid again": lambda body: body[3].__setitem__(
            0, body[3][0].replace(b"\x04", b"\x00", 1)
        ),
        "a status row is older": lambda body: body[2][14][0].__setitem__(2, 1),
        "a status list is left out": lambda body: body[3].pop(0),
        "the signers are others": lambda body: body[2].__setitem__(
            16, [1, [body[2][16][1][0]]]
        ),
        "the size is larger": lambda body: body[2].__setitem__(4, 10**6),
        "the time is later": lambda body: body[2].__setitem__(6, 2**40),
    }  # fmt: skip


@pytest.mark.parametrize("name", forgeries())
def test_a_lite_bundle_that_says_something_else_is_refused(name: str) -> None:
    members, body = taken_apart(HERE.lite)
    forgeries()[name](body)

    with pytest.raises(TrustDataError):
        open_bundle(put_together(members, body), anchor=HERE.anchor)


def floors() -> dict[str, Floor]:
    seen = open_bundle(HERE.full, anchor=HERE.anchor).floor
    return {
        "more entries": seen._replace(size=seen.size + 1),
        "a later time": seen._replace(as_of=UnixTime(seen.as_of + 1)),
        "another head of the same size": seen._replace(head=Digest(bytes(32))),
        "far more of everything": Floor(10**9, Digest(bytes(32)), UnixTime(2**40)),
    }


@pytest.mark.parametrize("seen", floors())
@pytest.mark.parametrize("bundle", [HERE.full, HERE.lite], ids=["full", "lite"])
def test_a_store_that_has_seen_more_goes_not_back(bundle: bytes, seen: str) -> None:
    with pytest.raises(RollbackError):
        open_bundle(bundle, anchor=HERE.anchor, floor=floors()[seen])


def test_a_fork_shows_though_it_is_longer_than_what_was_seen() -> None:
    seen = open_bundle(HERE.old_full, anchor=HERE.anchor).floor._replace(head=Digest(bytes(32)))

    with pytest.raises(RollbackError):
        open_bundle(HERE.full, anchor=HERE.anchor, floor=seen)


@pytest.mark.parametrize("bundle", [ABROAD.full, ABROAD.lite], ids=["full", "lite"])
def test_a_bundle_of_another_chain_is_foreign(bundle: bytes) -> None:
    with pytest.raises(ForeignRegistryError):
        open_bundle(bundle, anchor=HERE.anchor)


@pytest.mark.parametrize("bundle", [ABROAD.full, ABROAD.lite], ids=["full", "lite"])
def test_a_bundle_of_another_chain_under_our_name_is_refused(bundle: bytes) -> None:
    members, body = taken_apart(bundle)
    members[3] = HERE.sim.chain_id

    with pytest.raises(TrustDataError):
        open_bundle(put_together(members, body), anchor=HERE.anchor)


@pytest.mark.parametrize("bundle", [HERE.full, HERE.lite], ids=["full", "lite"])
def test_every_truncated_bundle_is_refused(bundle: bytes) -> None:
    for length in range(len(bundle)):
        with pytest.raises(BundleError):
            open_bundle(bundle[:length], anchor=HERE.anchor)


@pytest.mark.parametrize("bundle", [HERE.full, HERE.lite], ids=["full", "lite"])
def test_every_flipped_bit_of_a_bundle_is_refused_or_changes_nothing(bundle: bytes) -> None:
    head = HERE.sim.state().head
    accepted = []
    for at in range(len(bundle)):
        flipped = bundle[:at] + bytes((bundle[at] ^ 1 << at % 8,)) + bundle[at + 1 :]
        try:
            trust = open_bundle(flipped, anchor=HERE.anchor)
        except TrustDataError:
            continue
        accepted.append(trust.state.head)

    assert set(accepted) <= {head}


def streams() -> dict[str, bytes]:
    """The compressed part of a bundle, spoilt."""
    members, _ = taken_apart(HERE.lite)
    compressed: bytes = members[6]
    return {
        "cut": compressed[:-1],
        "without its checksum": compressed[:-4],
        "with a wrong checksum": compressed[:-1] + bytes((compressed[-1] ^ 1,)),
        "with a byte behind": compressed + b"\0",
        "with another stream behind": compressed + zlib.compress(b"x"),
        "raw deflate": compressed[2:-4],
        "gzip": b"\x1f\x8b\x08" + compressed[3:],
        "with a dictionary": b"\x78\xbb" + compressed[2:],
        "empty": b"",
    }


@pytest.mark.parametrize("name", streams())
def test_a_spoilt_stream_is_refused(name: str) -> None:
    length = taken_apart(HERE.lite)[0][5]

    with pytest.raises(BundleError):
        open_bundle(bundle_of(2, length, streams()[name]), anchor=HERE.anchor)


def test_trailing_bytes_are_refused_in_every_place() -> None:
    members, body = taken_apart(HERE.lite)
    encoded = cbor.encode(body) + b"\0"
    inside = cbor.encode({**members, 5: len(encoded), 6: zlib.compress(encoded, 9)})

    for bundle in (HERE.lite + b"\0", HERE.lite + b"\n", HERE.lite * 2, inside):
        with pytest.raises(BundleError):
            open_bundle(bundle, anchor=HERE.anchor)


def test_a_bomb_is_refused_by_its_stated_length_before_it_is_inflated() -> None:
    bomb = bundle_of(2, 64 << 20, zlib.compress(bytes(64 << 20), 9))

    with pytest.raises(BundleError, match="inflates to 67108864 bytes"):
        open_bundle(bomb, limits=BundleLimits(body_bytes=16 << 20))


def test_a_lite_bundle_beyond_its_own_smaller_limit_is_refused() -> None:
    """Two megabytes of zlib can hold a million rows, which take ten seconds to read."""
    bomb = bundle_of(2, (32 << 20) + 1, zlib.compress(bytes((32 << 20) + 1), 9))

    with pytest.raises(BundleError, match="at most 33554432 are read"):
        open_bundle(bomb)


def test_nobody_makes_a_bundle_that_no_reader_takes() -> None:
    documents = HERE.sim.documents()
    large = documents._replace(status_lists=(*documents.status_lists, bytes(33 << 20)))

    with pytest.raises(BundleError, match="no reader would take it"):
        write_bundle_file(BundleKind.LITE, (1, bytes(20)), {}, large, made_at=0)


def test_a_bundle_signed_by_its_maker_alone_is_weak() -> None:
    """Everything in it is whole, and its writer has given himself a key, an agency and a type."""
    sim = Simulator()
    office = sim.office("EVIL")
    forged = sim.issue(office, {1: "駭客"})
    sim.anchor(forged)
    sim.checkpoint()

    trust = open_bundle(sim.full_bundle())

    policy = Policy(min_evidence=2)
    assert verify(forged.sealed[0], trust, sim.now, policy).outcome is Outcome.INDETERMINATE
    others = replace(sim.trust_anchor, signers=HERE.anchor.signers)
    assert open_bundle(sim.full_bundle(), anchor=others).state.size == sim.state().size


def test_a_read_at_bundle_is_weak_even_beside_a_trust_anchor() -> None:
    sim = Simulator(signers=1, threshold=1)
    forged = sim.issue(sim.office("EVIL"), {1: "駭客"})
    bundle = make_full_bundle(
        read_journal_file(write_journal_file(sim.journal)),
        sim.documents(),
        made_at=sim.now,
        read_at=ReadAt(len(sim.entries), UnixTime(sim.now)),
    )

    trust = open_bundle(bundle, anchor=HERE.anchor)

    policy = Policy(min_evidence=2)
    assert verify(forged.sealed[0], trust, sim.now, policy).outcome is Outcome.INDETERMINATE
