"""The verifier's service, wired: which address is answered by what, and nothing else."""

import sys
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from registry.mirror.edge import Edge, Log
from verifier.policy import DEFAULT_POLICY, Policy
from verifier.service.bodies import Bodies
from verifier.service.exchange import Application, Endpoint, Exchange, Receive, Scope, Send
from verifier.service.headers import headers_for, name_for
from verifier.service.judging import Bench
from verifier.service.limits import DEFAULT_LIMITS, Limits
from verifier.service.openapi import describe
from verifier.service.problems import (
    BROKEN,
    MEDIA_TYPE,
    UNUSABLE,
    RefusedError,
    language_asked,
    problem_of,
)
from verifier.service.standing_routes import standing_router
from verifier.service.trust_desk import TrustDesk
from verifier.service.verify_route import ReceiptOf, VerifyRoute


def now() -> int:
    """Return the time, Unix seconds."""
    return int(time.time())


def make_log() -> Log:
    """Return a log of JSON lines on standard error."""
    log: Log = structlog.wrap_logger(
        structlog.PrintLogger(sys.stderr),
        processors=[
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(20),
    )
    return log


def create_app(
    *,
    desk: TrustDesk,
    policy: Policy = DEFAULT_POLICY,
    clock: Callable[[], int] = now,
    limits: Limits = DEFAULT_LIMITS,
    receipt_of: ReceiptOf | None = None,
    log: Log | None = None,
) -> Application:
    """Return the service as an ASGI application; one for each worker process."""
    bench, bodies = Bench(desk, policy, clock), Bodies(limits)
    verify = VerifyRoute(desk, bench, bodies, limits, receipt_of=receipt_of)
    framework = _framework(desk, policy, clock, limits)
    kept_log = log or make_log()
    service = Service(framework, {"/verify": verify}, kept_log)
    return Edge(service, kept_log, headers=headers_for, named=name_for)


class Service:
    """Hands the busy addresses to their routes at once, and all others to the framework."""

    def __init__(self, framework: FastAPI, busy: Mapping[str, Endpoint], log: Log) -> None:
        self.framework = framework
        self._busy = busy
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.framework(scope, receive, send)
            return
        endpoint = self._busy.get(scope["path"])
        if endpoint is None:
            await self.framework(scope, receive, send)
            return
        exchange = Exchange(scope, receive, send)
        try:
            await endpoint(exchange)
        except RefusedError as refused:
            await exchange.refuse(refused)
        except Exception as error:  # noqa: BLE001  (the outermost loop: other requests go on)
            self._log.info("fault", path=name_for(scope["path"]), error=type(error).__name__)
            await exchange.refuse(RefusedError(BROKEN))


def _framework(
    desk: TrustDesk, policy: Policy, clock: Callable[[], int], limits: Limits
) -> FastAPI:
    app = FastAPI(
        title="Sealroot verifier",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        redirect_slashes=False,  # it would repeat whatever host the request named
    )
    app.include_router(standing_router(desk, policy, clock))
    _add_problems(app)
    describe(app, limits)
    return app


def _add_problems(app: FastAPI) -> None:
    """Errors become problem details here and nowhere else."""

    async def refused(request: Request, error: Exception) -> Response:
        found = error if isinstance(error, RefusedError) else RefusedError(BROKEN)
        return _answer(request, found)

    async def http(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        headers = error.headers if isinstance(error, HTTPException) else None
        return _answer(request, RefusedError(problem_of(status), headers))

    async def unusable(request: Request, _error: Exception) -> Response:
        return _answer(request, RefusedError(UNUSABLE))

    async def broken(request: Request, _error: Exception) -> Response:
        return _answer(request, RefusedError(BROKEN))

    app.add_exception_handler(RefusedError, refused)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(RequestValidationError, unusable)
    app.add_exception_handler(Exception, broken)


def _answer(request: Request, refused: RefusedError) -> Response:
    language = language_asked(request.headers.get("accept-language", ""))
    kept: dict[str, Any] = {
        **refused.headers,
        "content-type": MEDIA_TYPE,
        "content-language": language,
        "cache-control": "no-store",
    }
    return Response(refused.problem.content(language), refused.problem.status, kept)


__all__: Final = ["create_app", "make_log"]
