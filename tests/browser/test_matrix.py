"""Every kind of verdict, by every way a document comes in: as the verifier in Python judges it."""

import pytest

from tests.browser import papers
from tests.browser.conftest import Opener
from tests.browser.office import OfficeSite
from tests.browser.scan_page import ScanPage, Shown, as_told
from tests.browser.world import Case, World
from tests.verifier import paper

NAMES = sorted(World(now=1_800_000_000).cases)


@pytest.fixture(scope="module")
def desk(office: OfficeSite, opened_for_module: Opener) -> ScanPage:
    return opened_for_module(office)


@pytest.fixture(params=NAMES)
def case(request: pytest.FixtureRequest, world: World) -> Case:
    return world.cases[request.param]


def assert_told(shown: Shown, case: Case, world: World) -> None:
    assert (shown.outcome, case.code in shown.codes) == (case.outcome, True)
    told = [one for one in shown.checks if one[0] != "document"]
    assert told == as_told(world.expected(case.sealed))
    assert shown.code("document") == "document.read"


def test_a_photo_is_judged_as_python_judges_it(desk: ScanPage, case: Case, world: World) -> None:
    page = papers.jpeg(paper.page(paper.symbol(case.sealed)))

    assert_told(desk.give_file("photo.jpg", page, "image/jpeg"), case, world)


def test_a_pdf_is_judged_as_python_judges_it(desk: ScanPage, case: Case, world: World) -> None:
    page = paper.page(paper.symbol(case.sealed))
    pdf = paper.pdf(page, attachments=[("A-1.sealed", case.sealed)])

    assert_told(desk.give_file("document.pdf", pdf, "application/pdf"), case, world)


def test_a_sealed_file_is_judged_as_python_judges_it(
    desk: ScanPage, case: Case, world: World
) -> None:
    assert_told(desk.give_file("A-1.sealed", case.sealed), case, world)


def test_pasted_text_is_judged_as_python_judges_it(
    desk: ScanPage, case: Case, world: World
) -> None:
    assert_told(desk.give_text(case.text), case, world)


def test_a_link_is_judged_as_python_judges_it_and_leaves_nothing_behind(
    desk: ScanPage, case: Case, world: World
) -> None:
    shown = desk.follow_link(case.text)

    assert_told(shown, case, world)
    assert desk.page.url == desk.office.url
    assert case.text.rpartition("#")[2] not in desk.page.evaluate("JSON.stringify(history.state)")


@pytest.mark.parametrize("name", ["good", "revoked", "a byte too many", "no signature"])
def test_a_link_that_opens_the_page_is_judged_and_leaves_nothing_behind(
    desk: ScanPage, world: World, name: str
) -> None:
    shown = desk.give_fragment(world.cases[name].text)

    assert_told(shown, world.cases[name], world)
    assert desk.page.url == desk.office.url


def test_the_back_button_does_not_bring_the_document_back(desk: ScanPage, world: World) -> None:
    desk.give_fragment(world.cases["good"].text)

    desk.page.goto("about:blank")
    desk.page.go_back()
    desk.wait_until_ready()

    assert desk.page.url == desk.office.url
    assert desk.page.locator("[data-outcome]:not([data-row])").count() == 0
