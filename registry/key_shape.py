"""The shapes of COSE_Keys as bytes: thousands of keys are checked without one curve operation.

docs/formats/sealed.md gives two shapes and docs/formats/checkpoint.md a third, for signers. Each is
deterministic CBOR with one variable part, so its bytes are a fixed prefix, the key, and for ES256
two bytes for the sign of y.
"""

from credential.errors import KeyFormatError
from credential.keys import ALG_EDDSA, ALG_ES256, ALG_MLDSA44

_ES256_PREFIX = bytes.fromhex("a401022001215820")
_ES256_LENGTH = len(_ES256_PREFIX) + 32 + 2
_ES256_SIGNS = (b"\x22\xf4", b"\x22\xf5")
_MLDSA44_PREFIX = bytes.fromhex("a3010703382f20590520")
_MLDSA44_LENGTH = len(_MLDSA44_PREFIX) + 1312
_ED25519_PREFIX = bytes.fromhex("a301012006215820")
_ED25519_LENGTH = len(_ED25519_PREFIX) + 32


def batch_key_algorithm(cose_key: bytes) -> int:
    """The algorithm of a batch key, by the shape of its COSE_Key alone.

    Whether the point is on the curve shows when a signature is checked: nobody can sign with a key
    that is not. Raises KeyFormatError for any other shape (sealed.md, "Keys").
    """
    if (
        len(cose_key) == _ES256_LENGTH
        and cose_key.startswith(_ES256_PREFIX)
        and cose_key[-2:] in _ES256_SIGNS
    ):
        return ALG_ES256
    if len(cose_key) == _MLDSA44_LENGTH and cose_key.startswith(_MLDSA44_PREFIX):
        return ALG_MLDSA44
    raise KeyFormatError("not a COSE_Key of a permitted shape")


def signer_key_algorithm(cose_key: bytes) -> int:
    """The algorithm of a checkpoint signer's key, by the shape of its COSE_Key alone.

    Raises KeyFormatError for a key of no such shape (checkpoint.md, "Statement").
    """
    if len(cose_key) == _ED25519_LENGTH and cose_key.startswith(_ED25519_PREFIX):
        return ALG_EDDSA
    return batch_key_algorithm(cose_key)
