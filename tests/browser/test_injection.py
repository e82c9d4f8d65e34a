"""No text of a document, a type, an agency, a file name, a link or a paste ever becomes markup."""

import time
from collections.abc import Iterator

import pytest

from credential.display import FIRST_STRONG_ISOLATE, POP_ISOLATE, shown
from credential.qr_text import qr_encode
from registry.anchor_file import encode_trust_anchor
from tests.browser.conftest import Opener
from tests.browser.injections import STRINGS, hostile_credentials
from tests.browser.office import Built, OfficeSite
from tests.browser.scan_page import ScanPage
from tests.browser.world import World

# What a document's words could have added to the page, were they taken for markup.
_MARKUP = """() => {
    const tags = ['script', 'iframe', 'frame', 'img', 'object', 'embed', 'form', 'base', 'style',
        'link', 'meta', 'template', 'noscript', 'video', 'audio', 'source', 'math', 'a', 'input',
        'textarea', 'title'];
    const counted = tags.map((tag) => `${document.querySelectorAll(tag).length} ${tag}`);
    const acting = [...document.querySelectorAll('*')].flatMap((one) => one.getAttributeNames()
        .filter((name) => name.startsWith('on')
            || /^\\s*(javascript|data):/i.test(one.getAttribute(name)))
        .map((name) => `${one.localName}[${name}]`));
    return [...counted, ...acting];
}"""


@pytest.fixture(scope="module")
def hostile(built: Built, world: World) -> Iterator[tuple[OfficeSite, list[bytes]]]:
    sim, sealed = hostile_credentials(int(time.time()))
    with OfficeSite(built, world) as site:
        site.serve_bundle(sim.lite_bundle())
        site.configure(
            anchor=encode_trust_anchor(sim.trust_anchor),
            name_zh_hant=STRINGS[0],
            name_en=STRINGS[1],
        )
        yield site, sealed


@pytest.fixture(scope="module", params=["en", "zh-Hant"])
def desk(
    request: pytest.FixtureRequest,
    hostile: tuple[OfficeSite, list[bytes]],
    opened_for_module: Opener,
) -> ScanPage:
    return opened_for_module(hostile[0], query=f"?lang={request.param}")


def markup(desk: ScanPage) -> list[str]:
    told = desk.page.evaluate(_MARKUP)
    assert isinstance(told, list)
    return told


@pytest.fixture(scope="module")
def english(hostile: tuple[OfficeSite, list[bytes]], opened_for_module: Opener) -> ScanPage:
    """One language is enough where the words of the page play no part."""
    return opened_for_module(hostile[0], query="?lang=en")


@pytest.fixture(scope="module")
def harmless(english: ScanPage, hostile: tuple[OfficeSite, list[bytes]]) -> list[str]:
    """What the page is made of where every text is a name."""
    assert english.give_file("harmless.sealed", hostile[1][-1]).outcome == "VALID"
    return markup(english)


def plain(text: str) -> str:
    return text.replace(FIRST_STRONG_ISOLATE, "").replace(POP_ISOLATE, "")


@pytest.mark.parametrize("number", range(len(STRINGS)))
def test_signed_text_labels_and_names_are_shown_and_never_run(
    desk: ScanPage,
    hostile: tuple[OfficeSite, list[bytes]],
    harmless: list[str],
    number: int,
) -> None:
    text = plain(shown(STRINGS[number]))

    told = desk.give_file(f"{STRINGS[number].replace('/', '_')}.sealed", hostile[1][number])

    assert told.outcome == "VALID"
    assert plain(told.fields["name"]) == text
    assert plain(told.text).count(text) >= 4  # title of the type, label, value, agency
    assert markup(desk) == harmless
    assert desk.page.locator("[data-outcome]:not([data-row]):visible").count() == 1


@pytest.mark.parametrize("number", range(len(STRINGS)))
def test_pasted_text_is_no_credential_and_never_runs(
    english: ScanPage, harmless: list[str], number: int
) -> None:
    told = english.give_text(STRINGS[number])

    assert (told.outcome, told.code("form")) == ("INVALID", "form.text")
    assert markup(english) == harmless


@pytest.mark.parametrize(
    "url",
    [one.replace(" ", "/") for one in STRINGS if one.isascii() and "#" not in one],
)
def test_the_address_in_a_symbol_is_shown_and_never_run(
    english: ScanPage, hostile: tuple[OfficeSite, list[bytes]], harmless: list[str], url: str
) -> None:
    told = english.give_text(qr_encode(hostile[1][-1], url))

    assert told.outcome == "VALID"
    assert "url" in told.warnings
    assert markup(english) == harmless


def test_the_fragment_never_runs(english: ScanPage) -> None:
    english.reload()
    before = markup(english)

    for text in STRINGS:
        english.page.goto(f"{english.office.url}#{text}")
        assert markup(english) == before


def test_a_symbol_with_foreign_text_never_runs(english: ScanPage, harmless: list[str]) -> None:
    from credential.qr_symbol import draw_png  # noqa: PLC0415

    told = english.give_file("foreign.png", draw_png(STRINGS[1], 4), "image/png")

    assert told.code("document") == "document.no_code"
    assert markup(english) == harmless
