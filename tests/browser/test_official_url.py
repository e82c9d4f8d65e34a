"""An address in the symbol that only looks like the official one is named, whatever the verdict."""

import pytest

from credential.qr_text import qr_encode
from tests.browser.conftest import Opener
from tests.browser.office import OfficeSite
from tests.browser.scan_page import ScanPage
from tests.browser.world import OFFICIAL, World

LOOK_ALIKES = (
    "http://verify.example.gov.tw/s/",
    "https://verify.example.gov.tw@evil.example/s/",
    "https://verify.example.gov.tw:443@evil.example/s/",
    "https://user@verify.example.gov.tw/s/",
    "https://user:secret@verify.example.gov.tw/s/",
    "https://verify.example.gov.tw.evil.example/s/",
    "https://evil.verify.example.gov.tw/s/",
    "https://verify-example.gov.tw/s/",
    "https://xn--vrify-3ve.example.gov.tw/s/",
    "https://verify.example.gov.tw:8443/s/",
    "https://verify.example.gov.tw/evil/",
    "https://verify.example.gov.tw/s/../evil/",
    "https://verify.example.gov.tw/s/%2e%2e/evil/",
    "https://verify.example.gov.tw/s/..%2fevil/",
    "https://verify.example.gov.tw/",
    "https://verify.example.gov.tw/sx/",
    "https://verify.example.gov.tw/S/",
    "https://verify.example.gov.tw\\@evil.example/s/",
    "https:\\\\evil.example/s/",
    "https:/evil.example/verify.example.gov.tw/s/",
    "//verify.example.gov.tw/s/",
    "https://evil.example/?https://verify.example.gov.tw/s/",
    "javascript:alert(1)//https://verify.example.gov.tw/s/",
    "data:text/html,verify.example.gov.tw/s/",
    "ftp://verify.example.gov.tw/s/",
    "verify.example.gov.tw/s/",
    "https://verify.example.g0v.tw/s/",
    "https://verify.example.gov.tw./s/",
)


@pytest.fixture(scope="module")
def desk(office: OfficeSite, opened_for_module: Opener) -> ScanPage:
    return opened_for_module(office)


@pytest.mark.parametrize("url", LOOK_ALIKES)
def test_warns_of_an_address_that_is_not_the_official_one(
    desk: ScanPage, world: World, url: str
) -> None:
    told = desk.give_text(qr_encode(world.cases["good"].sealed, url))

    assert told.outcome == "VALID"  # the address is nothing that anybody signed
    assert "url" in told.warnings
    assert url in told.text.replace("\u2068", "").replace("\u2069", "")


@pytest.mark.parametrize("url", [OFFICIAL, ""])
def test_is_silent_where_there_is_nothing_to_warn_of(
    desk: ScanPage, world: World, url: str
) -> None:
    told = desk.give_text(qr_encode(world.cases["good"].sealed, url))

    assert told.outcome == "VALID"
    assert "url" not in told.warnings


def test_nothing_in_the_page_leads_to_the_wrong_address(desk: ScanPage, world: World) -> None:
    desk.give_text(qr_encode(world.cases["good"].sealed, "https://evil.example/s/"))

    assert desk.page.locator("a[href*='evil.example']").count() == 0
