"""What stands out in the accounts a proposal names: nobody's, a contract's, somebody else's."""

from collections.abc import Iterator
from typing import Any, Final

from registry.decoded_call import DecodedCall
from registry.seen import AddressSeen, Seen

Found = Iterator[tuple[str, dict[str, Any]]]
ACCOUNTS: Final = ("anchorAccount", "operationsAccount", "account")
_RESERVED_BELOW: Final = 1 << 16


def accounts_named(call: DecodedCall) -> list[str]:
    """Return the accounts of people that a call names, each once."""
    found = [str(call.arguments[name]) for name in ACCOUNTS if name in call.arguments]
    found += [str(address) for address in call.arguments.get("newMembers", ())]
    return list(dict.fromkeys(found))


def about_accounts(call: DecodedCall, seen: Seen) -> Found:
    """Find what stands out in the accounts of one call."""
    arguments = call.arguments
    for address in accounts_named(call):
        yield from _about_address(address, call, seen)
    accounts = [arguments.get(name) for name in ("anchorAccount", "operationsAccount")]
    if None not in accounts and accounts[0] == accounts[1]:
        yield "same_accounts", {}


def _about_address(address: str, call: DecodedCall, seen: Seen) -> Found:
    number = int(address, 16)
    if number == 0:
        yield "zero_address", {}
        return
    if number < _RESERVED_BELOW:
        yield "low_address", {"address": address}
        return
    known = _known(address, seen)
    ours = {seen.council.lower(), seen.registry.lower(), seen.manager.lower()}
    if known.has_code or address.lower() in ours:
        # The roles of the manager are the council's contract's by design.
        if not (call.contract == "AccessManager" and address.lower() == seen.council.lower()):
            yield "contract_address", {"address": address}
    elif known.sent == 0:
        yield "unused_address", {"address": address}
    if call.function == "changeMembers":
        return
    if known.is_member:
        yield "member_address", {"address": address}
    others = _others(known, call)
    if others:
        yield "shared_address", {"address": address, "codes": ", ".join(others)}


def _known(address: str, seen: Seen) -> AddressSeen:
    by_address = {name.lower(): found for name, found in seen.addresses.items()}
    return by_address.get(address.lower(), AddressSeen())


def _others(known: AddressSeen, call: DecodedCall) -> list[str]:
    own = call.arguments.get("agencyCode", b"").rstrip(b"\0").decode("ascii", "replace")
    return [code for code in known.agencies if code != own]
