"""Other registries' bundles inside a home bundle: bounded together, believed by themselves."""

import time
import tracemalloc
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credential import cbor
from registry.bundle import make_full_bundle, open_bundle
from registry.bundle_file import BundleLimits, GuestFile
from registry.errors import (
    BundleError,
    EvidenceError,
    ForeignRegistryError,
    ForkError,
    RollbackError,
    TrustDataError,
)
from registry.guests import without_guests
from registry.snapshot import encode_snapshot
from registry.trust_data import EvidenceStrength, TrustData
from tests.simulated_chain import QBFT, QbftChain, State, addresses, evidence_of, people, person
from tests.simulated_registries import contents_for, move, recognise
from tests.simulator import Simulator
from tests.vectors.make_guest_vectors import NORTH, SOUTH, abroad, claiming


@pytest.fixture
def north() -> Simulator:
    return abroad(886, NORTH, "N1")[0]


@pytest.fixture
def home(north: Simulator) -> Simulator:
    home = Simulator()
    home.recognise(north)
    home.checkpoint()
    return home


def opened(home: Simulator, *guests: GuestFile, **how: object) -> TrustData:
    return open_bundle(
        home.lite_bundle(guests),
        anchor=home.trust_anchor,
        **how,  # type: ignore[arg-type]  # by name
    )


def body_bytes(bundle: bytes) -> int:
    return int.from_bytes(bundle[bundle.index(b"\x05\x19") + 2 :][:2], "big")


def fixed() -> tuple[Simulator, Simulator]:
    north, _ = abroad(886, NORTH, "N1")
    home = Simulator()
    home.recognise(north)
    home.checkpoint()
    return home, north


FIXED = fixed()


def test_a_guest_is_opened_by_its_recognition(home: Simulator, north: Simulator) -> None:
    trust = opened(home, GuestFile(1, north.full_bundle()))

    (guest,) = trust.guests
    assert guest.trust.state.head == north.state().head
    assert guest.trust.evidence.strength is EvidenceStrength.CHECKPOINT
    assert guest.recognition.registry == (886, NORTH)


def test_home_and_guests_share_the_limits(home: Simulator, north: Simulator) -> None:
    file = GuestFile(1, north.lite_bundle())
    together = body_bytes(home.lite_bundle([file])) + body_bytes(file.bundle)

    opened(home, file, limits=BundleLimits(lite_body_bytes=together))

    with pytest.raises(BundleError, match=r"the guest of recognition 1 cannot be used.*at most"):
        opened(home, file, limits=BundleLimits(lite_body_bytes=together - 1))


def test_lite_guests_of_a_full_bundle_share_the_limit_of_a_lite_one(north: Simulator) -> None:
    south, _ = abroad(81, SOUTH, "S1")
    home = Simulator()
    home.recognise(north)
    home.recognise(south)
    home.checkpoint()
    files = [GuestFile(1, north.lite_bundle()), GuestFile(2, south.lite_bundle())]
    together = sum(body_bytes(file.bundle) for file in files)
    bundle = home.full_bundle(files)

    for most, fits in ((together, True), (together - 1, False)):
        limits = BundleLimits(lite_body_bytes=most)
        if fits:
            assert len(open_bundle(bundle, anchor=home.trust_anchor, limits=limits).guests) == 2
        else:
            with pytest.raises(BundleError, match="recognition 2 cannot be used"):
                open_bundle(bundle, anchor=home.trust_anchor, limits=limits)


def test_a_guest_that_is_a_bomb_costs_little(home: Simulator, north: Simulator) -> None:
    length = 30 << 20
    zeros = cbor.encode(
        {1: 1, 2: 2, 3: 886, 4: NORTH, 5: length, 6: zlib.compress(bytes(length), 9)}
    )
    for bomb in (zeros, claiming(north.lite_bundle(), length)):
        tracemalloc.start()
        began = time.process_time()

        with pytest.raises(BundleError, match="guest of recognition 1"):
            opened(home, GuestFile(1, bomb))

        assert time.process_time() - began < 2
        assert tracemalloc.get_traced_memory()[1] < 4 * length
        tracemalloc.stop()


@settings(max_examples=150, deadline=None)
@given(position=st.integers(0, 10**6), bit=st.integers(0, 7))
def test_no_flipped_bit_of_a_guest_is_opened_as_anything_else(position: int, bit: int) -> None:
    home, north = FIXED
    outer = cbor.decode(north.lite_bundle(), max_bytes=1 << 20)
    assert isinstance(outer, dict)
    assert isinstance(outer[6], bytes)
    body = bytearray(zlib.decompress(outer[6]))
    body[position % len(body)] ^= 1 << bit
    flipped = cbor.encode({**outer, 5: len(body), 6: zlib.compress(bytes(body))})
    try:
        (guest,) = opened(home, GuestFile(1, flipped)).guests
    except TrustDataError:
        return
    assert encode_snapshot(guest.trust.state) == encode_snapshot(north.trust().state)
    assert guest.trust.evidence == north.trust().evidence


