"""Where receipts are signed: one after the other in a thread of its own, since a module may hang.

A hardware module is an outside effect: it answers late, fails, or never answers. Other requests go
on meanwhile, and whoever wanted a receipt is told after a while that there is none.
"""

import asyncio
from collections import deque
from contextlib import suppress
from queue import SimpleQueue
from threading import Thread
from typing import NamedTuple

from credential.signer import Signer
from registry.mirror.edge import Log
from verifier.examine import Finding
from verifier.policy import Policy
from verifier.receipt import sign_receipt
from verifier.receipt_findings import CheckReceipt
from verifier.receipt_of import receipt_of
from verifier.service.judging import Sitting
from verifier.service.limits import Limits
from verifier.service.problems import RECEIPT_FAILED, RefusedError


class _Job(NamedTuple):
    receipt: CheckReceipt
    signed: asyncio.Future[bytes]
    loop: asyncio.AbstractEventLoop


class ReceiptDesk:
    """Signs the receipts of one worker. The thread begins with the first, so after the fork."""

    def __init__(self, signer: Signer, policy: Policy, log: Log, limits: Limits) -> None:
        self._signer = signer
        self._policy = policy
        self._log = log
        self._patience = limits.receipt_seconds
        self._jobs: SimpleQueue[_Job] = SimpleQueue()
        self._thread: Thread | None = None
        self._asked_at: deque[float] = deque()  # of each job that the thread has not come back from

    async def receipt(self, finding: Finding, sitting: Sitting) -> bytes:
        """Return the signed receipt; raises RefusedError where there is none within the patience.

        While an answer of the module is overdue nobody else waits for it.
        """
        trust = sitting.standing.trust
        loop = asyncio.get_running_loop()
        if self._asked_at and loop.time() - self._asked_at[0] > self._patience:
            raise RefusedError(RECEIPT_FAILED)
        job = _Job(receipt_of(finding, trust, self._policy, sitting.at), loop.create_future(), loop)
        self._begin()
        self._asked_at.append(loop.time())
        self._jobs.put(job)
        try:
            async with asyncio.timeout(self._patience):
                return await job.signed
        except Exception as error:
            self._log.info("no receipt", error=type(error).__name__, told=str(error)[:300])
            raise RefusedError(RECEIPT_FAILED) from error

    def _begin(self) -> None:
        if self._thread is None:
            # A daemon: a module that never answers does not keep the process from ending.
            self._thread = Thread(target=self._sign, name="receipts", daemon=True)
            self._thread.start()

    def _sign(self) -> None:
        while True:
            job = self._jobs.get()
            signed, error = b"", None
            if not job.signed.cancelled():  # else nobody waits for it any more
                try:
                    signed = sign_receipt(job.receipt, self._signer)
                except Exception as caught:  # noqa: BLE001  (told to whoever waits for it)
                    error = caught
            with suppress(RuntimeError):  # the loop has ended
                job.loop.call_soon_threadsafe(self._tell, job, signed, error)

    def _tell(self, job: _Job, signed: bytes, error: Exception | None) -> None:
        """In the loop's thread: the oldest job is done, and the one who waits for it is told."""
        self._asked_at.popleft()
        if job.signed.done():
            return
        if error is None:
            job.signed.set_result(signed)
        else:
            job.signed.set_exception(error)
