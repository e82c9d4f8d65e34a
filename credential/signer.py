"""Whoever signs: a hardware module, or a key file in development."""

from typing import Protocol

from credential.ids import Kid


class Signer(Protocol):
    """Signs with one key, over Sig_structures (RFC 9052 §4.4)."""

    @property
    def alg(self) -> int:
        """The COSE algorithm of the key."""

    @property
    def cose_key(self) -> bytes:
        """The COSE_Key bytes, as they are registered or published."""

    @property
    def kid(self) -> Kid:
        """The first 16 bytes of SHA-256 over `cose_key`."""

    def sign(self, message: bytes) -> bytes:
        """Return the COSE signature: ES256 as r || s with low s, ML-DSA-44 with no context."""
