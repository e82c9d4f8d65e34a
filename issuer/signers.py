"""Who signs batch roots.

A key file for development, and the trial run's throwaway keys.

A hardware module is behind the same protocol (credential/signer.py).
"""

from pathlib import Path

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
from registry.key_files import InsecureKeyFile, make_insecure_key

BATCH_ALGORITHMS = {"es256": ALG_ES256, "ml-dsa-44": ALG_MLDSA44}


class InsecureFileSigner:
    """A Signer whose private key lies in a file with mode 0600; warns when made.

    For development: whoever copies the file can sign as the agency. An office uses a hardware
    module.
    """

    def __init__(self, path: Path) -> None:
        """Load the key file; raises KeyFileError, or SettingsError for a key no batch may use."""
        self._key = InsecureKeyFile(path)
        if self._key.alg not in BATCH_ALGORITHMS.values():
            raise SettingsError(
                f"the key in {path} is of algorithm {self._key.alg}, with which no batch is "
                "signed. "
                "Use a key of ES256 or ML-DSA-44."
            )
        self.alg = self._key.alg
        self.cose_key = self._key.cose_key
        self.kid: Kid = self._key.kid

    def sign(self, message: bytes) -> bytes:
        """Return the COSE signature over the message."""
        return self._key.sign(message)


def create_key_file(path: Path, alg: int) -> Kid:
    """A new key file is at `path`, readable by its owner alone.

    An existing one is never replaced.
    """
    if alg not in BATCH_ALGORITHMS.values():
        raise SettingsError(f"no batch key can be made for algorithm {alg}")
    return make_insecure_key(path, alg)


class ThrowawaySigner:
    """A Signer with a new key that exists in this process alone: what the trial run signs with."""

    def __init__(self, alg: int) -> None:
        """Make the key; raises SettingsError for an algorithm no batch may use."""
        self._elliptic = ec.generate_private_key(ec.SECP256R1()) if alg == ALG_ES256 else None
        self._lattice = MLDSA44PrivateKey.generate() if alg == ALG_MLDSA44 else None
        self.alg = alg
        if self._elliptic is not None:
            self.cose_key = encode_es256_key(self._elliptic.public_key())
        elif self._lattice is not None:
            self.cose_key = encode_mldsa44_key(self._lattice.public_key())
        else:
            raise SettingsError(f"no batch is signed with algorithm {alg}")
        self.kid: Kid = kid_of(self.cose_key)

    def sign(self, message: bytes) -> bytes:
        """Return the COSE signature over the message."""
        if self._elliptic is not None:
            r, s = decode_dss_signature(self._elliptic.sign(message, ec.ECDSA(hashes.SHA256())))
            return low_s(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
        if self._lattice is not None:
            return self._lattice.sign(message)
        raise SettingsError(f"no batch is signed with algorithm {self.alg}")
