"""Merkle trees of RFC 9162 §2.1 over SHA-256: roots, inclusion and consistency paths."""

from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Final

from credential.errors import PathError, RootMismatchError
from credential.ids import Root

EMPTY_ROOT: Final = Root(sha256(b"").digest())
_MAX_SIZE: Final = 1 << 64


def leaf_hash(entry: bytes) -> bytes:
    """Return SHA-256(0x00 || entry), the hash of a leaf (RFC 9162 §2.1.1)."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return SHA-256(0x01 || left || right), the hash of an inner node (RFC 9162 §2.1.1)."""
    return sha256(b"\x01" + left + right).digest()


def tree_levels(leaf_hashes: Sequence[bytes]) -> list[list[bytes]]:
    """Return the levels of the tree, leaves first; a node without a sibling moves up as it is.

    That gives the trees of RFC 9162 §2.1.1, whose left subtrees are always full.
    """
    levels = [list(leaf_hashes)]
    while len(levels[-1]) > 1:
        below = levels[-1]
        nodes = list(map(node_hash, below[::2], below[1::2]))
        if len(below) & 1:
            nodes.append(below[-1])
        levels.append(nodes)
    return levels


def tree_root(leaf_hashes: Sequence[bytes]) -> Root:
    """Return the root over the leaf hashes in order; over none, SHA-256 of nothing (§2.1.1)."""
    return Root(tree_levels(leaf_hashes)[-1][0]) if leaf_hashes else EMPTY_ROOT


def inclusion_paths(leaf_hashes: Sequence[bytes]) -> tuple[Root, list[tuple[bytes, ...]]]:
    """Return the root and every leaf's inclusion path, leaf upwards (RFC 9162 §2.1.3.1)."""
    if not leaf_hashes:
        return EMPTY_ROOT, []
    levels = tree_levels(leaf_hashes)
    paths: list[tuple[bytes, ...]] = [()]
    for nodes in reversed(levels[:-1]):
        above, last = paths, len(nodes) - 1
        paths = [
            above[at >> 1] if at == last and not at & 1 else (nodes[at ^ 1], *above[at >> 1])
            for at in range(len(nodes))
        ]
    return Root(levels[-1][0]), paths


def inclusion_root(
    leaf_hash: bytes, leaf_index: int, tree_size: int, path: Sequence[bytes]
) -> Root:
    """Return the root that a leaf and its inclusion path give (RFC 9162 §2.1.3.2).

    leaf_hash   32 bytes: the hash of the leaf, already made with `leaf_hash(entry)`; not the entry
    leaf_index  int, counted from 0
    tree_size   int, number of leaves of the tree; below 2^64
    path        the nodes from the leaf's sibling upwards, each 32 bytes

    Raises PathError when index, size and path cannot belong together: an index not below the size,
    a path one step too long or too short, a node that is not 32 bytes. The caller compares the
    root, or uses `verify_inclusion`.
    """
    sides = path_sides(leaf_index, tree_size, len(path))
    if len(leaf_hash) != 32 or any(len(node) != 32 for node in path):
        raise PathError("the leaf hash or a node of the path is not 32 bytes")
    return climb(leaf_hash, sides, path)


def climb(node: bytes, sides: int, path: Sequence[bytes]) -> Root:
    """Return what a node of 32 bytes and the siblings above it, on these sides, hash to."""
    for sibling in path:
        node = sha256(b"\x01" + sibling + node if sides & 1 else b"\x01" + node + sibling).digest()
        sides >>= 1
    return Root(node)


def path_sides(leaf_index: int, tree_size: int, steps: int) -> int:
    """Return on which side the siblings of a path are, one bit a step from the leaf, 1 for left.

    Up to where the ways of this leaf and the last leaf meet, the bits of the index say it. Above,
    the node is the last of its level: it has a sibling, always at its left, on the levels where
    that bit of the index is set, and moves up alone on the others (RFC 9162 §2.1.3.2).

    Raises PathError when the leaf is not in the tree, or its path has another number of steps.
    """
    if not 0 <= leaf_index < tree_size <= _MAX_SIZE:
        raise PathError(f"leaf {leaf_index} does not exist in a tree of {tree_size} leaves")
    meeting = (leaf_index ^ tree_size - 1).bit_length()
    if steps != meeting + (leaf_index >> meeting).bit_count():
        raise PathError(f"{steps} steps are not the length of the path of this leaf")
    return leaf_index | -1 << meeting


