"""Carrying a journal to the contract that goes on with it, in slices that prove themselves.

The council has said where the old journal ends. From there back it is shown which head stands at
the end of each slice; then the slices are carried from the first on. The contract takes nothing
else, so that whoever runs this need not be trusted, and may stop and begin again anywhere.
"""

import time
from collections.abc import Callable, Sequence
from hashlib import sha256
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from registry.chain_protocol import ChainAccount, JournalHead
from registry.head import initial_head, next_head
from registry.journal import JournalEntry
from registry.kinds import Kind
from registry.lineage import RegistryId
from registry.plain_words import explained
from registry.rim_errors import ContractRefusedError

if TYPE_CHECKING:
    from registry.chain import Web3Chain

MOST_BYTES: Final = 30_000
"""Call data of one slice: every node takes transactions of 32 KiB."""

MOST_GAS: Final = 6_000_000
"""Gas of one slice, in a block that may have no more than 8 million."""

BATCH_GAS: Final = 14_000
STATE_GAS: Final = 130_000
GAS_OF_A_BYTE: Final = 60
BYTES_BESIDE_DATA: Final = 5 * 32
WORD: Final = 32


class Slice(NamedTuple):
    """The entries first to stop - 1, carried by one transaction."""

    first: int
    stop: int


def slices(entries: Sequence[JournalEntry], first: int) -> list[Slice]:
    """Return how the entries from `first` on are cut, each slice as large as one may be."""
    cut: list[Slice] = []
    begin, octets, gas = first, 0, 0
    for entry in entries[first:]:
        more_octets, more_gas = _weight(entry)
        if entry.index > begin and (octets + more_octets > MOST_BYTES or gas + more_gas > MOST_GAS):
            cut.append(Slice(begin, entry.index))
            begin, octets, gas = entry.index, 0, 0
        octets, gas = octets + more_octets, gas + more_gas
    return [*cut, Slice(begin, len(entries))] if begin < len(entries) else cut


def heads_of(entries: Sequence[JournalEntry], begun_at: RegistryId) -> list[bytes]:
    """Return the head after each number of entries, from none to all."""
    heads: list[bytes] = [initial_head(*begun_at)]
    for entry in entries:
        heads.append(next_head(heads[-1], *entry))
    return heads


def carry_journal(
    chain: "Web3Chain",
    entries: Sequence[JournalEntry],
    account: ChainAccount,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
    *,
    patience_seconds: float = 60.0,
) -> None:
    """All these entries are in the registry of `chain`; where the last one names it, it is open.

    Goes on where an earlier run stopped. The council must have stated their size and head before
    (`expectJournal`). Raises `ContractRefusedError` where they are not the journal that it stated,
    or not one that goes on with what was carried before, or where the new chain's clock is behind
    the last entry and does not pass it within our patience.
    """
    if chain.read("CarriedRegistry", "isOpen"):
        return
    heads = heads_of(entries, chain.deployment.begun_at)
    there = _carried(chain)
    if there.size > len(entries) or heads[there.size] != there.head:
        raise _another_journal(there)
    cut = slices(entries, there.size)
    # A crash anywhere below leaves what was shown and carried; the next run begins after it.
    for part, following in reversed(list(pairwise(cut))):
        _show(chain, entries[part.stop : following.stop], heads[part.stop], account)
    for part in cut:
        progress(part.first, len(entries))
        _carry(chain, entries[part.first : part.stop], account, patience_seconds)
    progress(len(entries), len(entries))


def _show(
    chain: "Web3Chain", following: Sequence[JournalEntry], head: bytes, account: ChainAccount
) -> None:
    """This head is expected before the entries that follow it, whose last leads to a known one."""
    size = following[0].index

    def is_shown() -> bool:
        return bytes(chain.read("CarriedRegistry", "expectedHead", size)) == head

    links = [(entry.time, entry.kind, sha256(entry.data).digest()) for entry in following]
    chain.send_to(
        "CarriedRegistry", "expectEarlier", [size, head, links], account, is_done=is_shown
    )


def _carry(
    chain: "Web3Chain",
    some: Sequence[JournalEntry],
    account: ChainAccount,
    patience_seconds: float,
) -> None:
    """These entries are carried; waits where the other chain's clock is a little ahead."""
    told = [(entry.time, entry.kind, entry.data) for entry in some]
    stop = some[-1].index + 1
    deadline = time.monotonic() + patience_seconds
    while _carried(chain).size < stop:
        try:
            chain.send_to(
                "CarriedRegistry",
                "carry",
                [some[0].index, told],
                account,
                is_done=lambda: _carried(chain).size >= stop,
            )
        except ContractRefusedError as error:
            if error.reason != "RegistryClockBehind" or time.monotonic() > deadline:
                raise
            time.sleep(0.5)


def _carried(chain: "Web3Chain") -> JournalHead:
    size, head = chain.read("CarriedRegistry", "carried")
    return JournalHead(int(size), bytes(head))


def _weight(entry: JournalEntry) -> tuple[int, int]:
    """The bytes of call data and, generously, the gas that one entry takes."""
    length = len(entry.data)
    octets = BYTES_BESIDE_DATA + (length + WORD - 1) // WORD * WORD
    state = BATCH_GAS if entry.kind == Kind.BATCH_ANCHORED else STATE_GAS
    return octets, state + GAS_OF_A_BYTE * length


def _another_journal(there: JournalHead) -> ContractRefusedError:
    return explained(
        ContractRefusedError(
            f"the new registry has {there.size} entries with head {there.head.hex()[:16]}…, and "
            "this copy of the journal does not begin with them",
            "unknown",
        ),
        means="Nothing was carried.",
        way_out="Export the journal from the old registry again, and compare it with a second copy "
        "(`sealroot registry journal check --against`).",
    )
