"""The kiosk and the printed result: accessible as every other screen, and a picture of each."""

import pytest

from tests.browser.conftest import Opener
from tests.browser.office import OfficeSite
from tests.browser.scan_page import ScanPage
from tests.browser.test_accessibility import FOLDER, complaints, overflow
from tests.browser.world import World

DESK = {"viewport": {"width": 1280, "height": 900}}
UPRIGHT = {"viewport": {"width": 768, "height": 1366}}
OUTCOMES = {
    "VALID": "good",
    "INVALID": "a changed name",
    "INDETERMINATE": "with an unknown key",
}


def seen(page: ScanPage, name: str) -> list[str]:
    """What is wrong with the screen as it stands, of which a picture is taken."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    page.page.screenshot(path=FOLDER / f"{name}.png", full_page=True)
    return [*complaints(page), *overflow(page)]


@pytest.mark.parametrize(
    ("language", "colours", "look"),
    [("en", "light", UPRIGHT), ("en", "dark", DESK), ("zh-Hant", "light", DESK)],
)
def test_a_kiosk_is_accessible(  # noqa: PLR0917  (three of them are the table)
    opened: Opener,
    fresh_office: OfficeSite,
    world: World,
    language: str,
    colours: str,
    look: dict[str, dict[str, int]],
) -> None:
    fresh_office.configure(kiosk=True)
    page = opened(fresh_office, query=f"?lang={language}", color_scheme=colours, **look)
    found = {"waits": seen(page, f"kiosk-waits-{language}-{colours}")}
    for outcome, case in OUTCOMES.items():
        page.mark()
        page.scan_with_wedge(world.cases[case].text)
        assert page.verdict().outcome == outcome
        found[outcome] = seen(page, f"kiosk-{outcome}-{language}-{colours}")

    assert {name: wrong for name, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize("language", ["en", "zh-Hant"])
def test_a_printed_result_has_the_fields_and_is_accessible(
    opened: Opener, office: OfficeSite, world: World, language: str
) -> None:
    page = opened(office, query=f"?lang={language}", **DESK)
    page.give_text(world.cases["good"].text)
    page.page.evaluate("window.print = () => { document.body.dataset.printed = 'true'; }")
    page.page.click("#receipt-print")
    page.page.wait_for_selector("body[data-printed]")
    page.page.emulate_media(media="print")
    page.page.wait_for_selector("#sheet svg")

    wrong = seen(page, f"printed-{language}")

    assert "王小明" in page.page.locator("#sheet").inner_text()
    assert wrong == []
