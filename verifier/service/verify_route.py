"""POST /verify: documents in, findings out. One function reads like docs/flows.md, "Service"."""

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final, Protocol

from verifier.errors import DocumentError
from verifier.examine import Finding, worst
from verifier.json_report import json_report
from verifier.report import Setting
from verifier.service.asked import Asked, AskedDocument, asked_in_json
from verifier.service.bodies import Bodies
from verifier.service.callers import Caller, Callers
from verifier.service.exchange import JSON, Exchange, said
from verifier.service.form_route import FormReader
from verifier.service.judging import Bench, Sitting, finding_of
from verifier.service.limits import Limits
from verifier.service.page_check import PageCheck
from verifier.service.problems import MEDIA, METHOD, NO_RECEIPTS, RefusedError
from verifier.service.receipt_desk import ReceiptDesk
from verifier.service.trust_desk import TrustDesk
from verifier.service.turn import Turn
from verifier.words import Language

_TOO_MANY: Final = 429  # and above: what was refused for that was not read
FORM: Final = "multipart/form-data"


class Counter(Protocol):
    """Counts findings; it takes outcome and codes of them, and nothing else."""

    def count(self, finding: Finding) -> None:
        """One finding more."""


class VerifyRoute:
    """Answers requests to check a few documents."""

    def __init__(
        self,
        desk: TrustDesk,
        bench: Bench,
        bodies: Bodies,
        limits: Limits,
        *,
        callers: Callers,
        forms: FormReader,
        pages: PageCheck,
        counter: Counter,
        receipts: ReceiptDesk | None,
    ) -> None:
        self._anchor = desk.anchor
        self._bench = bench
        self._bodies = bodies
        self._limits = limits
        self._callers = callers
        self._forms = forms
        self._pages = pages
        self._counter = counter
        self._receipts = receipts

    async def __call__(self, exchange: Exchange) -> None:
        """Answer one request; raises RefusedError."""
        if exchange.method != "POST":
            raise RefusedError(METHOD, {"allow": "POST"})
        # 1 who asks, and what; the caller is charged before anything costs more than reading it
        caller = self._callers.admit(exchange)
        try:
            await self._answer(exchange, caller)
        except RefusedError as refused:
            if refused.problem.status < _TOO_MANY:
                caller.charge_for_nothing()
            raise

    async def _answer(self, exchange: Exchange, caller: Caller) -> None:
        """Answer a caller who may ask; raises RefusedError."""
        query = exchange.query("receipt", "lang")
        async with self._asked(exchange, caller) as asked:
            with_receipt = asked.receipt or said(query.get("receipt"))
            language = _language(exchange, query.get("lang"), asked.language)
            if with_receipt and self._receipts is None:
                raise RefusedError(NO_RECEIPTS)
            # 2 judge each document, by the trust data of one moment
            sitting = self._bench.sitting()
            setting = Setting(language, sitting.standing.trust, sitting.at, anchor=self._anchor)
            findings, reports = [], []
            turn = Turn(self._limits.slice_seconds)
            for document in asked.documents:
                finding = await self._finding(document, sitting)
                self._counter.count(finding)
                findings.append(finding)
                report = json_report(finding, setting)
                if with_receipt and self._receipts is not None:
                    receipt = await self._receipts.receipt(finding, sitting)
                    report["receipt"] = base64.b64encode(receipt).decode("ascii")
                reports.append(sitting.writers[language].written(report, finding))
                await turn.pass_on()
        # 3 say it
        if asked.alone:
            await exchange.answer_json(reports[0])
            return
        outcome = worst([finding.outcome for finding in findings])
        listed = ",".join(reports)
        await exchange.answer_json(f'{{"outcome":"{outcome.value}","documents":[{listed}]}}')

    async def _finding(self, document: AskedDocument, sitting: Sitting) -> Finding:
        """Return the finding on a document, and on the pages of one that is a PDF."""
        finding = finding_of(document.name, document.reading, sitting)
        if not document.content or isinstance(document.reading, DocumentError):
            return finding
        trust = sitting.standing.trust
        return await self._pages.compared(finding, document.reading, document.content, trust)

    @asynccontextmanager
    async def _asked(self, exchange: Exchange, caller: Caller) -> AsyncIterator[Asked]:
        media_type = exchange.media_type()
        if media_type == JSON:
            body = await self._bodies.whole(exchange, self._limits.json_bytes)
            asked = asked_in_json(body, self._limits)
            caller.charge(len(asked.documents))
            yield asked
        elif media_type == FORM:
            async with self._forms.asked(exchange, caller.charge) as asked:
                yield asked
        else:
            raise RefusedError(MEDIA, {"accept": f"{JSON}, {FORM}", "connection": "close"})


def _language(exchange: Exchange, in_query: str | None, in_body: str | None) -> Language:
    """Return the language asked for, the address before the body; what is none is refused."""
    told = exchange.language(in_body)
    return told if in_query is None else exchange.language(in_query)
