"""Who is at the other end: the peer itself, or whom a proxy of ours says it speaks for.

Anybody can write a header, so headers count only on connections of the proxies that were named.
"""

from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address

from verifier.service.exchange import Exchange

_MOST_CERTIFICATE = 512


@dataclass(frozen=True, slots=True)
class Proxies:
    """Networks our proxies connect from, and the header in which they name a client certificate.

    A proxy must set that header on every request, empty where it checked no certificate.
    """

    networks: tuple[IPv4Network | IPv6Network, ...] = ()
    certificate_header: str = ""

    def peer_is_ours(self, exchange: Exchange) -> bool:
        """Return whether the connection comes from one of them."""
        return self._is_ours(_peer(exchange))

    def address(self, exchange: Exchange) -> str:
        """Return the address the request comes from; of IPv6 the network of 64 bits.

        X-Forwarded-For is read from its end: the last address that is not a proxy of ours was
        written by one, those before it by whoever likes.
        """
        found = _peer(exchange)
        if self._is_ours(found):
            for told in reversed(exchange.header(b"x-forwarded-for").split(",")):
                found = told.strip() or found
                if not self._is_ours(found):
                    break
        return _subject(found[:64])

    def certificate(self, exchange: Exchange) -> str:
        """Return the name of the client's certificate, empty where no proxy of ours gives one."""
        if not self.certificate_header or not self.peer_is_ours(exchange):
            return ""
        return exchange.header(self.certificate_header.lower().encode())[:_MOST_CERTIFICATE]

    def _is_ours(self, address: str) -> bool:
        return bool(self.networks) and _is_within(address, self.networks)


def _peer(exchange: Exchange) -> str:
    client = exchange.scope.get("client")
    return client[0] if client else ""


@lru_cache(maxsize=4_096)
def _is_within(address: str, networks: tuple[IPv4Network | IPv6Network, ...]) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in networks)


@lru_cache(maxsize=4_096)
def _subject(address: str) -> str:
    """Return what limits count for: nobody has more addresses by having a longer one."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, IPv6Address):
        mapped = parsed.ipv4_mapped
        return str(mapped or IPv6Network((parsed, 64), strict=False))
    return str(parsed)
