"""A small client for the verifier's service, with nothing but the standard library behind it.

    client = Client("https://verify.example.gov.tw/", key="srk_…")
    answer = client.verify_file("licence.pdf", receipt=True)
    if answer.outcome == "VALID":
        print(answer.fields)

An outcome is an answer: INVALID and INDETERMINATE raise nothing. What raises is a request that was
not answered, and then nothing is known about the document.

    ClientError
    ├── UnreachableError      no answer came, or not a whole one
    ├── UnexpectedError       an answer that a service of this kind does not give
    └── ProblemError          the service refused the request, and says why (RFC 9457)

What is tried again: a connection that could not be made, 429 and 503, after as long as the service
says. Never a request that may have been counted already, a quota that is used up, or a stream.
"""

import base64
import json
import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from credential.errors import SealrootError
from verifier.client_exchange import Address, Reply, address_of, ask, form_of, stream

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"
OUTCOMES: Final = ("VALID", "INVALID", "INDETERMINATE")
MOST_WAIT_SECONDS: Final = 60.0
_JSON, _NDJSON = "application/json", "application/x-ndjson"
_RETRIED: Final = frozenset({429, 503})
_USED_UP: Final = "quota-used-up"


class ClientError(SealrootError):
    """A request was not answered: nothing is known about the document."""


class UnreachableError(ClientError):
    """No answer came, or not a whole one."""


class UnexpectedError(ClientError):
    """An answer that no service of this kind gives: a proxy's page, perhaps, or a wrong address."""


class ProblemError(ClientError):
    """The service refused a request; `kind` is stable, title and detail are for people."""

    def __init__(self, status: int, kind: str, title: str, detail: str, wait: float | None) -> None:
        super().__init__(f"{title} ({status}): {detail}")
        self.status = status
        self.kind = kind
        self.title = title
        self.detail = detail
        self.retry_after = wait


@dataclass(frozen=True, slots=True)
class Answer:
    """What the service found of one document; `report` is all of it, as `sealroot verify --json`.

    Fields count only where `outcome` is VALID: otherwise they are what the document says of itself.
    """

    outcome: str
    report: dict[str, Json]

    @property
    def fields(self) -> dict[str, Json]:
        """The fields of the credential by label; empty where none was read."""
        credential = self.report.get("credential")
        found = credential.get("fields") if isinstance(credential, dict) else None
        return found if isinstance(found, dict) else {}

    @property
    def codes(self) -> list[str]:
        """The reason codes of what did not pass, the document's own first."""
        told = [self.report.get("document"), *_listed(self.report.get("checks"))]
        return [
            str(check["code"])
            for check in told
            if isinstance(check, dict) and check.get("result") in {"FAIL", "UNKNOWN"}
        ]

    @property
    def receipt(self) -> bytes | None:
        """The signed check receipt, where one was asked for; a file ending in .receipt."""
        told = self.report.get("receipt")
        return base64.b64decode(told, validate=True) if isinstance(told, str) else None


@dataclass(frozen=True, slots=True)
class Line:
    """The answer to one line of a stream; `problem` where that line could not be read at all."""

    number: int
    outcome: str
    codes: tuple[str, ...]
    leaf: str | None
    id: str | int | None = None
    problem: str | None = None


