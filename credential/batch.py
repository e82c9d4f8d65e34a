"""Sealing a batch: one tree over all entries, one signature, one receipt for each entry."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from credential import cbor
from credential.errors import LimitError, StructureError
from credential.ids import Kid, Root
from credential.keys import ALG_ES256, SIGNATURE_BYTES, low_s
from credential.merkle import leaf_hash, tree_levels
from credential.sealed import RECEIPT_ALGORITHMS, receipt_ending, receipt_header, receipt_opening
from credential.sign1 import sig_structure

MAX_BATCH: Final = 4096
_STEP_HEAD: Final = b"\x58\x20"  # a byte string of 32 bytes


@dataclass(frozen=True, slots=True)
class SealedBatch:
    """A batch as it is anchored (root, size) and handed out (sealed, in order)."""

    root: Root
    size: int
    signature: bytes
    sealed: list[bytes]


def seal_batch(
    entries: Sequence[bytes], *, alg: int, kid: Kid, aad: bytes, sign: Callable[[bytes], bytes]
) -> SealedBatch:
    """Return every entry with its receipt; `sign` is called once, with the Sig_structure.

    entries  encoded entries in batch order, 1 to 4,096
    alg      ALG_ES256 or ALG_MLDSA44, that of the key
    aad      `registry_aad` of the registry where the batch will be anchored
    sign     makes the raw signature; a high s of an ES256 signature is turned into its low twin

    Raises LimitError for a batch of another size, StructureError for an algorithm without receipts
    or a signature of the wrong length. Cost and memory grow in step with the number of entries.
    """
    size = len(entries)
    if not 1 <= size <= MAX_BATCH:
        raise LimitError(f"a batch has 1 to {MAX_BATCH} entries, not {size}")
    if alg not in RECEIPT_ALGORITHMS:
        raise StructureError("the algorithm of a receipt is ES256 or ML-DSA-44")
    levels = tree_levels([leaf_hash(entry) for entry in entries])
    root = Root(levels[-1][0])
    protected = receipt_header(alg, kid)
    signature = sign(sig_structure(protected, aad, root))
    if alg == ALG_ES256:
        signature = low_s(signature)
    if len(signature) != SIGNATURE_BYTES[alg]:
        raise StructureError(
            "the signer's answer does not have the length of its algorithm's signatures"
        )
    opening, ending = receipt_opening(protected), receipt_ending(signature)
    size_head = b"\x83" + cbor.head(0, size)
    sealed = []
    for at, (entry, path) in enumerate(zip(entries, _encoded_paths(levels), strict=True)):
        proof = size_head + cbor.head(0, at) + _PATH_HEADS[len(path) // 34] + path
        sealed.append(
            b"".join(
                (
                    b"\x82",
                    cbor.head(2, len(entry)),
                    entry,
                    opening,
                    cbor.head(2, len(proof)),
                    proof,
                    ending,
                )
            )
        )
    return SealedBatch(root, size, signature, sealed)


_PATH_HEADS: Final = tuple(cbor.head(4, steps) for steps in range(MAX_BATCH.bit_length()))


def _encoded_paths(levels: list[list[bytes]]) -> list[bytes]:
    """Return for every leaf the steps of its inclusion path as they stand in a proof.

    Both children of a node share the steps above it, so a leaf costs one concatenation and not one
    for each level.
    """
    paths = [b""]
    for nodes in reversed(levels[:-1]):
        steps = [_STEP_HEAD + node for node in nodes]
        below = []
        for above, left, right in zip(paths, steps[::2], steps[1::2], strict=False):
            below.append(right + above)
            below.append(left + above)
        if len(nodes) & 1:
            below.append(paths[-1])  # a last node without a sibling moved up: no step
        paths = below
    return paths
