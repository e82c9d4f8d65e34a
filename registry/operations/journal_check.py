"""Checking a copy of the journal.

Replay it, and hold it against the chain, another copy, or a bundle.
"""

from dataclasses import dataclass, replace

from registry.bundle_file import PAGE_LIMITS, inflate, read_body, read_envelope
from registry.bundle_homes import homes_told_by
from registry.chain_protocol import JournalChain, JournalHead
from registry.checkpoint import Statement
from registry.errors import BundleError, JournalError
from registry.journal import Journal, first_difference, head_after, read_journal_file
from registry.lineage import RegistryId
from registry.trust_builder import TrustBuilder
from registry.trust_data import BundleKind


@dataclass(frozen=True, slots=True)
class Reference:
    """What a copy is held against; `chain_id` and `contract` are where its journal began.

    Whole entries where they are at hand, else only heads after some sizes.
    """

    name: str
    chain_id: int
    contract: bytes
    heads: tuple[JournalHead, ...]
    entries: Journal | None


@dataclass(frozen=True, slots=True)
class JournalFinding:
    """What was found: `fault` and `index` name the first thing wrong, None where nothing is."""

    entries: int
    head: str
    reference: str
    fault: str | None
    index: int | None
    said: tuple[str, ...]


def reference_of_chain(chain: JournalChain, begun_at: RegistryId | None = None) -> Reference:
    """Return the chain as a reference; `begun_at` is the first home of a registry that has moved.

    Its entries are read only when a head differs (`with_entries`).
    """
    first = begun_at or (chain.chain_id, chain.contract)
    return Reference("the chain", *first, (chain.head(),), None)


def with_entries(reference: Reference, chain: JournalChain) -> Reference:
    """Return the chain's reference with all its entries, so that a difference can be named."""
    journal = Journal(reference.chain_id, reference.contract, tuple(chain.entries(0)))
    return replace(reference, entries=journal)


def reference_of_file(name: str, content: bytes) -> Reference:
    """Return a second copy or a bundle as a reference.

    Raises `JournalError` or `BundleError` for neither.
    """
    if content.startswith(b"SEALJNL1"):
        return _of_journal(name, read_journal_file(content))
    envelope = read_envelope(content, PAGE_LIMITS)
    body = read_body(inflate(envelope.compressed, envelope.body_bytes), envelope.kind)
    heads = tuple(_stated(checkpoint.statement) for checkpoint in body.checkpoints)
    journal = None
    if envelope.kind is BundleKind.FULL and body.journal_file is not None:
        journal = read_journal_file(body.journal_file)
        heads = (*heads, JournalHead(len(journal.entries), journal.head()))
    if not heads:
        raise BundleError(f"{name} states no head of the journal")
    return Reference(name, *homes_told_by(envelope, body)[0], heads, journal)


def check_copy(copy: Journal, reference: Reference) -> JournalFinding:
    """Return what is wrong with a copy, after replaying it and holding it against the reference."""
    said: list[str] = []
    if (copy.chain_id, copy.contract) != (reference.chain_id, reference.contract):
        return _finding(copy, reference, "foreign", None, ["it is the journal of another registry"])
    index, fault = _difference(copy, reference, said)
    try:
        builder = TrustBuilder(copy.chain_id, copy.contract)
        builder.extend(copy.entries)
        said.append("every entry keeps the rules of the journal")
    except JournalError as error:
        said.append(f"replaying it breaks a rule: {error}")
        if fault is None:
            fault, index = "rule", error.index
    return _finding(copy, reference, fault, index, said)


def heads_agree(copy: Journal, reference: Reference) -> bool:
    """Return whether the copy has every head of the reference that it is long enough for."""
    return all(
        head == head_after(copy.chain_id, copy.contract, copy.entries[:size])
        for size, head in reference.heads
        if size <= len(copy.entries)
    )


def _difference(
    copy: Journal, reference: Reference, said: list[str]
) -> tuple[int | None, str | None]:
    """The first entry that differs and how; said in words."""
    if reference.entries is not None:
        return _entry_difference(copy, reference.entries, said)
    size = max(head.size for head in reference.heads)
    if not heads_agree(copy, reference):
        said.append("an entry was changed, dropped, reordered or added: the heads differ")
        return None, "head"
    if len(copy.entries) < min(head.size for head in reference.heads):
        said.append(f"it has {len(copy.entries)} entries, too few to compare any head")
        return None, "short"
    said.append(f"its head is that of {reference.name} ({size} entries there)")
    return None, None


def _entry_difference(
    copy: Journal, entries: Journal, said: list[str]
) -> tuple[int | None, str | None]:
    shorter = len(copy.entries) < len(entries.entries)
    compared = (
        entries.entries[: len(copy.entries)] if _is_prefix(copy, entries) else entries.entries
    )
    found = first_difference(copy.entries, compared)
    if found is not None:
        said.append(found.message)
        return found.index, found.what
    behind = len(entries.entries) - len(copy.entries)
    said.append(
        f"it is a true copy, {behind} entries behind" if shorter else "every entry is the same"
    )
    return None, None


def _is_prefix(copy: Journal, entries: Journal) -> bool:
    return copy.entries == entries.entries[: len(copy.entries)]


def _of_journal(name: str, journal: Journal) -> Reference:
    head = JournalHead(len(journal.entries), journal.head())
    return Reference(name, journal.chain_id, journal.contract, (head,), journal)


def _stated(statement: Statement) -> JournalHead:
    return JournalHead(statement.size, statement.head)


def _finding(
    copy: Journal, reference: Reference, fault: str | None, index: int | None, said: list[str]
) -> JournalFinding:
    return JournalFinding(
        len(copy.entries), copy.head().hex(), reference.name, fault, index, tuple(said)
    )
