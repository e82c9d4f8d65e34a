"""QBFT headers: who must have sealed them, and how the validators change."""

import pytest
import rlp
from eth_hash.auto import keccak

from registry.errors import EvidenceError
from registry.evidence.header import decode_header
from registry.evidence.qbft import SealedBlock, decode_extra, follow, quorum
from tests.simulated_chain import (
    EPOCH,
    EXTRA,
    QbftChain,
    Validator,
    addresses,
    people,
    person,
)

FOUR = people(4)
CHAIN = QbftChain(FOUR)
FIFTH = person("the fifth")
FIVE = QbftChain([*FOUR, FIFTH])
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141


def followed(*headers: bytes, genesis: list[Validator] = FOUR, epoch: int = EPOCH) -> SealedBlock:
    return follow([decode_header(one) for one in headers], addresses(genesis), epoch)


def refused(why: str, *headers: bytes, epoch: int = EPOCH) -> None:
    with pytest.raises(EvidenceError, match=why):
        followed(*headers, epoch=epoch)


def votes(chain: QbftChain, first: int, subject: bytes, *, add: bool, count: int) -> list[bytes]:
    """The headers of so many proposers who vote alike."""
    return [
        chain.block(first + n, proposer=who, vote=(subject, add))
        for n, who in enumerate(chain.validators[:count])
    ]


def with_seals(header: bytes, seals: list[bytes]) -> bytes:
    """The header with other seals and all else as it was."""
    fields = rlp.decode(header)
    parts = rlp.decode(fields[EXTRA])
    parts[4] = seals
    fields[EXTRA] = rlp.encode(parts)
    return bytes(rlp.encode(fields))


def seals_of(header: bytes) -> list[bytes]:
    return list(decode_extra(decode_header(header).extra).seals)


@pytest.mark.parametrize(
    ("validators", "needed"), [(1, 1), (2, 2), (3, 2), (4, 3), (5, 4), (6, 4), (7, 5), (100, 67)]
)
def test_a_quorum_is_two_thirds_rounded_up(validators: int, needed: int) -> None:
    assert quorum(validators) == needed


def test_three_of_four_seals_are_enough() -> None:
    block = followed(CHAIN.block(7, sealers=FOUR[1:]))

    assert block.sealed_by == addresses(FOUR[1:])
    assert block.validators == set(addresses(FOUR))


def test_all_seals_may_stand_there() -> None:
    assert len(followed(CHAIN.block(7, sealers=FOUR)).sealed_by) == 4


def test_the_round_is_part_of_what_is_sealed_but_not_of_the_block_hash() -> None:
    first, later = CHAIN.block(7), CHAIN.block(7, round_no=300)

    assert followed(first).block_hash == followed(later).block_hash
    refused("by no validator", with_seals(later, seals_of(first)))


@pytest.mark.parametrize("more", [1, 2, 5, 6])
def test_headers_of_later_forks_have_more_fields(more: int) -> None:
    values = [b"\7", bytes(32), b"", b"", bytes(32), bytes(32)][:more]

    assert len(followed(CHAIN.block(7, more=values)).header.fields) == 15 + more


def test_two_of_four_seals_are_too_few() -> None:
    refused("2 seals; 3 to 4", CHAIN.block(7, sealers=FOUR[:2]))


def test_one_seal_three_times_is_one() -> None:
    header = CHAIN.block(7)
    refused("twice", with_seals(header, [seals_of(header)[0]] * 3))


def test_more_seals_than_validators_are_refused() -> None:
    refused("5 seals; 3 to 4", CHAIN.block(7, sealers=[*FOUR, FOUR[0]]))


def test_an_outsider_cannot_seal() -> None:
    refused("by no validator", CHAIN.block(7, sealers=[*FOUR[:3], FIFTH]))


def test_outsiders_cannot_list_themselves() -> None:
    refused("lists other validators", QbftChain(people(8)[4:]).block(7))


def test_a_sibling_block_does_not_take_the_seals_along() -> None:
    sibling = CHAIN.block(7, state_root=keccak(b"another state"))
    refused("by no validator", with_seals(sibling, seals_of(CHAIN.block(7))))