def test_a_guest_may_be_proven_by_the_validators_that_the_recognition_names() -> None:
    north = Simulator(chain_id=886, contract=NORTH)
    four, block = people(4), 7
    contents = contents_for(signers=north.first_signers)._replace(
        validators=addresses(four), engine=int(QBFT.engine), epoch_length=QBFT.epoch
    )
    home = Simulator()
    recognise(home, 886, NORTH, contents=contents)
    home.checkpoint()
    state = State({NORTH: north.state().head})

    def sealed(by: QbftChain) -> bytes:
        evidence = evidence_of(QBFT, [by.block(block, state.root)], state, NORTH)
        return make_full_bundle(north.journal, north.documents(), made_at=north.now, chain=evidence)

    (guest,) = opened(home, GuestFile(1, sealed(QbftChain(four)))).guests
    strangers = sealed(QbftChain([person(f"stranger {n}") for n in range(4)]))

    assert guest.trust.evidence.strength is EvidenceStrength.CHAIN
    assert guest.judged.evidence.strength is EvidenceStrength.CHECKPOINT  # the weaker of the two
    with pytest.raises(EvidenceError, match="guest of recognition 1"):
        opened(home, GuestFile(1, strangers))


def test_the_reason_of_a_guest_is_the_reason_of_the_bundle(home: Simulator) -> None:
    other, _ = abroad(81, SOUTH)

    with pytest.raises(ForeignRegistryError, match="guest of recognition 1"):
        opened(home, GuestFile(1, other.lite_bundle()))


def test_a_guest_never_goes_back_behind_what_was_seen(home: Simulator, north: Simulator) -> None:
    old = GuestFile(1, north.full_bundle())
    north.office("N9")
    north.checkpoint()
    new = opened(home, GuestFile(1, north.full_bundle()))
    assert opened(home, old, guest_floors={}).guests

    with pytest.raises(RollbackError, match="guest of recognition 1"):
        opened(home, old, guest_floors=new.guest_floors)


def test_two_journals_of_one_guest_are_a_fork(home: Simulator, north: Simulator) -> None:
    seen = opened(home, GuestFile(1, north.lite_bundle())).guest_floors
    twin = Simulator(chain_id=886, contract=NORTH)
    twin.set_signers(*north.signer_keys)
    twin._last_signers = twin.signer_keys
    twin.office("N2")
    twin.checkpoint()

    for bundle in (twin.lite_bundle(), twin.full_bundle()):
        with pytest.raises(ForkError, match="guest of recognition 1"):
            opened(home, GuestFile(1, bundle), guest_floors=seen)


@pytest.mark.parametrize("kind", ["lite", "full", "waymarked"])
def test_a_bundle_is_stripped_of_its_own_guests_and_of_nothing_else(
    north: Simulator, kind: str
) -> None:
    south, _ = abroad(81, SOUTH, "S1")
    north.recognise(south)
    north.checkpoint()
    guests = [GuestFile(1, south.lite_bundle())]

    def made(guests: list[GuestFile]) -> bytes:
        if kind == "lite":
            return north.lite_bundle(guests)
        return make_full_bundle(
            north.journal,
            north.documents(),
            made_at=north.now,
            checkpoints=north.checkpoints[-1:],
            with_waymarks=kind == "waymarked",
            guests=guests,
        )

    assert without_guests(made(guests)) == made([]) == without_guests(made([]))


def test_a_guest_without_an_entry_of_the_journal_is_refused(north: Simulator) -> None:
    home = Simulator()
    home.checkpoint()

    with pytest.raises(BundleError, match="the journal does not know"):
        opened(home, GuestFile(1, north.lite_bundle()))


def test_a_guest_that_has_moved_house_is_opened_by_the_recognition_of_its_old_home(
    home: Simulator, north: Simulator
) -> None:
    seen = opened(home, GuestFile(1, north.lite_bundle())).guest_floors
    move(north, 5)
    north.checkpoint()

    for bundle in (north.lite_bundle(), north.full_bundle()):
        trust = opened(home, GuestFile(1, bundle), guest_floors=seen)
        (guest,) = trust.guests
        assert guest.trust.state.chain_id == 5
        assert trust.guest_floors.keys() == seen.keys() == {(886, NORTH)}


def test_a_guest_recognised_anew_by_its_new_home_is_not_opened_by_the_old_recognition(
    home: Simulator, north: Simulator
) -> None:
    move(north, 5)
    north.checkpoint()
    home.end_recognition(1)
    home.recognise(north)
    home.checkpoint()

    assert opened(home, GuestFile(2, north.lite_bundle())).guests
    with pytest.raises(BundleError, match="recognition 2 is a newer one of the same registry"):
        opened(home, GuestFile(1, north.lite_bundle()))


def test_a_guest_that_claims_the_past_of_another_touches_neither_it_nor_its_floor() -> None:
    south, _ = abroad(81, SOUTH, "S1")
    liar, _ = abroad(81, SOUTH, "L1", "L2", "L3")  # its own journal, said to begin as the south's
    move(liar, 886)
    liar.checkpoint()
    home = Simulator()
    home.recognise(south)
    home.recognise(liar, signers=liar.first_signers)
    home.checkpoint()
    lie, truth = GuestFile(2, liar.lite_bundle()), GuestFile(1, south.lite_bundle())

    remembered = opened(home, lie).guest_floors

    assert remembered.keys() == {(886, liar.contract)}
    assert opened(home, truth, guest_floors=remembered).guests
    with pytest.raises(BundleError, match="are of one registry"):
        opened(home, truth, lie)


def test_a_guest_that_claims_to_have_been_home_is_refused(home: Simulator) -> None:
    liar = Simulator()
    move(liar, 886)
    liar.checkpoint()
    home.recognise(liar)
    home.checkpoint()

    with pytest.raises(BundleError, match="or a guest and home, are of one registry"):
        opened(home, GuestFile(2, liar.lite_bundle()))
