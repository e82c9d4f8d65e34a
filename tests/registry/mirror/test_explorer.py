"""Pages for people: hostile text stays text, both languages, and everything one asks about."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from credential.ids import AgencyCode, UnixTime
from registry import payloads as p
from registry.kinds import AlgorithmPhase, Kind
from registry.mirror import shown_text
from registry.mirror.app import make_app
from registry.mirror.entry_words import sentence
from registry.mirror.folder import MirrorFolder
from registry.mirror.words import chosen_language, kind_words
from registry.recognition import RecognisedRegistry, encode_tail
from tests.registry.mirror.worlds import mirror_of
from tests.simulator import Simulator

HOSTILE = "<script>alert(1)</script>\u202e\"'&{{7*7}}\u200b"


@pytest.fixture(scope="module")
def world() -> Simulator:
    sim = Simulator()
    ministry = sim.office("MINISTRY")
    branch = sim.branch(ministry, "BRANCH-1")
    sim.branch(branch, "DESK-1")
    sim.anchor(sim.issue(branch, {1: "x"}), size=7)
    sim.rename(ministry, HOSTILE, HOSTILE)
    sim.compromise(branch.key, since=sim.now - 5)
    sim.end_accreditation(branch)
    sim.close(branch, ministry)
    sim.set_algorithm(-7, AlgorithmPhase.WARN, effective_at=sim.now + 999_999)
    signers = sim.state().signers
    assert signers is not None
    tail = encode_tail(RecognisedRegistry(signers, (1, 2), "鄰國", "Neighbour"))
    sim.append(p.RegistryRecognised(1, 5, b"\x05" * 20, UnixTime(0), tail))
    sim.append(p.RegistryRecognised(2, 6, b"\x06" * 20, UnixTime(0), b"\xff"))
    sim.append(p.RecognitionEnded(1))
    sim.checkpoint()
    sim.suspend(ministry)
    return sim


@pytest.fixture(scope="module")
def client(world: Simulator, tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    root = tmp_path_factory.mktemp("mirror")
    mirror_of(world, root)
    return TestClient(make_app(MirrorFolder(root), clock=lambda: world.now + 60))


PAGES = (
    "/", "/agencies", "/agencies/MINISTRY", "/agencies/BRANCH-1", "/agencies/DESK-1", "/types",
    "/algorithms", "/council", "/entries", "/entries/0", "/recognised", "/search?q=BRANCH-1",
)  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("lang", ["zh-Hant", "en"])
def test_page_is_there_in_both_languages(client: TestClient, path: str, lang: str) -> None:
    answer = client.get(f"{path}{'&' if '?' in path else '?'}lang={lang}")

    assert answer.status_code == 200
    assert f'<html lang="{lang}">' in answer.text


@pytest.mark.parametrize("path", PAGES)
def test_no_page_has_script_inline_style_or_foreign_address(client: TestClient, path: str) -> None:
    page = client.get(path).text

    assert "<script" not in page
    assert "style=" not in page
    assert "http://" not in page
    assert "https://" not in page


@pytest.mark.parametrize("path", ["/agencies", "/agencies/MINISTRY", "/entries"])
def test_hostile_name_is_text_and_flagged(client: TestClient, path: str) -> None:
    page = client.get(path).text

    assert "&lt;script&gt;alert(1)&lt;/script&gt;[U+202E]" in page
    assert "{{7*7}}" in page
    assert not {"\u202e", "\u200b"} & set(page)


def test_hostile_name_is_escaped_and_its_direction_isolated() -> None:
    shown = shown_text.text(HOSTILE)

    assert shown.startswith("<bdi>&lt;script&gt;alert(1)&lt;/script&gt;[U+202E]")
    assert "RIGHT-TO-LEFT OVERRIDE" in shown


def test_search_term_is_text_too(client: TestClient) -> None:
    page = client.get("/search", params={"q": HOSTILE[:70]}).text

    assert "<script" not in page
    assert "\u202e" not in page


def test_delegation_is_shown_from_the_council_down(client: TestClient) -> None:
    page = client.get("/agencies/DESK-1?lang=en").text

    chain = page[page.index("Chain of delegation") :]
    assert chain.index("the council") < chain.index("MINISTRY") < chain.index("BRANCH-1")


def test_accreditation_below_an_ended_one_is_not_in_force(client: TestClient) -> None:
    page = client.get("/agencies/DESK-1?lang=en").text

    assert "(not in force)" in page


def test_compromised_key_says_until_when_it_was_safe(client: TestClient) -> None:
    page = client.get("/agencies/BRANCH-1?lang=en").text

    assert "safe only for what was anchored before" in page


def test_key_is_found_by_its_kid(client: TestClient, world: Simulator) -> None:
    kid = next(iter(world.state().content.keys))

    page = client.get(f"/search?lang=en&q={kid.hex()}")

    assert (page.status_code, "MINISTRY" in page.text) == (200, True)


def test_anchor_is_found_by_its_root(client: TestClient, world: Simulator) -> None:
    root = world.state().content.anchors[0].root

    page = client.get(f"/search?lang=en&q={root.hex()}")

    assert (page.status_code, "BRANCH-1" in page.text) == (200, True)


@pytest.mark.parametrize(
    "path", ["/agencies/NOBODY", "/entries/999", "/entries?page=9", "/search?q=NOBODY"]
)
def test_what_is_not_there_is_said_in_words(client: TestClient, path: str) -> None:
    answer = client.get(path)

    assert answer.status_code == 404
    assert "<h1>" in answer.text


def test_entry_behind_the_checkpoint_is_marked(client: TestClient, world: Simulator) -> None:
    page = client.get(f"/entries/{len(world.entries) - 1}?lang=en").text

    assert "Not vouched for yet" in page


def test_recognition_that_ended_and_one_that_cannot_be_read_are_told(client: TestClient) -> None:
    page = client.get("/recognised?lang=en").text

    assert "Neighbour" in page
    assert "recognises nothing" in page


def test_dates_are_iso_and_of_the_republic() -> None:
    shown = shown_text.moment(1_700_000_012, "zh-Hant")

    assert "2023-11-14 22:13:32Z" in shown
    assert "民國112年11月15日 06:13" in shown


@pytest.mark.parametrize("seconds", [-1, 1 << 63])
def test_time_beyond_every_calendar_is_a_number(seconds: int) -> None:
    assert shown_text.moment(seconds, "en") == str(seconds)


@pytest.mark.parametrize(
    ("asked", "accepted", "chosen"),
    [
        ("en", "zh-TW", "en"),
        (None, "en-GB,en;q=0.9", "en"),
        (None, "fr, zh-TW;q=0.8", "zh-Hant"),
        ("xx", "", "zh-Hant"),
    ],
)
def test_language_asked_for_goes_before_the_browsers(
    asked: str | None, accepted: str, chosen: str
) -> None:
    assert chosen_language(asked, accepted) == chosen


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("lang", ["zh-Hant", "en"])
def test_every_kind_has_words(kind: Kind, lang: str) -> None:
    assert kind_words(kind.title, lang)


def test_every_entry_of_the_journal_is_said(world: Simulator) -> None:
    for entry in world.entries:
        assert "{" not in sentence(entry, "en", "").replace("{{7*7}}", "")


def test_agency_without_anything_has_a_page(tmp_path: Path) -> None:
    sim = Simulator()
    sim.register("EMPTY")
    sim.checkpoint()
    mirror_of(sim, tmp_path)

    page = TestClient(make_app(MirrorFolder(tmp_path))).get(f"/agencies/{AgencyCode('EMPTY')}")

    assert page.status_code == 200
