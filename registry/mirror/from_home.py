"""The mirror that the operator of a registry runs: what the home folder knows, read from its chain.

When the chain is gone the folder stays as it was, and is served on.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

from credential import cbor
from credential.errors import FormatError, SealrootError
from credential.ids import UnixTime
from registry.anchor_file import decode_trust_anchor
from registry.chain_protocol import JournalChain
from registry.chain_vouching import chain_vouching
from registry.errors import TrustDataError
from registry.evidence.file import ChainEvidence, chain_evidence_value, decode_chain_evidence
from registry.head import initial_head
from registry.home import RegistryHome
from registry.journal import Journal
from registry.mirror.errors import MirrorFolderError
from registry.mirror.folder import EVIDENCE, Held, MirrorFolder
from registry.mirror.publish import publish
from registry.mirror.published import Published, Vouched
from registry.mirror.range_file import RegistryId, heads_of
from registry.operations.bundles import collect
from registry.operations.checkpoints import chain_for_bundle
from registry.plain_words import explained
from registry.public_folder import write_atomically
from registry.sync import follow_home
from registry.trust_builder import TrustBuilder
from registry.trust_state import TrustState
from registry.usable_documents import usable_documents

EVIDENCE_SECONDS: Final = 3600
"""Evidence is collected anew after an hour, so that readers see that nothing newer happened."""


class Refreshed(NamedTuple):
    """What a refresh found: entries now, how many of them are new, what is missing in words."""

    size: int
    fresh: int
    missing: tuple[str, ...]


def refresh_from_home(
    home: RegistryHome,
    chain: JournalChain,
    folder: MirrorFolder,
    now: int,
    collect_evidence: Callable[[Journal], ChainEvidence] | None = None,
) -> Refreshed:
    """The folder hands out what the home folder and its chain know now.

    `collect_evidence` asks the chain for its seals; where it fails, the evidence that is in the
    home folder already goes on being handed out. Raises ChainError where the chain is out of reach
    or is another, MirrorFolderError where the folder belongs to another journal.
    """
    followed = follow_home(home, chain)
    journal = followed.journal
    registry = RegistryId(journal.chain_id, journal.contract)
    entries = list(journal.entries)
    held = Held(entries, heads_of(initial_head(*registry), entries))
    old = _known(folder, registry, held)
    anchor = home.trust_anchor.read_bytes() if home.trust_anchor.is_file() else None
    trouble: tuple[str, ...] = ()
    if collect_evidence is not None and _is_old(_sealed(home, held, anchor), len(entries), now):
        try:
            found = collect_evidence(journal)
            write_atomically(home.path / EVIDENCE, cbor.encode(chain_evidence_value(found)))
        except SealrootError as error:
            trouble = (f"chain evidence: {error}",)
    vouched, missing = _vouched(home, followed.state, held, anchor, now)
    publish(folder, Published(registry, held, vouched, anchor, now), old=old)
    return Refreshed(len(entries), len(entries) - old, (*trouble, *missing))


def _is_old(sealed: "_Sealed | None", size: int, now: int) -> bool:
    """Whether there are entries that the evidence does not cover, or an hour has passed."""
    return sealed is None or sealed.size < size or now - sealed.as_of > EVIDENCE_SECONDS


def _vouched(
    home: RegistryHome, newest: TrustState, held: Held, anchor: bytes | None, now: int
) -> tuple[Vouched, tuple[str, ...]]:
    """The state that checkpoints or seals in the home folder vouch for, else the newest."""
    checkpoints = chain_for_bundle(home)
    signed = checkpoints[-1].statement if checkpoints else None
    sealed = _sealed(home, held, anchor)
    if sealed is not None and (signed is None or sealed.size >= signed.size):
        size, as_of, chain = sealed
    elif signed is not None:
        size, as_of, chain = signed.size, UnixTime(signed.at), None
    else:
        size, as_of, chain = newest.size, UnixTime(now), None
    state = newest if size == newest.size else _state_at(newest, held, size)
    collected = collect(home.public, state)
    fitting = usable_documents(state, collected.documents)
    vouched = Vouched(state, fitting.documents, checkpoints, as_of, chain)
    return vouched, (*collected.missing, *fitting.refused)


class _Sealed(NamedTuple):
    """What validators vouch for, by the evidence in the home folder."""

    size: int
    as_of: UnixTime
    chain: ChainEvidence


def _sealed(home: RegistryHome, held: Held, anchor: bytes | None) -> _Sealed | None:
    """The chain evidence in the home folder, where the trust anchor can be asked about it.

    Evidence that proves no head of this journal is left aside: a mirror would only hand out what
    every reader refuses.
    """
    path = home.path / EVIDENCE
    if anchor is None or not path.is_file():
        return None
    trusted = decode_trust_anchor(anchor)
    registry = (trusted.chain_id, trusted.contract)
    try:
        chain = decode_chain_evidence(path.read_bytes())
        shown = chain_vouching(chain, trusted, registry, is_alone=False)
    except (FormatError, TrustDataError):
        return None
    if shown is None or shown.seals is None or shown.head not in held.heads:
        return None
    return _Sealed(held.heads.index(shown.head), shown.evidence.as_of, chain)


def _known(folder: MirrorFolder, registry: RegistryId, held: Held) -> int:
    """How many entries the folder has; they are the first ones of the journal."""
    before = folder.held(registry)
    size = len(before.entries)
    is_ours = folder.registry() in {None, registry}
    if not is_ours or before.heads[-1:] != held.heads[size : size + 1]:
        raise explained(
            MirrorFolderError(f"{folder.root} holds another journal than this home folder"),
            means="Nothing was changed, and the folder is served as it is. A local chain that was "
            "deployed anew leaves such a folder behind.",
            way_out="Move the folder away; it is made again.",
        )
    return size


def _state_at(newest: TrustState, held: Held, size: int) -> TrustState:
    builder = TrustBuilder(*newest.homes[0].registry)
    builder.extend(held.entries[:size])
    return builder.build()
