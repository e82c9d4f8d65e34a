"""Which names are keys in a hardware module (RFC 7512) and not files."""

from typing import Final

SCHEME: Final = "pkcs11:"


def is_in_module(name: str) -> bool:
    """Return whether a key's name is the URI of one in a hardware module."""
    return name.startswith(SCHEME)
