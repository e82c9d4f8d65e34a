"""Files with private signing keys, for batches and checkpoints.

A stand-in for a hardware module, for development only.

    { "format": "sealroot-insecure-key-1", "alg": -7, "private": "<hex>", "kid": "<hex>" }

`private` is the P-256 scalar, the seed of ML-DSA-44 (FIPS 204) or of Ed25519 (RFC 8032), 32 bytes
each.
"""

import json
import os
import warnings
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

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
from registry.plain_words import explained
from registry.rim_errors import KeyFileError

FORMAT: Final = "sealroot-insecure-key-1"
KEY_SUFFIX: Final = ".key"
PRIVATE_BYTES: Final = 32
_P256_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551

PrivateKey = ec.EllipticCurvePrivateKey | MLDSA44PrivateKey | Ed25519PrivateKey


class InsecureKeyFileWarning(UserWarning):
    """A signing key is kept unencrypted on disk: for development only."""


class InsecureKeyFile:
    """A signing key that lies in a plain file; warns when made."""

    def __init__(self, path: Path) -> None:
        self._private, stated = _read(path)
        self.cose_key = _public(self._private)
        self.alg = _alg(self._private)
        self.kid: Kid = kid_of(self.cose_key)
        if self.kid.hex() != stated:
            raise _unusable(path, "the key in it is not the one whose key id it states")
        warnings.warn(
            f"{path} holds an unencrypted signing key", InsecureKeyFileWarning, stacklevel=2
        )

    def sign(self, message: bytes) -> bytes:
        """Return the COSE signature over the message, ES256 with low s."""
        if not isinstance(self._private, ec.EllipticCurvePrivateKey):
            return self._private.sign(message)
        r, s = decode_dss_signature(self._private.sign(message, ec.ECDSA(hashes.SHA256())))
        return low_s(r.to_bytes(32, "big") + s.to_bytes(32, "big"))


def make_insecure_key(path: Path, alg: int) -> Kid:
    """A new key file is at `path`, readable by its owner alone.

    Raises `KeyFileError` where one is there.
    """
    private, secret = _generate(alg, path)
    kid = kid_of(_public(private))
    content = {"format": FORMAT, "alg": alg, "private": secret.hex(), "kid": kid.hex()}
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise _unusable(path, "it is there already, and a key file is never replaced") from error
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        json.dump(content, file, indent=1)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    return kid


def _generate(alg: int, path: Path) -> tuple[PrivateKey, bytes]:
    if alg == ALG_ES256:
        elliptic = ec.generate_private_key(ec.SECP256R1())
        scalar = elliptic.private_numbers().private_value
        return elliptic, scalar.to_bytes(PRIVATE_BYTES, "big")
    if alg == ALG_MLDSA44:
        lattice = MLDSA44PrivateKey.generate()
        return lattice, lattice.private_bytes_raw()
    if alg == ALG_EDDSA:
        edwards = Ed25519PrivateKey.generate()
        return edwards, edwards.private_bytes_raw()
    raise _unusable(path, f"algorithm {alg} is none of ES256, ML-DSA-44 and Ed25519")


def _read(path: Path) -> tuple[PrivateKey, str]:
    try:
        if path.stat().st_mode & 0o077:
            raise _unusable(path, "other accounts of this machine may read it (chmod 600)")
        content = json.loads(path.read_text("ascii"))
        secret = bytes.fromhex(content["private"])
        alg, stated = content["alg"], content["kid"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _unusable(path, f"it is missing or no file of the form {FORMAT}") from error
    if content.get("format") != FORMAT or len(secret) != PRIVATE_BYTES:
        raise _unusable(path, f"it is no file of the form {FORMAT}")
    return _load(alg, secret, path), str(stated)


def _load(alg: object, secret: bytes, path: Path) -> PrivateKey:
    if alg == ALG_MLDSA44:
        return MLDSA44PrivateKey.from_seed_bytes(secret)
    if alg == ALG_EDDSA:
        return Ed25519PrivateKey.from_private_bytes(secret)
    scalar = int.from_bytes(secret, "big")
    if alg == ALG_ES256 and 1 <= scalar < _P256_ORDER:
        return ec.derive_private_key(scalar, ec.SECP256R1())
    raise _unusable(path, "it holds no key of a known algorithm")


def _public(private: PrivateKey) -> bytes:
    if isinstance(private, ec.EllipticCurvePrivateKey):
        return encode_es256_key(private.public_key())
    if isinstance(private, MLDSA44PrivateKey):
        return encode_mldsa44_key(private.public_key())
    return encode_ed25519_key(private.public_key())


def _alg(private: PrivateKey) -> int:
    if isinstance(private, ec.EllipticCurvePrivateKey):
        return ALG_ES256
    return ALG_MLDSA44 if isinstance(private, MLDSA44PrivateKey) else ALG_EDDSA


def _unusable(path: Path, why: str) -> KeyFileError:
    return explained(
        KeyFileError(f"the key file {path} cannot be used: {why}"),
        means="Nothing was signed with it.",
        way_out="Check the path, or make a new key with `sealroot registry key new`.",
    )
