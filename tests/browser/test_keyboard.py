"""Without a mouse: every control reached, focus seen, the verdict announced; a scanner types."""

import pytest

from tests.browser.conftest import Opener
from tests.browser.office import OfficeSite
from tests.browser.scan_page import VERDICT, ScanPage
from tests.browser.world import World

_CONTROLS = """() => [
        ...document.querySelectorAll('a[href], button, input, select, textarea, summary')]
    .filter((one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: true })
        && !one.disabled && one.tabIndex >= 0)
    .map((one) => one.id || one.textContent.trim() || one.name)"""
_FOCUSED = """() => {
    const one = document.activeElement;
    return one && one !== document.body ? one.id || one.textContent.trim() || one.name : '';
}"""
_OUTLINE = """() => {
    const one = document.activeElement;
    const label = one.labels?.[0];
    const seen = (node) => {
        const style = getComputedStyle(node);
        return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2)
            || style.boxShadow !== 'none';
    };
    return seen(one) || (label !== undefined && seen(label));
}"""


@pytest.fixture
def desk(opened: Opener, office: OfficeSite) -> ScanPage:
    return opened(office, query="?lang=en")


def walked(desk: ScanPage, most: int = 80) -> list[str]:
    """Press Tab until it comes round; every stop must be seen."""
    stops: list[str] = []
    for _ in range(most):
        desk.page.keyboard.press("Tab")
        stop = desk.page.evaluate(_FOCUSED)
        if not stop:  # past the last one, and round to the first
            continue
        if stops and stop == stops[0]:
            break
        assert desk.page.evaluate(_OUTLINE), f"focus on {stop!r} is not seen"
        stops.append(stop)
    return stops


def test_tab_reaches_every_control_of_the_first_screen(desk: ScanPage) -> None:
    controls = desk.page.evaluate(_CONTROLS)

    assert set(controls) - set(walked(desk)) == set()


def test_tab_reaches_every_control_of_a_verdict(desk: ScanPage, world: World) -> None:
    desk.give_text(world.cases["good"].text)
    desk.page.evaluate("document.activeElement.blur()")
    controls = desk.page.evaluate(_CONTROLS)

    assert set(controls) - set(walked(desk)) == set()


def test_a_document_is_checked_with_the_keyboard_alone(desk: ScanPage, world: World) -> None:
    page = desk.page
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate(_FOCUSED) == "text":
            break
    page.keyboard.insert_text(world.cases["revoked"].text)
    page.keyboard.press("Tab")
    while page.evaluate(_FOCUSED) != "text-check":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    assert desk.verdict().code("status") == "status.revoked"


def test_the_verdict_is_announced_and_has_the_focus(desk: ScanPage, world: World) -> None:
    desk.give_text(world.cases["revoked"].text)

    assert desk.page.evaluate(
        f"""() => {{
            const verdict = document.querySelector('{VERDICT}');
            const live = [...document.querySelectorAll('[aria-live], [role=alert], [role=status]')];
            return verdict.contains(document.activeElement)
                || live.some((one) => one.contains(verdict)
                    || /INVALID|not valid/i.test(one.textContent));
        }}"""
    )


@pytest.mark.parametrize("end", ["Enter", "Tab"])
@pytest.mark.parametrize("name", ["good", "revoked"])
def test_a_scanner_types_a_document(desk: ScanPage, world: World, name: str, end: str) -> None:
    desk.scan_with_wedge(world.cases[name].text, end)

    assert desk.verdict().outcome == world.cases[name].outcome


def test_a_scanner_types_digits_alone(desk: ScanPage, world: World) -> None:
    desk.scan_with_wedge(world.cases["good"].text.rpartition("#")[2])

    assert desk.verdict().outcome == "VALID"


def test_keys_of_a_real_keyboard_are_read(desk: ScanPage, world: World) -> None:
    digits = world.cases["good"].text.rpartition("#")[2]

    for _ in range(
        5
    ):  # a driver on a busy machine may pause in the middle: scan again, as people do
        desk.page.keyboard.type(digits)
        desk.page.keyboard.press("Enter")
        if desk.page.locator("article[data-outcome]").count():
            break

    assert desk.verdict().outcome == "VALID"


def test_a_scanner_reads_a_stack(desk: ScanPage, world: World) -> None:
    for name in ("good", "revoked", "expired"):
        desk.mark()
        desk.scan_with_wedge(world.cases[name].text)
        assert desk.verdict().outcome == world.cases[name].outcome
