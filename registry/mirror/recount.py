"""Counts the statistics again, from a folder or a full bundle (mirror.md, "Statistics")."""

from pathlib import Path

from credential.errors import FormatError
from credential.ids import AgencyCode
from credential.status import StatusList, decode_status_list
from registry.bundle import open_bundle
from registry.bundle_file import PAGE_LIMITS
from registry.mirror.errors import MirrorFolderError
from registry.mirror.folder import MirrorFolder
from registry.mirror.statistics import Statistics, count
from registry.plain_words import explained
from registry.public_folder import Document
from registry.rim_errors import PublicFolderError
from registry.trust_builder import TrustBuilder
from registry.trust_data import BundleKind
from registry.trust_state import TrustState


def count_bundle(path: Path) -> Statistics:
    """Return the statistics of a full bundle; raises TrustDataError or MirrorFolderError."""
    with path.open("rb") as file:
        trust = open_bundle(file.read(PAGE_LIMITS.file_bytes + 1))
    if trust.kind is not BundleKind.FULL:
        raise explained(
            MirrorFolderError(f"{path} is a lite bundle, which has not every anchor"),
            means="Nothing can be counted from it.",
            way_out="Give a full bundle or a mirror's folder.",
        )
    return count(trust.state, trust.status_lists)


def count_folder(root: Path) -> Statistics:
    """Return the statistics of what is vouched for in a mirror's folder.

    Raises MirrorFolderError, JournalError.
    """
    folder = MirrorFolder(root)
    standing = folder.standing()
    if standing is None:
        raise explained(
            MirrorFolderError(f"{root} is not the folder of a mirror: it has no mirror.json"),
            means="Nothing was counted.",
            way_out="Make one with `sealroot registry mirror sync`, or give a full bundle.",
        )
    held = folder.held(standing.registry)
    builder = TrustBuilder(*standing.registry)
    size = standing.size if standing.vouched_size is None else standing.vouched_size
    builder.advance_to(size, iter(held.entries))
    state = builder.build()
    return count(state, _lists(folder, state))


def _lists(folder: MirrorFolder, state: TrustState) -> dict[tuple[AgencyCode, int], StatusList]:
    """The newest status lists that are in the folder and are what the journal says."""
    lists: dict[tuple[AgencyCode, int], StatusList] = {}
    for slot, record in state.content.status.items():
        try:
            found = decode_status_list(folder.public.read(Document.STATUS_LIST, record.digest))
        except (FormatError, PublicFolderError):
            continue
        if (found.agency, found.list_no, found.version) == (*slot, record.version):
            lists[slot] = found
    return lists
