"""The registry's contracts on a real chain, through web3.

What `registry.chain_protocol` promises, over several nodes.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from web3 import Web3
from web3.contract import Contract

from credential.ids import AgencyCode, Kid
from registry.agreement import Agreement, check_nodes_agree
from registry.artifacts import ContractName, artifact
from registry.chain_protocol import (
    AgencyOnChain,
    ChainAccount,
    ChainTimes,
    JournalHead,
    Sent,
)
from registry.endpoints import EndpointPool, bare, reading, unavailable
from registry.entry_logs import HEAD_SELECTOR, SIZE_SELECTOR, EntryLogs, not_open
from registry.finality import Engine, finality_depth
from registry.head import initial_head
from registry.journal import JournalEntry
from registry.kinds import AgencyState
from registry.lineage import RegistryId
from registry.outbox import Outbox
from registry.payload_codec import encode_agency_code
from registry.transactions import Sender

_STATES: Final = {1: AgencyState.ACTIVE, 2: AgencyState.SUSPENDED, 3: AgencyState.CLOSED}
_OFFLINE: Final = Web3()


@dataclass(frozen=True, slots=True)
class Deployment:
    """Where the contracts of one registry are; addresses are 20 bytes."""

    chain_id: int
    registry: bytes
    manager: bytes
    council: bytes
    first_block: int
    engine: Engine = Engine.HARDHAT
    validators: int = 1
    first_home: RegistryId | None = None
    """Where the journal began, for one that was carried here; its head is counted from there."""

    @property
    def begun_at(self) -> RegistryId:
        """The registry from which the head of the journal is counted."""
        return self.first_home or (self.chain_id, self.registry)


class Web3Chain:
    """One registry on one chain.

    Every node that answers has been checked to be of that chain and to hold the contract.
    """

    def __init__(
        self,
        urls: Sequence[str],
        deployment: Deployment,
        *,
        timeout_seconds: float = 10.0,
        receipt_timeout_seconds: float = 60.0,
        outbox: Outbox | None = None,
    ) -> None:
        self.deployment = deployment
        # A local chain never catches up: where it lacks the registry it was started anew.
        is_local = deployment.engine is Engine.HARDHAT
        self.pool = EndpointPool(
            urls,
            chain_id=deployment.chain_id,
            registry=deployment.registry,
            timeout_seconds=timeout_seconds,
            first_block=None if is_local else deployment.first_block,
        )
        self._sender = Sender(
            self.pool,
            deployment.chain_id,
            receipt_timeout_seconds=receipt_timeout_seconds,
            outbox=outbox,
        )
        self._logs = EntryLogs(
            self.pool, deployment.registry, deployment.first_block, deployment.begun_at
        )
        self._agreement = Agreement(
            self.pool,
            deployment.chain_id,
            deployment.registry,
            first_block=deployment.first_block,
            depth=finality_depth(deployment.engine, deployment.validators),
            selectors=(SIZE_SELECTOR, HEAD_SELECTOR),
        )

    @property
    def chain_id(self) -> int:
        """The chain id (EIP-155)."""
        return self.deployment.chain_id

    @property
    def contract(self) -> bytes:
        """The address of the registry contract, 20 bytes."""
        return self.deployment.registry

    # ------------------------------------------------------------------ the journal

    def head(self) -> JournalHead:
        """Return where the journal stands, size and head read at the same, newest block."""
        return self._standing(self._logs.latest_block())

    def newest_block(self) -> int:
        """Return the number of the newest block."""
        return self._logs.latest_block()

    def require_agreement(self) -> None:
        """All nodes that answer tell the same journal; raises `ChainMismatchError` naming two."""
        check_nodes_agree(self.head_at_each_node())

    def head_at_each_node(self) -> dict[str, JournalHead]:
        """Return every node's journal head at the newest block all of them have, by URL."""
        blocks = self.pool.ask_each(lambda web3: int(web3.eth.block_number))
        block = min(blocks.values())
        return self.pool.ask_each(lambda web3: _journal_head(web3, self.contract, block))

    def finalized_head(self) -> JournalHead:
        """Return how far the journal is final, as all nodes that answer agree on it.

        Raises `EndpointsDisagreeError`.
        """
        block = self._agreement.final_block()
        if block is None:
            return JournalHead(0, initial_head(*self.deployment.begun_at))
        if block.journal is None:
            raise unavailable([f"no node can be asked for the journal at block {block.number}"])
        return block.journal

    def size_at(self, block: int) -> int | None:
        """Return how many entries the journal had after a block; None where no node can say."""
        found = self._logs.journal_at(block)
        return None if found is None else found.size

    def finalized_size(self) -> int:
        """Return how many entries can no longer change: an anchor counts only from here on."""
        return self.finalized_head().size

    def times(self) -> ChainTimes:
        """Return the time of the newest block, and how far the nodes' clocks are ahead."""
        times = self.pool.ask_each(
            lambda web3: int(bare(web3, "eth_getBlockByNumber", "latest", False)["timestamp"], 16)
        )
        return ChainTimes(max(times.values()), self.pool.clocks())

    def entries(self, first: int, stop: int | None = None) -> list[JournalEntry]:
        """Return the entries first to stop - 1 (or all), checked against the contract's head."""
        block = self._logs.latest_block()
        standing = self._standing(block)
        end = standing.size if stop is None else min(stop, standing.size)
        return self._logs.read(first, end, block) if first < end else []

    # ---------------------------------------------------------------------- reading

    def next_block_time(self) -> int:
        """Return a time, Unix seconds, that the next block will not be before.

        Never far behind the chain's clock.
        """
        times = (self._logs.time_of_block(name) for name in ("pending", "latest"))
        return next((time for time in times if time is not None), 0)

    def read(self, contract: ContractName, function: str, *arguments: Any) -> Any:  # noqa: ANN401 - the ABI decides
        """Return what a view of one of the contracts says now."""
        return reading(
            self.pool,
            lambda web3: (
                self._bound(web3, contract)
                .functions[function](*arguments)
                .call(ccip_read_enabled=False)
            ),
        )

    def agency(self, code: AgencyCode) -> AgencyOnChain | None:
        """Return an agency as it is now, or None where the code is not registered."""
        state, next_batch, anchor_account, operations_account = self.read(
            "Registry", "agency", encode_agency_code(code)
        )
        if state not in _STATES:
            return None
        return AgencyOnChain(_STATES[state], next_batch, anchor_account, operations_account)

    def batch_key(self, code: AgencyCode, batch_no: int) -> Kid | None:
        """Return the kid that anchored a batch, or None where the batch is not anchored."""
        kid = bytes(self.read("Registry", "batchKey", encode_agency_code(code), batch_no))
        return Kid(kid) if any(kid) else None

    def status_version(self, code: AgencyCode, list_no: int) -> int:
        """Return the latest version of a status list; 0 where none is published."""
        return int(self.read("Registry", "statusVersion", encode_agency_code(code), list_no))

    # ---------------------------------------------------------------------- sending

    def send(
        self,
        function: str,
        arguments: Sequence[Any],
        account: ChainAccount,
        *,
        is_done: Callable[[], bool],
    ) -> Sent:
        """The registry contract has made the change, exactly once (`RegistryChain.send`)."""
        return self.send_to("Registry", function, arguments, account, is_done=is_done)

    def send_to(
        self,
        contract: ContractName,
        function: str,
        arguments: Sequence[Any],
        account: ChainAccount,
        *,
        is_done: Callable[[], bool],
    ) -> Sent:
        """The change has been made in one of the contracts, exactly once."""
        call = encode_call(contract, function, arguments)
        return self._sender.send(self.address(contract), call, account, is_done=is_done)

    def rehearse_as_council(
        self, contract: ContractName, function: str, arguments: Sequence[Any]
    ) -> None:
        """Nothing happens where the council could do this now; raises `ContractRefusedError`."""
        call = encode_call(contract, function, arguments)
        self._sender.rehearse(self.address("Council"), self.address(contract), call)

    def encode_call(self, contract: ContractName, function: str, arguments: Sequence[Any]) -> bytes:
        """Return the call data of one function with its arguments.

        Raises `ValueError` where they do not fit.
        """
        return encode_call(contract, function, arguments)

    def decode_call(self, contract: ContractName, call: bytes) -> tuple[str, dict[str, Any]]:
        """Return the function and the arguments by name in some call data.

        Raises `ValueError` for other bytes.
        """
        return decode_call(contract, call)

    def address(self, contract: ContractName) -> str:
        """Return where a contract is, as text with its checksum (EIP-55)."""
        found = {
            "Registry": self.deployment.registry,
            "Council": self.deployment.council,
            "AccessManager": self.deployment.manager,
            "CarriedRegistry": self.deployment.registry,
        }[contract]
        return str(Web3.to_checksum_address(found))

    def _standing(self, block: int) -> JournalHead:
        found = self._logs.journal_at(block)
        if found is None:
            raise unavailable([f"the contract cannot be asked for its state at block {block}"])
        if not any(found.head):
            raise not_open(self.address("Registry"))
        return found

    def _bound(self, web3: Web3, contract: ContractName) -> Contract:
        address = Web3.to_checksum_address(self.address(contract))
        return web3.eth.contract(address=address, abi=artifact(contract).abi)


def encode_call(contract: ContractName, function: str, arguments: Sequence[Any]) -> bytes:
    """Return the call data of one function with its arguments.

    Raises `ValueError` for arguments that do not fit.
    """
    encoded = _OFFLINE.eth.contract(abi=artifact(contract).abi).encode_abi(
        function, args=list(arguments)
    )
    return bytes.fromhex(encoded.removeprefix("0x"))


def decode_call(contract: ContractName, call: bytes) -> tuple[str, dict[str, Any]]:
    """Return the function and the arguments by name in some call data.

    Raises `ValueError` for other bytes.
    """
    function, arguments = _OFFLINE.eth.contract(abi=artifact(contract).abi).decode_function_input(
        call
    )
    return function.fn_name, arguments


def _journal_head(web3: Web3, contract: bytes, block: int) -> JournalHead:
    registry = web3.eth.contract(
        address=Web3.to_checksum_address(contract), abi=artifact("Registry").abi
    )
    size, head = (
        registry.functions[name]().call(block_identifier=block, ccip_read_enabled=False)
        for name in ("size", "head")
    )
    return JournalHead(int(size), bytes(head))
