"""The page's memory in a real browser's database: one step or nothing, one memory for all tabs."""

from typing import TYPE_CHECKING

from tests.browser.conftest import Opener
from tests.browser.office import OfficeSite

if TYPE_CHECKING:
    from playwright.sync_api import Page

COUNTS = 40

_OPEN = """async (name) => {
    const { inDatabase } = await import(new URL('app/trust/indexed-db.js', document.baseURI).href);
    globalThis.storage = inDatabase(name);
}"""
_COUNT = """(times) => {
    globalThis.counted = (async () => {
        for (let i = 0; i < times; i++)
            await storage.change((before) => ({ count: (before?.count ?? 0) + 1 }));
    })();
}"""
_THROW = """() => storage.change((before) => { throw new Error('the page dies here'); })
    .then(() => 'written', () => 'refused')"""
_WRITE_THEN_THROW = """async () => {
    const database = await new Promise((resolve) => {
        const request = indexedDB.open('sealroot-trust', 1);
        request.onsuccess = () => resolve(request.result);
    });
    await new Promise((resolve) => {
        const transaction = database.transaction('memory', 'readwrite');
        transaction.objectStore('memory').put({ count: 999 }, 'one');
        transaction.onabort = resolve;
        transaction.abort();
    });
    database.close();
}"""
_DENY = """Object.defineProperty(globalThis, 'indexedDB', { value: {
    open: () => { throw new DOMException('denied', 'SecurityError'); } } });"""
_REFUSAL = "() => storage.read().then(() => 'read', (error) => error.name)"


def _tab(page: "Page", office: OfficeSite, name: str = "one") -> "Page":
    page.goto(office.url)
    page.evaluate(_OPEN, name)
    return page


def test_two_tabs_never_write_over_each_other(office: OfficeSite, opened: Opener) -> None:
    first = opened.blank(office)
    tabs = [_tab(first.page, office), _tab(first.context.new_page(), office)]
    for tab in tabs:
        tab.evaluate(_COUNT, COUNTS)
    for tab in tabs:
        tab.evaluate("() => counted")
    assert tabs[0].evaluate("() => storage.read()") == {"count": 2 * COUNTS}


def test_a_step_that_fails_leaves_what_was_there(office: OfficeSite, opened: Opener) -> None:
    tab = _tab(opened.blank(office).page, office)
    tab.evaluate(_COUNT, 1)
    tab.evaluate("() => counted")
    assert tab.evaluate(_THROW) == "refused"
    assert tab.evaluate("() => storage.read()") == {"count": 1}


def test_a_write_that_was_broken_off_was_never_there(office: OfficeSite, opened: Opener) -> None:
    tab = _tab(opened.blank(office).page, office)
    tab.evaluate(_COUNT, 1)
    tab.evaluate("() => counted")
    tab.evaluate(_WRITE_THEN_THROW)
    assert tab.evaluate("() => storage.read()") == {"count": 1}


def test_what_was_kept_is_there_when_the_page_is_opened_again(
    office: OfficeSite, opened: Opener
) -> None:
    first = opened.blank(office)
    tab = _tab(first.page, office)
    tab.evaluate(_COUNT, 3)
    tab.evaluate("() => counted")
    tab.close()
    assert _tab(first.context.new_page(), office).evaluate("() => storage.read()") == {"count": 3}


def test_one_registry_never_reads_the_memory_of_another(office: OfficeSite, opened: Opener) -> None:
    first = opened.blank(office)
    tab = _tab(first.page, office)
    tab.evaluate(_COUNT, 1)
    tab.evaluate("() => counted")
    assert _tab(tab, office, "two").evaluate("() => storage.read() ?? null") is None


def test_a_tab_hears_of_what_another_changed(office: OfficeSite, opened: Opener) -> None:
    first = opened.blank(office)
    listening, writing = _tab(first.page, office), _tab(first.context.new_page(), office)
    listening.evaluate("() => { storage.listen(() => { globalThis.heard = true; }); }")
    writing.evaluate(_COUNT, 1)
    listening.wait_for_function("() => globalThis.heard === true")


def test_what_is_forgotten_is_gone(office: OfficeSite, opened: Opener) -> None:
    tab = _tab(opened.blank(office).page, office)
    tab.evaluate(_COUNT, 1)
    tab.evaluate("() => counted")
    tab.evaluate("() => storage.clear()")
    assert tab.evaluate("async () => (await storage.read()) === undefined")


def test_a_browser_that_keeps_nothing_says_so_at_once(office: OfficeSite, opened: Opener) -> None:
    page = opened.blank(office).page
    page.add_init_script(_DENY)
    assert _tab(page, office).evaluate(_REFUSAL) == "SecurityError"
