"""What validators are asked about each other, in the words of each program."""

from typing import Final, NamedTuple

from network.errors import NodeSilentError
from network.rpc import Node
from network.software import Software


class Dialect(NamedTuple):
    """The names of the calls."""

    validators: str
    vote: str
    discard: str


DIALECTS: Final = {
    Software.GOQUORUM: Dialect("istanbul_getValidators", "istanbul_propose", "istanbul_discard"),
    Software.BESU: Dialect(
        "qbft_getValidatorsByBlockNumber",
        "qbft_proposeValidatorVote",
        "qbft_discardValidatorVote",
    ),
    Software.GETH: Dialect("clique_getSigners", "clique_propose", "clique_discard"),
}


def validators_now(software: Software, node: Node) -> tuple[str, ...]:
    """Return the addresses of the validators after the node's newest block, in order."""
    found = node.ask(DIALECTS[software].validators, "latest")
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise NodeSilentError(f"{node.url} tells its validators as {str(found)[:60]!r}")
    return tuple(sorted(address.lower() for address in found))


def cast_vote(software: Software, node: Node, address: str, *, wanted: bool) -> None:
    """This validator votes, in each block it proposes, that the address is one, or is none."""
    node.ask(DIALECTS[software].vote, address, wanted)


def withdraw_vote(software: Software, node: Node, address: str) -> None:
    """This validator no longer votes about the address."""
    node.ask(DIALECTS[software].discard, address)


def signers_of(software: Software, node: Node, height: int) -> tuple[str, frozenset[str]]:
    """Return who proposed a block, and all whose seals it carries."""
    number = hex(height)
    match software:
        case Software.GOQUORUM:
            told = node.ask("istanbul_getSignersFromBlock", number)
            seals = frozenset(str(one).lower() for one in told["Committers"])
            return str(told["Author"]).lower(), seals
        case Software.GETH:
            signer = str(node.ask("clique_getSigner", number)).lower()
            return signer, frozenset({signer})
        case Software.BESU:
            author = str(node.ask("eth_getBlockByNumber", number, False)["miner"]).lower()
            return author, frozenset({author})  # Besu tells no seals; the proposer's is one
