"""From a JSON body to the documents it asks about; every member is known, and of one kind."""

import binascii
from typing import Final, NamedTuple

from verifier.documents import Held, PlaceKind, Reading, read_text
from verifier.errors import DocumentError
from verifier.service.limits import Limits
from verifier.service.problems import NOT_JSON, TOO_LARGE, UNUSABLE, RefusedError
from verifier.service.strict_json import NotStrictJsonError, strict_json

MOST_NAME: Final = 200
_DOCUMENT: Final = frozenset({"text", "sealed", "name"})
_WHOLE: Final = frozenset({"documents", "receipt", "lang"})
_ALONE: Final = _DOCUMENT | {"receipt", "lang"}


class AskedDocument(NamedTuple):
    """One document: what the client calls it, and what was read or why nothing was."""

    name: str
    reading: Reading | DocumentError
    content: bytes = b""
    """The file, where it is a PDF, whose pages are compared with what was signed."""


class Asked(NamedTuple):
    """One request; `alone` where it is a single document, whose answer is the report itself."""

    documents: list[AskedDocument]
    alone: bool = False
    receipt: bool = False
    language: str | None = None


def asked_in_json(body: bytes, limits: Limits) -> Asked:
    """Return what a JSON body asks; raises RefusedError for all that openapi.json does not know."""
    told = _members(body, limits)
    receipt, language = told.get("receipt", False), told.get("lang")
    if not isinstance(receipt, bool) or not isinstance(language, str | None):
        raise RefusedError(UNUSABLE)
    listed = told.get("documents")
    if listed is None:
        if not told.keys() <= _ALONE:
            raise RefusedError(UNUSABLE)
        return Asked([document_of(told)], alone=True, receipt=receipt, language=language)
    if not isinstance(listed, list) or not listed or not told.keys() <= _WHOLE:
        raise RefusedError(UNUSABLE)
    if len(listed) > limits.documents:
        raise RefusedError(TOO_LARGE)
    documents = []
    for one in listed:
        if not isinstance(one, dict) or not one.keys() <= _DOCUMENT:
            raise RefusedError(UNUSABLE)
        documents.append(document_of(one))
    return Asked(documents, receipt=receipt, language=language)


def _members(body: bytes, limits: Limits) -> dict[str, object]:
    """Return the members of the body; none is null: what is not wished for is left out."""
    try:
        told = strict_json(body, limits.json_depth)
    except NotStrictJsonError as error:
        raise RefusedError(NOT_JSON) from error
    if not isinstance(told, dict) or None in told.values():
        raise RefusedError(UNUSABLE)
    return told


def document_of(told: dict[str, object]) -> AskedDocument:
    """Return the document that `text` or `sealed` holds; raises RefusedError."""
    name, text, sealed = told.get("name", ""), told.get("text"), told.get("sealed")
    is_one = (text is None) != (sealed is None) and len(told.keys() & {"text", "sealed"}) == 1
    if not isinstance(name, str) or len(name) > MOST_NAME or not is_one:
        raise RefusedError(UNUSABLE)
    if text is not None:
        if not isinstance(text, str) or not text:
            raise RefusedError(UNUSABLE)
        return text_document(text, name)
    if not isinstance(sealed, str) or not sealed.isascii():
        raise RefusedError(UNUSABLE)
    document = sealed_document(sealed.encode("ascii"), name)
    if document is None:
        raise RefusedError(UNUSABLE)
    return document


def text_document(text: str, name: str = "") -> AskedDocument:
    """Return the document of a QR text, or why it is none."""
    try:
        return AskedDocument(name, read_text(text))
    except DocumentError as error:
        return AskedDocument(name, error)


def sealed_document(encoded: bytes, name: str = "") -> AskedDocument | None:
    """Return the document whose sealed bytes stand in base64 with padding (RFC 4648 §4).

    One text for one value: None for stray characters, line ends, unused bits, or nothing.
    """
    try:
        content = binascii.a2b_base64(encoded, strict_mode=True)
    except ValueError:
        return None
    if not content or binascii.b2a_base64(content, newline=False) != encoded:
        return None
    return AskedDocument(name, Reading((Held(PlaceKind.FILE, None, content),)))
