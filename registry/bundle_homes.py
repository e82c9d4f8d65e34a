"""Whose registry a bundle is: the homes its journal or snapshot tells of, and those it has proven.

docs/formats/bundle.md, steps 2 and 4. What is told decides only whether a bundle is a foreign
one, which says nothing about the registry asked about; nothing is believed because of it. Once the
state is vouched for, its homes must be those that anchor and statements name.
"""

from collections.abc import Iterable, Sequence

from registry.anchor_file import TrustAnchor
from registry.bundle_file import Body, Envelope
from registry.checkpoint import Statement
from registry.errors import BundleError, ForeignRegistryError, JournalError
from registry.journal import open_journal_file
from registry.journal_homes import told_homes
from registry.lineage import RegistryId, home_at, registries
from registry.trust_data import Floor
from registry.trust_state import TrustState


def homes_told_by(envelope: Envelope, body: Body) -> tuple[RegistryId, ...]:
    """The registries the bundle says its journal was at home in, its own among them.

    Raises ForeignRegistryError where its own is not, BundleError for bytes that are no journal.
    """
    own = (envelope.chain_id, envelope.contract)
    if isinstance(body.content, bytes):
        told, what = _told_by_journal(body.content, own), "journal"
    else:
        content = body.content.content
        told = (*registries(content.earlier_homes), (content.chain_id, content.contract))
        what = "snapshot"
    if own not in told:
        raise ForeignRegistryError(
            f"the {what} in the bundle belongs to another registry than the bundle: it tells of no "
            f"move to contract 0x{envelope.contract.hex()} on chain {envelope.chain_id}"
        )
    return told


def _told_by_journal(journal_file: bytes, own: RegistryId) -> tuple[RegistryId, ...]:
    try:
        journal = open_journal_file(journal_file)
        first = (journal.chain_id, journal.contract)
        # A registry is never at home twice: where it is still in its first home nothing was left.
        return (first,) if first == own else registries(told_homes(first, journal.entries))
    except JournalError as error:
        raise BundleError(f"the journal in the bundle breaks a rule: {error}") from error


def require_asked_for(
    told: Sequence[RegistryId],
    envelope: Envelope,
    anchor: TrustAnchor | None,
    floor: Floor | None,
) -> None:
    """The bundle tells of the registry of the trust anchor and of the store.

    Raises ForeignRegistryError.
    """
    if anchor is not None:
        _require_told(told, envelope, [(anchor.chain_id, anchor.contract)], "the trust anchor")
    if floor is not None and floor.homes:
        _require_told(told, envelope, floor.homes, "what this verifier has seen before")


def _require_told(
    told: Sequence[RegistryId], envelope: Envelope, asked: Sequence[RegistryId], who: str
) -> None:
    if set(asked) & set(told):
        return
    chain_id, contract = asked[-1]
    raise ForeignRegistryError(
        f"the bundle belongs to contract 0x{envelope.contract.hex()} on chain "
        f"{envelope.chain_id}; {who} is for 0x{contract.hex()} on chain "
        f"{chain_id}. It says nothing about this registry"
    )


def require_homes(
    state: TrustState,
    envelope: Envelope,
    anchor: TrustAnchor | None,
    statements: Iterable[Statement],
) -> None:
    """The homes of the vouched state are those that bundle, anchor and statements name.

    Raises BundleError, or ForeignRegistryError where the anchor's registry is none of them.
    """
    if (state.chain_id, state.contract) != (envelope.chain_id, envelope.contract):
        raise BundleError(
            f"the bundle names another registry than the one in force after its {state.size} "
            "entries"
        )
    if anchor is not None:
        told = registries(state.homes)
        _require_told(told, envelope, [(anchor.chain_id, anchor.contract)], "the trust anchor")
    for statement in statements:
        home = home_at(state.homes, statement.size)
        if (statement.chain_id, statement.contract) != home.registry:
            raise BundleError(
                f"the checkpoint at size {statement.size} names another registry than the one in "
                "force there"
            )
