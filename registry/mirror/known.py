"""What the explorer knows of one registry: the journal of a mirror's folder, replayed once."""

import threading
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from credential.ids import AgencyCode, Kid
from registry.errors import JournalError
from registry.journal import JournalEntry
from registry.mirror.errors import RefusedError
from registry.mirror.folder import STANDING, MirrorFolder
from registry.mirror.standing import Standing, read_standing
from registry.mirror.tree import FileTree
from registry.records import Accreditation, Anchor, KeyRecord, StatusRecord
from registry.trust_builder import TrustBuilder
from registry.trust_state import TrustState


@dataclass(frozen=True)
class Known:
    """A state with what pages ask of it, counted once."""

    standing: Standing
    entries: list[JournalEntry]
    state: TrustState
    batches: Counter[AgencyCode] = field(default_factory=Counter)
    issued: Counter[AgencyCode] = field(default_factory=Counter)
    batches_by_key: Counter[Kid] = field(default_factory=Counter)
    keys: dict[AgencyCode, list[KeyRecord]] = field(default_factory=lambda: defaultdict(list))
    accreditations: dict[AgencyCode, list[Accreditation]] = field(
        default_factory=lambda: defaultdict(list)
    )
    lists: dict[AgencyCode, list[StatusRecord]] = field(default_factory=lambda: defaultdict(list))

    def anchors_of_root(self, root: bytes) -> list[Anchor]:
        """Return every anchor of a root, by whatever agency."""
        return [anchor for anchor in self.state.content.anchors if anchor.root == root]


def known(standing: Standing, entries: list[JournalEntry]) -> Known:
    """What a journal says. Raises JournalError."""
    builder = TrustBuilder(*standing.registry)
    builder.extend(entries)
    found = Known(standing, entries, builder.build())
    content = found.state.content
    for anchor in content.anchors:
        found.batches[anchor.agency] += 1
        found.issued[anchor.agency] += anchor.size
        found.batches_by_key[anchor.kid] += 1
    for key in content.keys.values():
        found.keys[key.agency].append(key)
    for given in content.accreditations.values():
        found.accreditations[given.agency].append(given)
    for (code, _), record in sorted(content.status.items()):
        found.lists[code].append(record)
    return found


class KnownRegistry:
    """What is known of the registry in a folder; replayed again when the folder has changed."""

    def __init__(self, folder: MirrorFolder, tree: FileTree) -> None:
        self._folder = folder
        self._tree = tree
        self._seen: tuple[str, Known | None] | None = None
        self._lock = threading.Lock()

    def get(self) -> Known | None:
        """Return it as of now, or None where nothing usable is mirrored."""
        found = self._tree.find(STANDING)
        if found is None:
            return None
        with self._lock:
            if self._seen is None or self._seen[0] != found.etag:
                self._seen = found.etag, self._replayed(found.content)
            return self._seen[1]

    def _replayed(self, content: bytes) -> Known | None:
        """What a folder says; nothing where it is damaged, or where anybody has written it."""
        try:
            standing = read_standing(content)
            held = self._folder.held(standing.registry)
            return known(standing, held.entries[: standing.size])
        except (RefusedError, JournalError):
            return None
