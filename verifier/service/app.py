"""The verifier's service, wired: which address is answered by what, and nothing else."""

import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Final

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from credential.signer import Signer
from registry.mirror.edge import Edge, Log
from verifier.policy import DEFAULT_POLICY, Policy
from verifier.receipt import encode_key_set
from verifier.service.batch_route import BatchRoute
from verifier.service.bodies import Bodies
from verifier.service.buckets import Allowance
from verifier.service.callers import Callers
from verifier.service.decoders import Decoders
from verifier.service.docs_route import DocsRoute
from verifier.service.exchange import (
    Application,
    ClientGoneError,
    Endpoint,
    Exchange,
    Receive,
    Scope,
    Send,
)
from verifier.service.form_route import FormReader
from verifier.service.headers import PAGE, headers_for, name_for
from verifier.service.judging import Bench
from verifier.service.key_book import KeyBook
from verifier.service.key_store import KeyStore
from verifier.service.lifespan import Act, living
from verifier.service.limits import DEFAULT_LIMITS, Limits
from verifier.service.metrics import Metrics
from verifier.service.openapi import describe
from verifier.service.page_check import PageCheck
from verifier.service.problems import (
    BROKEN,
    MEDIA_TYPE,
    UNUSABLE,
    RefusedError,
    language_asked,
    problem_of,
)
from verifier.service.proxies import Proxies
from verifier.service.receipt_desk import ReceiptDesk
from verifier.service.site_route import SiteRoute, to_the_page
from verifier.service.standing_routes import standing_router
from verifier.service.telling_routes import MetricsRoute, ReceiptKeyRoute
from verifier.service.trust_desk import TrustDesk
from verifier.service.verify_route import VerifyRoute
from verifier.site import Site


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
        cache_logger_on_first_use=True,
    )
    return log


class NoLog:
    """A log that keeps nothing."""

    def info(self, event: str, **told: object) -> None:
        """Forget it."""


def create_app(
    *,
    desk: TrustDesk,
    policy: Policy = DEFAULT_POLICY,
    limits: Limits = DEFAULT_LIMITS,
    key_store: KeyStore | None = None,
    strangers: Allowance | None = None,
    proxies: Proxies = Proxies(),  # noqa: B008  (frozen)
    receipts: Signer | None = None,
    older_receipt_keys: Sequence[bytes] = (),
    site: Site | None = None,
    are_several: bool = False,
    log: Log | None = None,
    log_addresses: bool = False,
    clock: Callable[[], int] = now,
    monotonic: Callable[[], float] = time.monotonic,
    begin: Sequence[Act] = (),
    end: Sequence[Act] = (),
) -> Application:
    """Return the service as an ASGI application, to be made in each worker process for itself.

    key_store  keys open the service; without one it is open to everybody
    strangers  what may be asked without a key, for each address; None means nothing where there is
               a key store, and no limit where there is none
    site  the scan page, from `make_site`
    are_several  other workers count too, in the folder that PROMETHEUS_MULTIPROC_DIR names
    begin, end  what a worker does first and last, such as starting and stopping the desk
    """
    told_log = log or make_log()
    metrics = Metrics(are_shared=are_several)
    book = None if key_store is None else KeyBook(key_store, clock)
    callers = Callers(book, strangers, proxies, clock, monotonic)
    bench, bodies, decoders = Bench(desk, policy, clock), Bodies(limits), Decoders(limits)
    pages = PageCheck(decoders)
    verify = VerifyRoute(
        desk,
        bench,
        bodies,
        limits,
        callers=callers,
        forms=FormReader(bodies, decoders, limits),
        pages=pages,
        counter=metrics,
        receipts=None if receipts is None else ReceiptDesk(receipts, policy, told_log, limits),
    )
    batch = BatchRoute(desk, bench, limits, callers=callers, counter=metrics)

    def gauges() -> dict[str, float]:
        return {
            "children": decoders.at_work,
            "children_waiting": decoders.waiting,
            "streams": batch.under_way,
            "body_bytes": bodies.held,
        }

    busy: dict[str, Endpoint] = {
        "/verify": verify,
        "/verify/batch": batch,
        "/metrics": MetricsRoute(metrics, gauges, desk, policy, clock, callers),
    }
    if receipts is not None:
        key_set = encode_key_set([receipts.cose_key, *older_receipt_keys])
        busy["/receipt-key"] = ReceiptKeyRoute(key_set)
    page = None if site is None else SiteRoute(site)
    if page is not None:
        busy |= {"/": to_the_page, PAGE.rstrip("/"): to_the_page}
    framework = _framework(desk, policy, clock, lambda _app: life())
    describe(framework, limits, has_receipts=receipts is not None, has_keys=book is not None)
    busy["/docs"] = DocsRoute(framework.openapi)

    @asynccontextmanager
    async def life() -> AsyncIterator[None]:
        async with living(decoders, book, told_log, begin, [*end, pages.stop]):
            yield

    service = Service(framework, busy, page, told_log)
    return Edge(
        service,
        told_log,
        log_addresses=log_addresses,
        headers=headers_for,
        named=name_for,
        measured=metrics.answered,
    )


class Service:
    """Hands the busy addresses to their routes at once, and all others to the framework."""

    def __init__(
        self,
        framework: FastAPI,
        busy: Mapping[str, Endpoint],
        page: Endpoint | None,
        log: Log,
    ) -> None:
        self.framework = framework
        self._busy = busy
        self._page = page
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        endpoint = self._endpoint(scope)
        if endpoint is None:
            await self.framework(scope, receive, send)
            return
        exchange = Exchange(scope, receive, send)
        try:
            await endpoint(exchange)
        except RefusedError as refused:
            await exchange.refuse(refused)
        except ClientGoneError:
            return  # nobody is there to be told
        except Exception as error:  # noqa: BLE001  (the outermost loop: other requests go on)
            self._log.info("fault", path=name_for(scope["path"]), error=type(error).__name__)
            await exchange.refuse(RefusedError(BROKEN))

    def _endpoint(self, scope: Scope) -> Endpoint | None:
        if scope["type"] != "http":
            return None
        path: str = scope["path"]
        endpoint = self._busy.get(path)
        return self._page if endpoint is None and path.startswith(PAGE) else endpoint


def _framework(
    desk: TrustDesk,
    policy: Policy,
    clock: Callable[[], int],
    lifespan: Callable[[FastAPI], AbstractAsyncContextManager[None]],
) -> FastAPI:
    app = FastAPI(
        title="Sealroot verifier",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        redirect_slashes=False,  # it would repeat whatever host the request named
        lifespan=lifespan,
    )
    app.include_router(standing_router(desk, policy, clock))
    _add_problems(app)
    return app


def _add_problems(app: FastAPI) -> None:
    """Errors become problem details here and nowhere else."""

    async def refused(request: Request, error: Exception) -> Response:
        return _answer(request, error if isinstance(error, RefusedError) else RefusedError(BROKEN))

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


__all__: Final = ["NoLog", "create_app", "make_log"]
