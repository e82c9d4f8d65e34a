"""A kiosk: one document after the other, nothing left for the next person to read."""

import pytest

from tests.browser.conftest import Opener
from tests.browser.office import OfficeSite
from tests.browser.scan_page import VERDICT, ScanPage
from tests.browser.world import World


@pytest.fixture
def kiosk(opened: Opener, fresh_office: OfficeSite) -> ScanPage:
    fresh_office.configure(kiosk=True)
    return opened(fresh_office)


def visible_verdicts(page: ScanPage) -> int:
    return page.page.locator(f"{VERDICT}:visible").count()


def test_a_scanned_document_is_judged(kiosk: ScanPage, world: World) -> None:
    kiosk.scan_with_wedge(world.cases["revoked"].text)

    assert kiosk.verdict().code("status") == "status.revoked"


def test_the_verdict_goes_away_by_itself(kiosk: ScanPage, world: World) -> None:
    kiosk.page.clock.install()
    kiosk.scan_with_wedge(world.cases["good"].text)
    assert kiosk.verdict().outcome == "VALID"

    kiosk.page.clock.run_for(120_000)

    kiosk.wait_until(lambda: visible_verdicts(kiosk) == 0)
    assert "王小明" not in kiosk.page.content()


def test_the_next_document_replaces_the_one_before(kiosk: ScanPage, world: World) -> None:
    kiosk.scan_with_wedge(world.cases["good"].text)
    kiosk.verdict()
    kiosk.mark()
    kiosk.scan_with_wedge(world.cases["revoked"].text)

    assert kiosk.verdict().outcome == "INVALID"
    assert visible_verdicts(kiosk) == 1


def test_a_kiosk_keeps_no_list(kiosk: ScanPage, world: World) -> None:
    kiosk.scan_with_wedge(world.cases["good"].text)
    kiosk.verdict()

    assert kiosk.page.locator("#list [data-row]:visible").count() == 0
    assert kiosk.page.locator("#export-csv:visible, #export-json:visible").count() == 0
