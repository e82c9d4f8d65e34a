"""POST /verify with files: parsers run in children that may be killed, and nothing is held up."""

import asyncio
import io
import json
import os
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from credential.qr_symbol import draw_png
from tests.verifier.service.worlds import WORLD, Answer, Anything, app_of, ask, until
from verifier.service.decoders import Decoders
from verifier.service.limits import Limits

EDGE = "edge-of-a-part"


@pytest.fixture(autouse=True)
def running(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Decoders]]:
    """The decoder processes of a test, stopped at its end."""
    made: list[Decoders] = []
    start = Decoders.start

    def remembered(self: Decoders) -> None:
        made.append(self)
        start(self)

    monkeypatch.setattr(Decoders, "start", remembered)
    yield made
    for decoders in made:
        decoders.stop()


def form(*parts: tuple[str, str | None, bytes]) -> bytes:
    body = b""
    for field, name, content in parts:
        named = "" if name is None else f'; filename="{name}"'
        head = f'--{EDGE}\r\nContent-Disposition: form-data; name="{field}"{named}\r\n\r\n'
        body += head.encode() + content + b"\r\n"
    return body + f"--{EDGE}--\r\n".encode()


def asked(body: Anything, app: Anything = None, **headers: str) -> Answer:
    told = {"content-type": f"multipart/form-data; boundary={EDGE}", **headers}
    return asyncio.run(ask(app or app_of(), "POST", "/verify", body, told))


def picture(number: int = 0) -> bytes:
    return draw_png(WORLD.text(number), scale=4)


def test_files_and_texts_are_answered_in_order() -> None:
    body = form(
        ("file", "first.png", picture(0)),
        ("text", None, WORLD.text(2).encode()),
        ("file", "second.sealed", WORLD.batch.sealed[1]),
        ("file", "notes.docx", b"PK\x03\x04"),
        ("lang", None, b"zh-Hant"),
    )

    answer = asked(body).json()

    assert [one["input"] for one in answer["documents"]] == [
        *("first.png", "", "second.sealed", "notes.docx")
    ]
    assert [one["outcome"] for one in answer["documents"]] == [
        *("VALID", "INVALID", "VALID", "INDETERMINATE")
    ]
    assert answer["documents"][0]["places"][0]["kind"] == "picture"
    assert answer["documents"][0]["credential"]["type_title"] == "模擬許可證"


