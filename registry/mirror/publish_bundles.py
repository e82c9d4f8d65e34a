"""Makes the newest bundles of a mirror's folder, and the deltas that lead to them."""

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Final

from credential import cbor
from registry.anchor_file import TrustAnchor
from registry.bundle import make_full_bundle, make_lite_bundle, open_bundle
from registry.bundle_file import PAGE_LIMITS, GuestFile, ReadAt
from registry.errors import BundleError, TrustDataError
from registry.evidence.file import chain_evidence_value
from registry.journal import Journal
from registry.mirror.delta import make_delta
from registry.mirror.errors import RefusedError
from registry.mirror.folder import MirrorFolder
from registry.mirror.published import Published, anchor_of, encode_checkpoints
from registry.operations.recognitions import guest_file
from registry.trust_builder import TrustBuilder
from registry.trust_state import TrustState
from registry.usable_documents import usable_documents

KEPT_FOR_DELTAS: Final = 4
MAX_GUESTS: Final = 16
_INPUTS: Final = "bundles/made-from.json"


def publish_bundles(folder: MirrorFolder, published: Published) -> None:
    """The newest bundles are here, opened once more before anybody is offered them."""
    guests = _guests(folder)
    inputs = _inputs(published, guests)
    if folder.read(_INPUTS, 1 << 16) == inputs:
        return
    anchor = anchor_of(published) if published.vouched.is_vouched_for else None
    for kind, make in (("full", _full), ("lite", _lite)):
        bundle = _opening(kind, make, published, anchor, guests)
        if bundle is None:
            continue
        size = published.vouched.state.size
        _publish_deltas(folder, kind, bundle, size)
        folder.write(f"bundles/{kind}.srb", bundle)
        folder.write(f"bundles/old/{kind}-{size:010d}.srb", bundle)
    # A crash right here makes the same bundles again.
    folder.write(_INPUTS, inputs)


def _opening(
    kind: str,
    make: Callable[[Published, Sequence[GuestFile]], bytes | None],
    published: Published,
    anchor: TrustAnchor | None,
    guests: Sequence[bytes],
) -> bytes | None:
    """The bundle, which opens from the trust anchor; with the guests that fit it, else without."""
    fitting = _fitting(published.vouched.state, guests)
    for chosen in (fitting, []) if fitting else ([],):
        bundle = make(published, chosen)
        try:
            if bundle is not None:
                open_bundle(bundle, anchor=anchor)
        except TrustDataError as error:
            if not chosen:
                raise RefusedError(
                    f"a {kind} bundle made of it does not open: {error}", "malformed"
                ) from error
        else:
            return bundle
    return None


def _guests(folder: MirrorFolder) -> list[bytes]:
    """The bundles of the registries beside, lite where there is one."""
    found = []
    for other in folder.others()[:MAX_GUESTS]:
        for kind in ("lite", "full"):
            bundle = other.read(f"bundles/{kind}.srb", PAGE_LIMITS.file_bytes)
            if bundle is not None:
                found.append(bundle)
                break
    return found


def _fitting(state: TrustState, guests: Sequence[bytes]) -> list[GuestFile]:
    """The guests that the state recognises, by their recognition numbers."""
    fitting: dict[int, GuestFile] = {}
    for guest in guests:
        with suppress(TrustDataError):
            file = guest_file(state, guest)
            fitting.setdefault(file.recognition, file)
    return [fitting[number] for number in sorted(fitting)]


def _inputs(published: Published, guests: Sequence[bytes]) -> bytes:
    """What the bundles are made from, so that the same are not made twice."""
    vouched = published.vouched
    files = [sha256(file).hexdigest() for files in vouched.documents for file in files]
    evidence = sha256(encode_checkpoints(vouched.checkpoints))
    if vouched.chain is not None:
        evidence.update(cbor.encode(chain_evidence_value(vouched.chain)))
    beside = [sha256(guest).hexdigest() for guest in guests]
    return json.dumps([vouched.state.size, evidence.hexdigest(), sorted(files), beside]).encode()


def _full(published: Published, guests: Sequence[GuestFile]) -> bytes | None:
    """The full bundle; None where no reader would take one so large: chunks and lite go on."""
    vouched = published.vouched
    size = vouched.state.size
    with suppress(BundleError):
        return make_full_bundle(
            Journal(*published.registry, tuple(published.journal.entries[:size])),
            vouched.documents,
            made_at=published.made_at,
            checkpoints=vouched.checkpoints,
            read_at=None if vouched.is_vouched_for else ReadAt(size, vouched.as_of),
            guests=guests,
            with_waymarks=True,
            chain=vouched.chain,
        )
    return None


def _lite(published: Published, guests: Sequence[GuestFile]) -> bytes | None:
    """The lite bundle as of the newest checkpoint; None without one."""
    vouched = published.vouched
    if not vouched.checkpoints:
        return None
    size = vouched.checkpoints[-1].statement.size
    state = vouched.state
    if size < state.size:
        builder = TrustBuilder(*published.registry)
        builder.extend(published.journal.entries[:size])
        state = builder.build()
    return make_lite_bundle(
        state,
        usable_documents(state, vouched.documents).documents,
        made_at=published.made_at,
        checkpoints=vouched.checkpoints,
        guests=guests,
        chain=vouched.chain if size == vouched.state.size else None,
    )


def _publish_deltas(folder: MirrorFolder, kind: str, bundle: bytes, size: int) -> None:
    """From each of the last bundles a delta leads to this one; older deltas are gone."""
    old = sorted((folder.root / "bundles" / "old").glob(f"{kind}-*.srb"))
    kept = [path for path in old if _size_in(path) != size][-KEPT_FOR_DELTAS:]
    for path in kept:
        folder.write(f"bundles/{kind}-{_size_in(path)}.srd", make_delta(path.read_bytes(), bundle))
    for path in set(old) - set(kept):
        path.unlink()
    names = {f"{kind}-{_size_in(path)}.srd" for path in kept}
    for stale in (folder.root / "bundles").glob(f"{kind}-*.srd"):
        if stale.name not in names:
            stale.unlink()


def _size_in(path: Path) -> int:
    return int(path.stem.rpartition("-")[2])
