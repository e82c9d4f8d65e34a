"""Several RPC endpoints of one chain.

The first that answers is asked, and none is believed before it fits the settings.
"""

from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

import requests
from web3 import Web3
from web3.exceptions import (
    BadFunctionCallOutput,
    BadResponseFormat,
    ContractLogicError,
    ProviderConnectionError,
    RequestTimedOut,
    TooManyRequests,
    Web3RPCError,
)
from web3.types import RPCEndpoint

from registry.artifacts import artifact
from registry.errors import ChainMismatchError, ChainUnavailableError
from registry.plain_words import explained

AnswerT = TypeVar("AnswerT")

UNANSWERED: Final = (
    requests.RequestException,
    ProviderConnectionError,
    RequestTimedOut,
    TooManyRequests,
    BadResponseFormat,
)
"""What web3 and its HTTP client raise when a node gave no usable answer: another node may."""


def connect(url: str, timeout_seconds: float) -> Web3:
    """Return a client for one node, without retries of its own and without CCIP read."""
    session = requests.Session()
    # A proxy in the environment must not be asked for a node on this machine.
    session.trust_env = urlsplit(url).hostname not in {"127.0.0.1", "::1", "localhost"}
    provider = Web3.HTTPProvider(
        url,
        request_kwargs={"timeout": timeout_seconds},
        session=session,
        exception_retry_configuration=None,
    )
    provider.global_ccip_read_enabled = False
    return Web3(provider)


class EndpointPool:
    """The nodes of one chain.

    `registry` None stands for a chain on which nothing is deployed yet.
    """

    def __init__(
        self,
        urls: Sequence[str],
        *,
        chain_id: int | None,
        registry: bytes | None,
        timeout_seconds: float = 10.0,
    ) -> None:
        self.urls = tuple(urls)
        self._nodes = {url: connect(url, timeout_seconds) for url in self.urls}
        self._fitting: set[str] = set()
        self._chain_id = chain_id
        self._registry = registry
        self._preferred = 0

    def ask(self, question: Callable[[Web3], AnswerT]) -> AnswerT:
        """Return the first node's answer, starting with the one that answered last.

        Raises `ChainUnavailableError` when no node answers, and `ChainMismatchError` when one
        answers for another chain. An error that a node reports (`Web3RPCError`,
        `ContractLogicError`) is an answer and passes through.
        """
        failures: list[str] = []
        for step in range(len(self.urls)):
            position = (self._preferred + step) % len(self.urls)
            url = self.urls[position]
            try:
                answer = question(self._fit(url))
            except UNANSWERED as error:
                self._fitting.discard(url)  # it may come back as another chain
                failures.append(f"{url}: {_short(error)}")
            else:
                self._preferred = position
                return answer
        raise unavailable(failures)

    def ask_each(self, question: Callable[[Web3], AnswerT]) -> dict[str, AnswerT]:
        """Return the answers of all nodes that answer, by URL.

        Raises `ChainUnavailableError` when none does.
        """
        answers: dict[str, AnswerT] = {}
        failures: list[str] = []
        for url in self.urls:
            try:
                answers[url] = question(self._fit(url))
            except UNANSWERED as error:
                failures.append(f"{url}: {_short(error)}")
        if not answers:
            raise unavailable(failures)
        return answers

    def request(self, method: str, *parameters: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
        """Return a node's bare result of one call, without web3's formatting.

        Raises `Web3RPCError` for its errors.
        """

        def question(web3: Web3) -> Any:  # noqa: ANN401 - whatever JSON holds
            response = web3.provider.make_request(RPCEndpoint(method), list(parameters))
            if "error" in response or "result" not in response:
                reported = response.get("error", "no result")
                raise Web3RPCError(str(reported), rpc_response=response)
            return response["result"]

        return self.ask(question)

    def _fit(self, url: str) -> Web3:
        web3 = self._nodes[url]
        if url not in self._fitting:
            self._check_chain_id(web3, url)
            self._check_contract(web3, url)
            self._fitting.add(url)
        return web3

    def _check_chain_id(self, web3: Web3, url: str) -> None:
        if self._chain_id is not None and web3.eth.chain_id != self._chain_id:
            raise mismatch(
                f"{url} is a node of chain {web3.eth.chain_id}, and these files belong to chain "
                f"{self._chain_id}"
            )

    def _check_contract(self, web3: Web3, url: str) -> None:
        if self._registry is None:
            return
        address = Web3.to_checksum_address(self._registry)
        code = bytes(web3.eth.get_code(address))
        if not code:
            raise mismatch(f"the chain at {url} has no contract at {address}")
        if not artifact("Registry").runs_as(code):
            raise mismatch(
                f"the contract at {address} on the chain at {url} is not a Sealroot registry of "
                "this version"
            )


def reading(pool: EndpointPool, question: Callable[[Web3], AnswerT]) -> AnswerT:
    """Return the answer to a question that no healthy node refuses.

    A refusal counts as no answer.
    """
    try:
        return pool.ask(question)
    except (Web3RPCError, ContractLogicError, BadFunctionCallOutput) as error:
        raise unavailable([_short(error)]) from error


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
    if isinstance(error, requests.ConnectionError | requests.Timeout):
        return "it does not answer"  # the HTTP client's words are long and say no more
    first_line = (str(error) or type(error).__name__).splitlines()[0]
    return f"{type(error).__name__}: {first_line[:160]}"