def verify_inclusion(
    leaf_hash: bytes, leaf_index: int, tree_size: int, path: Sequence[bytes], root: bytes
) -> None:
    """Return only if the leaf is at that index of the tree with this root (RFC 9162 §2.1.3.2).

    Parameters as `inclusion_root`, then root: the expected root, 32 bytes. Raises PathError as
    there, and RootMismatchError when the path gives another root; both are ProofError. Never
    returns a truth value.
    """
    if inclusion_root(leaf_hash, leaf_index, tree_size, path) != root:
        raise RootMismatchError("the inclusion path gives another root")


def verify_consistency(
    size1: int, size2: int, path: Sequence[bytes], root1: bytes, root2: bytes
) -> None:
    """Return only if the tree of size2 leaves begins with that of size1 (RFC 9162 §2.1.4.2).

    size1, size2  int, number of leaves of the earlier and the later tree; below 2^64
    path          the consistency path, each node 32 bytes; empty exactly when the sizes are equal
    root1, root2  the roots of the two trees, 32 bytes each

    Raises PathError when sizes and path cannot belong together (a path from an empty tree to a
    larger one proves nothing and is refused), RootMismatchError when a root differs; both are
    ProofError. Never returns a truth value.
    """
    if not 0 <= size1 <= size2 <= _MAX_SIZE:
        raise PathError(f"a tree of {size2} leaves cannot continue one of {size1}")
    if size1 == size2:
        if path:
            raise PathError("two trees of equal size have an empty consistency path")
        first, second = root1, root2
        if first != second:
            raise RootMismatchError("two trees of equal size have different roots")
        return
    if not size1:
        raise PathError("consistency with an empty tree proves nothing")
    first, second = _consistency_roots(size1, size2, path, root1)
    if first != root1 or second != root2:
        raise RootMismatchError("the consistency path gives another root")


def _consistency_roots(
    size1: int, size2: int, path: Sequence[bytes], root1: bytes
) -> tuple[bytes, bytes]:
    """Return the roots of both trees as the path gives them (RFC 9162 §2.1.4.2, steps 1 to 7)."""
    if any(len(node) != 32 for node in path) or len(root1) != 32:
        raise PathError("a node of the path is not 32 bytes")
    nodes = iter(path)
    at, last = size1 - 1, size2 - 1
    while at & 1:
        at >>= 1
        last >>= 1
    seed = (
        next(nodes, None) if at else root1
    )  # a full first tree is itself the first node of the path
    if seed is None:
        raise PathError("the consistency path is empty")
    first = second = seed
    for node in nodes:
        if not last:
            raise PathError("the consistency path is too long")
        if at & 1 or at == last:
            first, second = node_hash(node, first), node_hash(node, second)
            while at and not at & 1:
                at >>= 1
                last >>= 1
        else:
            second = node_hash(second, node)
        at >>= 1
        last >>= 1
    if last:
        raise PathError("the consistency path is too short")
    return first, second


def consistency_path(leaf_hashes: Sequence[bytes], size1: int) -> list[bytes]:
    """Return the path that proves the first size1 leaves to be a prefix of all (RFC 9162 §2.1.4.1).

    Raises PathError unless 1 <= size1 <= number of leaves.
    """
    if not 1 <= size1 <= len(leaf_hashes):
        raise PathError(f"no consistency path from {size1} to {len(leaf_hashes)} leaves")
    return list(_subproof(size1, leaf_hashes, whole=True))


def _subproof(size1: int, leaf_hashes: Sequence[bytes], *, whole: bool) -> Iterator[bytes]:
    size2 = len(leaf_hashes)
    if size1 == size2:
        if not whole:
            yield tree_root(leaf_hashes)
        return
    split = 1 << ((size2 - 1).bit_length() - 1)
    if size1 <= split:
        yield from _subproof(size1, leaf_hashes[:split], whole=whole)
        yield tree_root(leaf_hashes[split:])
    else:
        yield from _subproof(size1 - split, leaf_hashes[split:], whole=False)
        yield tree_root(leaf_hashes[:split])
