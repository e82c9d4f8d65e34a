"""Deltas: from one bundle to the next, and never to anything else."""

import zlib
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credential import cbor
from registry.bundle import open_bundle
from registry.bundle_file import PAGE_LIMITS, BundleLimits, inflate, read_envelope
from registry.errors import BundleError, ForeignRegistryError
from registry.mirror.delta import apply_delta, make_delta, read_delta
from tests.registry.mirror.worlds import busy
from tests.simulator import Simulator


def body_of(bundle: bytes) -> bytes:
    envelope = read_envelope(bundle, PAGE_LIMITS)
    return inflate(envelope.compressed, envelope.body_bytes)


def two_lites() -> tuple[Simulator, bytes, bytes]:
    sim = busy()
    old = sim.lite_bundle()
    office = sim.office("C3")
    sim.revoke(office, 4)
    sim.checkpoint()
    return sim, old, sim.lite_bundle()


def wrapped(body: bytes, kind: int = 1) -> bytes:
    """Return the envelope of a body that need not be one."""
    members = {1: 1, 2: kind, 3: 7, 4: bytes(20), 5: len(body), 6: zlib.compress(body)}
    return cbor.encode(members)


def forged(old: bytes, pieces: list[list[object]], new: bytes, **members: object) -> bytes:
    """Return a delta with these pieces, which claims to give `new`."""
    packed = cbor.encode(pieces)  # type: ignore[arg-type]  # a test may put anything there
    made = {
        1: 1,
        2: 1,
        3: 7,
        4: bytes(20),
        5: sha256(old).digest(),
        6: len(new),
        7: sha256(new).digest(),
        8: len(packed),
        9: zlib.compress(packed),
    }
    return cbor.encode({**made, **{int(name[1:]): value for name, value in members.items()}})


def test_delta_gives_the_newer_lite_bundle_and_it_opens() -> None:
    sim, old, new = two_lites()

    made = apply_delta(old, make_delta(old, new))

    assert body_of(made) == body_of(new)
    assert open_bundle(made, anchor=sim.trust_anchor).state.size == len(sim.entries)


def test_delta_of_a_full_bundle_is_much_smaller_than_the_bundle() -> None:
    sim = busy(200)
    old = sim.full_bundle()
    sim.office("C3")
    sim.checkpoint()
    new = sim.full_bundle()

    delta = make_delta(old, new)

    assert len(delta) < len(new) / 4
    assert body_of(apply_delta(old, delta)) == body_of(new)


@settings(max_examples=60)
@given(
    parts=st.lists(st.binary(min_size=60, max_size=150), max_size=5),
    more=st.binary(max_size=40),
    order=st.permutations(range(5)),
)
def test_any_body_can_be_reached_from_any_other(
    parts: list[bytes], more: bytes, order: list[int]
) -> None:
    before = b"".join(parts)
    after = more.join(parts[place] for place in order if place < len(parts))

    made = apply_delta(wrapped(before), make_delta(wrapped(before), wrapped(after)))

    assert body_of(made) == after


def test_delta_for_another_bundle_is_refused() -> None:
    _, old, new = two_lites()
    other = busy(3).lite_bundle()

    with pytest.raises(BundleError, match="another bundle"):
        apply_delta(other, make_delta(old, new))


def test_delta_for_the_other_kind_is_refused() -> None:
    sim, old, new = two_lites()

    with pytest.raises(ForeignRegistryError):
        apply_delta(sim.full_bundle(), make_delta(old, new))


def test_no_flipped_bit_of_a_delta_gives_another_body() -> None:
    _, old, new = two_lites()
    delta = make_delta(old, new)
    expected = body_of(new)

    for place in range(0, len(delta), 7):
        spoiled = bytearray(delta)
        spoiled[place] ^= 0x10
        try:
            made = apply_delta(old, bytes(spoiled))
        except (BundleError, ForeignRegistryError):
            continue
        assert body_of(made) == expected


@pytest.mark.parametrize(
    "pieces",
    [
        pytest.param([[0, 9, b""]], id="outside the old body"),
        pytest.param([[0, 8, b""], [0, 8, b""]], id="longer than stated, by copies"),
        pytest.param([[0, 0, b"123456789"]], id="longer than stated, by new bytes"),
        pytest.param([[0, 4, b""]], id="shorter than stated"),
        pytest.param([[0, 8, b""], [2**63, 2**63, b""]], id="an offset that overflows elsewhere"),
        pytest.param([[0, 0, b"87654321"]], id="other bytes than stated"),
        pytest.param([[0, 8]], id="a piece that is none"),
    ],
)
def test_pieces_that_do_not_give_the_stated_body_are_refused(pieces: list[list[object]]) -> None:
    old = b"12345678"

    with pytest.raises(BundleError):
        apply_delta(wrapped(old), forged(old, pieces, old))


def test_good_twin_of_the_forged_deltas_is_taken() -> None:
    old = b"12345678"

    assert body_of(apply_delta(wrapped(old), forged(old, [[0, 8, b""]], old))) == old


def test_bomb_is_refused_before_it_is_inflated() -> None:
    old = b"12345678"
    bomb = forged(old, [], old, _8=1 << 40, _9=zlib.compress(bytes(1 << 20)))

    with pytest.raises(BundleError, match="at most"):
        apply_delta(wrapped(old), bomb)


def test_delta_that_inflates_to_more_than_it_says_is_refused() -> None:
    old = b"12345678"
    bomb = forged(old, [], old, _8=10, _9=zlib.compress(bytes(1 << 20)))

    with pytest.raises(BundleError, match="another length"):
        apply_delta(wrapped(old), bomb)


def test_too_long_a_delta_is_not_parsed() -> None:
    with pytest.raises(BundleError, match="at most 10 are read"):
        read_delta(bytes(11), BundleLimits(file_bytes=10))


@given(source=st.binary(max_size=200))
def test_any_bytes_raise_only_our_error(source: bytes) -> None:
    with pytest.raises(BundleError):
        read_delta(source)
