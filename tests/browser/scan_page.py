"""The page as a test sees it: what a person gives it, and the verdict that it then shows."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final, NamedTuple

from tests.browser.office import OfficeSite
from tests.browser.watch import Watch
from verifier import Verdict

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

_MOST_BUFFER: Final = 40 << 20  # the driver takes larger ones from the disk alone
PATIENCE_MS: Final = 60_000
VERDICT: Final = "[data-outcome]:not([data-row])"
_MARK: Final = f"""() => document.querySelectorAll('{VERDICT}').forEach(
    (one) => {{ one.dataset.seen = 'before'; }})"""
_READ: Final = """(shown) => ({
    outcome: shown.dataset.outcome,
    text: shown.innerText,
    checks: [...shown.querySelectorAll('[data-check]')].map(
        (one) => [one.dataset.check, one.dataset.result, one.dataset.code]),
    fields: Object.fromEntries([...shown.querySelectorAll('[data-field]')].map(
        (one) => [one.dataset.field, (one.querySelector('[data-value]') ?? one).textContent])),
    warnings: [...shown.querySelectorAll('[data-warning]')].map((one) => one.dataset.warning),
})"""
# The events of a keyboard, one after the other without a pause.
_TYPE: Final = """(keys) => {
    for (const key of keys)
        (document.activeElement ?? document.body).dispatchEvent(
            new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
}"""


class Shown(NamedTuple):
    """What the verdict screen says."""

    outcome: str
    text: str
    checks: list[tuple[str, str, str]]
    fields: dict[str, str]
    warnings: list[str]

    @property
    def codes(self) -> list[str]:
        """The reason codes in the order of the checks, the document's own among them."""
        return [code for _, _, code in self.checks]

    def code(self, check: str) -> str:
        """The reason code of one check."""
        return next(code for name, _, code in self.checks if name == check)


def as_told(verdict: Verdict) -> list[tuple[str, str, str]]:
    """The checks of a verdict of the verifier in Python, as the page shows its own."""
    return [(one.name.value, one.result.value, one.reason.value) for one in verdict.checks]


class ScanPage:
    """One tab of a browser that never saw the page before."""

    def __init__(self, context: "BrowserContext", watch: Watch, office: OfficeSite) -> None:
        self.context, self.watch, self.office = context, watch, office
        self.page: Page = context.new_page()
        self.page.set_default_timeout(PATIENCE_MS)

    def open(self, fragment: str = "", query: str = "") -> None:
        """The page is there, its trust data loaded or known to be missing."""
        self.page.goto(f"{self.office.url}{query}{'#' if fragment else ''}{fragment}")
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        """It takes documents now."""
        self.page.wait_for_selector("html[data-ready='true']", state="attached")

    def wait_until_offline_ready(self) -> None:
        """It would work without a network from now on, PDFs too."""
        self.page.wait_for_selector("html[data-offline='ready']", state="attached")

    def reload(self) -> None:
        """Open it again, as a person does the next morning."""
        self.page.goto("about:blank")
        self.page.goto(self.office.url)
        self.wait_until_ready()

    def wait_until(self, holds: Callable[[], object]) -> None:
        """Look again and again until it holds.

        The driver's own waiting for an expression takes `eval`, which the page's policy forbids.
        """
        for _ in range(300):
            if holds():
                return
            self.page.wait_for_timeout(200)
        raise AssertionError("never came true")

    def _wait_until_refreshed(self) -> None:
        """Every mirror has answered, or failed to."""
        self.page.wait_for_selector("html[data-refreshed]", state="attached")

    def refresh_trust(self) -> None:
        """Ask for newer trust data; wait until the mirrors have been asked."""
        self.begin_next()
        self.page.evaluate("delete document.documentElement.dataset.refreshed")
        self.page.click("#trust-refresh")
        self._wait_until_refreshed()

    def hand_over_trust(self, bundle: bytes) -> None:
        """Give it a bundle as a file."""
        self.page.evaluate("delete document.documentElement.dataset.refreshed")
        given = {"name": "lite.srb", "mimeType": "", "buffer": bundle}
        self.page.set_input_files("#trust-file", given)
        self._wait_until_refreshed()

    def open_until(self, condition: str) -> None:
        """Open it again and again, as over the days, until the condition holds in it."""
        for _ in range(20):
            self.reload()
            self.page.wait_for_timeout(250)
            if self.page.evaluate(condition):
                return
        raise AssertionError(f"never came true: {condition}")

    @property
    def trust(self) -> str:
        """The code of the trust data in use."""
        return self.page.locator("html").get_attribute("data-trust") or ""

    def give_file(self, name: str, content: bytes, media_type: str = "") -> Shown:
        """Choose a file; what the page then says."""
        self.mark()
        with TemporaryDirectory() as folder:
            path = Path(folder) / name if len(content) > _MOST_BUFFER else None
            if path is not None:
                path.write_bytes(content)
            given = {"name": name, "mimeType": media_type, "buffer": content}
            self.page.set_input_files("#file", path or given)
        return self.verdict()

    def give_text(self, text: str) -> Shown:
        """Paste a text and ask; what the page then says."""
        self.begin_next()
        self.page.fill("#text", text)
        self.page.click("#text-check")
        return self.verdict()

    def follow_link(self, text: str) -> Shown:
        """Open a QR's link where the page is open already; what it then says."""
        self.mark()
        self.page.goto(f"{self.office.url}#{text.rpartition('#')[2]}")
        return self.verdict()

    def give_fragment(self, text: str) -> Shown:
        """Open a QR's link with a phone camera; what the page then says."""
        self.page.goto("about:blank")
        self.page.goto(f"{self.office.url}#{text.rpartition('#')[2]}")
        self.wait_until_ready()
        return self.verdict()

    def begin_next(self) -> None:
        """Go back to where a document is taken, if that is not on the screen."""
        self.mark()
        if not self.page.locator("#text").is_visible():
            self.page.click("#nav-start")

    def mark(self) -> None:
        """What is shown now is no answer to what comes next."""
        self.page.evaluate(_MARK)

    def scan_with_wedge(self, text: str, end: str = "Enter") -> None:
        """A hardware scanner types what it read, faster than the driver's own keyboard can."""
        self.page.evaluate(_TYPE, [*text, end])

    def start_camera(self) -> None:
        """Look through the camera from now on."""
        self.mark()
        self.page.click("#camera-start")

    def show_list(self) -> None:
        """Bring the running list to the screen, where it is not there already."""
        if not self.page.locator("#export-csv").is_visible():
            self.page.click("#nav-list")

    def switch_language(self, language: str) -> None:
        """Choose the other language, as a person does."""
        self.page.click("#language")
        self.page.wait_for_selector(f"html[lang='{language}']", state="attached")

    def unfold(self) -> None:
        """Open whatever is folded up."""
        self.page.evaluate(
            "document.querySelectorAll('details').forEach((d) => { d.open = true; })"
        )

    def verdict(self) -> Shown:
        """The verdict that was not there before."""
        shown = self.page.wait_for_selector(f"{VERDICT}:not([data-seen])")
        told = shown.evaluate(_READ)
        return Shown(
            told["outcome"],
            told["text"],
            [tuple(one) for one in told["checks"]],
            told["fields"],
            told["warnings"],
        )
