"""Recognition: the council lets documents of another registry count here, and ends that again.

What is recognised comes out of the other registry's trust anchor file. Also which recognition the
bundle of such a registry belongs to.
"""

from collections.abc import Sequence
from typing import Any

from eth_utils.address import to_checksum_address

from registry.anchor_file import TrustAnchor
from registry.bundle import open_bundle
from registry.bundle_file import GuestFile
from registry.errors import BundleError
from registry.guests import without_guests
from registry.lineage import registries
from registry.open_registry import OpenRegistry
from registry.plain_words import explained
from registry.recognition import RecognisedRegistry, Recognition, encode_tail
from registry.rim_errors import UnknownNumberError
from registry.trust_state import TrustState


def recognition_call(anchor: TrustAnchor, type_nos: Sequence[int], until: int = 0) -> list[Any]:
    """Return the arguments of the contract's `recogniseRegistry`.

    Raises `JournalError` for types that are none, or more than an entry can hold.
    """
    contents = RecognisedRegistry(
        signers=anchor.signers,
        type_nos=tuple(sorted(set(type_nos))),
        name_zh_hant=anchor.name_zh_hant,
        name_en=anchor.name_en,
        validators=anchor.validators,
        engine=0 if anchor.consensus is None else int(anchor.consensus.engine),
        epoch_length=0 if anchor.consensus is None else anchor.consensus.epoch,
    )
    return [anchor.chain_id, to_checksum_address(anchor.contract), until, encode_tail(contents)]


def recognise(
    registry: OpenRegistry, anchor: TrustAnchor, type_nos: Sequence[int], *, until: int = 0
) -> int:
    """Documents of these types by that registry count here; returns the recognition's number.

    The same recognition again is not made twice while the first is in force. Raises
    `ActScheduledError` while the council's delay is running.
    """
    arguments = recognition_call(anchor, type_nos, until)
    wanted = (anchor.chain_id, anchor.contract, until, arguments[3])

    def find() -> Recognition | None:
        same = (
            known
            for known in registry.state().recognitions
            if (known.chain_id, known.contract, known.until, known.tail) == wanted
            and known.in_force(registry.chain.next_block_time())
        )
        return next(same, None)

    registry.decide("recogniseRegistry", arguments, is_done=lambda: find() is not None)
    found = find()
    if found is None:
        raise explained(
            UnknownNumberError("the recognition was ended again just now"),
            means="That registry is not recognised by this act.",
            way_out="See what happened with `sealroot registry recognition list`.",
        )
    return found.number


def end(registry: OpenRegistry, number: int) -> Recognition:
    """No document of that registry counts here any more, whenever it was made."""
    known = recognition(registry.state(), number)
    registry.decide(
        "endRecognition",
        [number],
        is_done=lambda: recognition(registry.state(), number).ended_at is not None,
    )
    return known


def recognition(state: TrustState, number: int) -> Recognition:
    """Return a recognition by its number; raises `UnknownNumberError`."""
    found = state.recognition(number)
    if found is None:
        raise explained(
            UnknownNumberError(f"there is no recognition number {number}"),
            means="Nothing was changed.",
            way_out="See the numbers with `sealroot registry recognition list`.",
        )
    return found


def guest_file(state: TrustState, bundle: bytes) -> GuestFile:
    """Return the bundle of another registry, its own guests left out, with its newest recognition.

    `state` is the one the home bundle will show. Raises `BundleError` for a registry it does not
    recognise, and TrustDataError for a bundle that cannot be opened.
    """
    trust = open_bundle(bundle)
    names = registries(trust.state.homes)
    numbers = [known.number for known in state.recognitions if known.registry in names]
    if not numbers:
        raise explained(
            BundleError(
                f"the bundle of contract 0x{trust.state.contract.hex()} on chain "
                f"{trust.state.chain_id} cannot be a guest: the journal up to the newest "
                "checkpoint does not recognise that registry"
            ),
            means="No bundle was made.",
            way_out="Recognise it with `sealroot registry recognise`, then make a new checkpoint.",
        )
    return GuestFile(max(numbers), without_guests(bundle))
