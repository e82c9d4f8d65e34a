"""Journal entries from a node's event logs, checked range by range against the contract's head.

A node that leaves an entry out, adds one or changes one is noticed, and the entry is named: the
logs and the contract's own `size()` and `head()` must tell the same story after every range.
"""

from typing import Any, Final, NamedTuple

from web3 import Web3
from web3.exceptions import Web3RPCError

from registry.chain_protocol import JournalHead
from registry.endpoints import UNANSWERED, EndpointPool, bare, unavailable
from registry.head import initial_head, next_head
from registry.journal import JournalEntry
from registry.lineage import RegistryId
from registry.node_http import TooLongAnswerError
from registry.plain_words import explained
from registry.rim_errors import ChainLiesError, RegistryNotOpenError

ENTRY_TOPIC: Final = "0x" + Web3.keccak(text="Entry(uint64,uint64,uint8,bytes)").hex().removeprefix(
    "0x"
)
SIZE_SELECTOR: Final = "0x" + Web3.keccak(text="size()").hex().removeprefix("0x")[:8]
HEAD_SELECTOR: Final = "0x" + Web3.keccak(text="head()").hex().removeprefix("0x")[:8]
CARRIED_SELECTOR: Final = "0x" + Web3.keccak(text="carried()").hex().removeprefix("0x")[:8]
WORD: Final = 32
RANGE_BLOCKS: Final = 2_000


class LoggedEntry(NamedTuple):
    """An entry and the block it is in."""

    block: int
    entry: JournalEntry


class Position(NamedTuple):
    """A place in the journal: what stands after all blocks before `block`."""

    block: int
    journal: JournalHead


