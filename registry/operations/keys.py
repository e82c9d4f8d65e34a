"""Batch keys.

Add, end, declare compromised, and confirm what a compromised key had rightly anchored.
"""

from collections.abc import Callable
from typing import Any

from credential.ids import AgencyCode, Kid
from credential.keys import load_key
from registry.kinds import KeyPurpose
from registry.open_registry import OpenRegistry
from registry.operations.agencies import operations_account_name
from registry.payload_codec import encode_agency_code


def add(registry: OpenRegistry, code: str, cose_key: bytes) -> Kid:
    """The agency may sign batches with this key from now on.

    Raises `KeyFormatError` for an unsafe key.
    """
    key = load_key(cose_key)  # the contract checks the shape, not whether the point is on its curve
    purpose = int(KeyPurpose.SIGN_BATCH_ROOTS)
    padded = encode_agency_code(code)
    registry.decide(
        "addKey",
        [padded, key.kid, key.alg, purpose, cose_key],
        is_done=lambda: bytes(_on_chain(registry, key.kid)[0]) == padded,
    )
    return key.kid


def end(registry: OpenRegistry, kid: Kid, *, by_agency: str | None = None) -> None:
    """The key anchors nothing more; what it has anchored stands.

    Done by the agency itself, or else by the council.
    """
    _declare(
        registry,
        "endKey",
        [kid],
        by_agency=by_agency,
        is_done=lambda: bool(_on_chain(registry, kid)[2]),
    )


def compromise(
    registry: OpenRegistry, kid: Kid, since: int, *, by_agency: str | None = None
) -> None:
    """What the key signed counts no more, unless it was anchored before `since`.

    By the agency, or else the council.
    """

    def is_done() -> bool:
        _, _, _, compromised, earliest = _on_chain(registry, kid)
        return bool(compromised) and int(earliest) <= since

    arguments = [kid, since]
    _declare(registry, "compromiseKey", arguments, by_agency=by_agency, is_done=is_done)


def confirm(registry: OpenRegistry, code: str, batch_no: int) -> None:
    """A batch that a compromised key anchored counts all the same.

    The council has seen that it is genuine.
    """

    def is_done() -> bool:
        anchors = registry.state().content.anchors
        return any(a.confirmed for a in anchors if (a.agency, a.batch_no) == (code, batch_no))

    registry.decide("confirmBatch", [encode_agency_code(code), batch_no], is_done=is_done)


def keys_of(registry: OpenRegistry, code: str) -> list[Kid]:
    """Return the key ids of an agency's keys in force, the newest last."""
    keys = registry.state().content.keys.values()
    return [
        key.kid
        for key in keys
        if key.agency == AgencyCode(code) and key.ended_at is None and key.compromise is None
    ]


def _declare(
    registry: OpenRegistry,
    function: str,
    arguments: list[object],
    *,
    by_agency: str | None,
    is_done: Callable[[], bool],
) -> None:
    """The agency's operations account has sent this, or else the council has decided it."""
    if by_agency is None:
        registry.decide(function, arguments, is_done=is_done)
    else:
        account = operations_account_name(by_agency)
        registry.act(function, arguments, account, is_done=is_done)


def _on_chain(registry: OpenRegistry, kid: Kid) -> list[Any]:
    """Agency code, alg, ended, compromised, since: as contracts/IRegistry.sol returns them."""
    return list(registry.chain.read("Registry", "key", kid))
