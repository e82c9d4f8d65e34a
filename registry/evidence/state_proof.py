"""That a state holds the head word of a contract: two Merkle-Patricia proofs, exactly as long.

docs/formats/evidence.md, "State proof". The `trie` library walks; around it nothing is let in that
an honest node would not answer.
"""

from collections.abc import Sequence
from typing import Final

from eth_hash.auto import keccak
from trie.exceptions import MissingTrieNode
from trie.hexary import HexaryTrie

from credential.ids import Digest
from registry.errors import EvidenceError
from registry.evidence.rlp_items import Item, decode_list, encode, scalar

HEAD_SLOT: Final = bytes(32)
"""Storage slot 0, where the contract keeps the head (contracts/Journal.sol)."""
_NO_CODE: Final = keccak(b"")
_BRANCH: Final = 17
_HASH_BYTES: Final = 32
_DEPTH: Final = 8
"""A node embeds another only where that is shorter than a hash: never many deep."""


def prove_head(
    state_root: bytes,
    contract: bytes,
    account_proof: Sequence[bytes],
    storage_proof: Sequence[bytes],
) -> Digest:
    """The head word of the contract in the state of this root. Raises EvidenceError."""
    account = decode_list(_value(state_root, contract, account_proof, "account"), 4, 1)
    if len(account) != 4:
        raise EvidenceError("an account in the state has four fields")
    storage_root, code_hash = account[2:]
    if not isinstance(storage_root, bytes) or len(storage_root) != _HASH_BYTES:
        raise EvidenceError("an account in the state has a storage root of 32 bytes")
    if code_hash == _NO_CODE:
        raise EvidenceError("there is no contract at this address in the proven state")
    return Digest(_word(_value(storage_root, HEAD_SLOT, storage_proof, "storage")))


def _word(value: bytes) -> bytes:
    """The 32-byte word that storage holds as RLP without leading zeros."""
    if len(value) > _HASH_BYTES + 1:
        raise EvidenceError("a word in storage has at most 32 bytes")
    (content,) = decode_list(bytes((0xC0 + len(value),)) + value, 1, 1)
    if not isinstance(content, bytes):
        raise EvidenceError("a word in storage is a number")
    scalar(content, _HASH_BYTES)
    return content.rjust(_HASH_BYTES, b"\0")


class _ReadNodes:
    """The nodes of a proof by their hash, noting in what order they are read."""

    def __init__(self, nodes: Sequence[bytes]) -> None:
        self._by_hash = {keccak(node): node for node in nodes}
        self.given = [keccak(node) for node in nodes]
        self.read: list[bytes] = []

    def __getitem__(self, node_hash: bytes) -> bytes:
        node = self._by_hash[node_hash]
        self.read.append(node_hash)
        return node


def _value(root: bytes, name: bytes, proof: Sequence[bytes], what: str) -> bytes:
    """What the trie of this root holds under a name, by exactly these nodes."""
    for node in proof:
        _require_node(decode_list(node, _BRANCH, _DEPTH))
    nodes = _ReadNodes(proof)
    try:
        value = bytes(HexaryTrie(nodes, root_hash=root).get(keccak(name)))
    except MissingTrieNode as error:
        raise EvidenceError(
            f"a node of the {what} proof is missing: it does not lead down from the state it is for"
        ) from error
    if not value:
        raise EvidenceError(f"the {what} proof shows that there is nothing at this place")
    if nodes.read != nodes.given:
        raise EvidenceError(f"the {what} proof has nodes that are not on the way, or out of order")
    return value


def _require_node(node: list[Item]) -> None:
    """The node is of one of the three kinds, in the form that every other reader expects."""
    if len(node) == _BRANCH:
        for child in node[:-1]:
            _require_child(child, may_be_empty=True)
        if not isinstance(node[-1], bytes):
            raise EvidenceError("a branch of a proof has a list as its value")
        return
    if len(node) != 2 or not isinstance(node[0], bytes) or not node[0]:
        raise EvidenceError("a node of a proof has 17 parts, or two of which the first is a path")
    path, target = node[0], node[1]
    kind = path[0] >> 4
    if kind > 3 or (kind in {0, 2} and path[0] & 15):
        raise EvidenceError("a path in a node of a proof is not of its form")
    if kind >= 2 and not (isinstance(target, bytes) and target):
        raise EvidenceError("a leaf of a proof has no value")
    if kind < 2:
        if path == b"\0":
            raise EvidenceError("an extension in a proof has an empty path")
        _require_child(target, may_be_empty=False)


def _require_child(child: Item, *, may_be_empty: bool) -> None:
    """A hash, a node too short to be hashed, or nothing."""
    if isinstance(child, list):
        if len(encode(child)) >= _HASH_BYTES:
            raise EvidenceError("a node of a proof embeds another that should be hashed")
        _require_node(child)
    elif len(child) != _HASH_BYTES and (child or not may_be_empty):
        raise EvidenceError("a node of a proof names another by something that is no hash")
