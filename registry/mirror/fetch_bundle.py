"""Brings a verifier's bundle up to date from a mirror that nobody believes.

By a delta where one leads there, else whole; opened from the trust anchor before it is kept.
"""

from typing import NamedTuple

from registry.anchor_file import TrustAnchor
from registry.bundle import open_bundle
from registry.bundle_file import PAGE_LIMITS
from registry.errors import BundleError, ForeignRegistryError
from registry.mirror.delta import apply_delta
from registry.mirror.errors import SourceError
from registry.mirror.offer import find_standing
from registry.mirror.sources import Source
from registry.trust_data import TrustData


class FetchedBundle(NamedTuple):
    """A bundle that opens, how it came, and how many bytes that took.

    `way` is delta, whole, or held where the mirror has nothing newer.
    """

    bundle: bytes
    trust: TrustData
    way: str
    received: int


def fetch_bundle(
    source: Source, kind: str, anchor: TrustAnchor, held: bytes | None = None
) -> FetchedBundle:
    """Return the newest bundle of this kind, never older than the one held.

    Raises SourceError, RefusedError (another registry), or TrustDataError for a bundle that must
    not be used: one held that does not open, one that is false, or older (RollbackError).
    """
    prefix, standing = find_standing(source, anchor)
    if held is None:
        return _whole(source, f"{prefix}bundles/{kind}.srb", anchor, None)
    before = open_bundle(held, anchor=anchor)
    told = (standing.vouched_size, standing.as_of)
    if told == (before.state.size, before.evidence.as_of):
        return FetchedBundle(held, before, "held", 0)
    path = f"{prefix}bundles/{kind}-{before.state.size}.srd"
    return _by_delta(source, path, anchor, held, before) or _whole(
        source, f"{prefix}bundles/{kind}.srb", anchor, before
    )


def _by_delta(
    source: Source, path: str, anchor: TrustAnchor, held: bytes, before: TrustData
) -> FetchedBundle | None:
    """The bundle by a delta; None where there is none that leads to a bundle which opens."""
    try:
        delta = source.fetch(path, PAGE_LIMITS.file_bytes)
        made = apply_delta(held, delta)
        trust = open_bundle(made, anchor=anchor, floor=before.floor)
    except SourceError as error:
        if error.missing:
            return None
        raise
    except (BundleError, ForeignRegistryError):
        return None
    return FetchedBundle(made, trust, "delta", len(delta))


def _whole(
    source: Source, path: str, anchor: TrustAnchor, before: TrustData | None
) -> FetchedBundle:
    bundle = source.fetch(path, PAGE_LIMITS.file_bytes)
    floor = None if before is None else before.floor
    trust = open_bundle(bundle, anchor=anchor, floor=floor)
    return FetchedBundle(bundle, trust, "whole", len(bundle))
