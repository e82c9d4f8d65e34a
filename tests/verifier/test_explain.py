import pytest

from credential.sealed import decode_sealed, encode_sealed, registry_aad
from tests.simulated_registries import move
from tests.simulator import Simulator
from verifier import DEFAULT_POLICY, verify
from verifier.explain import explain


def told(sim: Simulator, sealed: bytes) -> list[str]:
    """The explanation of a credential with a full bundle of the registry as it is now."""
    sim.checkpoint()
    trust = sim.trust(full=True)
    return explain(sealed, verify(sealed, trust, sim.now), trust, DEFAULT_POLICY)


@pytest.fixture
def sim() -> Simulator:
    return Simulator()


@pytest.mark.parametrize("size", [1, 2, 3, 6, 7, 8])
def test_the_climb_ends_at_the_root_for_every_leaf(sim: Simulator, size: int) -> None:
    batch = sim.issue(sim.office("A1"), *({1: str(n)} for n in range(size)))
    sim.anchor(batch)

    roots = {line for sealed in batch.sealed for line in told(sim, sealed) if "root =" in line}

    assert roots == {f"  root = {batch.root.hex()}"}


def test_what_is_not_a_credential_ends_at_step_1(sim: Simulator) -> None:
    lines = told(sim, b"nothing")

    assert lines[-1] == "  => form: FAIL form.encoding"


def test_an_impossible_path_is_said_to_be_one(sim: Simulator) -> None:
    batch = sim.issue(sim.office("A1"), {1: "x"}, {1: "y"})
    entry, receipt = decode_sealed(batch.sealed[0])

    lines = told(sim, encode_sealed(entry, receipt._replace(leaf_index=9)))

    assert "  PathError: index, size and path cannot belong together" in lines
    assert "  => proof: FAIL proof.path" in lines


def test_what_is_only_signed_shows_the_bytes_that_were_signed(sim: Simulator) -> None:
    batch = sim.issue(sim.office("A1"), {1: "x"})

    lines = told(sim, batch.sealed[0])

    assert any(line.startswith("  Sig_structure 846a5369676e617475726531") for line in lines)
    assert f"  => key: PASS key.safe, as of {sim.now} " in "\n".join(lines)


def test_what_the_trust_data_does_not_know_is_said_to_be_unknown(sim: Simulator) -> None:
    sim.checkpoint()
    trust = sim.trust()
    batch = sim.issue(sim.office("A1"), {1: "x"}, list_no=7)

    lines = explain(batch.sealed[0], verify(batch.sealed[0], trust, sim.now), trust, DEFAULT_POLICY)

    assert "  agency unknown" in lines
    assert "  key unknown" in lines
    assert "  list not in this trust data" in lines


def test_a_leak_and_a_slot_that_does_not_exist_are_told(sim: Simulator) -> None:
    office = sim.office("A1")
    batch = sim.issue(office, {1: "x"}, index=5_000)
    sim.compromise(office.key, since=sim.now)

    lines = told(sim, batch.sealed[0])

    assert any(line.startswith("  compromised since ") for line in lines)
    assert "  version 1, 1000 slots: no such slot" in lines


def test_the_home_in_which_a_signature_was_made_is_the_one_shown(sim: Simulator) -> None:
    batch, old = sim.issue(sim.office("A1"), {1: "x"}), registry_aad(*sim.first_home)
    move(sim, 7)

    lines = told(sim, batch.sealed[0])

    assert f"  external_aad {old.hex()}" in lines
    assert any(line.startswith(f"  at home in chain {sim.first_home[0]}, ") for line in lines)