def test_every_changed_bit_of_a_header_is_refused() -> None:
    header = CHAIN.block(7)
    genuine = followed(header)
    for bit in range(8 * len(header)):
        changed = bytearray(header)
        changed[bit // 8] ^= 1 << bit % 8
        try:
            block = followed(bytes(changed))
        except EvidenceError:
            continue
        assert block == genuine, bit  # nothing: `block.header` would differ


def test_a_seal_has_one_form() -> None:
    header = CHAIN.block(7)
    first, *others = seals_of(header)
    high = first[:32] + (ORDER - int.from_bytes(first[32:64], "big")).to_bytes(32, "big")
    refused("upper half", with_seals(header, [high + bytes((first[64] ^ 1,)), *others]))
    for v in (2, 3, 27, 28):
        refused("0 or 1", with_seals(header, [first[:64] + bytes((v,)), *others]))
    refused("no signature", with_seals(header, [bytes(65), *others]))
    refused("65 bytes", with_seals(header, [first[:64], *others]))


def test_a_fifth_validator_is_followed_by_three_votes() -> None:
    added = votes(CHAIN, 10, FIFTH.address, add=True, count=3)
    block = followed(*added, FIVE.block(40))

    assert block.validators == {*addresses(FOUR), FIFTH.address}
    assert len(block.sealed_by) == 4


def test_two_of_four_votes_do_not_carry() -> None:
    added = votes(CHAIN, 10, FIFTH.address, add=True, count=2)
    refused("lists other validators", *added, FIVE.block(40))


def test_the_set_of_before_cannot_seal_after_a_change() -> None:
    added = votes(CHAIN, 10, FIFTH.address, add=True, count=3)
    refused("lists other validators", *added, CHAIN.block(40))
    few = FIVE.block(40, sealers=FOUR[:3])
    refused("3 seals; 4 to 5", *added, few)


def test_a_validator_is_removed_by_votes_and_its_seal_is_worth_nothing_then() -> None:
    gone = FOUR[0]
    three = QbftChain(FOUR[1:])
    removed = votes(CHAIN, 10, gone.address, add=False, count=3)

    assert followed(*removed, three.block(40)).validators == set(addresses(FOUR[1:]))
    refused("by no validator", *removed, three.block(40, sealers=[gone, FOUR[1]]))


def test_votes_of_the_same_proposer_count_once() -> None:
    same = [CHAIN.block(10 + n, proposer=FOUR[0], vote=(FIFTH.address, True)) for n in range(3)]
    refused("changes nothing", *same, FIVE.block(40))


def test_votes_of_a_removed_validator_are_dropped() -> None:
    gone, other = FOUR[0], person("the sixth")
    early = CHAIN.block(9, proposer=gone, vote=(FIFTH.address, True))
    removed = [
        CHAIN.block(10 + n, proposer=who, vote=(gone.address, False))
        for n, who in enumerate(FOUR[1:])
    ]
    three = QbftChain(FOUR[1:])
    added = three.block(20, proposer=FOUR[1], vote=(FIFTH.address, True))
    four = QbftChain([*FOUR[1:], FIFTH])
    assert other.address != FIFTH.address
    refused("lists other validators", early, *removed, added, four.block(40))
    second = three.block(21, proposer=FOUR[2], vote=(FIFTH.address, True))
    assert followed(early, *removed, added, second, four.block(40))


def test_an_epoch_block_wipes_the_votes() -> None:
    added = votes(CHAIN, 98, FIFTH.address, add=True, count=3)

    assert followed(*added, FIVE.block(140), epoch=1_000)
    refused("lists other validators", *added, FIVE.block(140), epoch=100)


def test_a_vote_for_one_who_is_there_changes_nothing() -> None:
    refused("changes nothing", CHAIN.block(9, vote=(FOUR[1].address, True)), CHAIN.block(10))


def test_a_block_without_a_vote_should_not_be_there() -> None:
    refused("changes nothing", CHAIN.block(9), CHAIN.block(10))


def test_only_a_validator_proposes_votes() -> None:
    refused(
        "proposed by nobody",
        CHAIN.block(9, proposer=FIFTH, vote=(FIFTH.address, True)),
        CHAIN.block(10),
    )


def test_the_last_validator_cannot_be_voted_out() -> None:
    one = QbftChain(FOUR[:1])
    vote = one.block(9, vote=(FOUR[0].address, False))
    with pytest.raises(EvidenceError, match="no validator"):
        followed(vote, one.block(10), genesis=FOUR[:1])


def test_the_listed_validators_stand_in_order() -> None:
    refused("lists other", CHAIN.block(7, listed=addresses(FOUR)[::-1]))
    refused("lists other", CHAIN.block(7, listed=(*addresses(FOUR), FOUR[3].address)))


@pytest.mark.parametrize(
    "named", [{"mix": bytes(32)}, {"difficulty": b"\2"}], ids=["mix digest", "difficulty"]
)
def test_a_header_of_another_engine_is_refused(named: dict[str, bytes]) -> None:
    refused("not of a QBFT chain", CHAIN.block(7, **named))


@pytest.mark.parametrize(
    ("position", "part", "why"),
    [
        (0, bytes(31), "32 bytes"),
        (1, bytes(20), "list must stand"),
        (1, [bytes(19)], "20 bytes"),
        (2, [bytes(20)], "vote"),
        (2, [bytes(20), b"\1"], "vote"),
        (2, [bytes(19), b"\xff"], "20 bytes"),
        (3, [], "round"),
        (3, b"\0\1", "number"),
        (3, bytes([1] * 5), "number"),
        (4, [[]], "nested"),
        (4, [bytes([1] * 64)], "65 bytes"),
    ],
)
def test_extra_data_of_another_form_is_refused(position: int, part: object, why: str) -> None:
    parts: list[object] = [bytes(32), [*addresses(FOUR)], [], b"", []]
    parts[position] = part
    with pytest.raises(EvidenceError, match=why):
        decode_extra(rlp.encode(parts))


def test_extra_data_has_five_parts() -> None:
    with pytest.raises(EvidenceError, match="five parts"):
        decode_extra(rlp.encode([bytes(32), [], [], b""]))


def test_a_trust_anchor_of_later_years_passes_over_what_led_there() -> None:
    added = votes(CHAIN, 10, FIFTH.address, add=True, count=3)
    gone = FOUR[0]
    removed = votes(FIVE, 20, gone.address, add=False, count=3)
    now = QbftChain([*FOUR[1:], FIFTH]).block(40)
    headers = (*added, *removed, now)

    assert followed(*headers).block_hash == followed(*headers, genesis=FIVE.validators).block_hash
    assert followed(*headers, genesis=[*FOUR[1:], FIFTH]).validators == {
        *addresses(FOUR[1:]),
        FIFTH.address,
    }
    with pytest.raises(EvidenceError, match="lists other validators"):
        followed(*headers, genesis=people(3))
