"""POST /verify/batch: a line out for a line in, in order, and no further than the reader reads."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator

import pytest

from credential.merkle import leaf_hash
from credential.sealed import decode_sealed
from tests.verifier.service.worlds import NO_TRUST, WORLD, Answer, Anything, app_of, ask
from verifier.service.limits import Limits
from verifier.service.lines import Lines
from verifier.service.trust_desk import FixedDesk

NDJSON = {"content-type": "application/x-ndjson"}


def line(number: int, **more: object) -> bytes:
    return json.dumps({"text": WORLD.text(number), **more}).encode() + b"\n"


def streamed(body: Anything, app: Anything = None, path: str = "/verify/batch") -> Answer:
    return asyncio.run(ask(app or app_of(), "POST", path, body, NDJSON))


def answers(answer: Answer) -> list[Anything]:
    return [json.loads(one) for one in answer.body.splitlines()]


def test_every_line_is_answered_in_order_with_its_number() -> None:
    sealed = base64.b64encode(WORLD.batch.sealed[1]).decode()
    body = line(0, id="a") + line(2, id=7) + json.dumps({"sealed": sealed}).encode()

    answer = streamed(body)

    assert answer.headers["content-type"] == "application/x-ndjson"
    assert [
        (one["line"], one.get("id"), one["outcome"], one["codes"]) for one in answers(answer)
    ] == [
        (1, "a", "VALID", []),
        (2, 7, "INVALID", ["status.revoked"]),
        (3, None, "VALID", []),
    ]
    leaf = leaf_hash(decode_sealed(WORLD.batch.sealed[1]).entry).hex()
    assert answers(answer)[2]["leaf"] == leaf


BROKEN = {
    "empty": b"",
    "not JSON": b"{",
    "a name twice": b'{"text": "1", "text": "2"}',
    "a name twice, one of them last": b'{"text": "1", "name": "", "text": "2"}',
    "an id twice": b'{"text": "1", "id": 1, "id": 2}',
    "NaN": b'{"text": NaN}',
    "not UTF-8": b'{"text": "\xff"}',
    "deep": b"[" * 1_000,
    "a list": b"[]",
    "unknown member": b'{"text": "1", "x": 1}',
    "an id of another kind": b'{"text": "1", "id": {}}',
    "too long": b'{"text": "' + b"1" * 20_000 + b'"}',
    "far too long": b"1" * 200_000,
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_a_broken_line_is_an_error_with_its_number_and_the_next_is_judged(broken: bytes) -> None:
    found = answers(streamed(line(0) + broken + b"\n" + line(1)))

    assert [one["outcome"] for one in found] == ["VALID", "INDETERMINATE", "VALID"]
    assert [one["line"] for one in found] == [1, 2, 3]
    assert found[1]["codes"] == ["document.unreadable"]
    assert found[1]["error"]["type"].startswith("urn:sealroot:problem:")


def test_lines_may_come_in_any_pieces() -> None:
    body = line(0) + b"1" * 30_000 + b"\n" + line(2) + line(1)
    whole = streamed(body)

    for size in (1_000, 7_777, 16_384, 20_000):
        pieces = [body[at : at + size] for at in range(0, len(body), size)]
        assert streamed(pieces).body == whole.body


def test_full_answers_are_those_of_single_requests() -> None:
    from tests.verifier.service.worlds import ask_json  # noqa: PLC0415

    single = asyncio.run(ask_json(app_of(), {"text": WORLD.text(2)})).json()

    found = answers(streamed(line(2), path="/verify/batch?full=1"))

    assert found == [{"line": 1, **single}]


def test_results_and_malformed_texts_are_answered_as_elsewhere() -> None:
    body = b'{"text": "SEALROOT-RESULT: VALID"}\n{"text": "12x"}\n{"sealed": "gg=="}\n'

    found = answers(streamed(body))

    assert [(one["outcome"], one["codes"], one["leaf"]) for one in found] == [
        ("INDETERMINATE", ["document.is_result"], None),
        ("INVALID", ["form.text"], None),
        ("INVALID", ["form.encoding"], None),
    ]


def test_without_trust_data_lines_are_open_and_still_named() -> None:
    found = answers(streamed(line(0), app_of(desk=FixedDesk(NO_TRUST))))

    assert found[0]["outcome"] == "INDETERMINATE"
    assert found[0]["codes"] == ["trust.unavailable"]
    assert found[0]["leaf"] == leaf_hash(decode_sealed(WORLD.batch.sealed[0]).entry).hex()


def test_the_line_over_the_limit_ends_the_stream() -> None:
    found = answers(streamed(line(0) * 5, app_of(limits=Limits(lines=3))))

    assert [one["outcome"] for one in found] == ["VALID"] * 3 + ["INDETERMINATE"]
    assert found[3]["error"]["type"] == "urn:sealroot:problem:too-large"


def test_nothing_is_read_ahead_of_a_reader_that_stands_still() -> None:
    taken = 0
    may_go_on = asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        nonlocal taken
        while True:
            taken += 1
            yield line(0) * 50

    async def standing_still() -> int:
        app = app_of()
        task = asyncio.create_task(_answered_slowly(app, endless(), may_go_on))
        for _ in range(200):
            await asyncio.sleep(0)
        before = taken
        for _ in range(200):
            await asyncio.sleep(0)
        task.cancel()
        return taken - before

    assert asyncio.run(standing_still()) == 0
    assert taken < 20


async def _answered_slowly(app: Anything, body: Anything, may_go_on: asyncio.Event) -> None:
    async def receive() -> Anything:
        return {"type": "http.request", "body": await anext(body), "more_body": True}

    async def send(message: Anything) -> None:
        if message["type"] == "http.response.body":
            await may_go_on.wait()

    await app(_scope(), receive, send)


def _scope() -> Anything:
    headers = [(name.encode(), value.encode()) for name, value in NDJSON.items()]
    scope = {"type": "http", "method": "POST", "path": "/verify/batch", "query_string": b""}
    return {**scope, "headers": headers, "client": ("127.0.0.1", 1)}


def test_the_work_ends_when_the_client_is_gone() -> None:
    asked = 0

    async def receive() -> Anything:
        nonlocal asked
        asked += 1
        if asked > 3:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": line(0), "more_body": True}

    async def send(_message: Anything) -> None:
        pass

    asyncio.run(app_of()(_scope(), receive, send))

    assert asked == 4


def test_a_stream_in_which_nothing_comes_is_given_up() -> None:
    async def silent() -> AsyncIterator[bytes]:
        yield line(0)
        await asyncio.sleep(3_600)

    answer = streamed(silent(), app_of(limits=Limits(stream_stall_seconds=0.2)))

    assert len(answers(answer)) == 1


def test_other_requests_have_their_turn_while_a_stream_runs() -> None:
    async def both() -> tuple[bool, Answer]:
        app = app_of()
        stream = asyncio.create_task(ask(app, "POST", "/verify/batch", line(0) * 20_000, NDJSON))
        await asyncio.sleep(0)
        answer = await ask(app, "GET", "/healthz")
        was_under_way = not stream.done()
        await stream
        return was_under_way, answer

    was_under_way, answer = asyncio.run(both())

    assert was_under_way
    assert answer.status == 200


def test_one_stream_more_than_allowed_is_refused() -> None:
    answer = streamed(line(0), app_of(limits=Limits(streams=0)))

    assert answer.status == 503
    assert answer.headers["retry-after"]


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/verify/batch", {"content-type": "application/json"}, 415),
        ("/verify/batch", {**NDJSON, "content-encoding": "gzip"}, 415),
        ("/verify/batch?full=maybe", NDJSON, 422),
        ("/verify/batch?x=1", NDJSON, 422),
    ],
)
def test_refused_before_the_first_line(path: str, headers: dict[str, str], status: int) -> None:
    assert asyncio.run(ask(app_of(), "POST", path, line(0), headers)).status == status


def test_a_long_line_costs_no_more_memory_than_its_limit() -> None:
    lines = Lines(100)

    found = [one for _ in range(1_000) for one in lines.take(bytes(1_000))]

    assert found == []
    assert len(lines._rest) <= 100
    assert lines.take(b"\nabc\n") == [None, b"abc"]
    assert lines.end() == []
