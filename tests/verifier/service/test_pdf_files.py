"""PDFs over HTTP: the pages are compared with what was signed, as the command does it."""

import asyncio

import pikepdf
import pytest

from tests.verifier.pages import altering, issued
from tests.verifier.service.worlds import Anything, ask
from verifier.service.app import NoLog, create_app
from verifier.service.limits import Limits
from verifier.service.trust_desk import FixedDesk, Standing

EDGE = "edge"
HEADERS = {"content-type": f"multipart/form-data; boundary={EDGE}"}


@pytest.fixture(scope="module")
def licence() -> issued.Issued:
    return issued.licence()


class Lifespan:
    """Begins and ends an application, so that no process of it is left."""

    def __init__(self, app: Anything) -> None:
        self._app = app
        self._messages: asyncio.Queue[Anything] = asyncio.Queue()
        self._told: asyncio.Queue[Anything] = asyncio.Queue()

    async def __aenter__(self) -> Anything:
        self._task = asyncio.create_task(
            self._app({"type": "lifespan", "state": {}}, self._messages.get, self._told.put)
        )
        await self._messages.put({"type": "lifespan.startup"})
        assert (await self._told.get())["type"] == "lifespan.startup.complete"
        return self._app

    async def __aexit__(self, *_error: object) -> None:
        await self._messages.put({"type": "lifespan.shutdown"})
        await self._told.get()
        await self._task


def found(document: issued.Issued, *files: bytes, limits: Limits = Limits()) -> list[Anything]:  # noqa: B008
    body = b""
    for number, content in enumerate(files):
        head = (
            f'--{EDGE}\r\nContent-Disposition: form-data; name="f"; filename="{number}.pdf"\r\n\r\n'
        )
        body += head.encode() + content + b"\r\n"
    body += f"--{EDGE}--\r\n".encode()
    standing = Standing(document.trust, as_of=document.trust.evidence.as_of)
    app = create_app(
        desk=FixedDesk(standing), clock=lambda: document.at, log=NoLog(), limits=limits
    )

    async def asking() -> list[Anything]:
        async with Lifespan(app):
            answer = await ask(app, "POST", "/verify", body, HEADERS)
        assert answer.status == 200
        documents: list[Anything] = answer.json()["documents"]
        return documents

    return asyncio.run(asking())


def covered(pdf: bytes) -> bytes:
    def cover(opened: pikepdf.Pdf) -> None:
        altering.overlay(opened, b"1 1 1 rg 60 300 400 400 re f")

    return altering.edited(pdf, cover)


def test_pages_are_compared_as_the_command_does(licence: issued.Issued) -> None:
    files = (licence.pdf, altering.saved(licence.pdf), covered(licence.pdf))

    answers = found(licence, *files)

    assert [one["outcome"] for one in answers] == ["VALID", "VALID", "INVALID"]
    assert [one["pages"]["state"] for one in answers] == [
        *("as_issued", "as_issued", "fields_as_issued")
    ]
    commands = [licence.checked(content) for content in files]
    assert [one["outcome"] for one in answers] == [one.outcome.value for one in commands]
    assert [one["document"]["code"] for one in answers] == [
        one.document.reason.value for one in commands
    ]


def test_pages_that_could_not_be_compared_in_time_leave_it_open(licence: issued.Issued) -> None:
    limits = Limits(child_bytes=1)

    answers = found(licence, altering.saved(licence.pdf), limits=limits)

    assert answers[0]["outcome"] == "INDETERMINATE"
