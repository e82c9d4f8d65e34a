"""Following the chain.

A checked copy of the journal on disk, read on from where it stopped, replayed into a trust state.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

from registry.chain_protocol import JournalChain
from registry.errors import ChainMismatchError, JournalError
from registry.home import RegistryHome
from registry.journal import Journal, JournalEntry, read_journal_file, write_journal_file
from registry.lineage import RegistryId
from registry.plain_words import explained
from registry.public_folder import write_atomically
from registry.trust_builder import TrustBuilder
from registry.trust_state import TrustState

SLICE_ENTRIES: Final = 10_000


class Followed(NamedTuple):
    """The journal as the chain has it now, and what it says."""

    journal: Journal
    state: TrustState


def follow(
    chain: JournalChain,
    copy: Journal | None = None,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
    *,
    first_home: RegistryId | None = None,
) -> Followed:
    """Return the chain's whole journal, checked against its head, read on from a copy.

    `first_home` is where the journal began, for one that was carried to this chain; the copy may
    be from before the move.
    Raises `ChainMismatchError` when the copy is not the beginning of the chain's journal,
    `JournalError` when an entry breaks a rule, `ChainLiesError` when a node's entries and its
    contract disagree.
    """
    here = (chain.chain_id, chain.contract)
    first = here if first_home is None else first_home
    known = copy or Journal(*first, ())
    if (known.chain_id, known.contract) != first:
        raise not_together("the copy of the journal here is of another registry")
    builder = TrustBuilder(*first)
    builder.extend(known.entries)
    goal = chain.head()
    if goal.size < builder.size:
        raise not_together(f"{builder.size} entries are known here, and the chain has {goal.size}")
    try:
        fresh = _read_on(chain, builder, goal.size, progress)
    except JournalError as error:
        if not known.entries:
            raise
        raise not_together(
            f"after what is known here the chain goes on impossibly: {error}"
        ) from error
    if builder.head != goal.head:
        raise not_together(
            f"the {goal.size} entries known here and the contract differ in their head"
        )
    state = builder.build()
    if (state.chain_id, state.contract) != here:
        raise not_together(
            f"after the {state.size} entries of this journal the registry is at home in "
            f"0x{state.contract.hex()} on chain {state.chain_id}, and not on this chain"
        )
    return Followed(Journal(*first, known.entries + tuple(fresh)), state)


def _read_on(
    chain: JournalChain, builder: TrustBuilder, size: int, progress: Callable[[int, int], None]
) -> list[JournalEntry]:
    """The entries the builder lacked to reach `size`, which it now has."""
    fresh: list[JournalEntry] = []
    while builder.size < size:
        entries = chain.entries(builder.size, min(builder.size + SLICE_ENTRIES, size))
        if not entries:
            raise not_together(f"the chain no longer has entry {builder.size}")
        builder.extend(entries)
        fresh.extend(entries)
        progress(builder.size, size)
    return fresh


def follow_home(
    home: RegistryHome,
    chain: JournalChain,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> Followed:
    """The copy in the home folder has all entries of the chain; returned with what it says."""
    copy = read_copy(home)
    begun_at = home.settings().begun_at if home.has_settings() else None
    followed = follow(chain, copy, progress, first_home=begun_at)
    if copy is None or len(copy.entries) != len(followed.journal.entries):
        # A crash right here leaves the shorter copy, from which the next run reads on.
        write_atomically(home.journal_copy, write_journal_file(followed.journal))
    return followed


def read_copy(home: RegistryHome) -> Journal | None:
    """Return the copy of the journal in the home folder.

    A damaged one counts for none and is read again.
    """
    try:
        return read_journal_file(home.journal_copy.read_bytes())
    except (OSError, JournalError):
        return None


def not_together(what: str) -> ChainMismatchError:
    """Return the error for a home folder and a chain that were not made together."""
    return explained(
        ChainMismatchError(f"this database and this chain do not belong together: {what}"),
        means="Nothing was changed. A local chain keeps nothing when it stops: it may have been "
        "started and deployed anew.",
        way_out="Connect to the chain these files were made with (rpc_urls in registry.json), or "
        "begin again in a new "
        "folder: `sealroot registry deploy --home NEW-FOLDER`.",
    )
