"""The council's decisions.

Propose, approve, execute and cancel, one by one or in one call when enough members are at hand.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final

from registry.artifacts import ContractName
from registry.chain_protocol import ChainAccount
from registry.plain_words import explained
from registry.proposal_code import proposal_digest
from registry.rim_errors import ContractRefusedError, CouncilError

if TYPE_CHECKING:
    from registry.chain import Web3Chain

LOOK_BACK: Final = 64
"""How many of the latest proposals are looked at to find one that was made before."""


class ProposalState(IntEnum):
    """What became of a proposal; numbered as in contracts/ICouncil.sol."""

    UNKNOWN = 0
    OPEN = 1
    SCHEDULED = 2
    EXECUTED = 3
    CANCELLED = 4
    EXPIRED = 5


PENDING: Final = frozenset({ProposalState.OPEN, ProposalState.SCHEDULED})


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposal as it stands on the chain; `ready_at` is 0 unless it waits for its delay."""

    number: int
    state: ProposalState
    proposer: str
    target: str
    call: bytes
    approvals: int
    expires_at: int
    ready_at: int


class Council:
    """The council contract of one registry."""

    def __init__(self, chain: "Web3Chain", *, patience_seconds: float = 60.0) -> None:
        self._chain = chain
        self._patience_seconds = patience_seconds

    def members(self) -> list[str]:
        """Return the members' addresses."""
        return list(self._chain.read("Council", "members"))

    def threshold(self) -> int:
        """Return how many members must approve."""
        return int(self._chain.read("Council", "threshold"))

    def pause_threshold(self) -> int:
        """Return how many members are enough to suspend an agency."""
        return int(self._chain.read("Council", "pauseThreshold"))

    def approvals_needed(self, number: int) -> int:
        """Return how many members must approve this proposal."""
        return int(self._chain.read("Council", "approvalsNeeded", number))

    def proposal(self, number: int) -> Proposal:
        """Return a proposal; raises `CouncilError` for a number never used."""
        state, proposer, target, call, approvals, expires_at, ready_at = self._chain.read(
            "Council", "proposal", number
        )
        if state == ProposalState.UNKNOWN:
            raise _no_proposal(f"there is no proposal {number}")
        return Proposal(
            number,
            ProposalState(state),
            proposer,
            target,
            bytes(call),
            approvals,
            expires_at,
            ready_at,
        )

    def latest(self, count: int = LOOK_BACK) -> list[Proposal]:
        """Return the latest proposals, the newest first."""
        last = int(self._chain.read("Council", "proposalCount"))
        return [self.proposal(number) for number in range(last, max(0, last - count), -1)]

    def find_pending(self, target: str, call: bytes) -> Proposal | None:
        """Return the proposal of exactly this call that is still to be decided, or None."""
        same = (
            p for p in self.latest() if p.target == target and p.call == call and p.state in PENDING
        )
        return next(same, None)

    def propose(
        self, contract: ContractName, function: str, arguments: Sequence[Any], member: ChainAccount
    ) -> Proposal:
        """A proposal of this call is pending, with this member's approval.

        One that was made before is used.
        """
        found = self.propose_only(contract, function, arguments, member)
        self.approve(found, member)
        return found

    def propose_only(
        self, contract: ContractName, function: str, arguments: Sequence[Any], member: ChainAccount
    ) -> Proposal:
        """A proposal of this call is pending, and where it is new it has this member's approval.

        One that was made before is used, and by this alone the member has not approved it.
        """
        target = self._chain.address(contract)
        call = self._chain.encode_call(contract, function, arguments)
        self._send(
            "propose", [target, call], member, lambda: self.find_pending(target, call) is not None
        )
        found = self.find_pending(target, call)
        if found is None:
            raise _no_proposal("the proposal was decided by others just now")
        return found

    def needed_for(self, contract: ContractName, function: str) -> int:
        """Return how many members must approve such a call."""
        pauses = (contract, function) == ("Registry", "suspendAgency")
        return self.pause_threshold() if pauses else self.threshold()

    def approve(self, proposal: Proposal, member: ChainAccount) -> None:
        """This member's approval of exactly this call counts.

        Raises `ContractRefusedError` where the council holds another call under its number.
        """
        number = proposal.number
        arguments = [number, self.digest_of(proposal)]
        self._send("approveCall", arguments, member, lambda: self.has_approved(number, member))

    def digest_of(self, proposal: Proposal) -> bytes:
        """Return the digest that binds an approval to this proposal's call."""
        council, target = (
            bytes.fromhex(address[2:])
            for address in (self._chain.address("Council"), proposal.target)
        )
        return proposal_digest(
            self._chain.chain_id, council, proposal.number, target, proposal.call
        )

    def withdraw(self, number: int, member: ChainAccount) -> None:
        """This member's approval of the proposal no longer counts."""
        self._send("withdraw", [number], member, lambda: not self.has_approved(number, member))

    def cancel(self, number: int, member: ChainAccount) -> None:
        """The proposal is given up."""
        self._send(
            "cancel",
            [number],
            member,
            lambda: self.proposal(number).state is ProposalState.CANCELLED,
        )

    def execute(self, number: int, member: ChainAccount) -> Proposal:
        """The proposal is carried out, or scheduled until `ready_at` where it has a delay."""
        before = self.proposal(number).state
        done = (
            {ProposalState.EXECUTED}
            if before is ProposalState.SCHEDULED
            else {ProposalState.EXECUTED, ProposalState.SCHEDULED}
        )
        self._send("execute", [number], member, lambda: self.proposal(number).state in done)
        return self.proposal(number)

    def decide(
        self,
        function: str,
        arguments: Sequence[Any],
        members: Sequence[ChainAccount],
        *,
        contract: ContractName = "Registry",
        is_done: Callable[[], bool],
    ) -> Proposal | None:
        """The act has been done by the council, exactly once; None when it had been done before.

        `members` must be enough.

        Where its delay is longer than our patience it is only scheduled, and the proposal that is
        returned says so.
        """
        if is_done():
            return None
        needed = self.needed_for(contract, function)
        if len(members) < needed:
            raise _too_few(len(members), needed)
        self._rehearse(contract, function, arguments)
        # A crash anywhere below leaves a pending proposal; the next run finds it and goes on.
        proposal = self.propose(contract, function, arguments, members[0])
        for member in members[1:needed]:
            self.approve(proposal, member)
        if proposal.state is ProposalState.OPEN:
            proposal = self.execute(proposal.number, members[0])
        return self._carry_out(proposal, members[0])

    def describe(self, proposal: Proposal) -> tuple[str, dict[str, Any]]:
        """Return what a proposal would do: function and arguments by name."""
        contracts: tuple[ContractName, ...] = ("Registry", "Council", "AccessManager")
        for contract in contracts:
            if self._chain.address(contract) == proposal.target:
                try:
                    return self._chain.decode_call(contract, proposal.call)
                except ValueError:
                    break
        return "unknown call", {"target": proposal.target, "data": proposal.call}

    def _rehearse(self, contract: ContractName, function: str, arguments: Sequence[Any]) -> None:
        """Nothing happens, unless the act is doomed: then nothing is proposed that stays open."""
        try:
            self._chain.rehearse_as_council(contract, function, arguments)
        except ContractRefusedError as error:
            # What has a delay cannot be rehearsed: the manager refuses it until it is scheduled.
            if not error.reason.startswith("AccessManage"):
                raise

    def _carry_out(self, scheduled: Proposal, member: ChainAccount) -> Proposal:
        """The proposal as it stands once executed, or once it takes longer than we wait."""
        deadline = time.monotonic() + self._patience_seconds
        proposal = scheduled
        # Only the chain's own clock decides when the delay has passed, so it is asked again and
        # again.
        while proposal.state is ProposalState.SCHEDULED and time.monotonic() < deadline:
            try:
                proposal = self.execute(proposal.number, member)
            except ContractRefusedError as error:
                if error.reason not in {"CouncilNotReady", "AccessManagerNotReady"}:
                    raise
                if proposal.ready_at - self._chain.next_block_time() > self._patience_seconds:
                    break
                time.sleep(0.25)
        return proposal

    def has_approved(self, number: int, member: ChainAccount) -> bool:
        """Return whether this member's approval of a proposal counts now."""
        return bool(self._chain.read("Council", "hasApproved", number, member.address))

    def _send(
        self,
        function: str,
        arguments: Sequence[Any],
        member: ChainAccount,
        is_done: Callable[[], bool],
    ) -> None:
        self._chain.send_to("Council", function, arguments, member, is_done=is_done)


def _no_proposal(what: str) -> CouncilError:
    return explained(
        CouncilError(what),
        means="Nothing was decided.",
        way_out="List them with `sealroot registry council show`.",
    )


def _too_few(found: int, needed: int) -> CouncilError:
    return explained(
        CouncilError(f"{found} council member accounts are at hand, and {needed} must approve"),
        means="Nothing was proposed: the council decides k of n.",
        way_out="Let one member run `sealroot registry council propose` and the others `council "
        "approve` from their machines.",
    )
