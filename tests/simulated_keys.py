"""Private keys made from a seed, so that a test signs for real and always the same way."""

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, mldsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from credential.ids import Kid
from credential.keys import (
    ALG_EDDSA,
    ALG_ES256,
    ALG_MLDSA44,
    encode_ed25519_key,
    encode_es256_key,
    encode_mldsa44_key,
    kid_of,
    low_s,
)

Book = dict[str, str]
"""ML-DSA signatures made before, as hex, by the SHA-256 of kid and message."""
_OPEN_BOOK: ContextVar[Book | None] = ContextVar("_OPEN_BOOK", default=None)


@contextlib.contextmanager
def remembering(book: Book) -> Iterator[None]:
    """Within it ML-DSA, which is random, signs as the book says, and writes there what is new."""
    before = _OPEN_BOOK.set(book)
    try:
        yield
    finally:
        _OPEN_BOOK.reset(before)


@dataclass(frozen=True)
class SimulatedKey:
    """A private key made from a seed; a Signer for batches and for checkpoints."""

    seed: str
    alg: int = ALG_ES256

    @property
    def _secret(self) -> bytes:
        return sha256(self.seed.encode()).digest()

    @property
    def _p256(self) -> ec.EllipticCurvePrivateKey:
        return ec.derive_private_key(int.from_bytes(self._secret, "big") >> 1 | 1, ec.SECP256R1())

    @property
    def _ed25519(self) -> ed25519.Ed25519PrivateKey:
        return ed25519.Ed25519PrivateKey.from_private_bytes(self._secret)

    @property
    def _mldsa44(self) -> mldsa.MLDSA44PrivateKey:
        return mldsa.MLDSA44PrivateKey.from_seed_bytes(self._secret)

    @property
    def cose_key(self) -> bytes:
        """The public key as it is registered."""
        if self.alg == ALG_ES256:
            return encode_es256_key(self._p256.public_key())
        if self.alg == ALG_EDDSA:
            return encode_ed25519_key(self._ed25519.public_key())
        return encode_mldsa44_key(self._mldsa44.public_key())

    @property
    def kid(self) -> Kid:
        """The key id."""
        return kid_of(self.cose_key)

    def sign(self, message: bytes) -> bytes:
        """The signature, raw: for ES256 r || s with a low s."""
        if self.alg == ALG_EDDSA:
            return self._ed25519.sign(message)
        if self.alg == ALG_MLDSA44:
            return self._sign_mldsa44(message)
        how = ec.ECDSA(SHA256(), deterministic_signing=True)
        r, s = decode_dss_signature(self._p256.sign(message, how))
        return low_s(r.to_bytes(32, "big") + s.to_bytes(32, "big"))

    def _sign_mldsa44(self, message: bytes) -> bytes:
        book = _OPEN_BOOK.get()
        if book is None:
            return self._mldsa44.sign(message)
        name = sha256(self.kid + message).hexdigest()
        if name not in book:
            book[name] = self._mldsa44.sign(message).hex()
        return bytes.fromhex(book[name])