class EntryLogs:
    """The journal of one contract, as the logs of its nodes tell it.

    `begun_at` is the registry its head is counted from: where it was carried here, the first home.
    """

    def __init__(
        self, pool: EndpointPool, contract: bytes, first_block: int, begun_at: RegistryId
    ) -> None:
        self._pool = pool
        self._address = "0x" + contract.hex()
        self._begin = Position(first_block, JournalHead(0, initial_head(*begun_at)))
        self._range = RANGE_BLOCKS

    def latest_block(self) -> int:
        """Return the number of the newest block."""
        return int(self._read("eth_blockNumber"), 16)

    def time_of_block(self, name: str) -> int | None:
        """Return the time of the block `latest` or `pending`, Unix seconds.

        None where a node has no such block.
        """
        block = self._read("eth_getBlockByNumber", name, False)
        return None if block is None else int(block["timestamp"], 16)

    def journal_at(self, block: int) -> JournalHead | None:
        """Return the contract's size and head after a block.

        None where it was not there yet or the node forgot.
        """
        size, head = (
            self._words(selector, 1, block) for selector in (SIZE_SELECTOR, HEAD_SELECTOR)
        )
        return JournalHead(int.from_bytes(size), head) if size and head else None

    def stands_at(self, block: int) -> JournalHead | None:
        """Return what the contract's `Entry` events must have told up to a block.

        A registry that goes on with an older journal has no head of its own while that is carried
        to it; what was carried so far it says apart.
        """
        kept = self.journal_at(block)
        if kept is None or any(kept.head):
            return kept
        carried = self._words(CARRIED_SELECTOR, 2, block)
        if carried is None:
            return None
        return JournalHead(int.from_bytes(carried[:WORD]), carried[WORD:])

    def read(self, first: int, stop: int, last_block: int) -> list[JournalEntry]:
        """Return the entries first to stop - 1, none of them after `last_block`.

        Raises `ChainLiesError`.
        """
        start = self._start_before(first, last_block)
        return self._read_from(start, first, stop, last_block)

    def _read_from(
        self, position: Position, first: int, stop: int, last_block: int
    ) -> list[JournalEntry]:
        found: list[JournalEntry] = []
        while position.journal.size < stop and position.block <= last_block:
            logged, position = self._read_range(position, last_block)
            found.extend(item.entry for item in logged if first <= item.entry.index < stop)
        return found

    def _start_before(self, first: int, last_block: int) -> Position:
        """The last block after which the journal had at most `first` entries, found by halving.

        A node that has forgotten its old states cannot say; then the journal is read from its
        beginning.
        """
        found, low, high = self._begin, self._begin.block, last_block
        while first > 0 and low <= high:
            middle = (low + high) // 2
            journal = self.stands_at(middle)
            if journal is None:
                return self._begin
            if journal.size <= first:
                found, low = Position(middle + 1, journal), middle + 1
            else:
                high = middle - 1
        return found

    def _read_range(self, start: Position, last_block: int) -> tuple[list[LoggedEntry], Position]:
        end = min(last_block, start.block + self._range - 1)
        try:
            logs = self._logs(start.block, end)
        except Web3RPCError:
            self._range = max(1, self._range // 4)  # nodes limit how much one answer may hold
            return [], start
        logged = [decode_log(log) for log in logs]
        journal = self._follow(start, end, logged)
        return logged, Position(end + 1, journal)

    def _logs(self, first_block: int, last_block: int) -> list[dict[str, Any]]:
        """The logs of some blocks; raises `Web3RPCError` where they are too many for one answer."""

        def question(web3: Web3) -> list[dict[str, Any]]:
            try:
                found: list[dict[str, Any]] = bare(
                    web3, "eth_getLogs", self._filter(first_block, last_block)
                )
            except TooLongAnswerError as error:
                raise Web3RPCError(str(error)) from error
            return found

        if first_block == last_block:  # no smaller range is left: another node may answer
            return self._pool.ask(question, unanswered=(*UNANSWERED, Web3RPCError))
        return self._pool.ask(question)

    def _follow(self, start: Position, end: int, logged: list[LoggedEntry]) -> JournalHead:
        """The journal after these entries, confirmed by the contract at the end of the range."""
        size, head = start.journal
        for item in logged:
            if item.entry.index != size:
                raise lies(size, f"the node left it out and went on with entry {item.entry.index}")
            head = next_head(head, *item.entry)
            size += 1
        told, held = JournalHead(size, head), self.stands_at(end)
        if held is None:
            raise unavailable([f"the contract cannot be asked for its state at block {end}"])
        if held != told:
            raise self._first_lie(start, end, logged)
        return told

    def _first_lie(self, start: Position, end: int, logged: list[LoggedEntry]) -> ChainLiesError:
        """The error that names the first entry in which logs and contract differ."""
        low, high = start.block, end
        while low < high:
            middle = (low + high) // 2
            agrees = _after(start, logged, middle) == self.stands_at(middle)
            low, high = (middle + 1, high) if agrees else (low, middle)
        index = _after(start, logged, low - 1).size
        return lies(index, f"the node's logs and the contract's head disagree in block {low}")

    def _filter(self, first_block: int, last_block: int) -> dict[str, Any]:
        return {
            "address": self._address,
            "topics": [ENTRY_TOPIC],
            "fromBlock": hex(first_block),
            "toBlock": hex(last_block),
        }

    def _words(self, selector: str, count: int, block: int) -> bytes | None:
        """What a view without arguments says after a block; None for no such answer."""
        try:
            told = self._pool.request("eth_call", self._call(selector), hex(block))
        except Web3RPCError:
            return None
        return bytes.fromhex(told[2:]) if len(told) == 2 + 2 * WORD * count else None

    def _call(self, selector: str) -> dict[str, str]:
        return {"to": self._address, "data": selector}

    def _read(self, method: str, *parameters: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
        try:
            return self._pool.request(method, *parameters)
        except Web3RPCError as error:
            raise unavailable([f"{method}: {error}"]) from error


def decode_log(log: dict[str, Any]) -> LoggedEntry:
    """Return the entry in one raw `Entry` log.

    Raises `ChainUnavailableError` for anything else than such a log.
    """
    try:
        block = int(log["blockNumber"], 16)
        index = int(log["topics"][1], 16)
        content = bytes.fromhex(log["data"].removeprefix("0x"))
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise unavailable(["a node answered with something that is no log"]) from error
    time, kind, offset, length = (
        int.from_bytes(content[i : i + WORD], "big") for i in range(0, 4 * WORD, WORD)
    )
    begin = 4 * WORD
    if (
        time >> 64
        or kind >> 8
        or offset != 3 * WORD
        or len(content) != begin + (length + WORD - 1) // WORD * WORD
        or log.get("removed")
    ):
        raise unavailable(["a node answered with something that is no Entry event"])
    return LoggedEntry(block, JournalEntry(index, time, kind, content[begin : begin + length]))


def lies(index: int, why: str) -> ChainLiesError:
    """Return the error for a node whose entries do not fit the contract."""
    return explained(
        ChainLiesError(why, index),
        means="This node does not tell the journal as the contract keeps it: nothing it says "
        "about trust may be used.",
        way_out="Name another node of the chain first in registry.json, and have this one "
        "examined by its operator.",
    )


def not_open(address: str) -> RegistryNotOpenError:
    """Return the error for a registry to which its journal has not been carried whole."""
    return explained(
        RegistryNotOpenError(
            f"the registry at {address} is not open: its journal is not there yet"
        ),
        means="Nothing was read: until the old registry's whole journal has been carried to it, "
        "this one knows nothing that may be relied on.",
        way_out="Finish the move that was begun, then run the same command again.",
    )


def _after(start: Position, logged: list[LoggedEntry], block: int) -> JournalHead:
    """What the logs say the journal is after a block."""
    size, head = start.journal
    for item in logged:
        if item.block <= block:
            head = next_head(head, *item.entry)
            size += 1
    return JournalHead(size, head)
