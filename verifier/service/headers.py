"""Headers on every answer, and what the access log calls an address: never what somebody typed."""

from typing import Final

from registry.mirror.edge import Headers

PAGE: Final = "/page/"
_ALWAYS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
)
_FOR_PROGRAMS: Final[Headers] = (
    *_ALWAYS,
    (
        b"content-security-policy",
        (
            b"default-src 'none'; style-src 'self'; form-action 'none'; base-uri 'none'; "
            b"frame-ancestors 'none'"
        ),
    ),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
_FOR_THE_BUNDLE: Final[Headers] = (
    *_FOR_PROGRAMS[:-1],
    (b"cross-origin-resource-policy", b"cross-origin"),
    (b"access-control-allow-origin", b"*"),  # public, the same for everybody, and signed
)
_FOR_THE_PAGE: Final[Headers] = (
    *_ALWAYS,
    (b"permissions-policy", b"camera=(self), geolocation=(), microphone=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
KNOWN: Final = frozenset(
    {
        *("/", "/verify", "/verify/batch", "/bundle", "/receipt-key", "/healthz", "/readyz"),
        *("/metrics", "/openapi.json", "/docs"),
    }
)


def headers_for(path: str) -> Headers:
    """Return the headers of answers at a path; the page's own policy comes with its files."""
    if path in {"/bundle", "/receipt-key"}:
        return _FOR_THE_BUNDLE
    return _FOR_THE_PAGE if path.startswith(PAGE) else _FOR_PROGRAMS


def name_for(path: str) -> str:
    """Return what a log may say of a path: a stranger's path could hold anything of a document."""
    if path in KNOWN:
        return path
    return PAGE if path.startswith(PAGE) else "(other)"
