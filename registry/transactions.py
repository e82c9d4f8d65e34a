"""Sending a transaction so that it takes effect once.

Look, sign once, keep what was signed, send the same bytes anywhere and again, look again. docs/adr/
020 tells what is concluded from each answer of a node, and why.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, NoReturn, TypeVar

from eth_typing import ChecksumAddress
from web3 import Web3
from web3.exceptions import ContractLogicError, Web3RPCError
from web3.types import TxParams

from registry.broadcasting import Broadcaster, NonceTakenError, Receipt, name_of, nonce_of
from registry.chain_protocol import ChainAccount, Sent
from registry.endpoints import UNANSWERED, EndpointPool, bare, unavailable
from registry.errors import TransactionRefusedError
from registry.node_http import NoAnswerError
from registry.outbox import MemoryOutbox, Outbox
from registry.plain_words import explained
from registry.refusals import refusal
from registry.rim_errors import NodeRefusedError, TransactionPendingError

AnswerT = TypeVar("AnswerT")
GAS_MARGIN: Final = 1.2
MOST_GAS: Final = 100_000_000
MOST_TRANSACTIONS: Final = 2**40
NONCE_ATTEMPTS: Final = 6
ALREADY_MADE: Final = Sent(None, None)


@dataclass(frozen=True, slots=True)
class Wish:
    """A change that is to be made once, and how to see whether it has been."""

    to: str | None
    call: bytes
    account: ChainAccount
    is_done: Callable[[], bool]
    nonce: int | None

    @property
    def key(self) -> bytes:
        """What names the wish in an outbox: who asks for what of whom."""
        return sha256(self.account.address.encode() + (self.to or "").encode() + self.call).digest()


class Sender:
    """Sends legacy transactions with gas price zero through whichever node answers."""

    def __init__(
        self,
        pool: EndpointPool,
        chain_id: int,
        *,
        receipt_timeout_seconds: float = 60.0,
        outbox: Outbox | None = None,
    ) -> None:
        self._pool = pool
        self._chain_id = chain_id
        self._timeout = receipt_timeout_seconds
        self._outbox = MemoryOutbox() if outbox is None else outbox
        self._broadcaster = Broadcaster(pool, receipt_timeout_seconds)

    def send(
        self,
        to: str | None,
        call: bytes,
        account: ChainAccount,
        *,
        is_done: Callable[[], bool],
        nonce: int | None = None,
    ) -> Sent:
        """The change has been made, exactly once (`RegistryChain.send`).

        `nonce` fixes the account's nonce, where given.
        """
        wish = Wish(to, call, account, is_done, nonce)
        for attempt in range(NONCE_ATTEMPTS):
            if is_done():
                self._outbox.forget(wish.key)
                return ALREADY_MADE
            try:
                return self._send_once(wish)
            except NonceTakenError:
                # Someone else uses this account too, or a node lags: what we want may be done.
                self._outbox.forget(wish.key)
                time.sleep(min(0.05 * 4**attempt, 2.0))
        raise pending(f"an earlier transaction of account {account.address}", "unknown")

    def rehearse(self, sender: str, to: str, call: bytes) -> None:
        """Nothing happens where the call would succeed if `sender` made it now.

        Raises `ContractRefusedError` with the contract's reason where it would not.
        """
        trial: TxParams = {
            "from": Web3.to_checksum_address(sender),
            "to": Web3.to_checksum_address(to),
            "data": call,
        }
        self._try(lambda web3: web3.eth.call(trial, "pending", ccip_read_enabled=False))

    def _send_once(self, wish: Wish) -> Sent:
        raw = self._signed(wish)
        try:
            self._broadcaster.hand_over(raw)
        except (TransactionRefusedError, NodeRefusedError):
            # Every node that answers turned these bytes away: others with the same nonce may do.
            self._outbox.forget(wish.key)
            raise
        receipt = self._broadcaster.await_receipt(raw)
        if receipt is None:
            return self._in_doubt(name_of(raw), wish)
        self._outbox.forget(wish.key)
        if receipt.succeeded:
            return Sent(name_of(raw), receipt.block)
        return ALREADY_MADE if wish.is_done() else self._explain_failure(wish, receipt)

    def _signed(self, wish: Wish) -> bytes:
        """The bytes to send: those signed before, while the chain may still come to them."""
        kept = self._outbox.signed(wish.key)
        if kept is not None and self._may_take_effect(kept, wish.account.address):
            return kept
        made = wish.account.sign_transaction(dict(self._transaction(wish)))
        # A crash right here leaves nothing. Once these bytes are kept they may be sent at any
        # time: whoever starts again finds them and sends no others.
        self._outbox.keep(wish.key, made)
        return made

    def _may_take_effect(self, raw: bytes, sender: str) -> bool:
        """Whether the chain may still come to these bytes.

        Once it has counted past their nonce and the change is not made, they can never take effect.
        Beyond what waits, they would wait for a transaction that nobody sends.
        """
        mined, waiting = self._counts(Web3.to_checksum_address(sender))
        return mined <= nonce_of(raw) <= waiting

    def _transaction(self, wish: Wish) -> TxParams:
        address = Web3.to_checksum_address(wish.account.address)
        used = self._settled_nonce(address) if wish.nonce is None else wish.nonce
        transaction: TxParams = {
            "from": address,
            "chainId": self._chain_id,
            "nonce": used,  # type: ignore[typeddict-item] # web3 has a NewType for nonces that its own getter returns
            "data": wish.call,
            "gasPrice": 0,  # type: ignore[typeddict-item] # web3 has a NewType for amounts of wei
            "value": 0,  # type: ignore[typeddict-item] # as above
        }
        if wish.to is not None:
            transaction["to"] = Web3.to_checksum_address(wish.to)
        transaction["gas"] = int(self._estimate(transaction) * GAS_MARGIN)
        del transaction["from"]
        return transaction

    def _settled_nonce(self, address: ChecksumAddress) -> int:
        """The account's next nonce, once nothing sent earlier is still waiting for a block."""
        deadline = time.monotonic() + self._timeout
        while True:
            mined, waiting = self._counts(address)
            if waiting <= mined:
                return mined
            if time.monotonic() > deadline:
                raise pending(f"an earlier transaction of account {address}", "unknown")
            time.sleep(0.2)

    def _counts(self, address: ChecksumAddress) -> tuple[int, int]:
        """How many transactions of an account are in blocks, and with those that wait for one."""

        def question(web3: Web3) -> tuple[int, int]:
            mined, waiting = (
                int(bare(web3, "eth_getTransactionCount", address, at), 16)
                for at in ("latest", "pending")
            )
            if max(mined, waiting) > MOST_TRANSACTIONS:
                raise NoAnswerError("it counts more transactions than an account can have made")
            return mined, waiting

        return self._pool.ask(question, unanswered=(*UNANSWERED, Web3RPCError))

    def _estimate(self, transaction: TxParams) -> int:
        # "pending", because the newest block of a quiet chain is old, and what waits for a time
        # looks too early there.
        gas = self._try(lambda web3: web3.eth.estimate_gas(transaction, "pending"))
        if gas > MOST_GAS:
            raise unavailable([f"a node says that the call needs {gas} gas"])
        return gas

    def _try(self, question: Callable[[Web3], AnswerT]) -> AnswerT:
        """Return the answer of a trial run; raises `ContractRefusedError` for a revert.

        A node that reports an error of its own is passed over: only a revert is the contract
        speaking.
        """
        try:
            return self._pool.ask(question, unanswered=(*UNANSWERED, Web3RPCError))
        except ContractLogicError as error:
            raise refusal(error) from error

    def _in_doubt(self, name: str, wish: Wish) -> Sent:
        if wish.is_done():
            self._outbox.forget(wish.key)
            return Sent(name, None)
        raise pending(f"transaction {name}", name)

    def _explain_failure(self, wish: Wish, receipt: Receipt) -> NoReturn:
        again: TxParams = {"from": Web3.to_checksum_address(receipt.sender), "data": wish.call}
        if wish.to is not None:
            again["to"] = Web3.to_checksum_address(wish.to)
        self._try(lambda web3: web3.eth.call(again, receipt.block, ccip_read_enabled=False))
        raise explained(
            TransactionRefusedError(
                "the transaction failed in its block, though the same call would succeed now"
            ),
            means="Nothing changed on the chain: another transaction came first.",
            way_out="Run the command again.",
        )


def pending(what: str, name: str) -> TransactionPendingError:
    """Return the error for a transaction that nobody has seen in a block in time."""
    return explained(
        TransactionPendingError(f"{what} was sent and is not in a block yet", name),
        means="It may still take effect. Nothing is lost, and nothing will be made twice.",
        way_out="Run the same command again: it looks at the chain before it sends. See whether "
        "the chain makes new blocks.",
    )
