"""At a counter: a stack of papers, the running list, its export, the receipt of a check."""

import csv
import io
import json

import pytest

from tests.browser.conftest import Opener
from tests.browser.office import OfficeSite
from tests.browser.scan_page import ScanPage, as_told
from tests.browser.world import World

STACK = ("good", "revoked", "with an unknown key", "good")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@pytest.fixture
def desk(opened: Opener, office: OfficeSite, world: World) -> ScanPage:
    page = opened(office, query="?lang=en")
    for name in STACK:
        page.give_text(world.cases[name].text)
    return page


def exported(desk: ScanPage, button: str) -> bytes:
    desk.show_list()
    with desk.page.expect_download() as download:
        desk.page.click(button)
    return download.value.path().read_bytes()


def test_the_list_has_every_document_in_order(desk: ScanPage, world: World) -> None:
    desk.show_list()
    rows = desk.page.locator("#list [data-row]")
    told = [rows.nth(n).get_attribute("data-outcome") for n in range(rows.count())]

    assert sorted(told) == sorted(world.cases[name].outcome for name in STACK)
    assert told in (
        [world.cases[name].outcome for name in STACK],
        [world.cases[name].outcome for name in reversed(STACK)],
    )


def test_the_csv_holds_each_document_with_outcome_and_codes(desk: ScanPage, world: World) -> None:
    text = exported(desk, "#export-csv").decode("utf-8-sig")

    _, *rows = csv.reader(io.StringIO(text))
    for row, name in zip(rows, STACK, strict=True):
        assert world.cases[name].outcome in row
    assert "status.revoked" in " ".join(rows[1])
    assert "王小明" in " ".join(rows[0])


def test_the_json_holds_each_document_with_every_check(desk: ScanPage, world: World) -> None:
    told = json.loads(exported(desk, "#export-json"))

    for document, name in zip(told, STACK, strict=True):
        expected = world.expected(world.cases[name].sealed)
        checks = [(one["check"], one["result"], one["code"]) for one in document["checks"]]
        assert (document["outcome"], checks) == (expected.outcome.value, as_told(expected))


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '"=1', ";=1", ",=1"])
def test_no_cell_of_the_csv_is_a_formula(
    opened: Opener, office: OfficeSite, world: World, name: str
) -> None:
    page = opened(office)
    page.give_file(f"{name}.sealed", world.cases["good"].sealed)

    text = exported(page, "#export-csv").decode("utf-8-sig")

    for row in csv.reader(io.StringIO(text)):
        assert not [cell for cell in row if cell.startswith(FORMULA_STARTS)]


def test_the_list_is_gone_with_the_tab(desk: ScanPage) -> None:
    desk.reload()

    assert desk.page.locator("#list [data-row]").count() == 0


def test_nothing_of_a_document_stays_in_the_browser(desk: ScanPage) -> None:
    kept = desk.page.evaluate(
        """async () => {
            const kept = [localStorage, sessionStorage].map((one) => JSON.stringify({ ...one }));
            for (const { name } of await indexedDB.databases()) {
                const database = await new Promise((done, failed) => {
                    const asked = indexedDB.open(name);
                    asked.onsuccess = () => done(asked.result);
                    asked.onerror = () => failed(asked.error);
                });
                for (const store of database.objectStoreNames) {
                    const rows = await new Promise((done) => {
                        const asked = database.transaction(store).objectStore(store).getAll();
                        asked.onsuccess = () => done(asked.result);
                    });
                    for (const row of rows) for (const value of Object.values(row ?? {}))
                        kept.push(value instanceof Uint8Array || value instanceof ArrayBuffer
                            ? new TextDecoder().decode(value) : JSON.stringify(value) ?? "");
                }
                database.close();
            }
            return kept.join("\\n");
        }"""
    )

    assert "trust" in kept or len(kept) > 100  # it did look into something
    for secret in ("王小明", "L151307638", "289435381030"):
        assert secret not in kept


def test_a_saved_result_says_that_it_is_no_document(
    desk: ScanPage, world: World, opened: Opener, office: OfficeSite
) -> None:
    desk.give_text(world.cases["revoked"].text)
    with desk.page.expect_download() as download:
        desk.page.click("#receipt-save")

    saved = json.loads(download.value.path().read_bytes())
    again = opened(office).give_text(saved["result"])

    assert saved["outcome"] == "INVALID"
    assert saved["result"].startswith("SEALROOT-RESULT:")
    assert (again.outcome, again.code("document")) == ("INDETERMINATE", "document.is_result")
