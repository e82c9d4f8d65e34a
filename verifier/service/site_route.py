"""The scan page at /page/: the files of one site, out of memory, with the page's own policy."""

import gzip
import re
from pathlib import PurePosixPath
from typing import Final

from registry.mirror.answers import REVALIDATE, Resource, answer, resource
from verifier.service.exchange import Exchange
from verifier.service.headers import PAGE
from verifier.service.problems import METHOD, NOT_HERE, RefusedError
from verifier.site import Site

_TYPES: Final = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".wasm": "application/wasm",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
    ".cbor": "application/cbor",
    ".txt": "text/plain; charset=utf-8",
    ".woff2": "font/woff2",
}
_ZIPPED: Final = (".html", ".js", ".mjs", ".css", ".json", ".webmanifest", ".wasm", ".svg")
_UNKNOWN: Final = "application/octet-stream"
_INDEX: Final = "index.html"
_WORTH_ZIPPING: Final = 1_024
_POLICY: Final = re.compile(r'(?i)http-equiv="content-security-policy"\s+content="([^"]+)"')
_FRAMES: Final = "frame-ancestors 'none'"


class SiteRoute:
    """Answers requests for files of the page; every one is asked for again each time (ETag)."""

    def __init__(self, site: Site) -> None:
        self._files = {path: _resource(path, content) for path, content in site.items()}
        self._policy = policy_of(site[_INDEX].decode("utf-8"))

    async def __call__(self, exchange: Exchange) -> None:
        """Answer one request; raises RefusedError."""
        if exchange.method not in {"GET", "HEAD"}:
            raise RefusedError(METHOD, {"allow": "GET, HEAD"})
        path = exchange.scope["path"].removeprefix(PAGE) or _INDEX
        found = self._files.get(path)
        if found is None:
            raise RefusedError(NOT_HERE)
        asked = {name.decode("latin-1"): exchange.header(name) for name in exchange.headers}
        status, headers, body = answer(found, asked)
        headers["content-security-policy"] = self._policy  # for workers too, which have no <meta>
        media_type = headers.pop("content-type", found.media_type)
        length = headers.pop("content-length", "0")
        await exchange.answer(
            status, b"" if exchange.method == "HEAD" else body, media_type, headers, length
        )


def policy_of(index: str) -> str:
    """Return the policy of the page as a header says it: nobody may frame the page either."""
    found = _POLICY.search(index)
    told = "default-src 'none'" if found is None else found[1].replace("&#39;", "'").strip("; ")
    return f"{told}; {_FRAMES}"


def _resource(path: str, content: bytes) -> Resource:
    suffix = PurePosixPath(path).suffix
    worth = suffix in _ZIPPED and len(content) >= _WORTH_ZIPPING
    zipped = gzip.compress(content, 6, mtime=0) if worth else None
    return resource(content, _TYPES.get(suffix, _UNKNOWN), REVALIDATE, zipped)


async def to_the_page(exchange: Exchange) -> None:
    """Whoever opens the service in a browser finds the page."""
    if exchange.method not in {"GET", "HEAD"}:
        raise RefusedError(METHOD, {"allow": "GET, HEAD"})
    await exchange.answer(307, b"", "text/plain", {"location": PAGE, "cache-control": "no-cache"})
