"""Agencies through their life: register, rename, suspend, resume, close.

All of it is the council's business.
"""

from typing import NamedTuple

from credential.ids import AgencyCode
from registry.chain_protocol import AgencyOnChain, ChainAccount
from registry.kinds import AgencyState
from registry.open_registry import OpenRegistry
from registry.payload_codec import NO_AGENCY, check_name, encode_agency_code
from registry.payloads import Names


def anchor_account_name(code: str) -> str:
    """Return the name under which an agency's anchor account is kept in a home folder."""
    return f"{code}-anchor"


def operations_account_name(code: str) -> str:
    """Return the name under which an agency's operations account is kept in a home folder."""
    return f"{code}-operations"


def register(
    registry: OpenRegistry,
    code: str,
    names: Names,
    *,
    anchor_account: str | None = None,
    operations_account: str | None = None,
) -> None:
    """The agency is registered and active.

    An account not given is made here, unencrypted, for development.
    """
    padded = encode_agency_code(code)
    anchor = anchor_account or _account_made_here(registry, anchor_account_name(code))
    operations = operations_account or _account_made_here(registry, operations_account_name(code))
    arguments = [padded, anchor, operations, _two_lines(names)]

    def is_done() -> bool:
        found = registry.chain.agency(AgencyCode(code))
        # Another registration under this code is for the contract to refuse, in words.
        return found is not None and (found.anchor_account, found.operations_account) == (
            anchor,
            operations,
        )

    registry.decide("registerAgency", arguments, is_done=is_done)


def rename(registry: OpenRegistry, code: str, names: Names) -> None:
    """The agency has these names from now on."""

    def is_done() -> bool:
        agency = registry.state().agency(AgencyCode(code))
        return agency is not None and (agency.name.zh_hant, agency.name.en) == names

    registry.decide("renameAgency", [encode_agency_code(code), _two_lines(names)], is_done=is_done)


def change_accounts(
    registry: OpenRegistry, code: str, *, anchor_account: str, operations_account: str
) -> None:
    """The agency acts through these accounts from now on."""
    wanted = (anchor_account, operations_account)

    def is_done() -> bool:
        found = registry.chain.agency(AgencyCode(code))
        return found is not None and (found.anchor_account, found.operations_account) == wanted

    registry.decide("changeAgencyAccounts", [encode_agency_code(code), *wanted], is_done=is_done)


def suspend(registry: OpenRegistry, code: str) -> None:
    """The agency anchors nothing until it is resumed."""
    _move(registry, "suspendAgency", code, AgencyState.SUSPENDED)


class Pause(NamedTuple):
    """How far the pause of an agency has come; `proposal` is None where it was paused before."""

    is_paused: bool
    proposal: int | None
    approvals: int
    needed: int


def propose_pause(registry: OpenRegistry, code: str, member: ChainAccount) -> int | None:
    """A proposal to suspend the agency is pending; None where it is suspended already.

    A doomed one is refused and leaves nothing open.
    """
    if _is(registry.chain.agency(AgencyCode(code)), AgencyState.SUSPENDED):
        return None
    arguments = [encode_agency_code(code)]
    registry.chain.rehearse_as_council("Registry", "suspendAgency", arguments)
    return registry.council().propose_only("Registry", "suspendAgency", arguments, member).number


def is_backed(registry: OpenRegistry, number: int, member: ChainAccount) -> bool:
    """Return whether the member proposed it, or has approved it."""
    council = registry.council()
    return council.proposal(number).proposer == member.address or council.has_approved(
        number, member
    )


def carry_out_pause(
    registry: OpenRegistry, code: str, number: int | None, member: ChainAccount
) -> Pause:
    """The agency is suspended where enough members approve; else the proposal waits for more."""
    council = registry.council()
    needed = council.pause_threshold()
    if number is None:
        return Pause(is_paused=True, proposal=None, approvals=0, needed=needed)
    approvals = council.proposal(number).approvals
    if approvals >= needed:
        council.execute(number, member)
    paused = _is(registry.chain.agency(AgencyCode(code)), AgencyState.SUSPENDED)
    return Pause(is_paused=paused, proposal=number, approvals=approvals, needed=needed)


def resume(registry: OpenRegistry, code: str) -> None:
    """A suspended agency is active again."""
    _move(registry, "resumeAgency", code, AgencyState.ACTIVE)


def close(registry: OpenRegistry, code: str, successor: str | None = None) -> None:
    """The agency has ended for ever; its documents stay what they are."""
    follows = NO_AGENCY if successor is None else encode_agency_code(successor)

    def is_done() -> bool:
        agency = registry.state().agency(AgencyCode(code))
        return agency is not None and (agency.state, agency.successor) == (
            AgencyState.CLOSED,
            successor,
        )

    registry.decide("closeAgency", [encode_agency_code(code), follows], is_done=is_done)


def _move(registry: OpenRegistry, function: str, code: str, goal: AgencyState) -> None:
    registry.decide(
        function,
        [encode_agency_code(code)],
        is_done=lambda: _is(registry.chain.agency(AgencyCode(code)), goal),
    )


def _is(agency: AgencyOnChain | None, state: AgencyState) -> bool:
    return agency is not None and agency.state is state


def _two_lines(names: Names) -> str:
    return f"{check_name(names.zh_hant)}\n{check_name(names.en)}"


def _account_made_here(registry: OpenRegistry, name: str) -> str:
    from registry.account_files import (  # noqa: PLC0415 - eth-account is slow to import
        address_of,
        find_account_file,
        make_insecure_account,
    )

    folder = registry.home.accounts
    return address_of(find_account_file(folder, name) or make_insecure_account(folder, name))
