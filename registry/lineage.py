"""The homes of one journal: the registries that were in force one after the other.

docs/formats/journal.md, "Moving house". A journal that moves to another contract keeps its head,
its index and its time; what names a registry (statements, bundles, receipts) names a home of it.
"""

from collections.abc import Sequence
from typing import NamedTuple

RegistryId = tuple[int, bytes]
"""Chain id and contract."""


class Home(NamedTuple):
    """A registry that was in force for a while.

    Entries `first` to `end` - 1 were appended by it; `end` is None for the one in force.
    """

    chain_id: int
    contract: bytes
    first: int
    end: int | None

    @property
    def registry(self) -> RegistryId:
        """Chain id and contract."""
        return self.chain_id, self.contract


def home_at(homes: Sequence[Home], size: int) -> Home:
    """The home in force after `size` entries; `homes` are the oldest first, the last one open."""
    return next(home for home in homes if home.end is None or size <= home.end)


def registries(homes: Sequence[Home]) -> tuple[RegistryId, ...]:
    """Chain id and contract of every home, the oldest first."""
    return tuple(home.registry for home in homes)
