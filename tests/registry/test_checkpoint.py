"""Checkpoints k of n, their rotation, and everything that must not be believed."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from credential import cbor
from credential.ids import Kid
from credential.keys import ALG_EDDSA, ALG_ES256, ALG_MLDSA44
from registry.belief import Belief, believe, needed_chain, require_in_calendar
from registry.checkpoint import (
    Checkpoint,
    checkpoint_value,
    decode_checkpoint,
    decode_statement,
    encode_checkpoint,
    encode_statement,
    make_checkpoint,
    sign_statement,
    state_statement,
)
from registry.errors import CheckpointError, ForeignRegistryError, TrustStateError
from registry.signers import Signers, make_signers
from tests.simulator import CHAIN_ID, CONTRACT, SimulatedKey, Simulator

KEYS = (SimulatedKey("a", ALG_ES256), SimulatedKey("b", ALG_EDDSA), SimulatedKey("c", ALG_MLDSA44))
NEW = (SimulatedKey("x"), SimulatedKey("y"), SimulatedKey("z"))


def signers(*keys: SimulatedKey, threshold: int = 2) -> Signers:
    return make_signers(threshold, tuple(key.cose_key for key in keys))


def checkpoint_of(sim: Simulator, *keys: SimulatedKey) -> Checkpoint:
    statement = state_statement(sim.state(), sim.now)
    return make_checkpoint(statement, [sign_statement(statement, key) for key in keys])


def registry() -> Simulator:
    sim = Simulator()
    sim.set_signers(*KEYS)
    return sim


def belief(chain: Sequence[Checkpoint], trusted: Signers) -> Belief:
    return believe(chain, trusted, chain_id=CHAIN_ID, contract=CONTRACT)


COSIGNING = (
    *(SimulatedKey(f"p{n}") for n in range(2)),
    *(SimulatedKey(f"q{n}", ALG_MLDSA44) for n in range(2)),
)


@pytest.mark.parametrize("alg", [ALG_ES256, ALG_EDDSA, ALG_MLDSA44])
def test_two_of_three_signers_are_believed_whatever_their_algorithm(alg: int) -> None:
    sim, keys = Simulator(), [SimulatedKey(f"same {n}", alg) for n in range(3)]
    sim.set_signers(*keys)
    found = belief([checkpoint_of(sim, *keys[1:])], signers(*keys))
    assert set(found.signed_by) == {key.kid for key in keys[1:]}


def test_k_keys_of_one_family_are_asked_for_k_signatures_of_that_family() -> None:
    es256, ed25519, lone = KEYS
    sim = registry()
    assert belief([checkpoint_of(sim, es256, ed25519)], signers(*KEYS)).signed_by
    for one in (es256, ed25519):
        with pytest.raises(CheckpointError, match="1 signatures of the classical"):
            belief([checkpoint_of(sim, one, lone)], signers(*KEYS))


def test_one_family_alone_never_believes_for_signers_who_hold_k_keys_of_both() -> None:
    sim = Simulator()
    sim.set_signers(*COSIGNING)
    assert len(belief([checkpoint_of(sim, *COSIGNING)], signers(*COSIGNING)).signed_by) == 4
    for missing in COSIGNING:
        some = [key for key in COSIGNING if key != missing]
        family = "classical" if missing.alg == ALG_ES256 else "post-quantum"
        with pytest.raises(CheckpointError, match=f"1 signatures of the {family}"):
            belief([checkpoint_of(sim, *some)], signers(*COSIGNING))


def test_the_last_checkpoint_needs_both_families_of_its_own_signers_too() -> None:
    sim, old = Simulator(), tuple(SimulatedKey(f"signer {n}") for n in range(3))
    trusted = sim.state().signers
    assert trusted is not None
    sim.set_signers(*COSIGNING)
    with pytest.raises(CheckpointError, match=r"post-quantum.*itself names"):
        belief([checkpoint_of(sim, *old, *COSIGNING[:2])], trusted)
    assert belief([checkpoint_of(sim, *old, *COSIGNING)], trusted).signed_by


@pytest.mark.parametrize(
    ("keys", "stopped", "enough"),
    [
        (COSIGNING, frozenset(), True),
        (COSIGNING, {ALG_ES256}, True),
        (COSIGNING, {ALG_MLDSA44}, True),
        (COSIGNING, {ALG_ES256, ALG_MLDSA44}, False),
        (COSIGNING[:2], {ALG_MLDSA44}, True),
        (COSIGNING[:2], {ALG_ES256}, False),
        (COSIGNING[2:], {ALG_MLDSA44}, False),
        (KEYS[:2], {ALG_ES256}, False),
    ],
)
def test_signatures_of_stopped_algorithms_are_left_out_of_the_count(
    keys: tuple[SimulatedKey, ...], stopped: frozenset[int], *, enough: bool
) -> None:
    sim = Simulator()
    sim.set_signers(*keys)
    found = belief([checkpoint_of(sim, *keys)], signers(*keys))
    if enough:
        require_in_calendar(found, stopped)
        return
    with pytest.raises(CheckpointError, match="without algorithms that the journal has stopped"):
        require_in_calendar(found, stopped)


@pytest.mark.parametrize("key", KEYS, ids=lambda key: str(key.alg))
def test_one_of_two_needed_signatures_is_not_believed(key: SimulatedKey) -> None:
    with pytest.raises(CheckpointError, match="has 1 signatures by the signers trusted so far; 2"):
        belief([checkpoint_of(registry(), key)], signers(*KEYS))


def test_signatures_by_strangers_do_not_count() -> None:
    checkpoint = checkpoint_of(registry(), KEYS[0], *NEW)
    with pytest.raises(CheckpointError, match="has 1 signatures"):
        belief([checkpoint], signers(*KEYS))


def test_signatures_by_strangers_do_no_harm() -> None:
    checkpoint = checkpoint_of(registry(), *KEYS, *NEW)
    assert len(belief([checkpoint], signers(*KEYS)).signed_by) == 3


def test_a_kid_twice_cannot_be_put_into_a_checkpoint() -> None:
    with pytest.raises(CheckpointError, match="by different keys"):
        checkpoint_of(registry(), KEYS[0], KEYS[0])


def test_a_kid_twice_is_refused_when_read() -> None:
    checkpoint = checkpoint_of(registry(), KEYS[0])
    twice = checkpoint._replace(signatures=checkpoint.signatures * 2)
    with pytest.raises(CheckpointError, match="a kid is there twice"):
        decode_checkpoint(encode_checkpoint(twice))


def test_signatures_out_of_order_are_refused_when_read() -> None:
    checkpoint = checkpoint_of(registry(), *KEYS)
    turned = checkpoint._replace(signatures=checkpoint.signatures[::-1])
    with pytest.raises(CheckpointError, match="not in the order of their kids"):
        decode_checkpoint(encode_checkpoint(turned))


def test_a_checkpoint_without_signatures_is_refused() -> None:
    checkpoint = checkpoint_of(registry(), *KEYS)
    with pytest.raises(CheckpointError):
        decode_checkpoint(encode_checkpoint(checkpoint._replace(signatures=())))
    with pytest.raises(CheckpointError):
        make_checkpoint(checkpoint.statement, [])


def test_a_false_signature_of_a_trusted_key_refuses_the_checkpoint() -> None:
    checkpoint = checkpoint_of(registry(), *KEYS)
    first = checkpoint.signatures[0]
    false = first._replace(signature=first.signature[:-1] + bytes([first.signature[-1] ^ 1]))
    altered = checkpoint._replace(signatures=(false, *checkpoint.signatures[1:]))
    with pytest.raises(CheckpointError, match="is false"):
        belief([altered], signers(*KEYS))


def test_a_signature_for_another_purpose_is_false() -> None:
    sim = registry()
    statement = state_statement(sim.state(), sim.now)
    signature = sign_statement(statement, KEYS[0])
    bare = signature._replace(signature=KEYS[0].sign(encode_statement(statement)))
    checkpoint = make_checkpoint(statement, [bare, sign_statement(statement, KEYS[1])])
    with pytest.raises(CheckpointError, match="is false"):
        belief([checkpoint], signers(*KEYS))


def test_a_signature_under_another_algorithm_than_that_of_its_key_is_refused() -> None:
    checkpoint = checkpoint_of(registry(), *KEYS)
    position = next(n for n, s in enumerate(checkpoint.signatures) if s.alg == ALG_ES256)
    posing = checkpoint.signatures[position]._replace(alg=ALG_EDDSA)
    altered = list(checkpoint.signatures)
    altered[position] = posing
    with pytest.raises(CheckpointError, match="not of the algorithm of its key"):
        belief([checkpoint._replace(signatures=tuple(altered))], signers(*KEYS))


def test_a_signer_whose_key_is_on_no_curve_vouches_for_nothing() -> None:
    off_curve = bytes.fromhex("a401022001215820") + b"\xff" * 32 + b"\x22\xf5"
    statement = state_statement(registry().state(), 2**33)
    statement = statement._replace(signers=Signers(1, (off_curve,)))
    checkpoint = make_checkpoint(statement, [sign_statement(statement, key) for key in KEYS])
    with pytest.raises(CheckpointError, match="no usable key"):
        belief([checkpoint], signers(*KEYS))


def test_no_checkpoint_is_no_belief() -> None:
    with pytest.raises(CheckpointError, match="there is no checkpoint"):
        belief([], signers(*KEYS))


@pytest.mark.parametrize(("chain_id", "contract"), [(1, CONTRACT), (CHAIN_ID, bytes(20))])
def test_a_checkpoint_of_another_registry_is_refused(chain_id: int, contract: bytes) -> None:
    with pytest.raises(ForeignRegistryError):
        believe(
            [checkpoint_of(registry(), *KEYS)], signers(*KEYS), chain_id=chain_id, contract=contract
        )


def rotated() -> tuple[Simulator, Checkpoint]:
    """A registry whose signers went from KEYS to NEW, and the checkpoint before that."""
    sim = registry()
    before = checkpoint_of(sim, *KEYS)
    sim.set_signers(*NEW)
    return sim, before


def test_a_rotation_signed_by_old_and_new_is_believed() -> None:
    sim, before = rotated()
    both = checkpoint_of(sim, *KEYS, *NEW)
    assert belief([before, both], signers(*KEYS)).statement == both.statement


def test_after_a_rotation_the_new_signers_are_enough() -> None:
    sim, _ = rotated()
    both = checkpoint_of(sim, *KEYS, *NEW)
    sim.wait(60)
    later = checkpoint_of(sim, *NEW)
    assert belief([both, later], signers(*KEYS)).statement == later.statement


def test_old_signers_alone_cannot_end_a_chain() -> None:
    sim, _ = rotated()
    with pytest.raises(CheckpointError, match="the last checkpoint itself names"):
        belief([checkpoint_of(sim, *KEYS)], signers(*KEYS))


def test_new_signers_alone_are_not_believed() -> None:
    sim, before = rotated()
    with pytest.raises(CheckpointError, match="0 signatures by the signers trusted so far"):
        belief([before, checkpoint_of(sim, *NEW)], signers(*KEYS))


def test_old_signers_mean_nothing_after_a_rotation() -> None:
    sim, _ = rotated()
    both = checkpoint_of(sim, *KEYS, *NEW)
    sim.wait(60)
    with pytest.raises(CheckpointError, match="trusted so far"):
        belief([both, checkpoint_of(sim, *KEYS)], signers(*KEYS))


def test_checkpoints_go_forward_only() -> None:
    sim, before = rotated()
    both = checkpoint_of(sim, *KEYS, *NEW)
    back = make_checkpoint(
        before.statement, [sign_statement(before.statement, key) for key in (*KEYS, *NEW)]
    )
    with pytest.raises(CheckpointError, match="size and time may not fall"):
        belief([both, back], signers(*KEYS))


def test_two_journals_of_one_size_are_not_believed() -> None:
    sim = registry()
    one = checkpoint_of(sim, *KEYS)
    statement = one.statement._replace(head=one.statement.snapshot_digest)
    other = make_checkpoint(statement, [sign_statement(statement, key) for key in KEYS])
    with pytest.raises(CheckpointError, match="state different journals"):
        belief([one, other], signers(*KEYS))


def test_a_bundle_needs_the_checkpoints_that_hand_over_and_the_last() -> None:
    sim, before = rotated()
    both = checkpoint_of(sim, *KEYS, *NEW)
    sim.wait(60)
    middle, last = checkpoint_of(sim, *NEW), checkpoint_of(sim, *NEW)
    chain = needed_chain([before, both, middle, last], signers(*KEYS))
    assert chain == (both, last)
    assert belief(chain, signers(*KEYS)).statement == last.statement
    assert needed_chain([before], signers(*KEYS)) == (before,)
    assert needed_chain([], signers(*KEYS)) == ()


def test_a_checkpoint_is_not_older_than_the_last_entry() -> None:
    sim = registry()
    with pytest.raises(TrustStateError, match="before the last journal entry"):
        state_statement(sim.state(), sim.now - 1)


def test_a_journal_without_signers_has_no_checkpoint() -> None:
    sim = Simulator()
    with pytest.raises(TrustStateError, match="names no checkpoint signers"):
        state_statement(sim.state(3), sim.now)


def test_a_checkpoint_survives_its_bytes() -> None:
    checkpoint = checkpoint_of(registry(), *KEYS)
    assert decode_checkpoint(encode_checkpoint(checkpoint)) == checkpoint


def test_a_statement_survives_its_bytes() -> None:
    statement = state_statement(registry().state(), 2**40)
    assert decode_statement(encode_statement(statement)) == statement


@settings(max_examples=200)
@given(position=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_no_flipped_bit_of_a_checkpoint_is_believed(position: int, bit: int) -> None:
    encoded = bytearray(ENCODED)
    encoded[position % len(encoded)] ^= 1 << bit
    with pytest.raises((CheckpointError, ForeignRegistryError)):
        belief([decode_checkpoint(bytes(encoded))], signers(*KEYS))


ENCODED = encode_checkpoint(checkpoint_of(registry(), *KEYS[:2]))


def altered(change: object, *path: int) -> bytes:
    """The checkpoint with one part of its CBOR replaced."""
    top = checkpoint_value(decode_checkpoint(ENCODED))
    part = top
    for step in path[:-1]:
        part = part[step] if not isinstance(part, cbor.Tag) else part.value[step]  # type: ignore[index,call-overload]  # a known tree
    if isinstance(part, cbor.Tag):
        part = part.value
    part[path[-1]] = change  # type: ignore[index,call-overload]  # a known tree
    return cbor.encode(top)


PROTECTED = cbor.encode({1: ALG_ES256, 4: bytes(16)})


@pytest.mark.parametrize(
    "source",
    [
        b"",
        b"\x80",
        ENCODED + b"\0",
        ENCODED[:-1],
        altered(b"", 0),
        altered([], 1),
        altered([0], 1),
        altered(b"\xa0", 1, 0, 0),
        altered({1: 1}, 1, 0, 1),
        altered(b"attached", 1, 0, 2),
        altered(b"short", 1, 0, 3),
        altered(cbor.encode({1: -35, 4: bytes(16)}), 1, 0, 0),
        altered(cbor.encode({1: ALG_ES256, 2: [1], 4: bytes(16)}), 1, 0, 0),
        altered(cbor.encode({1: ALG_ES256, 4: bytes(15)}), 1, 0, 0),
        altered(cbor.encode({1: ALG_ES256}), 1, 0, 0),
        altered(PROTECTED + b"\0", 1, 0, 0),
    ],
)
def test_a_malformed_checkpoint_is_refused(source: bytes) -> None:
    with pytest.raises(CheckpointError):
        decode_checkpoint(source)


STATEMENT = cbor.decode(
    encode_statement(state_statement(registry().state(), 2**33)), max_bytes=10**6
)


@pytest.mark.parametrize(
    "change",
    [
        {1: 2},
        {2: -1},
        {3: bytes(19)},
        {5: bytes(31)},
        {6: None},
        {7: "now"},
        {8: [0, [{1: 1}]]},
        {8: [1, []]},
        {8: None},
        {9: 1},
    ],
)
def test_a_malformed_statement_is_refused(change: dict[cbor.Key, cbor.Value]) -> None:
    assert isinstance(STATEMENT, dict)
    with pytest.raises(CheckpointError):
        decode_statement(cbor.encode({**STATEMENT, **change}))


def test_the_wrapped_key_ids_are_those_of_the_keys() -> None:
    checkpoint = decode_checkpoint(ENCODED)
    kids = {Kid(signature.kid) for signature in checkpoint.signatures}
    assert kids == {key.kid for key in KEYS[:2]}
