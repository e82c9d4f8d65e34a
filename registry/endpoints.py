"""Several RPC endpoints of one chain.

The first that answers is asked, and none is believed before it fits the settings.
"""

import json
import time
from collections.abc import Callable, Sequence
from itertools import count
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

from web3 import Web3
from web3.exceptions import BadFunctionCallOutput, ContractLogicError, Web3RPCError
from web3.providers.base import JSONBaseProvider
from web3.types import RPCEndpoint, RPCResponse

from registry.artifacts import keeps_a_journal
from registry.errors import ChainMismatchError, ChainUnavailableError
from registry.node_answers import most_bytes, read_answer
from registry.node_http import NoAnswerError, NodeHttp
from registry.plain_words import explained
from registry.rim_errors import NodeRefusedError

AnswerT = TypeVar("AnswerT")

UNANSWERED: Final = (NoAnswerError, BadFunctionCallOutput)
"""What is raised when a node gave no usable answer: another node may."""
FIRST_REST_SECONDS: Final = 1.0
LONGEST_REST_SECONDS: Final = 60.0


class NodeProvider(JSONBaseProvider):
    """One node for web3: every answer is bounded and checked before web3 looks at it."""

    global_ccip_read_enabled = False  # a contract must not make us ask the addresses it names

    def __init__(self, url: str, timeout_seconds: float) -> None:
        super().__init__()
        self.http = NodeHttp(url, timeout_seconds)
        self._numbers = count(1)

    def make_request(self, method: RPCEndpoint, params: Any) -> RPCResponse:  # noqa: ANN401 - web3's signature
        """Return the checked result; raises what `read_answer` raises."""
        number = next(self._numbers)
        question = {"jsonrpc": "2.0", "id": number, "method": method, "params": params or []}
        body = self.http.post(json.dumps(question, default=_as_hex).encode(), most_bytes(method))
        return {"jsonrpc": "2.0", "id": number, "result": read_answer(method, number, body)}


def _as_hex(value: object) -> str:
    if isinstance(value, bytes | bytearray):
        return "0x" + value.hex()
    raise TypeError(f"{type(value).__name__} cannot be sent to a node")


def connect(url: str, timeout_seconds: float) -> Web3:
    """Return a client for one node, without retries of its own and without CCIP read."""
    return Web3(NodeProvider(url, timeout_seconds))