def bomb(side: int) -> bytes:
    """A picture of a few kilobytes that says it has side times side pixels, and has them."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        crc = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", crc)

    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    packer = zlib.compressobj(9)
    pixels = b"".join(packer.compress(bytes(side + 1)) for _ in range(side)) + packer.flush()
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


HOSTILE = {
    "a bomb": bomb(8_000),
    "no PDF": b"%PDF-1.7\n" + b"[" * 10_000,
    "cut short": picture()[:200],
    "nothing in it": b"\x89PNG\r\n\x1a\n",
    "another JPEG": b"\xff\xd8\xff" + bytes(1_000),
    "many zeros": bytes(100_000),
}


def test_hostile_files_are_findings_and_no_faults() -> None:
    files = [("file", name, content) for name, content in HOSTILE.items()]

    answer = asked(form(*files, ("file", "good", picture()))).json()

    outcomes = {one["input"]: one["outcome"] for one in answer["documents"]}
    assert outcomes == {**dict.fromkeys(HOSTILE, "INDETERMINATE"), "good": "VALID"}


def test_the_service_goes_on_after_its_decoder_process_was_killed(
    running: list[Decoders],
) -> None:
    app = app_of()

    async def twice() -> tuple[Answer, Answer]:
        body, told = (
            form(("file", "x", picture())),
            {"content-type": f"multipart/form-data; boundary={EDGE}"},
        )
        first = await ask(app, "POST", "/verify", body, told)
        process = running[0]._process
        assert process is not None
        os.kill(process.pid, 9)
        process.wait()
        return first, await ask(app, "POST", "/verify", body, told)

    first, second = asyncio.run(twice())

    assert (first.json()["outcome"], second.json()["outcome"]) == ("VALID", "VALID")


def children_of(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_a_child_that_is_killed_costs_its_document_only(running: list[Decoders]) -> None:
    async def killing() -> Answer:
        body = form(("file", "slow.png", noise()), ("file", "good.png", picture()))
        told = {"content-type": f"multipart/form-data; boundary={EDGE}"}
        asking = asyncio.create_task(ask(app_of(), "POST", "/verify", body, told))
        killed: list[int] = []
        for _ in range(6_000):
            if running and running[0]._process is not None:
                killed = children_of(running[0]._process.pid)
            if killed:
                break
            await asyncio.sleep(0.01)
        for pid in killed[:1]:
            os.kill(pid, 9)
        return await asking

    documents = asyncio.run(killing()).json()["documents"]

    assert [one["outcome"] for one in documents] == ["INDETERMINATE", "VALID"]
    assert documents[0]["document"]["code"] == "document.unreadable"


def noise() -> bytes:
    """A picture without a code that the patient reader works on for seconds."""
    written = io.BytesIO()
    Image.effect_noise((1_400, 1_400), 120).save(written, "PNG")
    return written.getvalue()


def test_nothing_is_read_any_more_for_clients_that_have_gone(running: list[Decoders]) -> None:
    app = app_of(limits=Limits(children=1))
    body = form(("file", "slow.png", noise()), ("file", "another.png", noise()))
    told = {"content-type": f"multipart/form-data; boundary={EDGE}"}

    async def leaving() -> list[Answer]:
        leaves = asyncio.Event()
        asking = [
            asyncio.create_task(ask(app, "POST", "/verify", body, told, leaves=leaves))
            for _ in range(3)
        ]
        await until(lambda: bool(running) and running[0].waiting == 2)
        process = running[0]._process
        assert process is not None
        await until(lambda: len(children_of(process.pid)) == 1)
        leaves.set()
        answers = await asyncio.gather(*asking)
        await until(lambda: children_of(process.pid) == [])
        good = form(("file", "x", picture()))
        return [*answers, await ask(app, "POST", "/verify", good, told)]

    *gone, after = asyncio.run(leaving())

    assert [(answer.status, answer.parts) for answer in gone] == [(0, [])] * 3
    assert (running[0].waiting, running[0].at_work) == (0, 0)
    assert after.json()["outcome"] == "VALID"


def test_a_child_that_takes_too_long_is_killed() -> None:
    app = app_of(limits=Limits(child_seconds=1))

    answer = asked(form(("file", "slow.png", noise())), app).json()

    assert answer["documents"][0]["document"]["code"] in {
        *("document.unreadable", "document.no_code")
    }


def test_one_file_more_than_may_wait_is_refused_with_when_to_come_again() -> None:
    app = app_of(limits=Limits(children=1, children_waiting=0))

    answer = asked(form(("file", "x", picture())), app)

    assert answer.status == 503
    assert answer.headers["retry-after"]


BROKEN = {
    "no parts": f"--{EDGE}--\r\n".encode(),
    "no end": form(("file", "x", b"1"))[:-10],
    "another edge": form(("file", "x", b"1")).replace(EDGE.encode(), b"other"),
    "nothing": b"",
    "no name": f"--{EDGE}\r\nContent-Disposition: form-data\r\n\r\nx\r\n--{EDGE}--\r\n".encode(),
    "no headers": f"--{EDGE}\r\n\r\nx\r\n--{EDGE}--\r\n".encode(),
    "only wishes": form(("lang", None, b"en")),
    "an empty file": form(("file", "x", b"")),
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN)
def test_broken_forms_are_refused(body: bytes) -> None:
    assert asked(body).status == 400


def test_a_form_without_an_edge_is_refused() -> None:
    headers = {"content-type": "multipart/form-data"}

    assert asyncio.run(ask(app_of(), "POST", "/verify", b"x", headers)).status == 400


@pytest.mark.parametrize(
    "parts",
    [
        [("secret", None, b"1"), ("file", "x", b"1")],
        [("lang", None, b"en"), ("lang", None, b"en"), ("file", "x", b"1")],
        [("receipt", None, b"perhaps"), ("file", "x", b"1")],
    ],
)
def test_fields_that_are_not_described_are_refused(parts: Anything) -> None:
    assert asked(form(*parts)).status == 422


def test_files_over_a_limit_are_refused() -> None:
    app = app_of(limits=Limits(files=2, file_bytes=1_000, form_bytes=5_000))

    many = asked(form(*[("file", "x", b"1")] * 3), app)
    large = asked(form(("file", "x", bytes(1_001))), app)
    together = asked(form(*[("file", "x", bytes(900))] * 6), app)
    headers = asked(form(("file", "x" * 3_000, b"1")), app)

    assert (many.status, large.status, together.status) == (413, 413, 413)
    assert headers.status == 400


def test_names_of_files_come_back_as_json_whatever_they_are() -> None:
    name = "<img src=x onerror=alert(1)>\u202e"

    answer = asked(form(("file", name, b"1")))

    assert answer.json()["documents"][0]["input"] == name
    assert json.dumps(name) in answer.body.decode("ascii")
