"""A registry with good and bad documents, and the service over it, asked without a network."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from credential.qr_text import qr_encode
from credential.status import SlotState
from registry.trust_data import TrustData
from tests.simulator import Batch, Simulator
from verifier.reasons import Reason
from verifier.service.app import create_app
from verifier.service.trust_desk import FixedDesk, Standing

Anything: TypeAlias = Any
URL = "https://verify.example.gov.tw/s/"


class SilentLog:
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.lines: list[dict[str, object]] = []

    def info(self, event: str, **told: object) -> None:
        self.lines.append({"event": event, **told})


@dataclass(frozen=True)
class World:
    """A batch of four: the third is revoked; `forged` is signed by a key nobody knows."""

    now: int
    trust: TrustData
    bundle: bytes
    batch: Batch
    forged: bytes

    def text(self, number: int = 0) -> str:
        return qr_encode(self.batch.sealed[number], URL)

    def standing(self) -> Standing:
        return Standing(
            self.trust, as_of=self.trust.evidence.as_of, since=self.trust.evidence.as_of
        )

    def desk(self) -> FixedDesk:
        return FixedDesk(self.standing(), self.bundle)


def make_world() -> World:
    sim = Simulator()
    office = sim.office("A1")
    batch = sim.issue(office, {1: "王小明"}, {1: "陳美麗"}, {1: "林志強"}, {1: "Anna"})
    sim.anchor(batch)
    sim.publish_status(office, {2: SlotState.REVOKED})
    sim.checkpoint()
    trust, bundle = sim.trust(full=True), sim.full_bundle()
    stranger = Simulator()
    stranger.office("B1")
    forged = stranger.issue(stranger.office("Z9"), {1: "駭客"}).sealed[0]
    return World(sim.now, trust, bundle, batch, forged)


WORLD = make_world()
NO_TRUST = Standing(None, Reason.TRUST_UNAVAILABLE)


@dataclass
class Answer:
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    parts: list[bytes] = field(default_factory=list)

    @property
    def body(self) -> bytes:
        return b"".join(self.parts)

    def json(self) -> Anything:
        return json.loads(self.body)


def app_of(world: World = WORLD, **changes: Anything) -> Anything:
    wired: dict[str, Anything] = {
        "desk": world.desk(),
        "clock": lambda: world.now,
        "monotonic": lambda: 0.0,
        "log": SilentLog(),
    }
    return create_app(**{**wired, **changes})


async def ask(
    app: Anything,
    method: str,
    path: str,
    body: bytes | Iterable[bytes] | AsyncIterator[bytes] = b"",
    headers: Mapping[str, str] | None = None,
    *,
    client: str = "127.0.0.1",
    leaves: asyncio.Event | None = None,
) -> Answer:
    """The answer of the application to one request, whose body may come in parts.

    The client stays until it has its answer, or until it `leaves`.
    """
    path, _, query = path.partition("?")
    told = {"host": "verifier", **(headers or {})}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode()) for name, value in told.items()],
        "client": (client, 50_000),
        "server": ("verifier", 80),
    }
    parts = _parts(body)
    answer = Answer()

    is_read = False

    async def receive() -> dict[str, Anything]:
        nonlocal is_read
        if is_read:
            await (asyncio.Event() if leaves is None else leaves).wait()
            return {"type": "http.disconnect"}
        part = await anext(parts, None)
        is_read = part is None
        return {"type": "http.request", "body": part or b"", "more_body": part is not None}

    async def send(message: Anything) -> None:
        if message["type"] == "http.response.start":
            answer.status = message["status"]
            answer.headers = {name.decode(): value.decode() for name, value in message["headers"]}
        else:
            answer.parts.append(message.get("body", b""))

    await app(scope, receive, send)
    return answer


async def until(is_so: Callable[[], bool]) -> None:
    """Wait until it is so, a minute at most."""
    for _ in range(6_000):
        if is_so():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("not within a minute")


async def _parts(body: Anything) -> AsyncIterator[bytes]:
    if isinstance(body, bytes):
        if body:
            yield body
    elif hasattr(body, "__aiter__"):
        async for part in body:
            yield part
    else:
        for part in body:
            yield part


async def ask_json(
    app: Anything, members: Anything, path: str = "/verify", **more: Anything
) -> Answer:
    body = members if isinstance(members, bytes) else json.dumps(members).encode()
    headers = {"content-type": "application/json", **more.pop("headers", {})}
    return await ask(app, "POST", path, body, headers, **more)
