"""Who signs batch roots: the Signer protocol and a key file for development; an HSM comes behind the same protocol."""

import json
import os
import warnings
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from credential.ids import Kid
from credential.keys import (
    ALG_ES256,
    ALG_MLDSA44,
    encode_es256_key,
    encode_mldsa44_key,
    kid_of,
    low_s,
)
from issuer.errors import SettingsError

KEY_FILE_FORMAT = "sealroot-insecure-key-1"
ALGORITHM_NAMES = {"es256": ALG_ES256, "ml-dsa-44": ALG_MLDSA44}
_PRIVATE_BYTES = 32  # a P-256 scalar, or the seed of ML-DSA-44 (FIPS 204 §5.1)
_MAX_KEY_FILE_BYTES = 4_096
_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


class InsecureSignerWarning(UserWarning):
    """A private key lies in a file that anyone with access to this account can copy."""


class Signer(Protocol):
    """Signs Sig_structures (RFC 9052 §4.4) with one registered batch key."""

    @property
    def alg(self) -> int:
        """The COSE algorithm of the key."""

    @property
    def cose_key(self) -> bytes:
        """The COSE_Key bytes as registered in the journal."""

    @property
    def kid(self) -> Kid:
        """The first 16 bytes of SHA-256 over `cose_key`."""

    def sign(self, message: bytes) -> bytes:
        """Return the COSE signature over the message: ES256 as r || s with low s, ML-DSA-44 as it is."""


class KeySigner:
    """A Signer over a private key held in memory: the trial run's throwaway key, and what a key file holds."""

    def __init__(self, private: ec.EllipticCurvePrivateKey | MLDSA44PrivateKey) -> None:
        """Take the key and compute its public form once."""
        self._private = private
        if isinstance(private, ec.EllipticCurvePrivateKey):
            self.alg = ALG_ES256
            self.cose_key = encode_es256_key(private.public_key())
        else:
            self.alg = ALG_MLDSA44
            self.cose_key = encode_mldsa44_key(private.public_key())
        self.kid: Kid = kid_of(self.cose_key)

    def sign(self, message: bytes) -> bytes:
        """Return the COSE signature over the message."""
        if isinstance(self._private, ec.EllipticCurvePrivateKey):
            r, s = decode_dss_signature(self._private.sign(message, ec.ECDSA(hashes.SHA256())))
            return low_s(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
        return self._private.sign(message)


def throwaway_signer(alg: int) -> KeySigner:
    """Return a signer of this algorithm whose key nobody else will ever hold."""
    if alg == ALG_MLDSA44:
        return KeySigner(MLDSA44PrivateKey.generate())
    return KeySigner(ec.generate_private_key(ec.SECP256R1()))


class InsecureFileSigner:
    """A Signer whose private key lies in a file with mode 0600: for development, never for an office."""

    def __init__(self, path: Path) -> None:
        """Load the key file; raises SettingsError when it is no key file or others may read it."""
        self._signer = KeySigner(_read_key(path))
        self.alg = self._signer.alg
        self.cose_key = self._signer.cose_key
        self.kid: Kid = self._signer.kid
        warnings.warn(
            f"the batch key in {path.name} is a plain file: whoever copies it can sign as this agency. "
            "Use it for development; an office keeps its key in a hardware module.",
            InsecureSignerWarning,
            stacklevel=2,
        )

    def sign(self, message: bytes) -> bytes:
        """Return the COSE signature over the message."""
        return self._signer.sign(message)


def create_key_file(path: Path, alg: int) -> KeySigner:
    """A new key file is at `path`, readable by its owner alone; an existing file is never replaced."""
    if alg == ALG_ES256:
        elliptic = ec.generate_private_key(ec.SECP256R1())
        private_bytes = elliptic.private_numbers().private_value.to_bytes(_PRIVATE_BYTES, "big")
        signer = KeySigner(elliptic)
    elif alg == ALG_MLDSA44:
        lattice = MLDSA44PrivateKey.generate()
        private_bytes = lattice.private_bytes_raw()
        signer = KeySigner(lattice)
    else:
        raise SettingsError(f"no batch key can be made for algorithm {alg}; use ES256 or ML-DSA-44")
    content = {
        "format": KEY_FILE_FORMAT,
        "alg": alg,
        "private": private_bytes.hex(),
        "kid": signer.kid.hex(),
    }
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise SettingsError(f"{path} exists already; a key file is never overwritten") from error
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        json.dump(content, file, indent=1)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    return signer


def _read_key(path: Path) -> ec.EllipticCurvePrivateKey | MLDSA44PrivateKey:
    try:
        if path.stat().st_mode & 0o077:
            raise SettingsError(
                f"other accounts of this machine can read the key file {path}. Treat the key as leaked if they "
                f"are not trusted; otherwise: chmod 600 {path}"
            )
        text = path.read_bytes()[: _MAX_KEY_FILE_BYTES + 1]
    except OSError as error:
        raise SettingsError(f"the key file {path} cannot be read: {error.strerror}") from error
    return _parse_key(path, text)


def _parse_key(path: Path, text: bytes) -> ec.EllipticCurvePrivateKey | MLDSA44PrivateKey:
    try:
        content = json.loads(text)
        if content["format"] != KEY_FILE_FORMAT:
            raise SettingsError(f"{path} is not a key file of the form {KEY_FILE_FORMAT}")
        private_bytes = bytes.fromhex(content["private"])
        alg = content["alg"]
    except (ValueError, KeyError, TypeError) as error:
        raise SettingsError(f"{path} is not a key file of the form {KEY_FILE_FORMAT}") from error
    if len(private_bytes) != _PRIVATE_BYTES or alg not in (ALG_ES256, ALG_MLDSA44):
        raise SettingsError(f"{path} holds a key this release cannot use")
    if alg == ALG_MLDSA44:
        return MLDSA44PrivateKey.from_seed_bytes(private_bytes)
    scalar = int.from_bytes(private_bytes, "big")
    if not 1 <= scalar < _P256_ORDER:
        raise SettingsError(f"{path} holds no P-256 key")
    return ec.derive_private_key(scalar, ec.SECP256R1())
