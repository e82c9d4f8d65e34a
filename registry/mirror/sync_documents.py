"""Fetches the documents a journal names, each by its digest (mirror.md, step 7)."""

from collections.abc import Iterable
from hashlib import sha256
from typing import Final

from credential.errors import FormatError
from credential.status import MAX_LIST_BYTES, decode_status_list
from credential.status_details import MAX_DETAILS_BYTES
from registry.mirror.errors import SourceError
from registry.mirror.folder import MirrorFolder
from registry.mirror.offer import Offer
from registry.public_folder import Document
from registry.trust_data import Documents
from registry.trust_state import TrustState
from registry.usable_documents import usable_documents

MAX_TYPE_BYTES: Final = 17 << 20


def fetch_documents(
    offer: Offer, folder: MirrorFolder, state: TrustState
) -> tuple[Documents, tuple[str, ...]]:
    """The newest documents the state names, from here or the source; and what nobody has."""
    fetch = _DocumentFetcher(offer, folder)
    lists = [
        fetch(Document.STATUS_LIST, record.digest, MAX_LIST_BYTES, f"status list {no} of {code}")
        for (code, no), record in state.content.status.items()
    ]
    named = [digest for digest in map(_details_digest, lists) if digest is not None]
    details = [
        fetch(Document.STATUS_DETAILS, digest, MAX_DETAILS_BYTES, f"details {digest.hex()}")
        for digest in named
    ]
    types = [
        fetch(Document.TYPE, kind.digest, MAX_TYPE_BYTES, f"type {kind.type_no}.{kind.version}")
        for kind in state.content.types.values()
    ]
    found = Documents(_there(lists), _there(details), _there(types))
    usable = usable_documents(state, found)
    return usable.documents, (*fetch.missing, *usable.refused)


def _there(files: Iterable[bytes | None]) -> tuple[bytes, ...]:
    return tuple(file for file in files if file is not None)


def _details_digest(status_list: bytes | None) -> bytes | None:
    try:
        return None if status_list is None else decode_status_list(status_list).details_digest
    except FormatError:
        return None


class _DocumentFetcher:
    """A document by digest: the one that is here, else the source's, if its bytes are right."""

    def __init__(self, offer: Offer, folder: MirrorFolder) -> None:
        self._offer = offer
        self._folder = folder
        self.missing: list[str] = []

    def __call__(self, kind: Document, digest: bytes, most: int, what: str) -> bytes | None:
        subfolder, suffix = kind.value
        path = f"{subfolder}/{digest.hex()}{suffix}"
        here = self._folder.read(path, most)
        if here is not None and sha256(here).digest() == digest:
            return here
        try:
            content = self._offer.fetch(path, most)
        except SourceError as error:
            self.missing.append(f"{what}: {error}")
            return None
        if sha256(content).digest() != digest:
            self.missing.append(
                f"{what}: {self._offer.source.name} sends other bytes than the journal names"
            )
            return None
        return content
