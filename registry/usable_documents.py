"""Sorts out documents before they meet a state, so that one bad file harms only itself.

An agency can publish the digest of anything. A reader refuses a bundle with one bad document; so
who makes a bundle, or gathers documents online, leaves those out that a reader would refuse.
"""

from typing import NamedTuple

from registry.errors import BundleError
from registry.trust_data import (
    Documents,
    Slot,
    StatusListFile,
    check_status_list,
    details_named_by,
    read_details,
    read_status_list,
    read_type,
)
from registry.trust_state import TrustState


class UsableDocuments(NamedTuple):
    """The documents a reader accepts, and in words why the others were left out."""

    documents: Documents
    refused: tuple[str, ...]


def usable_documents(state: TrustState, documents: Documents) -> UsableDocuments:
    """The documents that are well-formed and named by the state, each once; never raises."""
    refused: list[str] = []
    lists, list_files = _usable_lists(state, documents.status_lists, refused)
    named = details_named_by(lists)
    details: dict[Slot, bytes] = {}
    for file in documents.details:
        try:
            told = read_details(lists, named, file)
        except BundleError as error:
            refused.append(str(error))
        else:
            details[told.agency, told.list_no] = file
    types: dict[tuple[int, int], bytes] = {}
    for file in documents.types:
        try:
            loaded = read_type(state, file)
        except BundleError as error:
            refused.append(str(error))
        else:
            types[loaded.type_no, loaded.version] = file
    usable = Documents(list_files, tuple(details.values()), tuple(types.values()))
    return UsableDocuments(usable, tuple(refused))


def _usable_lists(
    state: TrustState, files: tuple[bytes, ...], refused: list[str]
) -> tuple[dict[Slot, StatusListFile], tuple[bytes, ...]]:
    lists: dict[Slot, StatusListFile] = {}
    usable: dict[Slot, bytes] = {}
    for file in files:
        try:
            slot, read = read_status_list(file)
            check_status_list(state, slot, read)
        except BundleError as error:
            refused.append(str(error))
        else:
            lists[slot], usable[slot] = read, file
    return lists, tuple(usable.values())
