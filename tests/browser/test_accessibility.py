"""WCAG 2.2 AA by axe on every screen, in both languages, light and dark, narrow and enlarged.

A picture of each is left in `.artefacts/screens/`, in no commit, for people to look at.
"""

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import Opener
from tests.browser.office import ROOT, WEB, OfficeSite
from tests.browser.scan_page import ScanPage
from tests.browser.world import World

FOLDER = ROOT / ".artefacts" / "screens"
AXE = (WEB / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LOOKS: dict[str, dict[str, Any]] = {
    "desk": {"viewport": {"width": 1280, "height": 900}},
    "phone": {"viewport": {"width": 360, "height": 740}, "device_scale_factor": 2},
    "enlarged": {"viewport": {"width": 640, "height": 450}, "device_scale_factor": 2},
    "enlarged most": {"viewport": {"width": 320, "height": 256}, "device_scale_factor": 4},
}
SCREENS: dict[str, Callable[[ScanPage, World], object]] = {
    "start": lambda _page, _world: None,
    "valid": lambda page, world: page.give_text(world.cases["good"].text),
    "invalid": lambda page, world: page.give_text(world.cases["a changed name"].text),
    "indeterminate": lambda page, world: page.give_text(world.cases["with an unknown key"].text),
    "not read": lambda page, _world: page.give_file("photo.jpg", b"\xff\xd8\xff\xe0"),
    "another registry": lambda page, world: page.give_text(
        world.cases["of a recognised registry"].text
    ),
    "wrong address": lambda page, world: page.give_text(
        world.cases["good"].text.replace(
            "example.gov.tw", "example.gov.tw.evil-and-very-long.example"
        )
    ),
    "list": lambda page, world: (page.give_text(world.cases["revoked"].text), page.show_list()),
    "details": lambda page, world: (page.give_text(world.cases["good"].text), page.unfold()),
}


def complaints(page: ScanPage) -> list[str]:
    """What axe finds wrong, each with the element it is about."""
    if not page.page.evaluate("typeof axe === 'object'"):
        page.page.evaluate(AXE)
    found = page.page.evaluate(
        "(tags) => axe.run(document, { runOnly: tags, resultTypes: ['violations'] })", RULES
    )
    return [
        f"{one['id']}: {one['help']}: {node['html'][:160]} ({node.get('failureSummary', '')[:160]})"
        for one in found["violations"]
        for node in one["nodes"]
    ]


def overflow(page: ScanPage) -> list[str]:
    """What sticks out to the right so that a person would have to scroll sideways."""
    return page.page.evaluate(
        """() => {
            const width = document.documentElement.clientWidth;
            if (document.documentElement.scrollWidth <= width) return [];
            return [...document.querySelectorAll('body *')]
                .filter((one) => one.getBoundingClientRect().right > width + 1)
                .map((one) => one.outerHTML.slice(0, 120));
        }"""
    )


@pytest.mark.parametrize(
    ("look", "reader", "colours"),
    [  # every pair of the three, in half of the runs that all of them would take
        ("desk", "en", "light"),
        ("desk", "zh-Hant", "dark"),
        ("phone", "en", "dark"),
        ("phone", "zh-Hant", "light"),
        ("enlarged", "en", "light"),
        ("enlarged", "zh-Hant", "dark"),
        ("enlarged most", "en", "dark"),
        ("enlarged most", "zh-Hant", "light"),
    ],
)
def test_every_screen_is_accessible_and_fits(  # noqa: PLR0917  (three of them are the table)
    opened: Opener, office: OfficeSite, world: World, look: str, reader: str, colours: str
) -> None:
    page = opened(office, query=f"?lang={reader}", color_scheme=colours, **LOOKS[look])
    found = {}
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, go in SCREENS.items():
        go(page, world)
        if look in {"desk", "phone"}:
            picture = FOLDER / f"{name}-{reader}-{look}-{colours}.png".replace(" ", "-")
            page.page.screenshot(path=picture, full_page=True)
        found[name] = [*complaints(page), *overflow(page)]

    assert {name: wrong for name, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize("language", ["en", "zh-Hant"])
def test_the_page_says_its_language(opened: Opener, office: OfficeSite, language: str) -> None:
    page = opened(office, query=f"?lang={language}")

    assert page.page.locator("html").get_attribute("lang") == language


def test_the_language_is_changed_and_stays_changed(
    opened: Opener, office: OfficeSite, world: World
) -> None:
    page = opened(office, query="?lang=en")
    english = page.give_text(world.cases["revoked"].text)

    page.switch_language("zh-Hant")
    page.mark()
    chinese = page.give_text(world.cases["revoked"].text)
    page.reload()

    assert english.checks == chinese.checks
    assert english.text != chinese.text
    assert page.page.locator("html").get_attribute("lang") == "zh-Hant"


def test_colour_is_not_the_only_difference(
    opened: Opener, office: OfficeSite, world: World
) -> None:
    page = opened(office, query="?lang=en", forced_colors="active")
    words = {
        name: page.give_text(world.cases[name].text).text.split("\n")[0]
        for name in ("good", "a changed name", "with an unknown key")
    }

    assert len(set(words.values())) == 3


def test_a_reader_who_wants_no_motion_gets_none(
    opened: Opener, office: OfficeSite, world: World
) -> None:
    page = opened(office, reduced_motion="reduce")
    page.give_text(world.cases["good"].text)

    assert page.page.evaluate("document.getAnimations().length") == 0
