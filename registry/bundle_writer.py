"""Makes trust bundles: the right documents for a state, in the one form a reader accepts."""

from collections.abc import Sequence

from credential.errors import FormatError
from credential.ids import AgencyCode
from credential.status import decode_status_list
from credential.status_details import decode_status_details
from credential.types import load_type
from registry.bundle_file import GuestFile, ReadAt, write_bundle_file
from registry.checkpoint import Checkpoint
from registry.errors import BundleError
from registry.evidence.file import ChainEvidence
from registry.journal import Journal, write_journal_file
from registry.journal_homes import told_homes
from registry.lineage import RegistryId
from registry.snapshot import snapshot_value
from registry.trust_data import BundleKind, Documents
from registry.trust_state import TrustState
from registry.waymarks import waymarks_of


def make_full_bundle(
    journal: Journal,
    documents: Documents,
    *,
    made_at: int,
    checkpoints: Sequence[Checkpoint] = (),
    read_at: ReadAt | None = None,
    guests: Sequence[GuestFile] = (),
    with_waymarks: bool = False,
    chain: ChainEvidence | None = None,
) -> bytes:
    """The full bundle of a journal.

    Vouched for by checkpoints, the chain's validators, or both; else read from a node at a time.

    The documents must be the newest as of the last checkpoint. Waymarks let a reader name the entry
    that somebody changed on the way. Raises BundleError for a malformed document.
    """
    return write_bundle_file(
        BundleKind.FULL,
        _registry_in_force(journal, () if chain is not None else checkpoints, read_at),
        write_journal_file(journal),
        sorted_documents(documents),
        made_at=made_at,
        checkpoints=checkpoints,
        read_at=read_at,
        guests=guests,
        waymarks=waymarks_of(journal) if with_waymarks else None,
        chain=chain,
    )


def make_lite_bundle(
    state: TrustState,
    documents: Documents,
    *,
    made_at: int,
    checkpoints: Sequence[Checkpoint],
    guests: Sequence[GuestFile] = (),
    chain: ChainEvidence | None = None,
) -> bytes:
    """The lite bundle of a state, which must be the one the last checkpoint states.

    Chain evidence must show the same head.

    Status lists that are not given are named by digest only: their credentials stay INDETERMINATE.
    Details are left out. Raises BundleError for a malformed document, or without a checkpoint.
    """
    if not checkpoints:
        raise BundleError("a lite bundle needs a checkpoint: nothing else vouches for a snapshot")
    carried = {_list_slot(file) for file in documents.status_lists}
    return write_bundle_file(
        BundleKind.LITE,
        (state.chain_id, state.contract),
        snapshot_value(state, carried),
        sorted_documents(documents._replace(details=())),
        made_at=made_at,
        checkpoints=checkpoints,
        guests=guests,
        chain=chain,
    )


def _registry_in_force(
    journal: Journal, checkpoints: Sequence[Checkpoint], read_at: ReadAt | None
) -> RegistryId:
    """The registry in force after the last entry that counts."""
    if checkpoints:
        statement = checkpoints[-1].statement
        return statement.chain_id, statement.contract
    counted = journal.entries if read_at is None else journal.entries[: read_at.size]
    return told_homes((journal.chain_id, journal.contract), counted)[-1].registry


def sorted_documents(documents: Documents) -> Documents:
    """The documents in the order of a bundle.

    Lists and details by agency and list, types by type and version.
    """
    return Documents(
        tuple(sorted(documents.status_lists, key=_list_slot)),
        tuple(sorted(documents.details, key=_details_slot)),
        tuple(sorted(documents.types, key=_type_version)),
    )


def _list_slot(file: bytes) -> tuple[AgencyCode, int]:
    try:
        status_list = decode_status_list(file)
    except FormatError as error:
        raise BundleError(f"a status list cannot be put into a bundle: {error}") from error
    return status_list.agency, status_list.list_no


def _details_slot(file: bytes) -> tuple[AgencyCode, int]:
    try:
        details = decode_status_details(file)
    except FormatError as error:
        raise BundleError(f"status details cannot be put into a bundle: {error}") from error
    return details.agency, details.list_no


def _type_version(file: bytes) -> tuple[int, int]:
    try:
        loaded = load_type(file)
    except FormatError as error:
        raise BundleError(f"a type document cannot be put into a bundle: {error}") from error
    return loaded.type_no, loaded.version
