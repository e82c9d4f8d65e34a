"""The first block, byte by byte, and the arithmetic of quorums."""

import pytest

from network.genesis import clique_extra, genesis, qbft_extra
from network.node_keys import identity_of
from network.software import Software, may_fail, votes_needed
from registry.finality import Engine

ONE, TWO = b"\x11" * 20, b"\x22" * 20


def made(software: Software) -> dict[str, object]:
    return genesis(software, chain_id=7, validators=[TWO, ONE], block_seconds=1, round_seconds=4)


def test_qbft_names_its_validators_in_order_without_vote_round_and_seals() -> None:
    expected = "f84fa0" + "00" * 32 + "ea94" + "11" * 20 + "94" + "22" * 20 + "c080c0"

    assert qbft_extra([TWO, ONE]).hex() == expected


def test_clique_names_its_signers_between_vanity_and_an_empty_seal() -> None:
    assert clique_extra([TWO, ONE]) == bytes(32) + ONE + TWO + bytes(65)


def test_goquorum_and_besu_begin_with_the_same_block() -> None:
    ours, theirs = made(Software.GOQUORUM), made(Software.BESU)

    assert {key: value for key, value in ours.items() if key != "config"} == {
        key: value for key, value in theirs.items() if key != "config"
    }


@pytest.mark.parametrize("software", list(Software))
def test_no_block_has_a_base_fee(software: Software) -> None:
    config = made(software)["config"]

    assert isinstance(config, dict)
    assert "londonBlock" not in config
    assert config["berlinBlock"] == 0


def test_a_node_key_gives_the_address_that_ethereum_gives() -> None:
    identity = identity_of(bytes(31) + b"\x01")

    assert identity.address.hex() == "7e5f4552091a69125d5dfcb7b8c2659029395bdf"
    assert len(identity.public_key) == 64


@pytest.mark.parametrize(
    ("engine", "validators", "needed", "away"),
    [
        (Engine.QBFT, 1, 1, 0),
        (Engine.QBFT, 3, 2, 1),
        (Engine.QBFT, 4, 3, 1),
        (Engine.QBFT, 5, 4, 1),
        (Engine.QBFT, 7, 5, 2),
        (Engine.CLIQUE, 1, 1, 0),
        (Engine.CLIQUE, 4, 3, 1),
        (Engine.CLIQUE, 5, 3, 2),
    ],
)
def test_quorum_arithmetic(engine: Engine, validators: int, needed: int, away: int) -> None:
    assert votes_needed(engine, validators) == needed
    assert may_fail(engine, validators) == away
