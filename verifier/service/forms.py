"""From a multipart/form-data body (RFC 7578) to its files and fields, as it comes in."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from verifier.service.limits import Limits
from verifier.service.problems import NOT_A_FORM, TOO_LARGE, UNUSABLE, RefusedError

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

_MOST_FIELD_BYTES: Final = 64 * 1024
_MOST_NAME: Final = 200
_MOST_HEADERS: Final = 8
_MOST_HEADER_BYTES: Final = 1_024
_SLICE_BYTES: Final = 16 * 1024
_FIELDS: Final = frozenset({"text", "lang", "receipt"})


class Part(NamedTuple):
    """A file, whose `name` is the one it had at the client; or a field, whose `name` is None."""

    field: str
    name: str | None
    content: bytes


@dataclass
class _Collector:
    """Takes what the parser finds; raises RefusedError at the first part that is too much."""

    limits: Limits
    parts: list[Part] = field(default_factory=list)
    is_whole: bool = False
    _header: bytearray = field(default_factory=bytearray)
    _value: bytearray = field(default_factory=bytearray)
    _disposition: bytes = b""
    _field: str = ""
    _name: str | None = None
    _content: bytearray = field(default_factory=bytearray)

    def begin(self) -> None:
        if len(self.parts) >= self.limits.files + len(_FIELDS):
            raise RefusedError(TOO_LARGE, {"connection": "close"})
        self._disposition, self._content = b"", bytearray()

    def header_name(self, given: bytes, start: int, end: int) -> None:
        self._header += given[start:end]

    def header_value(self, given: bytes, start: int, end: int) -> None:
        self._value += given[start:end]

    def header_end(self) -> None:
        header, value = bytes(self._header).lower(), bytes(self._value)
        self._header, self._value = bytearray(), bytearray()
        if header == b"content-disposition":
            self._disposition = value
        if header == b"content-transfer-encoding" and value.lower() not in {b"binary", b"8bit"}:
            raise RefusedError(NOT_A_FORM)

    def headers_end(self) -> None:
        kind, options = parse_options_header(self._disposition)
        if kind != b"form-data" or b"name" not in options:
            raise RefusedError(NOT_A_FORM)
        self._field = options[b"name"].decode("utf-8", "replace")
        named = options.get(b"filename")
        self._name = None if named is None else named.decode("utf-8", "replace")[:_MOST_NAME]
        if named is None and self._field not in _FIELDS:
            raise RefusedError(UNUSABLE)

    def content(self, given: bytes, start: int, end: int) -> None:
        most = _MOST_FIELD_BYTES if self._name is None else self.limits.file_bytes
        if len(self._content) + end - start > most:
            raise RefusedError(TOO_LARGE, {"connection": "close"})
        self._content += given[start:end]

    def part_end(self) -> None:
        self.parts.append(Part(self._field, self._name, bytes(self._content)))
        self._content = bytearray()

    def end(self) -> None:
        self.is_whole = True

    def callbacks(self) -> "MultipartCallbacks":
        return {
            "on_part_begin": self.begin,
            "on_header_field": self.header_name,
            "on_header_value": self.header_value,
            "on_header_end": self.header_end,
            "on_headers_finished": self.headers_end,
            "on_part_data": self.content,
            "on_part_end": self.part_end,
            "on_end": self.end,
        }


async def read_form(
    content_type: str, body: AsyncIterator[bytes], limits: Limits
) -> tuple[Part, ...]:
    """Return the parts of a form; raises RefusedError for a broken one or one over a limit."""
    collector = _Collector(limits)
    _, options = parse_options_header(content_type)
    boundary = options.get(b"boundary", b"")
    if not boundary:
        raise RefusedError(NOT_A_FORM)
    try:
        parser = MultipartParser(
            boundary,
            collector.callbacks(),
            max_header_count=_MOST_HEADERS,
            max_header_size=_MOST_HEADER_BYTES,
        )
        async for given in body:
            for start in range(0, len(given), _SLICE_BYTES):
                parser.write(given[start : start + _SLICE_BYTES])
                if start:
                    await asyncio.sleep(0)  # others have their turn between slices
        parser.finalize()
    except FormParserError as error:
        raise RefusedError(NOT_A_FORM, {"connection": "close"}) from error
    files = sum(part.name is not None for part in collector.parts)
    if files > limits.files:
        raise RefusedError(TOO_LARGE)
    if not collector.is_whole or not collector.parts:
        raise RefusedError(NOT_A_FORM)
    return tuple(collector.parts)
