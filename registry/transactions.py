"""Sending a transaction so that it takes effect once.

Look, sign once, send the same bytes anywhere, look again.
"""

import time
from collections.abc import Callable
from typing import Final, NoReturn

from eth_typing import ChecksumAddress
from web3 import Web3
from web3.exceptions import ContractLogicError, TransactionNotFound, Web3RPCError
from web3.types import TxParams, TxReceipt

from registry.chain_protocol import ChainAccount, Sent
from registry.endpoints import EndpointPool
from registry.errors import ChainUnavailableError, TransactionRefusedError
from registry.plain_words import explained
from registry.refusals import refusal
from registry.rim_errors import TransactionPendingError

GAS_MARGIN: Final = 1.2
NONCE_ATTEMPTS: Final = 4
ALREADY_MADE: Final = Sent(None, None)
_KNOWN: Final = ("already known", "known transaction", "already imported", "already exists")
_NONCE_USED: Final = (
    "nonce too low",
    "nonce is too low",
    "nonce has already been used",
    "oldnonce",
    "expected nonce to be",
)


class NonceTakenError(Exception):
    """Another transaction of the same account took the nonce between looking and sending.

    Look again.
    """


class Sender:
    """Sends legacy transactions with gas price zero through whichever node answers."""

    def __init__(
        self, pool: EndpointPool, chain_id: int, *, receipt_timeout_seconds: float = 60.0
    ) -> None:
        self._pool = pool
        self._chain_id = chain_id
        self._timeout = receipt_timeout_seconds

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
        for _ in range(NONCE_ATTEMPTS):
            if is_done():
                return ALREADY_MADE
            try:
                return self._send_once(to, call, account, is_done, nonce)
            except NonceTakenError:
                # Someone else uses this account too: what we want may be done by now.
                continue
        raise explained(
            TransactionRefusedError(
                f"account {account.address} is used by something else at the same time"
            ),
            means="Nothing of this command changed the chain.",
            way_out="Stop the other process that sends from this account, then run the command "
            "again.",
        )

    def rehearse(self, sender: str, to: str, call: bytes) -> None:
        """Nothing happens where the call would succeed if `sender` made it now.

        Raises `ContractRefusedError` with the contract's reason where it would not.
        """
        trial: TxParams = {
            "from": Web3.to_checksum_address(sender),
            "to": Web3.to_checksum_address(to),
            "data": call,
        }
        try:
            self._pool.ask(lambda web3: web3.eth.call(trial, "pending", ccip_read_enabled=False))
        except ContractLogicError as error:
            raise refusal(error) from error
        except Web3RPCError as error:
            raise _refused(error) from error

    def _send_once(
        self,
        to: str | None,
        call: bytes,
        account: ChainAccount,
        is_done: Callable[[], bool],
        nonce: int | None,
    ) -> Sent:
        unsigned = self._transaction(to, call, account.address, nonce)
        raw = account.sign_transaction(dict(unsigned))
        name = "0x" + Web3.keccak(raw).hex().removeprefix("0x")
        # A crash right here leaves nothing. After the next line the transaction may be out: whoever
        # starts again asks `is_done` first, and waits for what is pending, so it is not made twice.
        self._broadcast(raw, name)
        receipt = self._receipt(name)
        if receipt is None:
            return self._in_doubt(name, is_done)
        if receipt["status"] == 1:
            return Sent(name, int(receipt["blockNumber"]))
        return ALREADY_MADE if is_done() else self._explain_failure(unsigned, receipt)

    def _transaction(self, to: str | None, call: bytes, sender: str, nonce: int | None) -> TxParams:
        address = Web3.to_checksum_address(sender)
        used = self._settled_nonce(address) if nonce is None else nonce
        transaction: TxParams = {
            "from": address,
            "chainId": self._chain_id,
            "nonce": used,  # type: ignore[typeddict-item] # web3 has a NewType for nonces that its own getter returns
            "data": call,
            "gasPrice": 0,  # type: ignore[typeddict-item] # web3 has a NewType for amounts of wei
            "value": 0,  # type: ignore[typeddict-item] # as above
        }
        if to is not None:
            transaction["to"] = Web3.to_checksum_address(to)
        transaction["gas"] = int(self._estimate(transaction) * GAS_MARGIN)
        del transaction["from"]
        return transaction

    def _settled_nonce(self, address: ChecksumAddress) -> int:
        """The account's next nonce, once nothing sent earlier is still waiting for a block."""
        deadline = time.monotonic() + self._timeout
        while True:
            mined, waiting = self._pool.ask(
                lambda web3: tuple(
                    web3.eth.get_transaction_count(address, at) for at in ("latest", "pending")
                )
            )
            if waiting <= mined:
                return int(mined)
            if time.monotonic() > deadline:
                raise pending(f"an earlier transaction of account {address}", "unknown")
            time.sleep(0.2)

    def _estimate(self, transaction: TxParams) -> int:
        try:
            # "pending", because the newest block of a quiet chain is old, and what waits for a time
            # looks too early there.
            return self._pool.ask(lambda web3: web3.eth.estimate_gas(transaction, "pending"))
        except ContractLogicError as error:
            raise refusal(error) from error
        except Web3RPCError as error:
            raise _refused(error) from error

    def _broadcast(self, raw: bytes, name: str) -> None:
        """At least one node has the transaction.

        The same bytes cannot take effect twice, however many have it.
        """
        try:
            self._pool.ask(lambda web3: web3.eth.send_raw_transaction(raw))
        except (ContractLogicError, Web3RPCError) as error:
            told = str(error).lower()
            if any(word in told for word in _KNOWN):
                return
            if not any(word in told for word in _NONCE_USED):
                raise (
                    refusal(error) if isinstance(error, ContractLogicError) else _refused(error)
                ) from error
            if self._lookup(name) is None:
                raise NonceTakenError from error
        except ChainUnavailableError as error:
            error.add_note(
                f"Transaction {name} may have been sent all the same; the next run looks before it "
                "sends."
            )
            raise

    def _receipt(self, name: str) -> TxReceipt | None:
        deadline = time.monotonic() + self._timeout
        pause = 0.01
        while (receipt := self._lookup(name)) is None and time.monotonic() < deadline:
            time.sleep(pause)
            pause = min(pause * 1.5, 1.0)
        return receipt

    def _lookup(self, name: str) -> TxReceipt | None:
        def question(web3: Web3) -> TxReceipt | None:
            try:
                return web3.eth.get_transaction_receipt(name)  # type: ignore[arg-type] # the hash as hex text
            except TransactionNotFound:
                return None

        return self._pool.ask(question)

    def _in_doubt(self, name: str, is_done: Callable[[], bool]) -> Sent:
        if is_done():
            return Sent(name, None)
        raise pending(f"transaction {name}", name)

    def _explain_failure(self, unsigned: TxParams, receipt: TxReceipt) -> NoReturn:
        try:
            again: TxParams = {**unsigned, "from": receipt["from"]}
            self._pool.ask(lambda web3: web3.eth.call(again, receipt["blockNumber"]))
        except ContractLogicError as error:
            raise refusal(error) from error
        except Web3RPCError as error:
            raise _refused(error) from error
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


def _refused(error: Web3RPCError) -> TransactionRefusedError:
    return explained(
        TransactionRefusedError(f"the node refused the transaction: {str(error)[:200]}"),
        means="Nothing changed on the chain.",
        way_out="A registry's chain has gas price zero; check that this node accepts transactions "
        "without a fee.",
    )
