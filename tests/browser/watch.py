"""Everything a page must never do, noticed: errors, dialogs, refusals, requests elsewhere."""

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, ConsoleMessage, Dialog, Page, Request

# Chromium itself writes this for each request that fails; no page can keep it from doing so.
_NETWORK_FAILED: Final = "Failed to load resource:"
_INLINE: Final = frozenset({"data", "blob", "about"})


class Watch:
    """Listens to a browser context from its first moment on."""

    def __init__(self, context: "BrowserContext", origins: frozenset[str]) -> None:
        self.origins = origins
        self.complaints: list[str] = []
        self.failed_requests: list[str] = []
        context.on("console", self._console)
        context.on("weberror", lambda error: self._complain(f"uncaught: {error.error}"))
        context.on("dialog", self._dialog)
        context.on("request", self._request)
        context.on("page", self._page)

    def _complain(self, words: str) -> None:
        self.complaints.append(words)

    def _console(self, message: "ConsoleMessage") -> None:
        if message.type not in {"error", "warning"}:
            return
        if message.text.startswith(_NETWORK_FAILED):
            self.failed_requests.append(message.location.get("url", ""))
        else:
            self._complain(f"{message.type}: {message.text} at {message.location}")

    def _dialog(self, dialog: "Dialog") -> None:
        self._complain(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _page(self, page: "Page") -> None:
        page.on("popup", lambda popup: self._complain(f"popup: {popup.url}"))

    def _request(self, request: "Request") -> None:
        parts = urlsplit(request.url)
        if parts.scheme in _INLINE:
            return
        if f"{parts.scheme}://{parts.netloc}" not in self.origins:
            self._complain(f"request elsewhere: {request.url[:200]}")

    def assert_quiet(self) -> None:
        """Nothing of the kind happened."""
        assert self.complaints == []
