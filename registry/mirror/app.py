"""The mirror service: one tree of files and its pages, read-only; other registries beside it."""

import sys
import time
from collections.abc import Callable
from typing import Any, Final

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from registry.mirror.edge import Application, Edge, Receive, Scope, Send
from registry.mirror.folder import MirrorFolder
from registry.mirror.health import LAST_SYNC, Health, Upstream, upstream_of_sync
from registry.mirror.known import KnownRegistry
from registry.mirror.pages_routes import Site, page_router
from registry.mirror.problems import BROKEN, MEDIA_TYPE, UNUSABLE, Problem, problem_of
from registry.mirror.routes import Found, tree_router
from registry.mirror.tree import FileTree

Clock = Callable[[], int]
_PROBLEM_SCHEMA: Final = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "title_zh_hant", "detail_zh_hant"],
    "properties": {
        "type": {"type": "string"},
        "status": {"type": "integer"},
        **{
            name: {"type": "string"}
            for name in ("title", "detail", "title_zh_hant", "detail_zh_hant")
        },
    },
}


def now() -> int:
    """Return the time, Unix seconds."""
    return int(time.time())


def make_service(
    folder: MirrorFolder,
    *,
    upstream: Callable[[], Upstream] | None = None,
    clock: Clock = now,
    log_addresses: bool = False,
) -> Application:
    """Return the service of a mirror's folder, with its log and the headers of every answer."""
    log = structlog.wrap_logger(
        structlog.PrintLogger(sys.stderr),
        processors=[
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(20),
    )
    return Edge(make_app(folder, upstream, clock), log, log_addresses=log_addresses)


def make_app(
    folder: MirrorFolder, upstream: Callable[[], Upstream] | None = None, clock: Clock = now
) -> FastAPI:
    """Return the application of one registry's folder, and of those beside it."""
    tree = FileTree(folder.root)

    def known_upstream() -> Upstream:
        return upstream_of_sync(folder.read(LAST_SYNC, 1 << 16))

    def health() -> Health:
        return Health(folder.standing(), (upstream or known_upstream)(), clock())

    def others() -> list[tuple[str, Health]]:
        return [
            (
                other.root.name,
                Health(other.standing(), upstream_of_sync(other.read(LAST_SYNC, 1 << 16)), clock()),
            )
            for other in folder.others()
        ]

    app = FastAPI(
        title="Sealroot mirror",
        version="1",
        description="Everything public about one registry. Believe nothing of it: check it.",
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        redirect_slashes=False,  # it would repeat whatever host the request named
    )
    app.include_router(tree_router(tree, health))
    app.include_router(page_router(Site(KnownRegistry(folder, tree), health, others)))
    app.mount("/registries", _Neighbours(folder, clock))
    _add_problems(app)
    _describe_problems(app)
    return app


class _Neighbours:
    """The services of the registries beside, each made when it is first asked for."""

    def __init__(self, folder: MirrorFolder, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock
        self._apps: dict[str, FastAPI] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        inside = scope["path"].removeprefix(scope.get("root_path", ""))
        name, _, rest = inside.lstrip("/").partition("/")
        app = self._find(name)
        if app is None or not inside.lstrip("/").startswith(f"{name}/"):
            raise HTTPException(404)
        root = f"{scope.get('root_path', '')}/{name}"
        await app({**scope, "root_path": root, "path": f"{root}/{rest}"}, receive, send)

    def _find(self, name: str) -> FastAPI | None:
        if name not in self._apps:
            found = {other.root.name: other for other in self._folder.others()}
            if name not in found:
                return None
            self._apps[name] = make_app(found[name], clock=self._clock)
        return self._apps[name]


def _add_problems(app: FastAPI) -> None:
    """Errors become problem details here and nowhere else."""

    async def found(_request: Request, error: Exception) -> Response:
        return _answer(error.problem if isinstance(error, Found) else BROKEN)

    async def http(_request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        headers = error.headers if isinstance(error, HTTPException) else None
        return _answer(problem_of(status), headers)

    async def unusable(_request: Request, _error: Exception) -> Response:
        return _answer(UNUSABLE)

    async def broken(_request: Request, _error: Exception) -> Response:
        return _answer(BROKEN)

    app.add_exception_handler(Found, found)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(RequestValidationError, unusable)
    app.add_exception_handler(Exception, broken)


def _answer(problem: Problem, headers: Any = None) -> Response:  # noqa: ANN401 - the framework's
    kept = {**(headers or {}), "content-type": MEDIA_TYPE, "cache-control": "no-store"}
    return Response(problem.content(), problem.status, kept)


def _describe_problems(app: FastAPI) -> None:
    """The OpenAPI has our problem details in place of the framework's own errors."""
    made = app.openapi

    def openapi() -> dict[str, Any]:
        described = made()
        schemas = described.setdefault("components", {}).setdefault("schemas", {})
        for name in ("HTTPValidationError", "ValidationError"):
            schemas.pop(name, None)
        schemas["Problem"] = _PROBLEM_SCHEMA
        return described

    app.openapi = openapi  # type: ignore[method-assign]  # the documented way to extend it
