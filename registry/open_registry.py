"""A registry as its operator holds it.

Home folder, chain, and the council members whose accounts are at hand.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from registry.artifacts import ContractName
from registry.chain_protocol import ChainAccount
from registry.council import Council, Proposal, ProposalState
from registry.home import RegistryHome
from registry.plain_words import explained
from registry.rim_errors import ActScheduledError
from registry.sync import Followed, follow_home
from registry.trust_state import TrustState

if TYPE_CHECKING:
    from registry.chain import Web3Chain


def _silent(_done: int, _all: int) -> None:
    """Tell nobody how far reading has come."""


@dataclass(slots=True)
class OpenRegistry:
    """What the operations in registry/operations/ work with."""

    home: RegistryHome
    chain: "Web3Chain"
    patience_seconds: float = 60.0
    progress: Callable[[int, int], None] = _silent
    _members: list[ChainAccount] = field(default_factory=list)

    def followed(self) -> Followed:
        """Return the journal as the chain has it now, and what it says."""
        return follow_home(self.home, self.chain, self.progress)

    def state(self) -> TrustState:
        """Return what the journal says now."""
        return self.followed().state

    def council(self) -> Council:
        """Return the council contract."""
        return Council(self.chain, patience_seconds=self.patience_seconds)

    def members(self) -> Sequence[ChainAccount]:
        """Return as many council members as must agree, from the home folder's accounts."""
        if not self._members:
            names = self.home.council_names()[: self.council().threshold()]
            self._members = [self.home.account(name) for name in names]
        return self._members

    def decide(
        self,
        function: str,
        arguments: Sequence[Any],
        *,
        is_done: Callable[[], bool],
        contract: ContractName = "Registry",
    ) -> None:
        """The council has done this, exactly once.

        Raises `ActScheduledError` when its delay is still running.
        """
        made = self.council().decide(
            function, arguments, self.members(), contract=contract, is_done=is_done
        )
        if made is not None and made.state is ProposalState.SCHEDULED:
            raise scheduled(made)

    def act(
        self, function: str, arguments: Sequence[Any], account: str, *, is_done: Callable[[], bool]
    ) -> None:
        """An agency's account has done this in the registry contract, exactly once."""
        if is_done():
            return
        self.chain.send(function, arguments, self.home.account(account), is_done=is_done)


def open_registry(
    home: RegistryHome,
    *,
    patience_seconds: float = 60.0,
    progress: Callable[[int, int], None] = _silent,
) -> OpenRegistry:
    """Return the registry of a home folder."""
    return OpenRegistry(home, home.open_chain(), patience_seconds, progress)


def scheduled(proposal: Proposal) -> ActScheduledError:
    """Return the error that says a dangerous act is decided and waits for its delay."""
    return explained(
        ActScheduledError(
            f"proposal {proposal.number} is approved and waits for its delay until "
            f"{proposal.ready_at} (Unix seconds)"
        ),
        means="Nothing has changed yet. The delay gives the members time to cancel what should "
        "not happen.",
        way_out=f"From that time on, and within a week: `sealroot registry council execute "
        f"{proposal.number}`.",
    )
