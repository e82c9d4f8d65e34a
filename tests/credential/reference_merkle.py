"""The Merkle trees of RFC 9162 §2.1 written down as the standard defines them: slow and obvious."""

from collections.abc import Sequence
from functools import cache
from hashlib import sha256


def split(size: int) -> int:
    """Return the largest power of two smaller than size."""
    power = 1
    while power * 2 < size:
        power *= 2
    return power


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """MTH of §2.1.1, over leaf hashes."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = split(len(leaves))
    return node(root(leaves[:k]), root(leaves[k:]))


def path(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """PATH of §2.1.3.1."""
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if index < k:
        return [*path(index, leaves[:k]), root(leaves[k:])]
    return [*path(index - k, leaves[k:]), root(leaves[:k])]


def proof(size1: int, leaves: Sequence[bytes]) -> list[bytes]:
    """PROOF of §2.1.4.1."""
    return subproof(size1, leaves, whole=True)


def subproof(size1: int, leaves: Sequence[bytes], *, whole: bool) -> list[bytes]:
    if size1 == len(leaves):
        return [] if whole else [root(leaves)]
    k = split(len(leaves))
    if size1 <= k:
        return [*subproof(size1, leaves[:k], whole=whole), root(leaves[k:])]
    return [*subproof(size1 - k, leaves[k:], whole=False), root(leaves[:k])]


# The same three for trees whose leaves are all equal: so 2^63 leaves can be written down.


@cache
def uniform_root(size: int) -> bytes:
    if size == 1:
        return sha256(b"\x00").digest()
    k = split(size)
    return node(uniform_root(k), uniform_root(size - k))


def uniform_path(index: int, size: int) -> list[bytes]:
    if size == 1:
        return []
    k = split(size)
    if index < k:
        return [*uniform_path(index, k), uniform_root(size - k)]
    return [*uniform_path(index - k, size - k), uniform_root(k)]


def uniform_proof(size1: int, size2: int, *, whole: bool = True) -> list[bytes]:
    if size1 == size2:
        return [] if whole else [uniform_root(size2)]
    k = split(size2)
    if size1 <= k:
        return [*uniform_proof(size1, k, whole=whole), uniform_root(size2 - k)]
    return [*uniform_proof(size1 - k, size2 - k, whole=False), uniform_root(k)]
