"""The checkpoint signers: k of n keys whose word a verifier takes for the head.

docs/formats/checkpoint.md.
"""

from typing import NamedTuple

from credential import cbor
from credential.errors import FormatError, KeyFormatError, StructureError
from credential.keys import VerifyingKey, kid_of, load_key
from registry.cbor_reader import CborReader
from registry.key_shape import signer_key_algorithm

MAX_SIGNERS = 16
MAX_SIGNERS_BYTES = 32 * 1024


class Signers(NamedTuple):
    """`threshold` of these COSE_Keys, all different; their points may not have been looked at."""

    threshold: int
    cose_keys: tuple[bytes, ...]

    def verifying_keys(self) -> dict[bytes, VerifyingKey]:
        """The keys by their kid. Raises KeyFormatError for one that is no safe public key."""
        loaded = (load_key(cose_key) for cose_key in self.cose_keys)
        return {key.kid: key for key in loaded}


def shaped_signers(threshold: int, cose_keys: tuple[bytes, ...]) -> Signers:
    """Signers that keep `1 <= k <= n <= 16`, all keys different and of a permitted shape.

    No curve operation is done for keys nobody has vouched for yet. Raises StructureError or
    KeyFormatError.
    """
    if not 1 <= threshold <= len(cose_keys) <= MAX_SIGNERS:
        raise StructureError(
            f"{threshold} of {len(cose_keys)} signers is not 1 <= k <= n <= {MAX_SIGNERS}"
        )
    for cose_key in cose_keys:
        signer_key_algorithm(cose_key)
    if len({kid_of(cose_key) for cose_key in cose_keys}) != len(cose_keys):
        raise StructureError("a checkpoint signer is named twice; each must be another key")
    return Signers(threshold, cose_keys)


def make_signers(threshold: int, cose_keys: tuple[bytes, ...]) -> Signers:
    """Signers as `shaped_signers` makes them, with every key a usable public key.

    Raises StructureError or KeyFormatError.
    """
    signers = shaped_signers(threshold, cose_keys)
    signers.verifying_keys()
    return signers


def read_signers(reader: CborReader) -> Signers:
    """Checkpoint signers `[k, [COSE_Key...]]`, by shape. Raises FormatError or KeyFormatError."""
    reader.tuple_of(2)
    threshold = reader.uint(MAX_SIGNERS)
    count = reader.array(1, MAX_SIGNERS)
    return shaped_signers(threshold, tuple(reader.raw_map() for _ in range(count)))


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
