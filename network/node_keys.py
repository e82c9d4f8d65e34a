"""The key of a validator: it names the node to its peers and signs its blocks."""

from typing import NamedTuple

from coincurve import PublicKey
from eth_hash.auto import keccak


class NodeIdentity(NamedTuple):
    """What is public of a validator's key."""

    public_key: bytes
    """64 bytes: x and y of the point on secp256k1."""
    address: bytes
    """20 bytes: the last ones of Keccak-256 of the public key."""


def identity_of(secret: bytes) -> NodeIdentity:
    """Return the public side of a 32-byte secret key; raises ValueError when it is none."""
    public_key = PublicKey.from_valid_secret(secret).format(compressed=False)[1:]
    return NodeIdentity(public_key, keccak(public_key)[12:])
