"""The routes of the explorer, for one tree. Pages are made in threads: they may replay."""

from collections.abc import Callable
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query, Request, Response

from registry.mirror import explorer
from registry.mirror.answers import Answer, answer, resource
from registry.mirror.explorer import Asked, Page
from registry.mirror.health import Health
from registry.mirror.known import Known, KnownRegistry
from registry.mirror.problems import EMPTY
from registry.mirror.routes import MOST_SIZE, Found
from registry.mirror.words import chosen_language

HTML: Final = "text/html; charset=utf-8"
_CSS_CACHE: Final = "public, max-age=3600"

Lang = Annotated[str | None, Query(max_length=16)]
Code = Annotated[str, Path(pattern=r"^[A-Z0-9][A-Z0-9-]{0,15}$")]
PageNumber = Annotated[int, Query(ge=0, le=MOST_SIZE)]
Index = Annotated[int, Path(ge=0, le=MOST_SIZE)]


class Site:
    """What the pages of one registry are made from."""

    def __init__(
        self,
        known: KnownRegistry,
        health: Callable[[], Health],
        others: Callable[[], list[tuple[str, Health]]],
    ) -> None:
        self.known = known
        self.health = health
        self.others = others

    def asked(self, request: Request, lang: str | None, health: Health) -> Asked:
        """Return who asks, and for which page."""
        language = chosen_language(lang, request.headers.get("accept-language", ""))
        root = str(request.scope.get("root_path", ""))
        path = request.url.path.removeprefix(root)
        kept = [(name, value) for name, value in request.query_params.items() if name != "lang"]
        return Asked(language, root, path, urlencode(kept), health.now)

    def replayed(self) -> Known:
        """Return what is known, or leave the route where nothing is mirrored yet."""
        known = self.known.get()
        if known is None:
            raise Found(EMPTY)
        return known


def page_router(site: Site) -> APIRouter:
    """Return the routes of the pages; they are for people and stand in no OpenAPI."""
    router = APIRouter(include_in_schema=False)

    def page(path: str, make: Callable[[Known, Health, Asked], Page]) -> None:
        """The route of a page that needs nothing but what is known."""

        def show(request: Request, lang: Lang = None) -> Response:
            health = site.health()
            asked = site.asked(request, lang, health)
            return _html(make(site.replayed(), health, asked), asked)

        _add(router, path, show)

    def show_overview(request: Request, lang: Lang = None) -> Response:
        health = site.health()
        asked = site.asked(request, lang, health)
        return _html(explorer.overview(site.known.get(), health, asked), asked)

    _add(router, "/", show_overview)
    page("/agencies", explorer.agencies)
    page("/types", explorer.types)
    page("/algorithms", explorer.algorithms)
    page(
        "/recognised",
        lambda known, health, asked: explorer.registries(known, health, asked, site.others()),
    )
    _add_looked_up(router, site)

    def show_style(request: Request) -> Response:
        found = resource(explorer.style_sheet(), "text/css; charset=utf-8", _CSS_CACHE)
        status, headers, body = answer(found, request.headers)
        return Response(b"" if request.method == "HEAD" else body, status, headers)

    _add(router, "/explorer.css", show_style)
    return router


def _add_looked_up(router: APIRouter, site: Site) -> None:
    def show_agency(request: Request, code: Code, lang: Lang = None) -> Response:
        health = site.health()
        asked = site.asked(request, lang, health)
        return _html(explorer.agency(site.replayed(), health, asked, code), asked)

    def show_entries(request: Request, lang: Lang = None, page: PageNumber = 0) -> Response:
        health = site.health()
        asked = site.asked(request, lang, health)
        council = asked.path == "/council"
        known = site.replayed()
        return _html(explorer.entries(known, health, asked, page, council=council), asked)

    def show_entry(request: Request, index: Index, lang: Lang = None) -> Response:
        health = site.health()
        asked = site.asked(request, lang, health)
        return _html(explorer.entry(site.replayed(), health, asked, index), asked)

    def show_search(
        request: Request, q: Annotated[str, Query(max_length=80)] = "", lang: Lang = None
    ) -> Response:
        health = site.health()
        asked = site.asked(request, lang, health)
        return _html(explorer.search(site.replayed(), health, asked, q), asked)

    _add(router, "/agencies/{code}", show_agency)
    _add(router, "/entries", show_entries)
    _add(router, "/council", show_entries)
    _add(router, "/entries/{index}", show_entry)
    _add(router, "/search", show_search)


def _add(router: APIRouter, path: str, endpoint: Callable[..., Response]) -> None:
    router.add_api_route(path, endpoint, methods=["GET", "HEAD"], response_class=Response)


def _html(page: Page, asked: Asked) -> Response:
    headers = {
        "content-type": HTML,
        "content-language": asked.lang,
        "cache-control": "public, max-age=60",
        "vary": "Accept-Language",
    }
    made = Answer(200 if page.found else 404, headers, page.html.encode())
    return Response(made.body, made.status, made.headers)
