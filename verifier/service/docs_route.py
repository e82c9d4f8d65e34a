"""openapi.json as a page for people: no script, nothing from elsewhere."""

import json
from collections.abc import Callable, Iterator
from html import escape
from typing import Any, Final

from verifier.service.exchange import Exchange
from verifier.service.problems import METHOD, RefusedError

_START: Final = (
    '<!doctype html><html lang="en"><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width"><title>Sealroot verifier</title>'
    "<h1>Sealroot verifier</h1><p>All of it for programs / 供程式使用: "
    '<a href="openapi.json">openapi.json</a>; the scan page / 掃描頁: <a href="page/">page/</a>.'
)


class DocsRoute:
    """Answers with the page; it is written when somebody first asks for it."""

    def __init__(self, described: Callable[[], dict[str, Any]]) -> None:
        self._described = described
        self._page: bytes | None = None

    async def __call__(self, exchange: Exchange) -> None:
        """Answer one request; raises RefusedError."""
        if exchange.method not in {"GET", "HEAD"}:
            raise RefusedError(METHOD, {"allow": "GET, HEAD"})
        if self._page is None:
            self._page = "".join((_START, *_operations(self._described()))).encode()
        body = b"" if exchange.method == "HEAD" else self._page
        headers = {"cache-control": "no-cache"}
        media_type = "text/html; charset=utf-8"
        await exchange.answer(200, body, media_type, headers, str(len(self._page)))


def _operations(described: dict[str, Any]) -> Iterator[str]:
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            if method == "head":
                continue
            yield f"<h2>{method.upper()} {escape(path)}</h2>"
            yield f"<p>{escape(operation.get('summary', ''))}</p>"
            for paragraph in operation.get("description", "").split("\n\n"):
                yield f"<p>{escape(paragraph)}</p>" if paragraph else ""
            yield from _examples(operation.get("requestBody", {}).get("content", {}))
            yield "<ul>"
            for status, answer in operation.get("responses", {}).items():
                yield f"<li>{escape(str(status))}: {escape(answer.get('description', ''))}</li>"
            yield "</ul>"


def _examples(content: dict[str, Any]) -> Iterator[str]:
    for media_type, body in content.items():
        shown = [one["value"] for one in body.get("examples", {}).values()]
        for example in [*shown, *filter(None, [body.get("example")])]:
            text = example if isinstance(example, str) else json.dumps(example, ensure_ascii=False)
            yield f"<p>{escape(media_type)}</p><pre>{escape(text)}</pre>"
