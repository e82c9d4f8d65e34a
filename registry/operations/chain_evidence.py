"""Chain evidence: from the nodes of a chain, what proves the journal's head without them."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from web3 import Web3
from web3.types import RPCEndpoint

from credential.ids import Digest
from registry.anchor_file import TrustAnchor, decode_trust_anchor
from registry.endpoints import mismatch
from registry.errors import ChainError, ChainUnavailableError, EvidenceError
from registry.evidence.consensus import Consensus, SealEngine
from registry.evidence.file import MAX_HEADERS, ChainEvidence
from registry.evidence.prove import ProvenHead, prove
from registry.finality import Engine
from registry.head import initial_head, next_head
from registry.journal import Journal
from registry.node_headers import NodeHeaders
from registry.open_registry import OpenRegistry
from registry.plain_words import explained
from registry.rim_errors import HomeError
from registry.validator_history import genesis_validators
from registry.validator_notes import validator_history

SEAL_ENGINES: Final = {Engine.QBFT: SealEngine.QBFT, Engine.CLIQUE: SealEngine.CLIQUE}
USUAL_EPOCH: Final = 30_000
_HEAD_SLOT: Final = "0x" + "00" * 32


class CollectedEvidence(NamedTuple):
    """Evidence that was checked from the home's own trust anchor on, and what it proves."""

    evidence: ChainEvidence
    proven: ProvenHead
    size: int


class _Proofs(NamedTuple):
    account: tuple[bytes, ...]
    storage: tuple[bytes, ...]


def collect(registry: OpenRegistry, size: int | None = None) -> CollectedEvidence:
    """Evidence of the newest block that counts; with `size`, of one where so many entries stood.

    Raises `HomeError` without a trust anchor that names validators, `ChainError` where no node
    tells what is needed, `EvidenceError` where what they tell proves nothing.
    """
    anchor = _anchor(registry)
    consensus = require_consensus(anchor)
    headers = NodeHeaders(registry.chain.pool)
    latest = headers.latest()
    history = validator_history(
        registry.home.evidence_notes, headers, consensus, latest, registry.progress
    )
    depth = len(history.members) // 2 + 1 if consensus.engine is SealEngine.CLIQUE else 0
    block = latest - depth if size is None else _block_of(registry, size, latest - depth)
    tail = range(block, block + depth + 1)
    proofs = _proofs(registry, headers, block)
    refused: EvidenceError | None = None
    for blocks in history.ways:
        shown = sorted({*(one for one in blocks if one <= block), *tail})
        evidence = _evidence(headers, consensus, shown, proofs)
        try:
            proven = prove(evidence, anchor.validators, consensus, registry.chain.contract)
        except EvidenceError as error:
            refused = refused or error
            continue
        # Read after the proof, so that it has all the entries that the proof is about.
        journal = registry.followed().journal
        return CollectedEvidence(evidence, proven, size_of(journal, proven.head))
    raise refused or EvidenceError("no block counts")


def require_consensus(anchor: TrustAnchor) -> Consensus:
    """Return how the trust anchor's validators seal; raises `HomeError` where it does not say."""
    if anchor.consensus is None:
        raise explained(
            HomeError("the trust anchor of this home folder names no validators and no engine"),
            means="No chain evidence was made: nobody could check it.",
            way_out="Set engine to qbft or clique in registry.json and write the trust anchor "
            "again: `sealroot registry trust-anchor write`. Or use --evidence checkpoint.",
        )
    return anchor.consensus


def size_of(journal: Journal, head: Digest) -> int:
    """Return after how many entries the journal has this head; raises `ChainError` for none."""
    found = initial_head(journal.chain_id, journal.contract)
    for size, entry in enumerate(journal.entries):
        if found == head:
            return size
        found = next_head(found, *entry)
    if found == head:
        return len(journal.entries)
    raise explained(
        ChainError("the entries that a node told do not give the head in the chain's own state"),
        means="The node lies about the journal, or its copy is damaged. No bundle was made.",
        way_out="Ask another node (rpc_urls in registry.json); delete journal.bin in the home "
        "folder, which is read again.",
    )


def genesis_consensus(
    registry: OpenRegistry, epoch: int | None
) -> tuple[tuple[bytes, ...], Consensus] | None:
    """Return genesis validators, engine and epoch length; None for a chain without validators."""
    engine = SEAL_ENGINES.get(registry.home.settings().engine)
    if engine is None:
        return None
    _require_one_genesis(registry)
    headers = NodeHeaders(registry.chain.pool)
    found = genesis_validators(headers, is_clique=engine is SealEngine.CLIQUE)
    if not found:
        raise explained(
            ChainError("the genesis block names no validators"),
            means="The chain chooses its validators by a contract; no chain evidence can be made.",
            way_out="Set engine to hardhat in registry.json to write a trust anchor for "
            "checkpoints alone.",
        )
    return found, Consensus(engine, epoch or _told_epoch(headers) or USUAL_EPOCH)