class Client:
    """One service. It may be used by several threads: each request has a connection of its own."""

    def __init__(
        self,
        url: str,
        *,
        key: str | None = None,
        timeout: float = 60.0,
        attempts: int = 3,
        language: str = "en",
        tls: ssl.SSLContext | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Take the service's address, such as https://verify.example.gov.tw/.

        key       API key; only ever sent over TLS, or to this machine itself
        tls       for a private authority, or with a client certificate loaded (mTLS)
        attempts  how often a request is sent that has surely not been counted
        Raises ClientError for an address that cannot be one.
        """
        self._address = _address(url, tls)
        if key is not None and not self._address.is_private:
            raise ClientError(f"the key would go to {url} unencrypted: use https://")
        self._headers = {"Accept": _JSON, "Accept-Language": language}
        if key is not None:
            self._headers["Authorization"] = f"Bearer {key}"
        self._timeout = timeout
        self._attempts = max(1, attempts)
        self._sleep = sleep

    def verify_text(self, text: str, *, name: str = "", receipt: bool = False) -> Answer:
        """Return what is found of the text of a QR code."""
        return self._alone({"text": text, "name": name, "receipt": receipt})

    def verify_sealed(self, sealed: bytes, *, name: str = "", receipt: bool = False) -> Answer:
        """Return what is found of a sealed file's bytes."""
        encoded = base64.b64encode(sealed).decode("ascii")
        return self._alone({"sealed": encoded, "name": name, "receipt": receipt})

    def verify_file(self, file: str | Path, *, receipt: bool = False) -> Answer:
        """Return what is found of a picture, PDF, sealed file or text; raises OSError too."""
        path = Path(file)
        return self.verify_content(path.read_bytes(), path.name, receipt=receipt)

    def verify_content(self, content: bytes, name: str, *, receipt: bool = False) -> Answer:
        """Return what is found of a file's bytes; the name helps only with `.sealed` and `.txt`."""
        media_type, body = form_of(content, name, receipt=receipt)
        told = self._asked("POST", "verify", body, media_type)
        documents = told.get("documents")
        if not isinstance(documents, list) or len(documents) != 1:
            raise UnexpectedError("the answer is not one about a single document")
        return _answer(documents[0])

    def verify_stream(self, documents: Iterable[str | bytes]) -> Iterator[Line]:
        """Yield an answer for each QR text (str) or sealed file (bytes), in their order.

        A long stream runs in little memory: documents are taken as answers are, some hundreds
        ahead. Raises UnreachableError where not every document was answered.
        """
        lines = (json.dumps(_document(one)).encode("ascii") + b"\n" for one in documents)
        headers = {**self._headers, "Accept": _NDJSON, "Content-Type": _NDJSON}
        try:
            with stream(self._address, "verify/batch", headers, lines, self._timeout) as answers:
                first = answers.refusal
                if first is not None:
                    raise _problem(first)
                yield from map(_line, answers)
        except OSError as error:
            raise UnreachableError(f"the stream broke off: {error}") from error

    def receipt_keys(self) -> bytes:
        """Return the key set that receipts are checked with; keep it, and compare it once."""
        return self._reply("GET", "receipt-key", None, None).body

    def ready(self) -> dict[str, Json]:
        """Return how the service stands: is its trust data at hand, how old, and why if not."""
        try:
            return self._asked("GET", "readyz", None, None, accepted=(200, 503))
        except ProblemError as error:
            raise UnexpectedError(f"{self._address.url} is no such service: {error}") from error

    def _alone(self, asked: dict[str, Json]) -> Answer:
        return _answer(self._asked("POST", "verify", json.dumps(asked).encode("ascii"), _JSON))

    def _asked(
        self,
        method: str,
        path: str,
        body: bytes | None,
        media_type: str | None,
        accepted: tuple[int, ...] = (200,),
    ) -> dict[str, Json]:
        return _object(self._reply(method, path, body, media_type, accepted).body)

    def _reply(
        self,
        method: str,
        path: str,
        body: bytes | None,
        media_type: str | None,
        accepted: tuple[int, ...] = (200,),
    ) -> Reply:
        headers = dict(self._headers)
        if media_type is not None:
            headers["Content-Type"] = media_type
        for left in reversed(range(self._attempts)):
            try:
                reply = ask(self._address, method, path, headers, body, self._timeout)
            except ConnectionRefusedError as error:  # surely nothing was sent
                if not left:
                    raise UnreachableError(f"{self._address.url} does not answer") from error
                self._sleep(1.0)
                continue
            except OSError as error:
                raise UnreachableError(f"{self._address.url}: {error}") from error
            if reply.status in accepted:
                return reply
            problem = _problem(reply)
            wait = problem.retry_after if problem.retry_after is not None else 1.0
            is_hopeless = problem.kind == _USED_UP or wait > MOST_WAIT_SECONDS
            if reply.status not in _RETRIED or is_hopeless or not left:
                raise problem
            self._sleep(wait)
        raise AssertionError("every way out of the loop was taken in it")


def _address(url: str, tls: ssl.SSLContext | None) -> Address:
    try:
        return address_of(url, tls)
    except ValueError as error:
        raise ClientError(f"{url!r} is no address of a service: {error}") from error


def _document(document: str | bytes) -> dict[str, str]:
    if isinstance(document, str):
        return {"text": document}
    return {"sealed": base64.b64encode(document).decode("ascii")}


def _object(source: bytes) -> dict[str, Json]:
    try:
        told = json.loads(source)
    except ValueError as error:
        raise UnexpectedError("the answer is not JSON") from error
    if not isinstance(told, dict):
        raise UnexpectedError("the answer is not a JSON object")
    return told


def _answer(told: Json) -> Answer:
    outcome = told.get("outcome") if isinstance(told, dict) else None
    if not isinstance(told, dict) or outcome not in OUTCOMES:
        raise UnexpectedError("the answer tells no outcome that is known")
    return Answer(outcome, told)


def _line(source: bytes) -> Line:
    told = _object(source)
    number, outcome, codes = told.get("line"), told.get("outcome"), _listed(told.get("codes"))
    if not isinstance(number, int) or outcome not in OUTCOMES:
        raise UnexpectedError("a line of the answer tells no outcome that is known")
    error, leaf, name = told.get("error"), told.get("leaf"), told.get("id")
    return Line(
        number,
        outcome,
        tuple(map(str, codes)),
        leaf if isinstance(leaf, str) else None,
        name if isinstance(name, str | int) else None,
        str(error.get("detail")) if isinstance(error, dict) else None,
    )


def _listed(told: Json) -> list[Json]:
    return told if isinstance(told, list) else []


def _problem(reply: Reply) -> ProblemError:
    """Return the problem a reply tells; raises UnexpectedError for one that tells none."""
    if reply.media_type != "application/problem+json":
        raise UnexpectedError(f"the answer is {reply.status} without a reason")
    told = _object(reply.body)
    kind = str(told.get("type", "")).rpartition(":")[2]
    title, detail = str(told.get("title", "")), str(told.get("detail", ""))
    return ProblemError(reply.status, kind, title, detail, reply.retry_after)
