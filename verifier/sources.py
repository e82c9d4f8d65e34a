"""Where trust data comes from: a bundle without any network, or a chain and public files."""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from credential.errors import FormatError
from credential.ids import AgencyCode, Digest, UnixTime
from credential.status import StatusList, decode_status_list
from credential.types import CredentialType, load_type
from registry.anchor_file import TrustAnchor, decode_trust_anchor
from registry.bundle import NO_FLOORS, open_bundle
from registry.bundle_file import PAGE_LIMITS
from registry.chain_protocol import JournalChain
from registry.errors import ForeignRegistryError, ForkError, RollbackError
from registry.journal import JournalEntry, head_after
from registry.journal_homes import told_homes
from registry.lineage import RegistryId, registries
from registry.public_folder import Document, PublicFolder
from registry.rim_errors import PublicFolderError
from registry.trust import replay
from registry.trust_data import (
    BundleKind,
    Evidence,
    EvidenceStrength,
    Floor,
    Guest,
    TrustData,
    guest_of,
)
from registry.trust_state import TrustState
from verifier.errors import SourceError
from verifier.store import TrustStore

MOST_BUNDLE_BYTES = PAGE_LIMITS.file_bytes
MOST_ANCHOR_BYTES = 64 * 1024


class RegistryName(NamedTuple):
    """Which registry: the chain and the contract's address, and where its journal began.

    `first_home` is None where that is not known to be elsewhere.
    """

    chain_id: int
    contract: bytes
    first_home: RegistryId | None = None


def read_trust_anchor(path: Path) -> TrustAnchor:
    """Return the trust anchor in a file; raises SourceError or TrustAnchorError."""
    return decode_trust_anchor(read_anchor_file(path))


def read_anchor_file(path: Path) -> bytes:
    """Return the bytes of a trust anchor file, which its digest is of; raises SourceError."""
    return _read(path, MOST_ANCHOR_BYTES, "trust anchor")


def trust_from_bundle(
    path: Path, anchor: TrustAnchor | None, store: TrustStore | None
) -> TrustData:
    """Return the trust data in a bundle file, by the steps of bundle.md; the store remembers it.

    Where a trust anchor is held, a bundle without a checkpoint is not remembered: anybody could
    have written it, and after it every genuine one would be a rollback.
    Raises SourceError for a missing file, TrustDataError (with its code) for what must not be used.
    """
    source = _read(path, MOST_BUNDLE_BYTES, "trust bundle")
    floor = None if store is None else store.floor()
    guest_floors = NO_FLOORS if store is None else store.guest_floors()
    trust = open_bundle(source, anchor=anchor, floor=floor, guest_floors=guest_floors)
    proven = anchor is None or trust.evidence.strength > EvidenceStrength.UNPROVEN
    if store is not None and proven:
        store.accept(trust)
    return trust


def registry_of(anchor: TrustAnchor | None, bundle: TrustData | None) -> RegistryName:
    """Return which registry to ask the chain about; raises SourceError when neither file says.

    A bundle of the anchor's registry knows where that is at home now, and where it began.
    """
    homes = () if bundle is None else registries(bundle.state.homes)
    if anchor is not None and (anchor.chain_id, anchor.contract) not in homes:
        return RegistryName(anchor.chain_id, anchor.contract)
    if homes:
        return RegistryName(*homes[-1], homes[0] if len(homes) > 1 else None)
    raise SourceError(
        "--online needs to know which registry to ask: "
        "give --trust-anchor (or a --bundle of that registry)"
    )


class Helpers(NamedTuple):
    """What may be at hand beside a chain: documents by digest, a bundle, a memory."""

    folder: PublicFolder | None = None
    bundle: TrustData | None = None
    store: TrustStore | None = None
    first_home: RegistryId | None = None
    """Where the journal began, where that is not the registry on the chain."""


def open_chain(url: str, registry: RegistryName) -> JournalChain:
    """Return the registry's journal on the chain behind an RPC address; nothing is asked yet."""
    # web3 takes two seconds to import and can open sockets: offline it is never loaded.
    from registry.chain import Deployment, Web3Chain  # noqa: PLC0415

    deployment = Deployment(
        registry.chain_id, registry.contract, b"", b"", 0, first_home=registry.first_home
    )
    return Web3Chain([url], deployment)