def _require_one_genesis(registry: OpenRegistry) -> None:
    """All nodes that answer begin from the same block: a trust anchor is not made from a lie."""
    told = registry.chain.pool.ask_each(_genesis_hash)
    if len(set(told.values())) > 1:
        raise mismatch(
            "the nodes tell different genesis blocks: "
            + ", ".join(f"{url} {found[:18]}…" for url, found in told.items())
        )


def _genesis_hash(web3: Web3) -> str:
    # Not through web3's own formatting, which refuses the extra data of these engines.
    answer = web3.provider.make_request(RPCEndpoint("eth_getBlockByNumber"), ["0x0", False])
    return str(dict(answer.get("result") or {}).get("hash"))


def validators_now(registry: OpenRegistry, consensus: Consensus) -> tuple[bytes, ...]:
    """Return the validators in force, as a node tells them, in order."""
    headers = NodeHeaders(registry.chain.pool)
    notes, latest = registry.home.evidence_notes, headers.latest()
    found = validator_history(notes, headers, consensus, latest, registry.progress)
    return tuple(sorted(found.members))


def _told_epoch(headers: NodeHeaders) -> int | None:
    """The epoch length in the chain's configuration, where a node tells it."""
    try:
        told = headers.ask("admin_nodeInfo")["protocols"]["eth"]["config"]
    except (ChainUnavailableError, KeyError, TypeError):
        return None
    for engine in ("qbft", "istanbul", "clique"):
        section = told.get(engine) or {}
        for name in ("epochlength", "epochLength", "epoch"):
            if isinstance(section.get(name), int) and section[name] > 0:
                return int(section[name])
    return None


def _anchor(registry: OpenRegistry) -> TrustAnchor:
    try:
        anchor = decode_trust_anchor(registry.home.trust_anchor.read_bytes())
    except OSError as error:
        raise explained(
            HomeError("there is no trust anchor in this home folder"),
            means="No chain evidence was made: there are no validators to begin from.",
            way_out="Write it: `sealroot registry trust-anchor write`.",
        ) from error
    if (anchor.chain_id, anchor.contract) != (registry.chain.chain_id, registry.chain.contract):
        raise explained(
            HomeError("the trust anchor in this home folder is of another home of the registry"),
            means="No chain evidence was made: its validators are not those of this chain.",
            way_out="Verifiers keep that anchor, and checkpoints carry them on. For chain evidence "
            "write another one: `sealroot registry trust-anchor write`.",
        )
    return anchor


def _block_of(registry: OpenRegistry, size: int, latest: int) -> int:
    """The newest block after which the journal had exactly `size` entries, by halving."""
    if registry.chain.size_at(latest) == size:
        return latest
    low, high = registry.chain.deployment.first_block, latest
    while low < high:
        middle = (low + high + 1) // 2
        found = registry.chain.size_at(middle)
        if found is not None and found > size:
            high = middle - 1
        else:
            low = middle
    if registry.chain.size_at(low) != size:
        raise explained(
            ChainError(f"no node shows a block that counts with a journal of {size} entries"),
            means="No evidence was made: nodes forget old states, and new blocks count late.",
            way_out="Make a checkpoint of the journal as it is now, then the bundle at once.",
        )
    return low


def _proofs(registry: OpenRegistry, headers: NodeHeaders, block: int) -> _Proofs:
    contract = "0x" + registry.chain.contract.hex()
    told = headers.ask("eth_getProof", contract, [_HEAD_SLOT], hex(block))
    try:
        (slot,) = told["storageProof"]
        return _Proofs(_nodes(told["accountProof"]), _nodes(slot["proof"]))
    except (KeyError, TypeError, ValueError) as error:
        raise ChainUnavailableError(
            "a node's proof of the journal's head is not of its form: ask another node"
        ) from error


def _evidence(
    headers: NodeHeaders, consensus: Consensus, shown: Sequence[int], proofs: _Proofs
) -> ChainEvidence:
    if len(shown) > MAX_HEADERS:
        raise explained(
            ChainError(f"the validators changed so often that {len(shown)} headers are needed"),
            means=f"A bundle carries at most {MAX_HEADERS}; no chain evidence was made.",
            way_out="Write a trust anchor with the validators of now, from which less is needed: "
            "`sealroot registry trust-anchor write --validators now`.",
        )
    encoded = tuple(map(headers.encoded, shown))
    return ChainEvidence(consensus.engine, encoded, proofs.account, proofs.storage)


def _nodes(told: Sequence[str]) -> tuple[bytes, ...]:
    return tuple(bytes.fromhex(node.removeprefix("0x")) for node in told)
