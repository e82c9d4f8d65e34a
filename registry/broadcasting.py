"""Signed bytes on their way into a block: handed to a node, handed out again, and looked for."""

import time
from typing import Final, NamedTuple

import rlp
from web3 import Web3
from web3.exceptions import ContractLogicError, Web3RPCError

from registry.endpoints import UNANSWERED, EndpointPool, bare
from registry.errors import ChainUnavailableError
from registry.node_words import NodeWord, understood
from registry.refusals import refusal

RESEND_SECONDS: Final = 10.0
"""A transaction that is in no block after so long may have been dropped: the same bytes go out
again, to every node."""


class NonceTakenError(Exception):
    """These bytes can never take effect: their nonce belongs to others.

    Look again.
    """


class Receipt(NamedTuple):
    """What became of a transaction that is in a block."""

    succeeded: bool
    block: int
    sender: str


class Broadcaster:
    """Gets signed transactions into a block through whichever nodes answer."""

    def __init__(self, pool: EndpointPool, patience_seconds: float) -> None:
        self._pool = pool
        self._patience = patience_seconds

    def hand_over(self, raw: bytes) -> None:
        """At least one node has the transaction.

        The same bytes cannot take effect twice, however many have it. Raises `NonceTakenError`
        where they can never take effect, `ContractRefusedError` where a node that makes its blocks
        at once says that the contract refused, `NodeRefusedError` where no node takes them, and
        `ChainUnavailableError` where none answers: then a node may have them all the same.
        """
        name = name_of(raw)
        try:
            self._pool.ask(
                lambda web3: self._hand_to(web3, raw, name),
                unanswered=(*UNANSWERED, Web3RPCError, ContractLogicError),
            )
        except ChainUnavailableError as error:
            error.add_note(
                f"Transaction {name} may have been sent all the same; the next run looks before it "
                "sends."
            )
            raise

    def _hand_to(self, web3: Web3, raw: bytes, name: str) -> None:
        try:
            bare(web3, "eth_sendRawTransaction", "0x" + raw.hex())
        except (ContractLogicError, Web3RPCError) as error:
            match understood(str(error)):
                case NodeWord.KNOWN:
                    return
                case NodeWord.NONCE_USED if self.receipt_of(name) is not None:
                    return
                case NodeWord.NONCE_USED | NodeWord.NONCE_OCCUPIED:
                    raise NonceTakenError from error
                case NodeWord.REVERTED if isinstance(error, ContractLogicError):
                    raise refusal(error) from error
                case NodeWord.NODE_TROUBLE | NodeWord.REVERTED:
                    raise

    def await_receipt(self, raw: bytes) -> Receipt | None:
        """Return the receipt, or None where the transaction is in no block in time.

        Now and then the same bytes are sent again, to all nodes: the one that took them may have
        dropped them, or may be cut off from those that make blocks.
        """
        name = name_of(raw)
        begun = time.monotonic()
        deadline, resend = begun + self._patience, begun + RESEND_SECONDS
        pause = 0.01
        while (receipt := self.receipt_of(name)) is None and time.monotonic() < deadline:
            time.sleep(pause)
            pause = min(pause * 1.5, 1.0)
            if time.monotonic() > resend:
                resend += RESEND_SECONDS
                self._hand_out_again(raw)
        return receipt

    def _hand_out_again(self, raw: bytes) -> None:
        # Whatever they say: "known" is as good as taken, and anything else shows in the receipt.
        try:
            self._pool.ask_each(lambda web3: bare(web3, "eth_sendRawTransaction", "0x" + raw.hex()))
        except ChainUnavailableError:
            return

    def receipt_of(self, name: str) -> Receipt | None:
        """Return what a node says became of a transaction; None where it is in no block."""

        def question(web3: Web3) -> Receipt | None:
            found = bare(web3, "eth_getTransactionReceipt", name)
            # A receipt of another transaction says nothing about ours.
            if found is None or found["transactionHash"].lower() != name:
                return None
            return Receipt(found["status"] == "0x1", int(found["blockNumber"], 16), found["from"])

        return self._pool.ask(question, unanswered=(*UNANSWERED, Web3RPCError))


def name_of(raw: bytes) -> str:
    """Return the hash by which a signed transaction is known."""
    return "0x" + Web3.keccak(raw).hex().removeprefix("0x")


def nonce_of(raw: bytes) -> int:
    """Return the nonce inside a signed legacy transaction, as we make them."""
    fields = rlp.decode(raw)
    return int.from_bytes(bytes(fields[0]), "big")
