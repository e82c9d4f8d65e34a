"""What stands out in a proposal that changes who decides: members, permissions, signers."""

from collections.abc import Iterator
from typing import Any, Final

from credential.display import suspicions
from credential.errors import FormatError, KeyFormatError
from registry.act_pieces import PUBLIC_ROLE, address_told, agency_told, duration_told, signer_keys
from registry.decoded_call import DecodedCall
from registry.errors import JournalError
from registry.recognition import decode_tail
from registry.seen import Seen
from registry.told import listed, same

Found = Iterator[tuple[str, dict[str, Any]]]
QUANTUM_SAFE: Final = "ML-DSA-44"


def about_power(call: DecodedCall, seen: Seen) -> Found:
    """Find what stands out in one call that changes who decides."""
    if call.contract == "AccessManager" or call.function == "setAuthority":
        yield from _about_manager(call, seen)
    elif call.function == "changeMembers":
        yield from _about_members(call, seen)
    elif call.function == "setCheckpointSigners":
        yield from _about_signers(call, seen)
    elif call.function == "setSuccessor":
        yield "ends_registry", {}
    elif call.function == "recogniseRegistry":
        yield from _about_recognition(call)


def _about_manager(call: DecodedCall, seen: Seen) -> Found:
    yield "manager", {}
    arguments = call.arguments
    delay = arguments.get("executionDelay", arguments.get("newDelay"))
    longest = seen.delay_seconds
    if delay is not None and (delay < longest or delay == 0):
        yield "delay_shorter", {"new": duration_told(delay)}
    if PUBLIC_ROLE in {arguments.get(name) for name in ("roleId", "admin", "guardian")}:
        yield "role_public", {}


def _about_members(call: DecodedCall, seen: Seen) -> Found:
    before = {address.lower(): address for address in seen.members}
    after = {str(address).lower(): str(address) for address in call.arguments["newMembers"]}
    leaving = [address_told(before[one], seen) for one in before if one not in after]
    joining = [address_told(after[one], seen) for one in after if one not in before]
    threshold = call.arguments["newThreshold"]
    yield (
        "council_change",
        {
            "leaving": listed(leaving),
            "joining": listed(joining),
            "old": seen.threshold,
            "new": threshold,
        },
    )
    pause = call.arguments.get("newPauseThreshold")
    if pause is not None and pause != seen.pause_threshold:
        yield "pause_change", {"old": seen.pause_threshold, "new": pause}
    if threshold <= 1:
        yield "one_decides", {}
    if pause == 1:
        yield "one_pauses", {}
    if len(leaving) * 2 > len(before):
        yield "majority_replaced", {}


def _about_recognition(call: DecodedCall) -> Found:
    try:
        terms = decode_tail(call.arguments["tail"])
    except JournalError:
        yield "bad_tail", {}
        return
    if terms.signers.threshold <= 1:
        yield "one_vouches", {}
    for name in (terms.name_zh_hant, terms.name_en):
        odd = suspicions(name)
        if odd:
            characters = listed([same(f"{one.code_point} {one.name}") for one in odd])
            yield "odd_name", {"name": name, "characters": characters}


def _about_signers(call: DecodedCall, seen: Seen) -> Found:
    threshold = call.arguments["k"]
    try:
        keys = signer_keys(call.arguments["coseKeys"])
    except (FormatError, KeyFormatError):
        yield "bad_signers", {}
        return
    if threshold <= 1:
        yield "one_signs", {}
    if sum(algorithm == QUANTUM_SAFE for _, algorithm in keys) < threshold:
        yield "no_quantum_safe", {}
    if seen.signers is not None and not {kid for kid, _ in keys} & set(seen.signers.kids):
        yield "all_signers_new", {}
    for kid, _ in keys:
        known = seen.keys.get(kid)
        if known is not None and known.agency:
            yield "batch_key", {"kid": kid, "agency": agency_told(known.agency, seen)}
