"""Accreditation.

The council grants it, an accredited agency passes part of it on, and either ends what it gave.
"""

from collections.abc import Callable

from credential.ids import AgencyCode
from registry.open_registry import OpenRegistry
from registry.operations.agencies import operations_account_name
from registry.payload_codec import encode_agency_code
from registry.plain_words import explained
from registry.records import Accreditation
from registry.rim_errors import UnknownNumberError


def grant(
    registry: OpenRegistry, code: str, type_no: int, *, depth: int = 0, until: int = 0
) -> int:
    """The agency may issue this type, and delegate it `depth` levels down.

    Returns the accreditation's number.

    The same grant again is not made twice while the first is in force.
    """
    find = _finder(registry, 0, code, type_no=type_no, depth=depth, until=until)
    arguments = [encode_agency_code(code), type_no, depth, until]
    registry.decide("grantAccreditation", arguments, is_done=lambda: find() is not None)
    return _number(find())


def delegate(
    registry: OpenRegistry,
    parent: int,
    code: str,
    *,
    depth: int = 0,
    until: int = 0,
    account: str | None = None,
) -> int:
    """Another agency is accredited within `parent`; returns the new number.

    Sent by the parent's operations account.
    """
    above = accreditation(registry, parent)
    find = _finder(registry, parent, code, type_no=above.type_no, depth=depth, until=until)
    arguments = [parent, encode_agency_code(code), above.type_no, depth, until]
    registry.act(
        "delegateAccreditation",
        arguments,
        account or operations_account_name(above.agency),
        is_done=lambda: find() is not None,
    )
    return _number(find())


def end(registry: OpenRegistry, number: int, *, by_agency: str | None = None) -> None:
    """The accreditation, and all below it, has ended.

    By the parent's agency where it is named, else by the council.
    """

    def is_done() -> bool:
        return accreditation(registry, number).ended_at is not None

    if by_agency is None:
        registry.decide("endAccreditation", [number], is_done=is_done)
    else:
        account = operations_account_name(by_agency)
        registry.act("endAccreditation", [number], account, is_done=is_done)


def accreditation(registry: OpenRegistry, number: int) -> Accreditation:
    """Return an accreditation by its number; raises `UnknownNumberError`."""
    found = registry.state().content.accreditations.get(number)
    if found is None:
        raise explained(
            UnknownNumberError(f"there is no accreditation number {number}"),
            means="Nothing was changed.",
            way_out="See the numbers with `sealroot registry accredit list`.",
        )
    return found


def _finder(
    registry: OpenRegistry, parent: int, code: str, *, type_no: int, depth: int, until: int
) -> Callable[[], Accreditation | None]:
    """Return a function that looks for exactly this accreditation, not ended, in the journal."""
    wanted = (parent, AgencyCode(code), type_no, depth, until)

    def find() -> Accreditation | None:
        given = registry.state().content.accreditations.values()
        same = (
            a
            for a in given
            if (a.parent, a.agency, a.type_no, a.depth, a.until) == wanted and a.ended_at is None
        )
        return next(same, None)

    return find


def _number(found: Accreditation | None) -> int:
    if found is None:
        raise explained(
            UnknownNumberError("the accreditation was ended again just now"),
            means="The agency is not accredited by this act.",
            way_out="See what happened with `sealroot registry accredit list`.",
        )
    return found.number
