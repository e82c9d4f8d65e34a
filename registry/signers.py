"""The checkpoint signers: k of n keys whose word a verifier takes for the head.

docs/formats/checkpoint.md.
"""

from typing import NamedTuple

from credential import cbor
from credential.errors import FormatError, KeyFormatError, StructureError
from credential.keys import VerifyingKey, load_key

MAX_SIGNERS = 16
MAX_SIGNERS_BYTES = 32 * 1024


class Signers(NamedTuple):
    """`threshold` of these COSE_Keys; every key has been checked to be a usable public key."""

    threshold: int
    cose_keys: tuple[bytes, ...]

    def verifying_keys(self) -> dict[bytes, VerifyingKey]:
        """The keys by their kid."""
        loaded = (load_key(cose_key) for cose_key in self.cose_keys)
        return {key.kid: key for key in loaded}


def make_signers(threshold: int, cose_keys: tuple[bytes, ...]) -> Signers:
    """Signers that keep `1 <= k <= n <= 16` with all keys different and usable.

    Raises StructureError or KeyFormatError.
    """
    if not 1 <= threshold <= len(cose_keys) <= MAX_SIGNERS:
        message = f"{threshold} of {len(cose_keys)} signers is not 1 <= k <= n <= {MAX_SIGNERS}"
        raise StructureError(message)
    signers = Signers(threshold, cose_keys)
    if len(signers.verifying_keys()) != len(cose_keys):
        message = "a checkpoint signer is named twice; each must be another key"
        raise StructureError(message)
    return signers


def signers_value(signers: Signers | None) -> cbor.Value:
    """The CBOR value `[k, [COSE_Key...]]`, or null for no signers."""
    if signers is None:
        return None
    return [signers.threshold, [cbor.decode(key) for key in signers.cose_keys]]


def encode_cose_key_array(cose_keys: tuple[bytes, ...]) -> bytes:
    """The array of COSE_Key maps at the end of a checkpointSignersSet entry."""
    return cbor.encode([cbor.decode(key) for key in cose_keys])


def decode_cose_key_array(source: bytes) -> tuple[bytes, ...]:
    """The COSE_Keys of such an array, as bytes. Raises FormatError or KeyFormatError."""
    return _cose_keys(cbor.decode(source, max_bytes=MAX_SIGNERS_BYTES))


def _cose_keys(value: cbor.Value) -> tuple[bytes, ...]:
    if (
        not isinstance(value, list)
        or len(value) > MAX_SIGNERS
        or not all(isinstance(key, dict) for key in value)
    ):
        message = (
            f"the keys of the checkpoint signers are not an array of at most {MAX_SIGNERS} "
            "COSE_Key maps"
        )
        raise StructureError(message)
    return tuple(cbor.encode(key) for key in value)


SIGNER_ERRORS = (FormatError, KeyFormatError)
"""What reading signers can raise."""
