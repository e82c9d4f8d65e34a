"""What stands out in a proposal: what a member should be asked about before approving it.

Each finding has a code that stays, and its sentence (texts/proposal.json). Nothing here decides:
people do.
"""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from credential.display import suspicions
from credential.errors import KeyFormatError
from credential.keys import kid_of
from registry.act_pieces import ALGORITHM_NAMES, agency_told, code_of, time_told
from registry.decoded_call import DEEPEST, DecodedCall
from registry.key_shape import batch_key_algorithm
from registry.look_alikes import codes_look_alike, name_outline
from registry.seen import Seen
from registry.stands_out_accounts import about_accounts
from registry.stands_out_power import about_power
from registry.told import Told, act_words, listed, phrase, same

_RESERVED_TO_MEMBERS: Final = frozenset(
    {"propose", "approve", "approveCall", "withdraw", "execute", "cancel"}
)


class Alert(NamedTuple):
    """One thing that stands out: its code, and what people read."""

    code: str
    told: Told


def what_stands_out(call: DecodedCall, seen: Seen) -> list[Alert]:
    """Return what stands out in a call and in all within it, each once, worst guesses first."""
    found: dict[Told, Alert] = {}
    if not seen.is_immediate and seen.delay_seconds == 0:
        found[phrase("alert.refused")] = Alert("refused", phrase("alert.refused"))
    for one in call.all():
        for code, pieces in _about(one, seen):
            told = phrase(f"alert.{code}", **pieces)
            found.setdefault(told, Alert(code, told))
    return list(found.values())


Found = Iterator[tuple[str, dict[str, Any]]]


def _about(call: DecodedCall, seen: Seen) -> Found:
    if call.contract is None:
        yield "unknown_target", {"target": call.target}
        return
    if call.function is None or act_words(call.contract, call.function) is None:
        yield "unknown_function", {}
        return
    if not call.is_exact:
        yield "inexact_call", {}
    if call.function in {"multicall", "execute", "schedule"} and len(call.all()) == 1:
        yield "too_deep", {"depth": DEEPEST}
    if call.contract == "Council" and call.function in _RESERVED_TO_MEMBERS:
        yield "only_member", {}
    yield from about_power(call, seen)
    yield from _about_agency(call, seen)
    yield from about_accounts(call, seen)
    yield from _about_key(call, seen)
    yield from _about_numbers(call, seen)
    yield from _about_times(call, seen)


def _about_agency(call: DecodedCall, seen: Seen) -> Found:
    arguments = call.arguments
    if "agencyCode" not in arguments:
        return
    code = code_of(arguments["agencyCode"])
    if call.function == "registerAgency":
        yield from _about_new_code(code, seen)
    else:
        yield from _about_known_code(code, call.function or "", seen)
    successor = code_of(arguments.get("successorCode", b""))
    if successor:
        yield from _about_known_code(successor, "", seen)
    if "names" in arguments:
        yield from _about_names(code, arguments["names"], seen)


def _about_new_code(code: str, seen: Seen) -> Found:
    if code in seen.agencies:
        yield "code_used", {"code": code}
    for other in seen.agencies:
        if codes_look_alike(code, other):
            agency = seen.agencies[other]
            name = Told(same(agency.zh_hant).zh_hant, same(agency.en).en)
            yield "similar_code", {"code": code, "other": other, "name": name}


def _about_known_code(code: str, function: str, seen: Seen) -> Found:
    agency = seen.agencies.get(code)
    if agency is None:
        yield "unknown_agency", {"code": code}
    elif agency.state != "active" and function not in {"resumeAgency", "publishStatusForClosed"}:
        yield "not_active", {"code": code, "state": phrase(f"state.{agency.state}")}


def _about_names(code: str, names: str, seen: Seen) -> Found:
    for name in names.split("\n"):
        odd = suspicions(name)
        if odd:
            characters = listed([same(f"{one.code_point} {one.name}") for one in odd])
            yield "odd_name", {"name": name, "characters": characters}
        outline = name_outline(name)
        for other, agency in seen.agencies.items():
            if other != code and outline in {name_outline(agency.zh_hant), name_outline(agency.en)}:
                told = Told(same(agency.zh_hant).zh_hant, same(agency.en).en)
                yield "same_name", {"code": other, "name": told}


def _about_key(call: DecodedCall, seen: Seen) -> Found:
    if "kid" not in call.arguments:
        return
    kid = call.arguments["kid"].hex()
    known = seen.keys.get(kid)
    if call.function != "addKey":
        if known is None or not known.agency:
            yield "unknown_key", {"kid": kid}
        elif known.ended or known.compromised:
            yield "key_gone", {"kid": kid}
        return
    if known is not None and known.agency:
        yield "known_key", {"kid": kid, "agency": agency_told(known.agency, seen)}
    if known is not None and known.signs_checkpoints:
        yield "signer_key", {"kid": kid}
    yield from _about_key_bytes(kid, call.arguments["alg"], call.arguments["coseKey"])


def _about_key_bytes(kid: str, alg: int, cose_key: bytes) -> Found:
    expected = kid_of(cose_key).hex()
    if kid != expected:
        yield "wrong_kid", {"kid": kid, "expected": expected}
    try:
        fits = batch_key_algorithm(cose_key) == alg
    except KeyFormatError:
        fits = False
    if not fits:
        yield "bad_key", {}


def _about_numbers(call: DecodedCall, seen: Seen) -> Found:
    arguments = call.arguments
    number = arguments.get("typeNo")
    if number is not None and number not in seen.types and call.function != "registerType":
        yield "unknown_type", {"number": number}
    for name in ("id", "parent"):
        if (
            call.contract != "Council"
            and name in arguments
            and arguments[name] not in seen.accreditations
        ):
            yield "unknown_accreditation", {"number": arguments[name]}
    if "alg" in arguments and arguments["alg"] not in ALGORITHM_NAMES:
        yield "unknown_algorithm", {"alg": arguments["alg"]}
    if call.contract == "Registry" and "digest" in arguments and not any(arguments["digest"]):
        yield "zero_digest", {}


def _about_times(call: DecodedCall, seen: Seen) -> Found:
    arguments = call.arguments
    if call.function == "compromiseKey" and arguments["since"] > seen.at:
        yield "future", {"at": time_told(arguments["since"])}
    for name in ("until", "effectiveAt"):
        at = arguments.get(name, 0)
        if 0 < at <= seen.at:
            yield "past", {"at": time_told(at)}
    if call.function == "stopAlgorithm" and arguments["effectiveAt"] <= seen.at:
        yield "stop_now", {}
