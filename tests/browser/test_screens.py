"""Pictures of what the accessibility tests do not open: the kiosk, the printed receipt."""

import pytest

from tests.browser.conftest import Opener
from tests.browser.office import OfficeSite
from tests.browser.test_accessibility import FOLDER
from tests.browser.world import World

DESK = {"viewport": {"width": 1280, "height": 900}}


@pytest.mark.parametrize("language", ["en", "zh-Hant"])
def test_a_picture_is_taken_of_the_kiosk(
    opened: Opener, fresh_office: OfficeSite, world: World, language: str
) -> None:
    fresh_office.configure(kiosk=True)
    page = opened(fresh_office, query=f"?lang={language}", **DESK)
    FOLDER.mkdir(parents=True, exist_ok=True)
    page.page.screenshot(path=FOLDER / f"kiosk-waits-{language}.png")
    page.scan_with_wedge(world.cases["good"].text)

    assert page.verdict().outcome == "VALID"
    page.page.screenshot(path=FOLDER / f"kiosk-verdict-{language}.png", full_page=True)


@pytest.mark.parametrize("language", ["en", "zh-Hant"])
def test_a_picture_is_taken_of_a_printed_receipt(
    opened: Opener, office: OfficeSite, world: World, language: str
) -> None:
    page = opened(office, query=f"?lang={language}", **DESK)
    page.give_text(world.cases["good"].text)
    page.page.evaluate("window.print = () => { document.body.dataset.printed = 'true'; }")
    page.page.click("#receipt-print")
    page.page.wait_for_selector("body[data-printed]")
    page.page.emulate_media(media="print")
    page.page.wait_for_selector("#sheet svg")
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"printed-{language}.png"
    page.page.screenshot(path=path, full_page=True)

    assert "王小明" in page.page.locator("#sheet").inner_text()
