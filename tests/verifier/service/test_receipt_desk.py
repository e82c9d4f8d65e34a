"""Receipts where the key that signs them fails, is slow, or never answers."""

import asyncio
import threading
from base64 import b64decode

from credential.keys import load_key
from registry.rim_errors import KeyFileError
from tests.simulated_keys import SimulatedKey
from tests.verifier.service.worlds import WORLD, Answer, Anything, SilentLog, app_of, ask, until
from verifier.policy import DEFAULT_POLICY
from verifier.receipt import open_receipt
from verifier.service.asked import text_document
from verifier.service.judging import Bench, finding_of
from verifier.service.limits import Limits
from verifier.service.problems import RECEIPT_FAILED, RefusedError
from verifier.service.receipt_desk import ReceiptDesk

ASKED = b'{"text":"%s","receipt":true}' % WORLD.text().encode()
KEY = SimulatedKey("receipts")


class Module:
    """A key that answers when it is let, and fails when it is told to."""

    def __init__(self) -> None:
        self.alg, self.cose_key, self.kid = KEY.alg, KEY.cose_key, KEY.kid
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.fault: Exception | None = None
        self.asked = 0

    def sign(self, message: bytes) -> bytes:
        self.asked += 1
        assert self.may_answer.wait(60)
        if self.fault is not None:
            raise self.fault
        return KEY.sign(message)


def opened(receipt: bytes) -> str:
    return open_receipt(receipt, [load_key(KEY.cose_key)]).receipt.outcome.value


def judged() -> Anything:
    bench = Bench(WORLD.desk(), DEFAULT_POLICY, lambda: WORLD.now)
    sitting = bench.sitting()
    return finding_of("", text_document(WORLD.text()).reading, sitting), sitting


async def outcome(desk: ReceiptDesk) -> str:
    finding, sitting = judged()
    try:
        receipt = await desk.receipt(finding, sitting)
    except RefusedError as refused:
        return refused.problem.kind.rpartition(":")[2]
    return opened(receipt)


def test_a_module_that_fails_loses_the_receipt_alone_and_says_so() -> None:
    module, log = Module(), SilentLog()
    app = app_of(receipts=module, log=log)

    async def talk() -> list[Answer]:
        module.fault = KeyFileError("the module reports DeviceRemoved")
        failed = await ask(app, "POST", "/verify", ASKED, {"content-type": "application/json"})
        module.fault = None
        return [
            failed,
            await ask(app, "POST", "/verify", ASKED, {"content-type": "application/json"}),
        ]

    failed, signed = asyncio.run(talk())

    assert (failed.status, failed.json()["type"]) == (500, RECEIPT_FAILED.kind)
    assert (
        open_receipt(b64decode(signed.json()["receipt"]), [load_key(KEY.cose_key)]).kid == KEY.kid
    )
    assert {"event": "no receipt", "error": "KeyFileError"}.items() <= log.lines[0].items()
    assert WORLD.text() not in str(log.lines)


def test_others_are_answered_while_a_module_hangs_and_it_is_not_waited_for_twice() -> None:
    module = Module()
    log = SilentLog()
    desk = ReceiptDesk(module, DEFAULT_POLICY, log, Limits(receipt_seconds=0.2))

    async def talk() -> list[str]:
        module.may_answer.clear()
        told = await asyncio.gather(*(outcome(desk) for _ in range(3)))
        told.append(await outcome(desk))
        asked = module.asked
        module.may_answer.set()
        await until(lambda: not desk._asked_at)
        return [*told, str(asked), await outcome(desk)]

    found = asyncio.run(asyncio.wait_for(talk(), 60))

    assert found == ["receipt-failed"] * 4 + ["1", "VALID"]
    assert len(log.lines) == 3  # the fourth was refused at once
    assert module.asked == 2  # those nobody waited for any more were not signed


def test_an_answer_that_comes_just_when_it_is_given_up_leaves_nothing_overdue() -> None:
    module = Module()
    desk = ReceiptDesk(module, DEFAULT_POLICY, SilentLog(), Limits(receipt_seconds=0.05))

    async def talk() -> list[str]:
        found = []
        for _ in range(20):
            module.may_answer.clear()
            asyncio.get_running_loop().call_later(0.05, module.may_answer.set)
            found.append(await outcome(desk))
            await until(lambda: not desk._asked_at)
            found.append(await outcome(desk))
        return found[1::2]

    assert asyncio.run(asyncio.wait_for(talk(), 60)) == ["VALID"] * 20


def test_a_request_without_a_receipt_does_not_wait_for_the_module() -> None:
    module = Module()
    app = app_of(receipts=module)
    plain = b'{"text":"%s"}' % WORLD.text().encode()

    async def talk() -> Answer:
        module.may_answer.clear()
        headers = {"content-type": "application/json"}
        hung = asyncio.create_task(ask(app, "POST", "/verify", ASKED, headers))
        await until(lambda: module.asked == 1)
        answer = await ask(app, "POST", "/verify", plain, headers)
        assert not hung.done()
        module.may_answer.set()
        assert (await hung).json()["outcome"] == "VALID"
        return answer

    assert asyncio.run(asyncio.wait_for(talk(), 60)).json()["outcome"] == "VALID"


def test_many_receipts_at_once_are_each_about_their_own_document() -> None:
    desk = ReceiptDesk(Module(), DEFAULT_POLICY, SilentLog(), Limits())

    async def talk() -> list[str]:
        return await asyncio.gather(*(outcome(desk) for _ in range(50)))

    assert asyncio.run(talk()) == ["VALID"] * 50
