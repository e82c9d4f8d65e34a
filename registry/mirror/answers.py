"""Answers to requests for a file of the tree: whole, a part, zipped, or not at all (RFC 9110).

Nothing here knows a web framework: headers go in, status, headers and body come out.
"""

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, NamedTuple

IMMUTABLE: Final = "public, max-age=31536000, immutable"
REVALIDATE: Final = "public, no-cache"
NOT_STORED: Final = "no-store"
_RANGE: Final = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Resource:
    """A file as it is served; `zipped` is the same in gzip, where there is one."""

    content: bytes
    zipped: bytes | None
    etag: str
    media_type: str
    cache_control: str


class Answer(NamedTuple):
    """Status, headers and body."""

    status: int
    headers: dict[str, str]
    body: bytes


def resource(
    content: bytes, media_type: str, cache_control: str, zipped: bytes | None = None
) -> Resource:
    """A file with its ETag; a compressed twin that is not the same file is left out."""
    twin = zipped if zipped is not None and _unzips_to(zipped, content) else None
    return Resource(content, twin, sha256(content).hexdigest(), media_type, cache_control)


def _unzips_to(zipped: bytes, content: bytes) -> bool:
    inflater = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        return inflater.decompress(zipped, len(content) + 1) == content and inflater.eof
    except zlib.error:
        return False


def answer(found: Resource, request: Mapping[str, str]) -> Answer:
    """The answer to GET with these request headers, whose names are in small letters.

    HEAD gets the same without the body. One range of the uncompressed bytes is answered with 206;
    several, or an odd one, with the whole file, as RFC 9110 §14.2 allows.
    """
    wanted = _wanted_range(found, request)
    zipped = found.zipped if wanted is None and _accepts_gzip(request) else None
    etag = f'"{found.etag}-gz"' if zipped is not None else f'"{found.etag}"'
    headers = {
        "etag": etag,
        "cache-control": found.cache_control,
        "vary": "Accept-Encoding",
        "accept-ranges": "bytes",
    }
    if _matches(request.get("if-none-match", ""), found):
        return Answer(304, headers, b"")
    headers["content-type"] = found.media_type
    if wanted is not None:
        return _part(found, wanted, headers)
    if zipped is not None:
        headers["content-encoding"] = "gzip"
    body = found.content if zipped is None else zipped
    headers["content-length"] = str(len(body))
    return Answer(200, headers, body)


def _part(found: Resource, wanted: range, headers: dict[str, str]) -> Answer:
    whole = len(found.content)
    if not wanted:
        headers |= {"content-range": f"bytes */{whole}", "content-length": "0"}
        del headers["content-type"]
        return Answer(416, headers, b"")
    body = found.content[wanted.start : wanted.stop]
    headers["content-range"] = f"bytes {wanted.start}-{wanted.stop - 1}/{whole}"
    headers["content-length"] = str(len(body))
    return Answer(206, headers, body)


def _wanted_range(found: Resource, request: Mapping[str, str]) -> range | None:
    """The bytes asked for, empty where there are none such; None where the whole file is meant."""
    matched = _RANGE.fullmatch(request.get("range", ""))
    condition = request.get("if-range")
    if matched is None or (condition is not None and condition != f'"{found.etag}"'):
        return None
    first, last = matched.groups()
    whole = len(found.content)
    if first and last and int(last) < int(first):
        return None
    if first:
        return range(int(first), min(int(last) + 1 if last else whole, whole))
    return range(max(whole - int(last), 0), whole) if last else None


def _accepts_gzip(request: Mapping[str, str]) -> bool:
    for part in request.get("accept-encoding", "").lower().split(","):
        name, _, weight = part.partition(";")
        if name.strip() in {"gzip", "*"}:
            return weight.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False


def _matches(condition: str, found: Resource) -> bool:
    """Whether one of the tags is of this file, zipped or not: both are the same content."""
    tags = {tag.strip().removeprefix("W/").strip('"') for tag in condition.split(",")}
    return bool(tags & {"*", found.etag, f"{found.etag}-gz"})
