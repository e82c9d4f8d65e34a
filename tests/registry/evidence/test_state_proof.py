"""State proofs: the head of this contract, in this slot, under this root, and nothing else."""

import pytest
import rlp
from eth_hash.auto import keccak
from hypothesis import given
from hypothesis import strategies as st

from registry.errors import EvidenceError
from registry.evidence.state_proof import prove_head
from tests.simulated_chain import State

CONTRACT = bytes.fromhex("5fbdb2315678afecb367f032d93f642f64180aa3")
OTHER = bytes.fromhex("e7f1725e7734ce288f8367e1bb143e90bb3f0512")
HEAD = keccak(b"head")
STATE = State({CONTRACT: HEAD, OTHER: keccak(b"another head")})
ACCOUNT, STORAGE = STATE.account_proof(CONTRACT), STATE.storage_proof(CONTRACT)
Proof = tuple[bytes, ...]


def refused(why: str, account: Proof = ACCOUNT, storage: Proof = STORAGE) -> None:
    with pytest.raises(EvidenceError, match=why):
        prove_head(STATE.root, CONTRACT, account, storage)


def test_the_head_is_what_the_state_holds() -> None:
    assert prove_head(STATE.root, CONTRACT, ACCOUNT, STORAGE) == HEAD


def test_a_head_with_leading_zeros_is_a_word_of_32_bytes() -> None:
    head = bytes(3) + HEAD[3:]
    state = State({CONTRACT: head})
    proofs = state.account_proof(CONTRACT), state.storage_proof(CONTRACT)

    assert prove_head(state.root, CONTRACT, *proofs) == head


def test_another_root_is_refused() -> None:
    with pytest.raises(EvidenceError, match="missing"):
        prove_head(keccak(b"x"), CONTRACT, ACCOUNT, STORAGE)


def test_another_slot_is_refused() -> None:
    refused("missing|not on the way", storage=STATE.storage_proof(CONTRACT, slot=1))


def test_another_contract_is_refused() -> None:
    refused("missing|not on the way", account=STATE.account_proof(OTHER))
    refused("missing", storage=STATE.storage_proof(OTHER))


def test_a_truncated_proof_is_refused() -> None:
    refused("account proof is missing", account=ACCOUNT[:-1])
    refused("storage proof is missing", storage=STORAGE[:-1])
    refused("account proof is missing", account=ACCOUNT[1:])


def test_a_surplus_node_is_refused() -> None:
    refused("not on the way", account=(*ACCOUNT, STORAGE[0]))
    refused("not on the way", storage=(*STORAGE, ACCOUNT[0]))
    refused("not on the way", storage=(*STORAGE, STORAGE[0]))
    refused("out of order", account=ACCOUNT[::-1])


def test_an_account_without_code_is_no_contract() -> None:
    person = keccak(b"1")[:20]
    with pytest.raises(EvidenceError, match="no contract"):
        prove_head(STATE.root, person, STATE.account_proof(person), STORAGE)


def test_an_account_that_is_not_there_is_refused() -> None:
    nobody = bytes(20)
    with pytest.raises(EvidenceError, match="nothing at this place"):
        prove_head(STATE.root, nobody, STATE.account_proof(nobody), STORAGE)


@given(st.integers(0, len(ACCOUNT + STORAGE) - 1), st.data())
def test_a_changed_bit_is_refused(position: int, data: st.DataObject) -> None:
    nodes = [*ACCOUNT, *STORAGE]
    bit = data.draw(st.integers(0, 8 * len(nodes[position]) - 1))
    changed = bytearray(nodes[position])
    changed[bit // 8] ^= 1 << bit % 8
    nodes[position] = bytes(changed)
    split = len(ACCOUNT)
    with pytest.raises(EvidenceError):
        prove_head(STATE.root, CONTRACT, nodes[:split], nodes[split:])


@given(st.recursive(st.binary(max_size=40), lambda one: st.lists(one, max_size=17)))
def test_a_node_of_any_form_under_a_root_of_its_own_raises_only_our_error(node: object) -> None:
    encoded = rlp.encode(node)
    with pytest.raises(EvidenceError):
        prove_head(keccak(encoded), CONTRACT, (encoded,), STORAGE)


NIBBLES = keccak(CONTRACT)
TARGET = st.one_of(st.just(b""), st.binary(min_size=32, max_size=32), st.binary(max_size=40))


@given(
    st.one_of(
        st.lists(TARGET, min_size=17, max_size=17),
        st.tuples(
            st.sampled_from([b"", b"\0", b"\x11", b"\x20" + NIBBLES, b"\x20", b"\x3f", b"\x4f"]),
            TARGET,
        ).map(list),
        st.tuples(st.just(b"\x20" + NIBBLES), st.binary(max_size=80)).map(list),
    )
)
def test_a_node_nearly_of_its_form_raises_only_our_error(node: object) -> None:
    encoded = rlp.encode(node)
    with pytest.raises(EvidenceError):
        prove_head(keccak(encoded), CONTRACT, (encoded,), STORAGE)
