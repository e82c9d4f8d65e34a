"""What a scan page is told by whoever offers it: config.json, and the rules for each member.

`verifier/web/app/config.js` reads it with the same rules (docs/operations.md, "The scan page").
"""

import json
import re
from dataclasses import asdict, dataclass
from ipaddress import ip_address
from typing import Final

from registry.payload_codec import check_name
from verifier.errors import PageError
from verifier.policy import Policy

ANCHOR_NAME: Final = "trust-anchor.cbor"
CONFIG_NAME: Final = "config.json"
MOST_SOURCES: Final = 16
MOST_URL_LETTERS: Final = 2048

_PLAIN = re.compile(r"[!-~]+")
_NOT_IN_A_POLICY = re.compile(r"[;,'\"\\<>`{}|^*]")
_ADDRESS = re.compile(
    r"(https?)://"
    r"((?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)*[a-z](?:[a-z0-9-]*[a-z0-9])?"  # a name, or
    r"|[0-9]{1,3}(?:\.[0-9]{1,3}){3}|\[[0-9a-f:]+\])"  # a number of either kind
    r"(?::([1-9][0-9]{0,4}))?(?:[/?].*)?"
)
_NUMBER = re.compile(r"[0-9.]+")
_LOOPBACK: Final = ("127.0.0.1", "localhost", "[::1]")
_MOST_PORT: Final = 65_535


@dataclass(frozen=True, slots=True)
class PageConfig:
    """Where a page gets trust data, which addresses are official, and how strict it is.

    `sources` are bundles in order of preference, absolute or relative to the page. Without a policy
    the page asks what a verifier with a trust anchor asks.
    """

    sources: tuple[str, ...]
    official_urls: tuple[str, ...] = ()
    policy: Policy | None = None
    kiosk: bool = False
    name_zh_hant: str = ""
    name_en: str = ""

    def __post_init__(self) -> None:
        """Refuse what the page would refuse, or read otherwise than its writer thought."""
        if not 1 <= len(self.sources) <= MOST_SOURCES:
            raise PageError(f"a page has 1 to {MOST_SOURCES} sources of trust data")
        for source in self.sources:
            _check_source(source)
        if len(self.official_urls) > MOST_SOURCES:
            raise PageError(f"a page has at most {MOST_SOURCES} official addresses")
        for url in self.official_urls:
            _check_official(url)
        if bool(self.name_zh_hant) != bool(self.name_en):
            raise PageError("a registry's name is given in both languages or in none")
        for name in filter(None, (self.name_zh_hant, self.name_en)):
            check_name(name)

    @property
    def mirrors(self) -> tuple[str, ...]:
        """The sources on other hosts, which the page's content policy must name."""
        return tuple(source for source in self.sources if _is_absolute(source))

    def encoded(self) -> bytes:
        """Return the file config.json."""
        members: dict[str, object] = {
            "trust_anchor": ANCHOR_NAME,
            "sources": self.sources,
            "official_urls": self.official_urls,
            "policy": "default" if self.policy is None else asdict(self.policy),
            "kiosk": self.kiosk,
        }
        if self.name_en:
            members["registry_name"] = {"zh-Hant": self.name_zh_hant, "en": self.name_en}
        return (json.dumps(members, ensure_ascii=False, indent=1) + "\n").encode()


def _check_source(source: str) -> None:
    """A source is a path beside the page, or a whole address without name or fragment."""
    _check_plain(source)
    if _NOT_IN_A_POLICY.search(source):
        raise PageError(f"the address {source!r} has a sign that must be written as %XX")
    if not _is_absolute(source):
        if ":" in source.split("/", maxsplit=1)[0] or source.startswith("//"):
            raise PageError(f"{source!r} is neither a path beside the page nor an https address")
        return
    _check_web_address(source)


def _check_official(url: str) -> None:
    """An official address ends in a slash, so that no longer name begins with it."""
    _check_plain(url)
    _check_web_address(url)
    if not url.endswith("/") or "?" in url:
        raise PageError(f"the official address {url!r} must end in a slash, without a query")


def _check_plain(url: str) -> None:
    if len(url) > MOST_URL_LETTERS or not _PLAIN.fullmatch(url):
        raise PageError(f"{url!r} is no address: plain ASCII without blanks, at most 2048 letters")
    if "#" in url or "\\" in url:
        raise PageError(f"the address {url!r} must have no fragment and no backslash")


def _check_web_address(url: str) -> None:
    """A scheme, a host in its one spelling, perhaps a port: nobody can read it two ways."""
    match = _ADDRESS.fullmatch(url)
    if match is None or int(match[3] or 0) > _MOST_PORT or not _is_canonical(match[2]):
        raise PageError(f"{url!r} is no address of the web with a host in small letters")
    if match[1] == "http" and match[2] not in _LOOPBACK:
        raise PageError(f"the address {url!r} must begin with https://")


def _is_canonical(host: str) -> bool:
    """A number as it is written shortest, or a name whose `xn--` parts mean something."""
    number = host.strip("[]")
    try:
        if host[0] == "[" or _NUMBER.fullmatch(host):
            return str(ip_address(number)) == number
        return host.encode("ascii").decode("idna").encode("idna") == host.encode("ascii")
    except ValueError:
        return False


def _is_absolute(source: str) -> bool:
    return source.startswith(("https://", "http://"))
