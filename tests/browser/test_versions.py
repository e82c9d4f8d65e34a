"""A new version of the page comes whole or not at all, and what a person looks at stays."""

import pytest

from tests.browser.conftest import Opener
from tests.browser.office import PAGE, OfficeSite
from tests.browser.scan_page import ScanPage
from tests.browser.site import Answer
from tests.browser.world import World

_VERSION = "document.querySelector('meta[name=sealroot-version]').content"


@pytest.fixture
def settled(opened: Opener, fresh_office: OfficeSite) -> ScanPage:
    """A page whose service worker is in charge."""
    page = opened(fresh_office)
    page.wait_until_offline_ready()
    page.reload()
    return page


def version(page: ScanPage) -> str:
    told = page.page.evaluate(_VERSION)
    assert isinstance(told, str)
    return told


def published(office: OfficeSite) -> None:
    """The office publishes another version: the registry has another name."""
    office.configure(name_zh_hant="新的名字", name_en="A new name")


def test_a_new_version_takes_over_once_it_is_there_as_a_whole(
    settled: ScanPage, fresh_office: OfficeSite
) -> None:
    before = version(settled)
    published(fresh_office)

    settled.open_until(f"{_VERSION} !== {before!r}")

    told = settled.page.evaluate("fetch('config.json').then((answer) => answer.json())")
    assert told["registry_name"]["en"] == "A new name"


_HOW_THE_NEXT_WORKER_ENDS = """async () => {
    const registration = await navigator.serviceWorker.getRegistration();
    const { installing } = await registration.update();
    if (installing === null) return "nothing newer";
    while (installing.state === "installing")
        await new Promise((done) => installing.addEventListener("statechange", done));
    return installing.state;
}"""


@pytest.mark.parametrize("path", ["config.json", "index.html"])
def test_a_version_with_a_file_of_another_never_takes_over(
    settled: ScanPage, fresh_office: OfficeSite, world: World, path: str
) -> None:
    before = version(settled)
    published(fresh_office)
    fresh_office.near.files[PAGE + path] = Answer(b"half copied", media_type="text/html")

    ended = settled.page.evaluate(_HOW_THE_NEXT_WORKER_ENDS)
    settled.reload()

    assert (ended, version(settled)) == ("redundant", before)
    assert settled.give_text(world.cases["good"].text).outcome == "VALID"


def test_a_verdict_on_the_screen_is_not_swept_away_by_a_new_version(
    settled: ScanPage, fresh_office: OfficeSite, world: World
) -> None:
    settled.give_text(world.cases["revoked"].text)
    settled.mark()
    published(fresh_office)

    settled.page.evaluate("navigator.serviceWorker.getRegistration().then((r) => r?.update())")
    settled.page.wait_for_timeout(2_000)

    assert settled.page.locator("article[data-outcome=INVALID][data-seen]:visible").count() == 1
