"""What a form asks: each file and each field `text` is a document; parsers run in children."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from verifier.documents import MOST_TEXT_BYTES, Reading, needs_a_parser, read_document, read_text
from verifier.errors import DocumentError
from verifier.reasons import Reason
from verifier.service.asked import Asked, AskedDocument
from verifier.service.bodies import Bodies
from verifier.service.decoders import Decoders
from verifier.service.exchange import Exchange, said
from verifier.service.forms import Part, read_form
from verifier.service.limits import Limits
from verifier.service.problems import NOT_A_FORM, UNUSABLE, RefusedError


class FormReader:
    """Reads forms, within the limits of bodies and of children."""

    def __init__(self, bodies: Bodies, decoders: Decoders, limits: Limits) -> None:
        self._bodies = bodies
        self._decoders = decoders
        self._limits = limits

    @asynccontextmanager
    async def asked(
        self, exchange: Exchange, charge: Callable[[int], None]
    ) -> AsyncIterator[Asked]:
        """What the form asks; the caller is charged before anything is parsed.

        Its bytes count as held until the block ends, or is broken off by ClientGoneError.
        """
        async with self._bodies.parts(exchange, self._limits.form_bytes) as body:
            parts = await read_form(exchange.header(b"content-type"), body, self._limits)
            language, receipt = _field(parts, "lang"), said(_field(parts, "receipt"))
            documents = [part for part in parts if part.name is not None or part.field == "text"]
            if not documents or not all(part.content for part in documents):
                raise RefusedError(NOT_A_FORM)
            charge(len(documents))
            # a child works on a hostile file for many seconds, but only while somebody waits
            async with exchange.while_connected():
                # one after the other: a request with many files must not hold all children
                read = [await self._document(part) for part in documents]
                yield Asked(read, receipt=receipt, language=language)

    async def _document(self, part: Part) -> AskedDocument:
        name = part.name or ""
        try:
            reading = await self._reading(part, name)
            return AskedDocument(name, reading, b"" if reading.hints is None else part.content)
        except DocumentError as error:
            return AskedDocument(name, error)

    async def _reading(self, part: Part, name: str) -> Reading:
        if part.name is None:
            return read_text(part.content.decode("utf-8", "replace"))
        if needs_a_parser(part.content):
            return await self._decoders.read(part.content, name)
        if len(part.content) > MOST_TEXT_BYTES:
            raise DocumentError(
                Reason.DOCUMENT_TOO_LARGE, "no picture or PDF, and too long for anything else"
            )
        return read_document(part.content, name)


def _field(parts: Sequence[Part], name: str) -> str | None:
    """Return the one field of that name, if it is there; raises RefusedError for two."""
    found = [part.content for part in parts if part.name is None and part.field == name]
    if len(found) > 1:
        raise RefusedError(UNUSABLE)
    return found[0].decode("utf-8", "replace") if found else None
