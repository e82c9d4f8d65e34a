"""Who made a seal: an ECDSA signature on secp256k1 with its recovery id, and nothing laxer."""

from typing import Final

from coincurve import PublicKey
from eth_hash.auto import keccak

from registry.errors import EvidenceError

SEAL_BYTES: Final = 65
_HALF_ORDER: Final = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0


def sealer(digest: bytes, seal: bytes) -> bytes:
    """The address of whoever sealed this digest. Raises EvidenceError.

    65 bytes r, s, v; s in the lower half, v 0 or 1: a seal has one form, so that nobody can make a
    second out of it.
    """
    if len(seal) != SEAL_BYTES or seal[64] > 1:
        raise EvidenceError("a seal has 65 bytes, the last of them 0 or 1")
    if int.from_bytes(seal[32:64], "big") > _HALF_ORDER:
        raise EvidenceError("a seal has its s in the upper half, which no engine makes")
    try:
        key = PublicKey.from_signature_and_message(seal, digest, hasher=None)
    except ValueError as error:
        raise EvidenceError("a seal is no signature at all") from error
    return bytes(keccak(key.format(compressed=False)[1:])[12:])
