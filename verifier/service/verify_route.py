"""POST /verify: documents in, findings out. One function reads like docs/flows.md, "Service"."""

import asyncio
import base64
import time
from collections.abc import Callable

from verifier.examine import Finding, worst
from verifier.json_report import Json, json_report
from verifier.report import Setting
from verifier.service.asked import Asked, asked_in_json
from verifier.service.bodies import Bodies
from verifier.service.exchange import JSON, Exchange, said
from verifier.service.judging import Bench, Sitting, finding_of
from verifier.service.limits import Limits
from verifier.service.problems import MEDIA, METHOD, NO_RECEIPTS, RefusedError
from verifier.service.trust_desk import TrustDesk

ReceiptOf = Callable[[Finding, Sitting], bytes]


class VerifyRoute:
    """Answers requests to check a few documents."""

    def __init__(
        self,
        desk: TrustDesk,
        bench: Bench,
        bodies: Bodies,
        limits: Limits,
        *,
        receipt_of: ReceiptOf | None,
    ) -> None:
        self._anchor = desk.anchor
        self._bench = bench
        self._bodies = bodies
        self._limits = limits
        self._receipt_of = receipt_of

    async def __call__(self, exchange: Exchange) -> None:
        """Answer one request; raises RefusedError."""
        if exchange.method != "POST":
            raise RefusedError(METHOD, {"allow": "POST"})
        # 1 what is asked
        asked = await self._asked(exchange)
        query = exchange.query("receipt", "lang")
        with_receipt = asked.receipt or said(query.get("receipt"))
        language = exchange.language(query.get("lang", asked.language))
        if with_receipt and self._receipt_of is None:
            raise RefusedError(NO_RECEIPTS)
        # 2 judge each document, by the trust data of one moment
        sitting = self._bench.sitting()
        setting = Setting(language, sitting.standing.trust, sitting.at, anchor=self._anchor)
        findings, reports = [], []
        turn = Turn(self._limits.slice_seconds)
        for document in asked.documents:
            finding = finding_of(document.name, document.reading, sitting)
            findings.append(finding)
            reports.append(self._report(finding, setting, sitting, with_receipt=with_receipt))
            await turn.pass_on()
        # 3 say it
        if asked.alone:
            await exchange.answer_json(reports[0])
            return
        outcome = worst([finding.outcome for finding in findings])
        await exchange.answer_json({"outcome": outcome.value, "documents": [*reports]})

    async def _asked(self, exchange: Exchange) -> Asked:
        media_type = exchange.media_type()
        if media_type == JSON:
            body = await self._bodies.whole(exchange, self._limits.json_bytes)
            return asked_in_json(body, self._limits)
        raise RefusedError(MEDIA, {"accept": JSON, "connection": "close"})

    def _report(
        self, finding: Finding, setting: Setting, sitting: Sitting, *, with_receipt: bool
    ) -> dict[str, Json]:
        report = json_report(finding, setting)
        if with_receipt and self._receipt_of is not None:
            report["receipt"] = base64.b64encode(self._receipt_of(finding, sitting)).decode("ascii")
        return report


class Turn:
    """A share of the event loop: when it is used up, everybody else has theirs first."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._until = time.monotonic() + seconds

    async def pass_on(self) -> None:
        """Wait for the others where the share is used up."""
        if time.monotonic() > self._until:
            await asyncio.sleep(0)
            self._until = time.monotonic() + self._seconds
