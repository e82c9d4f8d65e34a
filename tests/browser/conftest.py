"""A real Chromium, the built page on a server of our own, and a watch over both."""

import os
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.machine import CHROMIUM, OPTIONS, camera_options
from tests.browser.office import Built, OfficeSite, built_site
from tests.browser.scan_page import ScanPage
from tests.browser.watch import Watch
from tests.browser.world import World

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Playwright

HERE = Path(__file__).parent
NOT_ASKED = "a browser takes minutes: `make test-browser` (needs Chromium)"
NO_CHROMIUM = (
    "no Chromium here: `apt-get install chromium`, or CHROMIUM=path, then `make test-browser`"
)
NO_PLAYWRIGHT = "playwright is not installed here: `make test-browser` installs it"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.allow_hosts(["127.0.0.1"]))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """Skip here, at one place, so that a run tells it in one line and not in hundreds."""
    reason = _missing()
    if reason is not None:
        pytest.skip(reason)


def _missing() -> str | None:
    if not os.environ.get("SEALROOT_TEST_BROWSER"):
        return NOT_ASKED
    if find_spec("playwright") is None:
        return NO_PLAYWRIGHT
    return None if CHROMIUM else NO_CHROMIUM


@pytest.fixture(scope="session")
def playwright() -> Iterator["Playwright"]:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  (not installed everywhere)

    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def chromium(playwright: "Playwright") -> Iterator["Browser"]:
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def built() -> Built:
    return built_site()


@pytest.fixture(scope="session")
def world() -> World:
    return World()


@pytest.fixture(scope="module")
def office(built: Built, world: World) -> Iterator[OfficeSite]:
    with OfficeSite(built, world) as site:
        yield site


@pytest.fixture
def fresh_office(built: Built, world: World) -> Iterator[OfficeSite]:
    """An office that one test may change as it likes."""
    with OfficeSite(built, world) as site:
        yield site


class Opener:
    """Opens the page of an office in a browser that never saw it; complaints fail the test."""

    def __init__(self, browser: "Browser") -> None:
        self.browser = browser
        self._opened: list[tuple[BrowserContext, Watch]] = []

    def __call__(
        self, office: OfficeSite, *, fragment: str = "", query: str = "", **wishes: object
    ) -> ScanPage:
        page = self.blank(office, **wishes)
        page.open(fragment, query)
        return page

    def blank(self, office: OfficeSite, **wishes: object) -> ScanPage:
        """A tab that has not been anywhere yet."""
        context = self.browser.new_context(**{"locale": "en-GB", **wishes})
        watch = Watch(context, office.origins)
        self._opened.append((context, watch))
        return ScanPage(context, watch, office)

    def close(self) -> None:
        """Close all of them, then look what they complained of."""
        for context, _ in self._opened:
            context.close()
        for _, watch in self._opened:
            watch.assert_quiet()


@pytest.fixture
def opened(chromium: "Browser") -> Iterator[Opener]:
    opener = Opener(chromium)
    yield opener
    opener.close()


@pytest.fixture(scope="module")
def opened_for_module(chromium: "Browser") -> Iterator[Opener]:
    """For many documents one after the other in one tab, as at a counter."""
    opener = Opener(chromium)
    yield opener
    opener.close()


@pytest.fixture
def with_camera(playwright: "Playwright") -> Iterator[Callable[[Path], Opener]]:
    """A browser of its own, whose camera shows a film."""
    started: list[Opener] = []

    def start(film: Path) -> Opener:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=camera_options(str(film))
        )
        started.append(Opener(browser))
        return started[-1]

    yield start
    for opener in started:
        opener.close()
        opener.browser.close()
