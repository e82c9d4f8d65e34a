"""Says which entry of a copy is wrong, once it is known that one is.

The head alone says only *that* something differs. Witnesses say where: the heads after every entry,
which a mirror publishes, or a second copy.
"""

from collections.abc import Sequence
from typing import NamedTuple

from registry.head import next_head
from registry.journal import JournalEntry


class Fault(NamedTuple):
    """The first entry that is wrong, and how: changed, dropped, reordered or added."""

    at: int
    what: str

    @property
    def sentence(self) -> str:
        """The fault in words."""
        return f"entry {self.at} was {self.what}"


class Witness(NamedTuple):
    """The head before entry `first` and after each entry from there on, as somebody says."""

    first: int
    heads: Sequence[bytes]

    def leads(self, index: int, entry: JournalEntry) -> bool:
        """Whether what the entry says, standing at `index`, leads from that head to the next."""
        position = index - self.first
        if not 0 <= position < len(self.heads) - 1:
            return False
        return next_head(self.heads[position], index, *entry[1:]) == self.heads[position + 1]


def fault_by_heads(entries: Sequence[JournalEntry], witness: Witness) -> Fault | None:
    """The first of the entries that does not lead from its witnessed head to the next, or None.

    The first entry stands at `witness.first`. Where copy and witness part, one entry ahead is
    looked at on both sides: that tells an edit from a loss, an insertion and a swap.
    """
    for position in range(len(witness.heads) - 1):
        index = witness.first + position
        if position >= len(entries):
            return Fault(index, "dropped")
        if not witness.leads(index, entries[position]):
            return Fault(index, _how(entries[position : position + 2], witness, index))
    if len(entries) >= len(witness.heads):
        return Fault(witness.first + len(witness.heads) - 1, "added")
    return None


def _how(entries: Sequence[JournalEntry], witness: Witness, index: int) -> str:
    is_the_next_one = witness.leads(index + 1, entries[0])
    if len(entries) == 1:
        return "dropped" if is_the_next_one else "changed"
    if is_the_next_one:
        # A swapped pair leads on as well when each stands in the other's place.
        pair = entries[1]
        return "reordered" if witness.leads(index, pair) else "dropped"
    return "added" if witness.leads(index, entries[1]) else "changed"
