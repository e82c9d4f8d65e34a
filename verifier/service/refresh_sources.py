"""Where a service gets newer trust data: a file that is renewed, mirrors, a node of the chain.

Each gives a bundle that opened from the trust anchor, or says in an error why not.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import NamedTuple, Protocol

from credential.ids import UnixTime
from registry.anchor_file import TrustAnchor
from registry.bundle import NO_FLOORS, open_bundle
from registry.bundle_file import PAGE_LIMITS, GuestFile, ReadAt, inflate, read_body, read_envelope
from registry.bundle_writer import make_full_bundle
from registry.chain_protocol import JournalChain
from registry.errors import BundleError
from registry.journal import Journal
from registry.lineage import RegistryId
from registry.mirror.fetch_bundle import fetch_bundle
from registry.mirror.sources import Source
from registry.trust import replay
from registry.trust_data import BundleKind, Documents, EvidenceStrength, Floor, TrustData
from registry.usable_documents import usable_documents
from verifier.errors import SourceError
from verifier.sources import MOST_BUNDLE_BYTES, RegistryName, check_not_below, registry_of


class Floors(NamedTuple):
    """What was seen before, of home and of guests: nothing behind it is taken."""

    home: Floor | None = None
    guests: Mapping[RegistryId, Floor] = NO_FLOORS


class Kept(NamedTuple):
    """The bundle that is held, and what it opened to."""

    bundle: bytes
    trust: TrustData


class TrustSource(Protocol):
    """One place to ask. Raises SealrootError where it has nothing that may be used."""

    @property
    def label(self) -> str:
        """What anybody may know of it: `file`, `mirror 2`, `chain`."""

    @property
    def name(self) -> str:
        """Its address, for the log of those who run the service."""

    def newest(self, held: Kept | None, floors: Floors, now: int) -> Kept:
        """Return the newest trust data it has, which may be the one held."""


class WeakEvidenceError(SourceError):
    """Nobody whom the trust anchor trusts vouches for a bundle: anybody could have written it."""


class FileSource:
    """A bundle file that somebody renews; read again only when it has changed."""

    label = "file"

    def __init__(self, path: Path, anchor: TrustAnchor) -> None:
        self._path = path
        self._anchor = anchor
        self._seen: tuple[int, int, int] | None = None

    @property
    def name(self) -> str:
        """The file."""
        return str(self._path)

    def look(self) -> None:
        """What is there now is what `has_changed` compares with."""
        self._seen = self._mark()

    def has_changed(self) -> bool:
        """Say whether the file is another one than when it was last read or looked at."""
        return self._mark() != self._seen

    def newest(self, held: Kept | None, floors: Floors, now: int) -> Kept:
        """Return what is in the file; the one held where that is what it gave before."""
        del now
        mark, before = self._mark(), self._seen
        self._seen = mark  # what is bad, or missing, is looked at again only when it has changed
        if held is not None and mark is not None and mark == before:
            return held
        try:
            with self._path.open("rb") as file:
                bundle = file.read(MOST_BUNDLE_BYTES + 1)
        except OSError as error:
            raise SourceError(f"the bundle file cannot be read: {error.strerror}") from error
        if held is not None and bundle == held.bundle:
            return held
        return Kept(bundle, _vouched(_opened(bundle, self._anchor, floors)))

    def _mark(self) -> tuple[int, int, int] | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_ino, found.st_size, found.st_mtime_ns


class MirrorSource:
    """A mirror that nobody believes: by a delta where one leads on from what is held."""

    def __init__(
        self,
        number: int,
        name: str,
        anchor: TrustAnchor,
        kind: BundleKind,
        open_source: Callable[[], AbstractContextManager[Source]],
    ) -> None:
        self.label = f"mirror {number}"
        self.name = name
        self._anchor = anchor
        self._kind = kind
        self._open = open_source

    def newest(self, held: Kept | None, floors: Floors, now: int) -> Kept:
        """Return the mirror's newest bundle, or the one held where it has nothing newer."""
        del now
        same_kind = held is not None and held.trust.kind is self._kind
        base = held.bundle if held is not None and same_kind else None
        with self._open() as source:
            found = fetch_bundle(source, self._kind.name.lower(), self._anchor, base)
        if held is not None and found.way == "held":
            return held
        # Not behind what was seen in a bundle of the other kind either, or in an earlier life.
        return Kept(found.bundle, _vouched(_opened(found.bundle, self._anchor, floors)))


class ChainSource:
    """A node that whoever runs the service trusts: nothing but its word vouches for the head."""

    label = "chain"

    def __init__(
        self, name: str, anchor: TrustAnchor, open_chain: Callable[[RegistryName], JournalChain]
    ) -> None:
        self.name = name
        self._anchor = anchor
        self._open = open_chain

    def newest(self, held: Kept | None, floors: Floors, now: int) -> Kept:
        """Return the final part of the journal with the documents of the bundle held, by digest."""
        registry = registry_of(self._anchor, None if held is None else held.trust)
        chain = self._open(registry)
        first = registry.first_home or (registry.chain_id, registry.contract)
        entries = tuple(chain.entries(0, chain.finalized_size()))
        if floors.home is not None:
            check_not_below(floors.home, first, entries, UnixTime(now))
        carried = _carried(held)
        documents = usable_documents(replay(*first, entries), carried.documents).documents

        def made(guests: Sequence[GuestFile]) -> Kept:
            bundle = make_full_bundle(
                Journal(*first, entries),
                documents,
                made_at=now,
                read_at=ReadAt(len(entries), UnixTime(now)),
                guests=guests,
            )
            return Kept(bundle, _opened(bundle, self._anchor, floors))

        try:
            return made(carried.guests)
        except BundleError:
            if not carried.guests:
                raise
            return made(())  # recognised otherwise since: what is held of them is of no use


class _Carried(NamedTuple):
    documents: Documents = Documents()
    guests: tuple[GuestFile, ...] = ()


def _carried(held: Kept | None) -> _Carried:
    """Return the public files and the guests in the bundle that is held, which opened before."""
    if held is None:
        return _Carried()
    envelope = read_envelope(held.bundle, PAGE_LIMITS)
    body = read_body(inflate(envelope.compressed, envelope.body_bytes), envelope.kind)
    return _Carried(body.documents, body.guests)


def _opened(bundle: bytes, anchor: TrustAnchor, floors: Floors) -> TrustData:
    return open_bundle(bundle, anchor=anchor, floor=floors.home, guest_floors=floors.guests)


def _vouched(trust: TrustData) -> TrustData:
    if trust.evidence.strength is EvidenceStrength.UNPROVEN:
        raise WeakEvidenceError(
            "nobody whom the trust anchor trusts vouches for the bundle: it has no checkpoint, so "
            "anybody could have written it"
        )
    return trust
