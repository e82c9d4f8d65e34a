"""What all nodes that answer say of the final part of the chain; where they differ, stop.

A block counts as there once more than half of the nodes that answer have it, so that one node can
neither hurry nor hold up the rest. Each node is compared at the newest final block that it has
itself: lagging is not disagreeing. Two histories of what is final are never chosen between.
"""

from typing import Final, NamedTuple

from web3 import Web3

from registry.chain_protocol import JournalHead
from registry.endpoints import EndpointPool, bare, shown
from registry.node_http import NoAnswerError
from registry.plain_words import explained
from registry.rim_errors import EndpointsDisagreeError

HASH_DIGITS: Final = 16


class FinalBlock(NamedTuple):
    """A final block as one node tells it; `journal` None where it keeps no state of it any more."""

    number: int
    hash: str
    journal: JournalHead | None


class Agreement:
    """Compares the nodes of one chain, and remembers what they last agreed on."""

    def __init__(
        self,
        pool: EndpointPool,
        chain_id: int,
        contract: bytes,
        *,
        first_block: int,
        depth: int,
        selectors: tuple[str, str],
    ) -> None:
        self._pool = pool
        self._chain_id = chain_id
        self._address = "0x" + contract.hex()
        self._first_block = first_block
        self._depth = depth
        self._selectors = selectors
        self._known: FinalBlock | None = None

    def final_block(self) -> FinalBlock | None:
        """Return the newest block that is final for more than half of the nodes that answer.

        None while it is older than the registry. Raises `EndpointsDisagreeError` naming two nodes
        that tell different histories, or one that now tells another than before.
        """
        newest = self._pool.ask_each(self._newest)
        reached = sorted(newest.values(), reverse=True)
        final = reached[len(reached) // 2] - self._depth
        if final < self._first_block:
            return None
        ahead = [url for url, number in newest.items() if number - self._depth >= final]
        told = self._pool.ask_each(lambda web3: self._block(web3, final), ahead)
        reference = next(iter(told))
        for url, block in told.items():
            _require_same(reference, told[reference], url, block)
        for url, number in newest.items():
            if url not in ahead:
                self._compare_behind(reference, url, number - self._depth)
        self._require_as_before(reference, told[reference])
        self._pool.prefer(reference)
        return next((block for block in told.values() if block.journal), told[reference])

    def _newest(self, web3: Web3) -> int:
        told = int(bare(web3, "eth_chainId"), 16)
        if told != self._chain_id:
            raise disagreement(
                f"a node that was of chain {self._chain_id} now says that it is of chain {told}"
            )
        return int(bare(web3, "eth_blockNumber"), 16)

    def _block(self, web3: Web3, number: int) -> FinalBlock:
        block = bare(web3, "eth_getBlockByNumber", hex(number), False)
        if block is None or block.get("hash") is None or int(block["number"], 16) != number:
            raise NoAnswerError(f"it does not have block {number}, though it says so")
        return FinalBlock(number, block["hash"].lower(), self._journal(web3, number))

    def _journal(self, web3: Web3, number: int) -> JournalHead | None:
        size, head = (
            bare(web3, "eth_call", {"to": self._address, "data": selector}, hex(number))
            for selector in self._selectors
        )
        if len(size) != 66 or len(head) != 66:
            return None
        return JournalHead(int(size, 16), bytes.fromhex(head[2:]))

    def _compare_behind(self, reference: str, url: str, number: int) -> None:
        """A node that lags tells the same block as the others, as far as it has come."""
        if number < self._first_block:
            return  # still catching up: it says nothing about the registry yet

        told = self._pool.ask_each(lambda web3: _hash_of(web3, number), (reference, url))
        ours, theirs = told.get(reference), told.get(url)
        if ours is not None and theirs is not None:
            _require_same(
                reference, FinalBlock(number, ours, None), url, FinalBlock(number, theirs, None)
            )

    def _require_as_before(self, url: str, block: FinalBlock) -> None:
        """What was final stays: the block agreed on last time is still the same."""
        before = self._known
        if before is not None and before.number <= block.number:
            told = self._pool.ask_each(lambda web3: _hash_of(web3, before.number), (url,))[url]
            if told is not None and told != before.hash:
                raise disagreement(
                    f"{shown(url)} now has block {before.number} as {told[:HASH_DIGITS]}…, and it "
                    f"was final as {before.hash[:HASH_DIGITS]}…"
                )
        if before is None or before.number < block.number:
            self._known = block


def _hash_of(web3: Web3, number: int) -> str | None:
    block = bare(web3, "eth_getBlockByNumber", hex(number), False)
    return None if block is None or block.get("hash") is None else str(block["hash"]).lower()


def check_nodes_agree(heads: dict[str, JournalHead]) -> None:
    """Nothing happens when all nodes tell the same journal.

    Else raises `EndpointsDisagreeError` naming two that differ.
    """
    (first_url, first_head), *others = heads.items()
    for url, head in others:
        if head != first_head:
            raise disagreement(
                f"{shown(first_url)} has {_told(first_head)}, and {shown(url)} has {_told(head)} "
                "at the same block"
            )


def _require_same(one: str, first: FinalBlock, other: str, second: FinalBlock) -> None:
    if first.hash != second.hash:
        raise disagreement(
            f"{shown(one)} has block {first.number} as {first.hash[:HASH_DIGITS]}…, and "
            f"{shown(other)} has it as "
            f"{second.hash[:HASH_DIGITS]}…"
        )
    if first.journal is not None and second.journal is not None and first.journal != second.journal:
        raise disagreement(
            f"{shown(one)} has {_told(first.journal)}, and {shown(other)} has "
            f"{_told(second.journal)} at the "
            f"same block {first.number}"
        )


def _told(head: JournalHead) -> str:
    return f"{head.size} entries with head {head.head.hex()[:HASH_DIGITS]}…"


def disagreement(what: str) -> EndpointsDisagreeError:
    """Return the error for nodes of which at least one lies or is on another chain."""
    return explained(
        EndpointsDisagreeError(f"the nodes of the chain contradict each other: {what}"),
        means="One of them lies, or was set back, or belongs to another network. Nothing was sent, "
        "and nothing they say is believed. Documents already signed stay as they are.",
        way_out="Find out with the registry's operator which node is wrong and take it out of "
        "rpc_urls in registry.json.",
    )
