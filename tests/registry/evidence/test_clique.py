"""Clique headers: when a block counts, and how the signers change."""

from collections.abc import Sequence

import pytest
from eth_hash.auto import keccak

from registry.errors import EvidenceError
from registry.evidence.clique import follow
from registry.evidence.header import decode_header
from registry.evidence.qbft import SealedBlock
from tests.simulated_chain import CliqueChain, Validator, addresses, by_address, people, person

FOUR = people(4)
FIFTH = person("the fifth")
ROOT = keccak(b"the state that counts")


def chain(validators: Sequence[Validator] = FOUR, number: int = 100) -> CliqueChain:
    return CliqueChain(list(validators), number)


def run(blocks: int, made: CliqueChain) -> CliqueChain:
    for _ in range(blocks):
        made.append()
    return made


def followed(headers: Sequence[bytes], epoch: int = 1_000) -> SealedBlock:
    return follow([decode_header(one) for one in headers], addresses(FOUR), epoch)


def refused(why: str, headers: Sequence[bytes], epoch: int = 1_000) -> None:
    with pytest.raises(EvidenceError, match=why):
        followed(headers, epoch)


def voted(made: CliqueChain, subject: bytes, *, add: bool, votes: int = 3) -> CliqueChain:
    """Signers in turn vote alike; the chain then has the new signers where that carried."""
    for _ in range(votes):
        made.append(vote=(subject, add))
    return made


def with_fifth(votes: int = 3) -> CliqueChain:
    """A chain to which the fifth signer was voted; who is in turn then is counted among five."""
    made = voted(chain(), FIFTH.address, add=True, votes=votes)
    made.validators = [*FOUR, FIFTH]
    return made


def test_a_block_counts_when_three_of_four_have_built_on_it() -> None:
    made = chain()
    made.append(ROOT)
    block = followed(run(3, made).headers)

    assert block.header.state_root == ROOT
    assert len(block.sealed_by) == 3


def test_two_of_four_are_too_few() -> None:
    refused("more than half", run(3, chain()).headers)


def test_the_newest_block_that_is_buried_counts() -> None:
    assert followed(run(20, chain()).headers).header.number == 117


def test_another_parent_breaks_the_run() -> None:
    made = run(2, chain())
    made.append(parent=keccak(b"another"))
    refused("does not follow", run(3, made).headers)


def test_a_gap_is_no_run() -> None:
    made = run(4, chain())
    del made.headers[2]
    refused("changes? nothing", made.headers)


def test_an_outsider_cannot_sign() -> None:
    made = run(2, chain())
    made.append(signer=FIFTH)
    refused("none of the signers", run(3, made).headers)


def test_one_signer_cannot_sign_again_soon() -> None:
    made = chain()
    made.append(signer=FOUR[1])
    made.append(signer=FOUR[2])
    made.append(signer=FOUR[1])
    refused("signed just before", made.headers)


def test_the_difficulty_tells_whose_turn_it_was() -> None:
    made = run(2, chain())
    made.append(difficulty=1)
    refused("wrong difficulty", made.headers)


def test_a_fifth_signer_is_followed() -> None:
    block = followed(_five_blocks(with_fifth()).headers)

    assert FIFTH.address in block.validators


def _five_blocks(made: CliqueChain, blocks: int = 6) -> CliqueChain:
    """Blocks of a set that has just changed, each by the one who has rested longest."""
    last: list[Validator] = []
    recent = _signers(made)
    for _ in range(blocks):
        rest = [one for one in by_address(made.validators) if one not in (recent + last)[-2:]]
        in_turn = by_address(made.validators)[(made.number + 1) % len(made.validators)]
        signer = in_turn if in_turn in rest else rest[0]
        made.append(signer=signer)
        last.append(signer)
    return made


def _signers(made: CliqueChain) -> list[Validator]:
    """Who signed in turn so far, among the four."""
    return [FOUR[(made.number - n) % 4] for n in reversed(range(3))]


def test_two_votes_do_not_carry() -> None:
    made = with_fifth(votes=2)
    refused("none of the signers|wrong difficulty", _five_blocks(made, 8).headers)


def test_a_change_far_back_stands_in_a_run_of_its_own() -> None:
    made = _five_blocks(with_fifth())
    made.skip(500)
    made.append(ROOT)
    block = followed(run(3, made).headers)

    assert block.header.state_root == ROOT
    assert len(block.validators) == 5


def test_a_run_whose_change_is_not_buried_is_refused() -> None:
    made = _five_blocks(with_fifth(), blocks=2)
    made.skip(500)
    refused("built on the block that changed", run(4, made).headers)


def test_votes_in_two_runs_do_not_add_up() -> None:
    made = run(4, voted(chain(), FIFTH.address, add=True, votes=2))
    made.skip(100)
    refused("change nothing", run(4, voted(made, FIFTH.address, add=True, votes=2)).headers)


def test_a_removed_signer_cannot_sign() -> None:
    gone = FOUR[0]
    made = voted(chain(), gone.address, add=False)
    made.validators = FOUR[1:]
    made.append(signer=gone, difficulty=1)
    refused("none of the signers", made.headers)


def test_a_vote_taken_back_does_not_count() -> None:
    made = chain()
    made.append(vote=(FIFTH.address, True))
    made.append(vote=(FIFTH.address, True))
    run(2, made)
    made.append(vote=(FIFTH.address, False))
    made.append(vote=(FIFTH.address, False))
    run(2, made)
    made.append(vote=(FIFTH.address, True))
    made.validators = FOUR
    assert FIFTH.address not in followed(run(5, made).headers).validators


def test_an_epoch_block_lists_the_signers() -> None:
    made = run(4, chain(number=998))

    assert followed(made.headers).header.number == 999
    refused("although it is no epoch block", made.headers, epoch=7)
    refused("other signers than those in force", run(4, chain()).headers, epoch=102)


def test_an_epoch_block_with_other_signers_is_refused() -> None:
    made = chain(number=998)
    made.append()
    made.validators = [*FOUR[1:], FIFTH]
    made.append(signer=FOUR[1])
    refused("other signers than those in force", made.headers)


def test_every_changed_bit_of_a_run_is_refused() -> None:
    made = run(4, chain())
    genuine = followed(made.headers)
    for position, header in enumerate(made.headers):
        for bit in range(0, 8 * len(header), 7):
            changed = bytearray(header)
            changed[bit // 8] ^= 1 << bit % 8
            headers = [*made.headers]
            headers[position] = bytes(changed)
            with pytest.raises(EvidenceError):
                assert followed(headers) == genuine