def trust_from_chain(chain: JournalChain, helpers: Helpers, read_at: UnixTime) -> TrustData:
    """Return trust data as fresh as the chain: the final part of the journal, replayed here.

    The documents come by digest from folder or bundle; one that neither holds is missing.
    """
    here = (chain.chain_id, chain.contract)
    first = here if helpers.first_home is None else helpers.first_home
    entries = chain.entries(0, chain.finalized_size())
    homes = registries(told_homes(first, entries))
    floor = helpers.store.floor_for(homes) if helpers.store is not None else None
    if floor is not None:
        check_not_below(floor, first, entries, read_at)
    state = replay(*first, entries)
    if (state.chain_id, state.contract) != here:
        raise ForeignRegistryError(
            f"after the {state.size} entries on this chain the registry is at home in contract "
            f"0x{state.contract.hex()} on chain {state.chain_id}, not here"
        )
    trust = gather(state, helpers.folder, helpers.bundle, read_at)
    if helpers.store is not None:
        helpers.store.accept(trust)
    return trust


def check_not_below(
    floor: Floor, first_home: RegistryId, entries: Sequence[JournalEntry], read_at: UnixTime
) -> None:
    """Raise RollbackError or ForkError unless the journal goes on from what the store has seen."""
    if len(entries) < floor.size or read_at < floor.as_of:
        raise RollbackError("the chain shows less than this store has already seen")
    if head_after(*first_home, entries[: floor.size]) != floor.head:
        raise ForkError("the chain's journal is not the one this store has seen")


def gather(
    state: TrustState, folder: PublicFolder | None, bundle: TrustData | None, read_at: UnixTime
) -> TrustData:
    """Return trust data of a state read from a node, with every document at hand by its digest.

    Guests come from the bundle: the node knows whether they are recognised now, not what they say.
    """
    evidence = Evidence(EvidenceStrength.UNPROVEN, read_at, ())
    return TrustData(
        state=state,
        status_lists=_status_lists(state, folder, bundle),
        types=_types(state, folder, bundle),
        details={},
        evidence=evidence,
        kind=BundleKind.FULL,
        guests=tuple(_guests(state, bundle, evidence)),
    )


def _guests(state: TrustState, bundle: TrustData | None, evidence: Evidence) -> Iterator[Guest]:
    """Yield the bundle's guests by the recognitions of this state, where they are the same ones."""
    for guest in bundle.guests if bundle is not None else ():
        now_known = state.recognition(guest.number)
        if now_known is not None and now_known.tail == guest.recognition.tail:
            yield guest_of(now_known, guest.trust, evidence)


def _status_lists(
    state: TrustState, folder: PublicFolder | None, bundle: TrustData | None
) -> Mapping[tuple[AgencyCode, int], StatusList]:
    lists: dict[tuple[AgencyCode, int], StatusList] = {}
    for slot, newest in state.content.status.items():
        carried = _carried(bundle, slot, newest.digest)
        if carried is not None:
            lists[slot] = carried
            continue
        found = _published(folder, Document.STATUS_LIST, newest.digest)
        with contextlib.suppress(
            FormatError
        ):  # an agency that published nonsense published no list
            decoded = decode_status_list(found or b"")
            if (decoded.agency, decoded.list_no, decoded.version) == (*slot, newest.version):
                lists[slot] = decoded
    return lists


def _carried(
    bundle: TrustData | None, slot: tuple[AgencyCode, int], digest: Digest
) -> StatusList | None:
    """Return the bundle's list where it is the one the journal names now."""
    newest = bundle.state.latest_status(*slot) if bundle is not None else None
    if bundle is None or newest is None or newest.digest != digest:
        return None
    return bundle.status_lists.get(slot)


def _types(
    state: TrustState, folder: PublicFolder | None, bundle: TrustData | None
) -> Mapping[tuple[int, int], CredentialType]:
    types: dict[tuple[int, int], CredentialType] = {}
    for number, registered in state.content.types.items():
        carried = bundle.types.get(number) if bundle is not None else None
        if carried is not None and carried.digest == registered.digest:
            types[number] = carried
            continue
        found = _published(folder, Document.TYPE, registered.digest)
        with contextlib.suppress(FormatError):  # a digest of nonsense describes no type
            loaded = load_type(found or b"")
            if (loaded.type_no, loaded.version) == number:
                types[number] = loaded
    return types


def _published(folder: PublicFolder | None, kind: Document, digest: Digest) -> bytes | None:
    """Return the document, or None where the folder does not hold it whole."""
    if folder is None:
        return None
    try:
        return folder.read(kind, digest)
    except PublicFolderError:
        return None


def _read(path: Path, most: int, what: str) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(most + 1)
    except OSError as error:
        raise SourceError(f"the {what} {path} cannot be read: {error.strerror}") from error
    if len(content) > most:
        raise SourceError(f"the {what} {path} has more than {most:,} bytes and was not read")
    return content
