"""No damage to a credential or its QR text is VALID, unless the signed bytes are the same."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from credential.errors import FormatError
from credential.qr_text import qr_decode, qr_encode
from credential.sealed import decode_sealed
from registry.trust_data import TrustData
from tests.simulator import Simulator
from verifier import Outcome, Result, verify


def world() -> tuple[int, TrustData, bytes, bytes]:
    sim = Simulator()
    office = sim.office("A15030000C")
    anchored = sim.issue(office, *({1: f"王小明 {n}", 2: "2020-02-29"} for n in range(5)))
    sim.anchor(anchored)
    signed = sim.issue(office, {1: "陳美麗"}, {1: "林志明"})
    sim.checkpoint()
    return sim.now, sim.trust(full=True), anchored.sealed[3], signed.sealed[0]


NOW, TRUST, ANCHORED, SIGNED = world()


def is_harmless(sealed: bytes, genuine: bytes) -> bool:
    """True when the verdict is not VALID, or what is signed is byte for byte the same."""
    verdict = verify(sealed, TRUST, NOW)
    return (
        verdict.outcome is not Outcome.VALID
        or decode_sealed(sealed).entry == decode_sealed(genuine).entry
    )


@pytest.mark.parametrize("genuine", [ANCHORED, SIGNED])
def test_every_flipped_bit_is_refused_or_leaves_the_signed_bytes_alone(genuine: bytes) -> None:
    flipped = (
        genuine[:at] + bytes((genuine[at] ^ 1 << bit,)) + genuine[at + 1 :]
        for at in range(len(genuine))
        for bit in range(8)
    )

    assert all(is_harmless(each, genuine) for each in flipped)


def test_no_flipped_bit_of_what_is_only_signed_is_valid_at_all() -> None:
    flipped = (
        SIGNED[:at] + bytes((SIGNED[at] ^ 1 << bit,)) + SIGNED[at + 1 :]
        for at in range(len(SIGNED))
        for bit in range(8)
    )

    assert all(verify(each, TRUST, NOW).outcome is not Outcome.VALID for each in flipped)


@pytest.mark.parametrize("genuine", [ANCHORED, SIGNED])
def test_every_truncation_and_every_added_byte_fails_the_form(genuine: bytes) -> None:
    damaged = [genuine[:length] for length in range(len(genuine))]
    damaged += [genuine + bytes((byte,)) for byte in range(256)]

    verdicts = [verify(each, TRUST, NOW) for each in damaged]

    assert {verdict.outcome for verdict in verdicts} == {Outcome.INVALID}
    assert {verdict.checks[0].result for verdict in verdicts} == {Result.FAIL}


@pytest.mark.parametrize("genuine", [ANCHORED, SIGNED])
@pytest.mark.parametrize("url", ["", "https://verify.example.gov/"])
def test_every_character_changed_in_a_qr_text_is_refused_or_means_the_same(
    genuine: bytes, url: str
) -> None:
    text = qr_encode(genuine, url)
    changed = (
        text[:at] + other + text[at + 1 :]
        for at in range(len(text))
        for other in "0123456789 #A\n٣"
        if other != text[at]
    )

    for each in changed:
        try:
            sealed = qr_decode(each).sealed
        except FormatError:
            continue
        assert is_harmless(sealed, genuine)


@pytest.mark.parametrize("genuine", [ANCHORED, SIGNED])
def test_every_shortened_qr_text_is_refused(genuine: bytes) -> None:
    text = qr_encode(genuine)

    for length in range(len(text)):
        try:
            sealed = qr_decode(text[:length]).sealed
        except FormatError:
            continue
        assert verify(sealed, TRUST, NOW).outcome is Outcome.INVALID


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
@example(b"\x82")
@example(bytes(16_385))
@example(b"\x81" * 5000)
def test_arbitrary_bytes_are_a_verdict_with_a_form_code_and_never_an_error(
    arbitrary: bytes,
) -> None:
    verdict = verify(arbitrary, TRUST, NOW)

    assert verdict.outcome is Outcome.INVALID
    assert verdict.checks[0].reason.value.startswith("form.")
    assert verdict.checks[0].result is Result.FAIL


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(ANCHORED) - 1), st.binary(max_size=40), st.integers(0, 40))
def test_a_patch_anywhere_is_harmless(at: int, patch: bytes, removed: int) -> None:
    damaged = ANCHORED[:at] + patch + ANCHORED[at + removed :]

    assert is_harmless(damaged, ANCHORED)
