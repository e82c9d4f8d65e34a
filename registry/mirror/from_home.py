"""The mirror that the operator of a registry runs: what the home folder knows, read from its chain.

When the chain is gone the folder stays as it was, and is served on.
"""

from typing import NamedTuple

from credential.ids import UnixTime
from registry.chain_protocol import JournalChain
from registry.head import initial_head
from registry.home import RegistryHome
from registry.mirror.errors import MirrorFolderError
from registry.mirror.folder import Held, MirrorFolder
from registry.mirror.publish import Published, Vouched, publish
from registry.mirror.range_file import RegistryId, heads_of
from registry.operations.bundles import collect
from registry.operations.checkpoints import chain_for_bundle
from registry.sync import follow_home
from registry.trust_builder import TrustBuilder
from registry.trust_state import TrustState
from registry.usable_documents import usable_documents


class Refreshed(NamedTuple):
    """What a refresh found: entries now, how many of them are new, what is missing in words."""

    size: int
    fresh: int
    missing: tuple[str, ...]


def refresh_from_home(
    home: RegistryHome, chain: JournalChain, folder: MirrorFolder, now: int
) -> Refreshed:
    """The folder hands out what the home folder and its chain know now.

    Raises ChainError where the chain is out of reach or is another, MirrorFolderError where the
    folder belongs to another journal.
    """
    followed = follow_home(home, chain)
    journal = followed.journal
    registry = RegistryId(journal.chain_id, journal.contract)
    entries = list(journal.entries)
    held = Held(entries, heads_of(initial_head(*registry), entries))
    old = _known(folder, registry, held)
    checkpoints = chain_for_bundle(home)
    state = followed.state
    if checkpoints and checkpoints[-1].statement.size < state.size:
        state = _state_at(registry, held, checkpoints[-1].statement.size)
    collected = collect(home.public, state)
    fitting = usable_documents(state, collected.documents)
    as_of = checkpoints[-1].statement.at if checkpoints else UnixTime(now)
    anchor = home.trust_anchor.read_bytes() if home.trust_anchor.is_file() else None
    vouched = Vouched(state, fitting.documents, checkpoints, as_of)
    publish(folder, Published(registry, held, vouched, anchor, now), old=old)
    return Refreshed(len(entries), len(entries) - old, (*collected.missing, *fitting.refused))


def _known(folder: MirrorFolder, registry: RegistryId, held: Held) -> int:
    """How many entries the folder has; they are the first ones of the journal."""
    before = folder.held(registry)
    size = len(before.entries)
    if (
        folder.registry() not in {None, registry}
        or before.heads[-1:] != held.heads[size : size + 1]
    ):
        raise MirrorFolderError(
            f"{folder.root} holds another journal than this home folder. Nothing was changed; "
            "name another folder"
        )
    return size


def _state_at(registry: RegistryId, held: Held, size: int) -> TrustState:
    builder = TrustBuilder(*registry)
    builder.extend(held.entries[:size])
    return builder.build()
