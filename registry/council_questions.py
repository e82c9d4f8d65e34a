"""What a council member asks the chain before deciding: who may, who has, how long it waits."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from web3 import Web3

from registry.artifacts import artifact
from registry.endpoints import mismatch, reading

if TYPE_CHECKING:
    from registry.chain import Web3Chain
    from registry.council import Proposal


ADMIN_ROLE: Final = 0


class Permission(NamedTuple):
    """What the access manager lets the council do: at once, after a delay, or (0) not at all."""

    is_immediate: bool
    delay_seconds: int


def permission(chain: "Web3Chain", proposal: "Proposal") -> Permission:
    """Return what the access manager says of a proposal's call, now."""
    immediate, delay = chain.read(
        "AccessManager", "canCall", chain.address("Council"), proposal.target, proposal.call[:4]
    )
    return Permission(bool(immediate), int(delay))


def approved_by(chain: "Web3Chain", number: int, members: Iterable[str]) -> list[str]:
    """Return the members whose approval of a proposal counts now."""
    return [one for one in members if chain.read("Council", "hasApproved", number, one)]


def has_code(chain: "Web3Chain", address: str) -> bool:
    """Return whether an address is a contract's."""
    named = Web3.to_checksum_address(address)
    return bool(reading(chain.pool, lambda web3: web3.eth.get_code(named)))


def transactions_sent(chain: "Web3Chain", address: str) -> int:
    """Return how many transactions an account has sent: its next nonce."""
    named = Web3.to_checksum_address(address)
    return int(reading(chain.pool, lambda web3: web3.eth.get_transaction_count(named)))


def require_same_at_all_nodes(chain: "Web3Chain", proposal: "Proposal") -> None:
    """All nodes that answer hold the same call under this number.

    Raises `ChainMismatchError` naming one that does not.
    """
    address = Web3.to_checksum_address(chain.address("Council"))

    def asked(web3: Web3) -> Sequence[object]:
        council = web3.eth.contract(address=address, abi=artifact("Council").abi)
        return tuple(council.functions.proposal(proposal.number).call(ccip_read_enabled=False))

    for url, told in chain.pool.ask_each(asked).items():
        if (told[2], told[3]) != (proposal.target, proposal.call):
            raise mismatch(
                f"{url} shows another proposal {proposal.number} than the node asked first"
            )


def require_council_of(chain: "Web3Chain") -> None:
    """The three contracts belong together: one manager, and the council is who governs by it.

    Raises `ChainMismatchError` where they do not.
    """
    manager, council = chain.address("AccessManager"), chain.address("Council")
    # Every read refuses another chain, and an address that holds no registry of this version.
    authorities = {chain.read("Registry", "authority"), chain.read("Council", "authority")}
    if authorities != {manager}:
        raise mismatch(f"registry and council are not both under the access manager {manager}")
    is_admin, _ = chain.read("AccessManager", "hasRole", ADMIN_ROLE, council)
    if not is_admin:
        raise mismatch(f"the council {council} does not govern the access manager {manager}")