class EndpointPool:
    """The nodes of one chain.

    `registry` None stands for a chain on which nothing is deployed yet. A node that gave no answer
    rests, each time twice as long, and is asked meanwhile only when no other answers.
    """

    def __init__(
        self,
        urls: Sequence[str],
        *,
        chain_id: int | None,
        registry: bytes | None,
        timeout_seconds: float = 10.0,
        first_block: int | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.urls = tuple(dict.fromkeys(urls))
        self._nodes = {url: connect(url, timeout_seconds) for url in self.urls}
        self._fitting: set[str] = set()
        self._chain_id = chain_id
        self._registry = registry
        self._first_block = first_block
        self._clock = clock
        self._preferred = self.urls[0] if self.urls else ""
        self._rests: dict[str, tuple[int, float]] = {}

    def ask(
        self,
        question: Callable[[Web3], AnswerT],
        *,
        unanswered: tuple[type[Exception], ...] = UNANSWERED,
    ) -> AnswerT:
        """Return the first node's answer, starting with the one that answered last.

        Raises `ChainUnavailableError` when no node answers, and `ChainMismatchError` when one
        answers for another chain. An error that a node reports (`Web3RPCError`,
        `ContractLogicError`) is an answer and passes through, unless `unanswered` names it.
        """
        failures: list[str] = []
        refused: Web3RPCError | None = None
        for url in self._in_order():
            try:
                answer = question(self._fit(url))
            except unanswered as error:
                failures.append(f"{shown(url)}: {_short(error)}")
                if isinstance(error, UNANSWERED):
                    self._let_rest(url)
                elif isinstance(error, Web3RPCError):
                    refused = error
            else:
                self._answered(url)
                return answer
        raise unavailable(failures) if refused is None else node_refused(failures) from refused

    def ask_each(
        self, question: Callable[[Web3], AnswerT], urls: Sequence[str] = ()
    ) -> dict[str, AnswerT]:
        """Return the answers of all nodes that answer, by URL; of these nodes, where named.

        Raises `ChainUnavailableError` when none does.
        """
        answers: dict[str, AnswerT] = {}
        failures: list[str] = []
        awake = [url for url in urls or self.urls if not self._is_resting(url)]
        for url in awake or urls or self.urls:
            try:
                answers[url] = question(self._fit(url))
            except (*UNANSWERED, Web3RPCError, ContractLogicError) as error:
                failures.append(f"{shown(url)}: {_short(error)}")
                if isinstance(error, UNANSWERED):
                    self._let_rest(url)
            else:
                self._answered(url)
        if not answers:
            raise unavailable(failures)
        return answers

    def request(self, method: str, *parameters: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
        """Return a node's bare result of one call, without web3's formatting.

        Raises `Web3RPCError` for its errors.
        """
        try:
            return self.ask(lambda web3: bare(web3, method, *parameters))
        except ContractLogicError as error:
            raise Web3RPCError(str(error)) from error

    def prefer(self, url: str) -> None:
        """This node is asked first from now on."""
        self._preferred = url

    def clocks(self) -> dict[str, float]:
        """Return how far each node's clock is ahead of `time.monotonic()` here, where known."""
        found = {}
        for url, web3 in self._nodes.items():
            provider = web3.provider
            if isinstance(provider, NodeProvider):
                ahead = provider.http.clock_ahead_of_monotonic
                if ahead is not None:
                    found[shown(url)] = ahead
        return found

    def _in_order(self) -> list[str]:
        # Sorting is stable: the preferred node first, and behind all others those that rest.
        return sorted(self.urls, key=lambda url: (self._is_resting(url), url != self._preferred))

    def _is_resting(self, url: str) -> bool:
        return url in self._rests and self._clock() < self._rests[url][1]

    def _let_rest(self, url: str) -> None:
        self._fitting.discard(url)  # it may come back as another chain
        times = self._rests.get(url, (0, 0.0))[0] + 1
        seconds = min(FIRST_REST_SECONDS * 2 ** min(times - 1, 10), LONGEST_REST_SECONDS)
        self._rests[url] = (times, self._clock() + seconds)

    def _answered(self, url: str) -> None:
        self._rests.pop(url, None)
        if self._is_resting(self._preferred) or not self._preferred:
            self._preferred = url

    def _fit(self, url: str) -> Web3:
        web3 = self._nodes[url]
        if url not in self._fitting:
            self._check_chain_id(web3, url)
            self._check_contract(web3, url)
            self._fitting.add(url)
        return web3

    def _check_chain_id(self, web3: Web3, url: str) -> None:
        if self._chain_id is None:
            return
        told = int(bare(web3, "eth_chainId"), 16)
        if told != self._chain_id:
            raise mismatch(
                f"{shown(url)} is a node of chain {told}, and these files belong to chain "
                f"{self._chain_id}"
            )

    def _check_contract(self, web3: Web3, url: str) -> None:
        if self._registry is None:
            return
        address = Web3.to_checksum_address(self._registry)
        code = bytes.fromhex(bare(web3, "eth_getCode", address, "latest")[2:])
        if not code:
            self._require_caught_up(web3)
            raise mismatch(f"the chain at {shown(url)} has no contract at {address}")
        if not keeps_a_journal(code):
            raise mismatch(
                f"the contract at {address} on the chain at {shown(url)} is not a Sealroot "
                "registry of this version"
            )

    def _require_caught_up(self, web3: Web3) -> None:
        """Raise `NoAnswerError` for a node that is still reading its chain from the beginning."""
        if self._first_block is not None:
            block = int(bare(web3, "eth_blockNumber"), 16)
            if block < self._first_block:
                raise NoAnswerError(
                    f"it is at block {block} and the registry was made in block "
                    f"{self._first_block}: it is still catching up"
                )


def bare(web3: Web3, method: str, *parameters: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Return one node's result of one call, without web3's formatting."""
    return web3.provider.make_request(RPCEndpoint(method), list(parameters))["result"]


def reading(pool: EndpointPool, question: Callable[[Web3], AnswerT]) -> AnswerT:
    """Return the answer to a question that no healthy node refuses.

    A refusal counts as no answer, and the next node is asked.
    """
    return pool.ask(question, unanswered=(*UNANSWERED, Web3RPCError, ContractLogicError))


def shown(url: str) -> str:
    """Return an address as it may be told and logged: without a login, or a key in its path."""
    parts = urlsplit(url)
    port = "" if parts.port is None else f":{parts.port}"
    return f"{parts.scheme}://{parts.hostname}{port}"


def unavailable(failures: Sequence[str]) -> ChainUnavailableError:
    """Return the error for a chain of which no node gave a usable answer."""
    return explained(
        ChainUnavailableError(
            f"no node of the chain gave a usable answer "
            f"({'; '.join(failures) or 'none is configured'})"
        ),
        means="Nothing was lost: documents already signed stay as they are, and what waits for "
        "the chain keeps waiting.",
        way_out="Start the local chain with `sealroot registry up`, or correct the RPC addresses "
        "in registry.json, and run "
        "the same command again.",
    )


def node_refused(failures: Sequence[str]) -> NodeRefusedError:
    """Return the error for nodes that answered and would not do it, for reasons of their own."""
    return explained(
        NodeRefusedError(f"no node did what was asked ({'; '.join(failures)})"),
        means="Nothing changed on the chain. This is a trouble of the nodes, not a refusal by the "
        "registry: what waits keeps waiting.",
        way_out="A registry's chain has gas price zero and may allow only known senders; check "
        "that these nodes take transactions without a fee from this account, and run the same "
        "command again.",
    )


def mismatch(message: str) -> ChainMismatchError:
    """Return the error for files and a chain that were not made together."""
    return explained(
        ChainMismatchError(f"this database and this chain do not belong together: {message}"),
        means="Nothing was read or written. A local chain keeps nothing when it stops: after a "
        "restart it is another chain.",
        way_out="Connect to the chain these files were made with, or begin again: name a new home "
        "folder with --home and "
        "run `sealroot registry deploy`.",
    )


def _short(error: BaseException) -> str:
    if isinstance(error, NoAnswerError):
        return str(error)
    if isinstance(error, BadFunctionCallOutput):
        return "its answer is not what the contract would say"
    return str(error).splitlines()[0][:160] if str(error) else type(error).__name__
