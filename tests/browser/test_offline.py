"""After one visit the page needs no network: for documents of every kind, PDFs too."""

import pytest

from tests.browser import papers
from tests.browser.conftest import Opener
from tests.browser.office import PAGE, OfficeSite
from tests.browser.scan_page import ScanPage
from tests.browser.world import World
from tests.verifier import paper


@pytest.fixture(scope="module")
def alone(office: OfficeSite, opened_for_module: Opener) -> ScanPage:
    """A page opened once, and again after the network and the server had gone."""
    page = opened_for_module(office)
    page.wait_until_offline_ready()
    page.context.set_offline(True)
    office.close_down()
    page.reload()
    return page


CASES = ["good", "revoked", "a changed name", "with an unknown key"]


@pytest.mark.parametrize("name", CASES)
def test_a_printed_pdf_is_checked_without_a_network(
    alone: ScanPage, world: World, name: str
) -> None:
    case = world.cases[name]

    told = alone.give_file("licence.pdf", papers.printed(case.sealed), "application/pdf")

    assert (told.outcome, case.code in told.codes) == (case.outcome, True)


@pytest.mark.parametrize("name", CASES)
def test_a_photo_is_checked_without_a_network(alone: ScanPage, world: World, name: str) -> None:
    case = world.cases[name]

    told = alone.give_file("photo.png", papers.jpeg(paper.page(paper.symbol(case.sealed))))

    assert (told.outcome, case.code in told.codes) == (case.outcome, True)


@pytest.mark.parametrize("name", CASES)
def test_a_link_is_checked_without_a_network(alone: ScanPage, world: World, name: str) -> None:
    case = world.cases[name]

    told = alone.give_fragment(case.text)

    assert (told.outcome, case.code in told.codes) == (case.outcome, True)
    assert alone.page.url == alone.office.url


def test_trust_data_are_in_the_database_and_in_no_cache(alone: ScanPage) -> None:
    cached = alone.page.evaluate(
        """async () => {
            const names = [];
            for (const key of await caches.keys())
                for (const { url } of await (await caches.open(key)).keys()) names.push(url);
            return names;
        }"""
    )

    assert len(cached) > 10
    assert not [url for url in cached if url.endswith(".srb")]


def test_every_request_stayed_under_the_sub_path(alone: ScanPage) -> None:
    asked = [path.partition("?")[0] for path in alone.office.near.asked]

    assert {path for path in asked if not path.startswith(PAGE)} <= {"/bundles/lite.srb"}


def test_no_document_ever_reached_a_server(alone: ScanPage, world: World) -> None:
    digits = world.cases["good"].text.rpartition("#")[2]

    assert not [path for path in alone.office.near.asked if digits[:40] in path]


def test_a_missing_network_is_no_reason_to_complain_of_old_trust_data(
    alone: ScanPage, world: World
) -> None:
    told = alone.give_text(world.cases["good"].text)

    assert told.code("trust") == "trust.fresh"
