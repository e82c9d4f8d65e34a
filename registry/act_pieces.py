"""The arguments of a proposed call as words: whose account, which agency, what time."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final

from credential.errors import FormatError, KeyFormatError
from credential.keys import ALG_EDDSA, ALG_ES256, ALG_MLDSA44, kid_of
from registry.artifacts import CONTRACT_NAMES, artifact, selector_of
from registry.decoded_call import DecodedCall
from registry.errors import JournalError
from registry.key_shape import signer_key_algorithm
from registry.recognition import decode_tail
from registry.seen import Seen
from registry.signers import decode_cose_key_array
from registry.told import Told, listed, phrase, same

ALGORITHM_NAMES: Final = {ALG_ES256: "ES256", ALG_MLDSA44: "ML-DSA-44", ALG_EDDSA: "Ed25519"}
PUBLIC_ROLE: Final = 2**64 - 1
TAIPEI: Final = timezone(timedelta(hours=8))
_SPANS: Final = (("days", 86_400), ("hours", 3_600), ("minutes", 60), ("seconds", 1))


def pieces_of(call: DecodedCall, seen: Seen) -> dict[str, Told]:
    """Return every argument of a call as words, by its name in the ABI."""
    return {name: _piece(call, name, value, seen) for name, value in call.arguments.items()}


def agency_told(code: str, seen: Seen) -> Told:
    """Return an agency with its present name and state."""
    if not code:
        return phrase("none")
    known = seen.agencies.get(code)
    if known is None:
        return phrase("agency_unknown", code=code)
    name = Told(same(known.zh_hant).zh_hant, same(known.en).en)
    if known.state == "active":
        return phrase("agency", code=code, name=name)
    return phrase("agency_state", code=code, name=name, state=phrase(f"state.{known.state}"))


def address_told(address: str, seen: Seen) -> Told:
    """Return an account with whose it is."""
    ours = {seen.registry: "registry", seen.council: "council", seen.manager: "manager"}
    by_address = {own.lower(): whose for own, whose in ours.items()}
    if address.lower() in by_address:
        whose = phrase(f"whose.{by_address[address.lower()]}")
        return phrase("address_of", address=address, whose=whose)
    known = {name.lower(): found for name, found in seen.addresses.items()}.get(address.lower())
    if address.lower() in {member.lower() for member in seen.members}:
        whose = phrase("whose.member")
    elif known is not None and known.agencies:
        whose = phrase("whose.agency", codes=", ".join(known.agencies))
    else:
        whose = phrase("whose.unknown")
    return phrase("address_of", address=address, whose=whose)


def time_told(at: int) -> Told:
    """Return a time as it is read in Taipei and in UTC."""
    try:
        moment = datetime.fromtimestamp(at, UTC)
    except (ValueError, OverflowError, OSError):
        return phrase("time_odd", seconds=at)
    form = "%Y-%m-%d %H:%M:%S"
    return phrase(
        "time", taipei=moment.astimezone(TAIPEI).strftime(form), utc=moment.strftime(form)
    )


def duration_told(seconds: int) -> Told:
    """Return a length of time in days, hours, minutes and seconds."""
    parts: list[Told] = []
    rest = seconds
    for unit, length in _SPANS:
        count, rest = divmod(rest, length)
        if count:
            parts.append(phrase(f"duration.{unit}", n=count))
    if not parts:
        return phrase("duration.seconds", n=0)
    return Told(" ".join(part.zh_hant for part in parts), " ".join(part.en for part in parts))


def code_of(raw: bytes) -> str:
    """Return an agency code out of its 16 bytes; what is no ASCII is written out."""
    return raw.rstrip(b"\0").decode("ascii", "backslashreplace")


def signer_keys(cose_keys: bytes) -> list[tuple[str, str]]:
    """Return kid and algorithm of each checkpoint signer.

    Raises FormatError or KeyFormatError where they cannot be read.
    """
    return [
        (kid_of(key).hex(), ALGORITHM_NAMES[signer_key_algorithm(key)])
        for key in decode_cose_key_array(cose_keys)
    ]


def _piece(call: DecodedCall, name: str, value: Any, seen: Seen) -> Told:  # noqa: ANN401 - whatever the ABI holds
    if name == "id" and call.contract == "Council":
        return same(str(value))
    if name == "agencyCode" and call.function == "registerAgency":
        return same(code_of(value))
    if name == "data" and call.inside:
        return phrase("inside")
    if name in _BY_NAME:
        return _BY_NAME[name](value, seen)
    if isinstance(value, bytes):
        return same(f"0x{value.hex()}")
    if isinstance(value, bool):
        return phrase("yes" if value else "no")
    if isinstance(value, list | tuple):
        return listed(
            [same(item.hex() if isinstance(item, bytes) else str(item)) for item in value]
        )
    return same(str(value))


def _names(text: str, _seen: Seen) -> Told:
    zh_hant, _, en = text.partition("\n")
    return phrase("both_names", zh=zh_hant, en=en)


def _kid(kid: bytes, seen: Seen) -> Told:
    found = seen.keys.get(kid.hex())
    if found is not None and found.agency:
        return phrase("kid_of", kid=kid.hex(), agency=agency_told(found.agency, seen))
    return phrase("kid", kid=kid.hex())


def _type(number: int, seen: Seen) -> Told:
    if number not in seen.types:
        return phrase("type_unknown", number=number)
    _, zh_hant, en = seen.types[number]
    if not en:
        return same(str(number))
    return phrase("type", number=number, name=Told(same(zh_hant).zh_hant, same(en).en))


def _accreditation(number: int, seen: Seen) -> Told:
    found = seen.accreditations.get(number)
    if found is None:
        return phrase("accreditation_unknown", number=number)
    return phrase(
        "accreditation",
        number=number,
        agency=agency_told(found.agency, seen),
        type_no=_type(found.type_no, seen),
    )


def _signers(raw: bytes, _seen: Seen) -> Told:
    try:
        keys = signer_keys(raw)
    except (FormatError, KeyFormatError):
        return phrase("unreadable", length=len(raw))
    told = listed([same(f"{algorithm} {kid}") for kid, algorithm in keys])
    return phrase("signers", count=len(keys), keys=told)


def _tail(raw: bytes, seen: Seen) -> Told:
    try:
        terms = decode_tail(raw)
    except JournalError:
        return phrase("unreadable", length=len(raw))
    return phrase(
        "recognised",
        name=Told(same(terms.name_zh_hant).zh_hant, same(terms.name_en).en),
        types=listed([_type(number, seen) for number in terms.type_nos]),
        needed=terms.signers.threshold,
        signers=len(terms.signers.cose_keys),
        validators=len(terms.validators),
    )


def _role(role: int, _seen: Seen) -> Told:
    if role == PUBLIC_ROLE:
        return phrase("role.public")
    return phrase(f"role.{role}") if role in {0, 1, 2} else same(str(role))


def _selectors(raw: list[bytes], _seen: Seen) -> Told:
    names = {
        selector_of(item): f"{contract}.{item['name']}"
        for contract in CONTRACT_NAMES
        for item in artifact(contract).abi
        if item["type"] == "function"
    }
    return listed([same(names.get(bytes(one), f"0x{bytes(one).hex()}")) for one in raw])


def _time_or(empty: str) -> Callable[[int, Seen], Told]:
    return lambda at, _seen: phrase(empty) if at == 0 else time_told(at)


_BY_NAME: Final[Mapping[str, Callable[[Any, Seen], Told]]] = {
    **dict.fromkeys(
        ("agencyCode", "successorCode"), lambda raw, seen: agency_told(code_of(raw), seen)
    ),
    **dict.fromkeys(
        ("anchorAccount", "operationsAccount", "account", "caller", "target", "newAuthority",
         "registry", "callerConfirmation"),
        address_told,
    ),
    **dict.fromkeys(("executionDelay", "newDelay"), lambda value, _seen: duration_told(value)),
    **dict.fromkeys(("roleId", "admin", "guardian"), _role),
    **dict.fromkeys(("id", "parent"), _accreditation),
    "newMembers": lambda addresses, seen: listed([address_told(one, seen) for one in addresses]),
    "names": _names,
    "kid": _kid,
    "alg": lambda alg, _seen: same(ALGORITHM_NAMES.get(alg, str(alg))),
    "since": lambda at, _seen: time_told(at),
    "until": _time_or("time_open"),
    "effectiveAt": _time_or("time_none"),
    "when": _time_or("time_none"),
    "typeNo": _type,
    "coseKeys": _signers,
    "selectors": _selectors,
    "tail": _tail,
}  # fmt: skip
