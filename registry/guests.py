"""Opens the guests of a bundle: other registries' bundles, each by the recognition that names it.

docs/formats/bundle.md, step 5, "Guests". Nobody at home has signed for these bytes, so they are
bounded together with home's before any is inflated, and one that is refused refuses the whole.
"""

import zlib
from collections.abc import Callable, Mapping, Sequence

from credential import cbor
from registry.anchor_file import TrustAnchor
from registry.bundle_file import (
    PAGE_LIMITS,
    BundleLimits,
    Envelope,
    GuestFile,
    inflate,
    read_body,
    read_envelope,
)
from registry.errors import BundleError, TrustDataError
from registry.lineage import RegistryId, registries
from registry.recognition import Recognition
from registry.trust_data import (
    EvidenceStrength,
    Floor,
    Guest,
    TrustData,
    guest_of,
)

OpenOne = Callable[[bytes, TrustAnchor, Floor | None, BundleLimits], TrustData]
"""Opens one bundle that may have no guests of its own, by the steps of bundle.md."""


def open_guests(
    files: Sequence[GuestFile],
    home: TrustData,
    envelope: Envelope,
    *,
    limits: BundleLimits,
    floors: Mapping[RegistryId, Floor],
    open_one: OpenOne,
) -> tuple[Guest, ...]:
    """The guests of a bundle whose own state and evidence are established.

    `floors` are what a store has seen of them, by the registry that the recognition names: what a
    guest says of its own earlier homes must not touch another one's floor. Raises TrustDataError:
    BundleError for a guest that fits no recognition, and whatever a guest itself is refused with.
    """
    left = limits.for_guests(envelope)
    guests: list[Guest] = []
    for file in files:
        recognition = _recognition(file, home)
        try:
            guest = read_envelope(file.bundle, left)
            floor = floors.get(recognition.registry)
            trust = open_one(file.bundle, _anchor(recognition), floor, left)
            _require_evidence(trust)
        except TrustDataError as error:
            raise type(error)(
                f"the guest of recognition {file.recognition} cannot be used: {error}"
            ) from error
        _require_newest(recognition, trust, home)
        left = left.after(guest)
        guests.append(guest_of(recognition, trust, home.evidence))
    _require_different(home, guests)
    return tuple(guests)


def without_guests(bundle: bytes) -> bytes:
    """The same bundle without guests of its own, as it may stand inside another one.

    Nobody signs the file of a bundle, so nothing that anybody vouches for is changed. Raises
    BundleError.
    """
    envelope = read_envelope(bundle, PAGE_LIMITS)
    inflated = inflate(envelope.compressed, envelope.body_bytes)
    body = read_body(inflated, envelope.kind)
    if not body.guests:
        return bundle
    # Deterministic CBOR: what was read can stand there in these bytes only, before member 11.
    behind = b"" if body.waymarks is None else b"\x0b" + cbor.encode(body.waymarks)
    member = b"\x0a" + cbor.encode([list(guest) for guest in body.guests])
    before = inflated[1 : len(inflated) - len(member) - len(behind)]
    left = bytes([inflated[0] - 1]) + before + behind
    return cbor.encode(
        {
            1: 1,
            2: int(envelope.kind),
            3: envelope.chain_id,
            4: envelope.contract,
            5: len(left),
            6: zlib.compress(left, 9),
        }
    )


def _recognition(file: GuestFile, home: TrustData) -> Recognition:
    recognition = home.state.recognition(file.recognition)
    if recognition is None:
        raise BundleError(
            f"the bundle has a guest by recognition {file.recognition}, which the journal "
            "does not know"
        )
    return recognition


def _anchor(recognition: Recognition) -> TrustAnchor:
    anchor = recognition.trust_anchor()
    if anchor is None:
        raise BundleError("what the recognition says cannot be read, so it recognises nothing")
    return anchor


def _require_evidence(trust: TrustData) -> None:
    if trust.evidence.strength < EvidenceStrength.CHECKPOINT:
        raise BundleError(
            "nobody whom the recognition names vouches for it: its head was only read from a node"
        )


def _require_newest(recognition: Recognition, trust: TrustData, home: TrustData) -> None:
    """The council's last word on a registry counts, by whichever of its homes it was named."""
    names = registries(trust.state.homes)
    newest = max(known.number for known in home.state.recognitions if known.registry in names)
    if newest != recognition.number:
        raise BundleError(
            f"a guest is opened by recognition {recognition.number}, but recognition {newest} is "
            "a newer one of the same registry"
        )


def _require_different(home: TrustData, guests: Sequence[Guest]) -> None:
    """No guest is another one, or home, under a second name."""
    firsts = {trust.state.homes[0].registry for trust in (home, *(g.trust for g in guests))}
    if len(firsts) != 1 + len(guests):
        raise BundleError("two guests of the bundle, or a guest and home, are of one registry")
