"""Credential types: publish the document, then register its digest as the next version."""

from credential.catalog import catalog_documents
from credential.types import CredentialType, load_type
from registry.open_registry import OpenRegistry
from registry.plain_words import explained
from registry.public_folder import Document
from registry.rim_errors import UnknownNumberError


def register(registry: OpenRegistry, document: bytes) -> CredentialType:
    """The type document is in the public folder and its digest in the journal.

    Raises `FormatError` for a bad one.
    """
    loaded = load_type(document)
    # A crash right here leaves a document nobody refers to; the next run registers it.
    registry.home.public.publish(Document.TYPE, document)

    def is_done() -> bool:
        return registry.state().type_digest(loaded.type_no, loaded.version) == loaded.digest

    arguments = [loaded.type_no, loaded.version, loaded.digest]
    registry.decide("registerType", arguments, is_done=is_done)
    return loaded


def catalog_document(type_id: str) -> bytes:
    """Return the document of a built-in type by its id; raises `UnknownNumberError`."""
    by_id = {load_type(document).id: document for document in catalog_documents()}
    if type_id not in by_id:
        raise explained(
            UnknownNumberError(f"there is no built-in credential type {type_id}"),
            means="Nothing was registered.",
            way_out=f"Name one of {', '.join(sorted(by_id))}, or a type document file.",
        )
    return by_id[type_id]
