"""Trust data in the browser: renewed, fallen back on, never replaced by worse."""

import time
from collections.abc import Iterator

import pytest

from tests.browser.conftest import Opener
from tests.browser.office import BUNDLE, Built, OfficeSite
from tests.browser.scan_page import ScanPage, as_told
from tests.browser.site import Answer
from tests.browser.world import DAY, World
from tests.simulator import Simulator


@pytest.fixture
def own_world() -> World:
    """A registry that goes on while the test watches."""
    return World()


@pytest.fixture
def site(built: Built, own_world: World) -> Iterator[OfficeSite]:
    with OfficeSite(built, own_world) as office:
        yield office


def good(page: ScanPage, world: World) -> tuple[str, str, str]:
    """What becomes of the good licence: outcome, status code, trust code."""
    told = page.give_text(world.cases["good"].text)
    return told.outcome, told.code("status"), told.code("trust")


VALID = ("VALID", "status.valid", "trust.fresh")
REVOKED = ("INVALID", "status.revoked", "trust.fresh")


def test_a_new_bundle_arrives_when_the_page_is_opened_again(
    opened: Opener, site: OfficeSite, own_world: World
) -> None:
    page = opened(site)
    before = good(page, own_world)

    site.serve_bundle(own_world.later_bundle())
    page.reload()

    assert before == VALID
    page.wait_until(lambda: good(page, own_world) == REVOKED)


def test_a_new_bundle_arrives_on_demand(opened: Opener, site: OfficeSite, own_world: World) -> None:
    page = opened(site)
    site.serve_bundle(own_world.later_bundle())

    page.refresh_trust()

    assert good(page, own_world) == REVOKED


BAD_MIRRORS = {
    "missing": Answer(b"not here", status=404),
    "failing": Answer(b"oops", status=500),
    "a page of a hotel": Answer(b"<!doctype html><title>Welcome</title>", media_type="text/html"),
    "garbage": Answer(bytes(range(256)) * 64),
    "empty": Answer(b""),
    "endless": Answer(b"\xa6\x01\x01", endless=True),
}


@pytest.mark.parametrize("answer", BAD_MIRRORS.values(), ids=BAD_MIRRORS)
def test_the_next_mirror_is_asked_where_the_first_is_of_no_use(
    opened: Opener, site: OfficeSite, own_world: World, answer: Answer
) -> None:
    site.serve_bundle(answer, far=own_world.bundle)

    page = opened(site)

    assert good(page, own_world) == VALID
    assert BUNDLE in site.far.asked


def test_without_any_trust_data_nothing_is_valid(
    opened: Opener, site: OfficeSite, own_world: World
) -> None:
    site.serve_bundle(Answer(b"not here", status=404))

    page = opened(site)

    told = page.give_text(own_world.cases["good"].text)
    assert (told.outcome, told.code("trust")) == ("INDETERMINATE", "trust.unavailable")
    assert page.trust == "trust.unavailable"


def hostile_bundles(world: World) -> dict[str, bytes | Answer]:
    """What a mirror may send that is not the bundle of this registry, or not a newer one."""
    stranger = Simulator(chain_id=99, now=world.now - DAY)
    stranger.office("A15030000C")
    stranger.checkpoint()
    usurper = Simulator(now=world.now - DAY, signers=5)
    usurper.office("A15030000C")
    usurper.checkpoint(by=usurper.signer_keys[3:])
    damaged = bytearray(world.bundle)
    damaged[len(damaged) // 2] ^= 1
    return {
        **BAD_MIRRORS,
        "of another registry": stranger.lite_bundle(),
        "signed by nobody we trust": usurper.lite_bundle(),
        "damaged": bytes(damaged),
        "cut short": world.bundle[:-7],
    }


HOSTILE = tuple(hostile_bundles(World(now=1_800_000_000)))


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_is_no_better_never_replaces_good_trust_data(
    opened: Opener, site: OfficeSite, own_world: World, kind: str
) -> None:
    page = opened(site)
    site.serve_bundle(hostile_bundles(own_world)[kind])

    page.refresh_trust()
    now = good(page, own_world)
    page.reload()

    assert (now, good(page, own_world)) == (VALID, VALID)


def test_an_older_bundle_is_refused_after_a_newer_one(
    opened: Opener, site: OfficeSite, own_world: World
) -> None:
    older = own_world.bundle
    site.serve_bundle(own_world.later_bundle())
    page = opened(site)
    assert good(page, own_world) == REVOKED

    site.serve_bundle(older)
    page.refresh_trust()
    now = good(page, own_world)
    page.reload()
    page.refresh_trust()

    assert (now, good(page, own_world)) == (REVOKED, REVOKED)


def test_an_older_bundle_is_refused_from_a_file_too(
    opened: Opener, site: OfficeSite, own_world: World
) -> None:
    older = own_world.bundle
    site.serve_bundle(own_world.later_bundle())
    page = opened(site)

    page.hand_over_trust(older)

    assert good(page, own_world) == REVOKED


def test_a_bundle_on_a_stick_is_taken_where_no_mirror_answers(
    opened: Opener, site: OfficeSite, own_world: World
) -> None:
    site.serve_bundle(Answer(b"not here", status=404))
    page = opened(site)

    page.hand_over_trust(own_world.bundle)

    assert good(page, own_world) == VALID


def test_stale_trust_data_is_indeterminate(opened: Opener, built: Built) -> None:
    month_old = World(now=int(time.time()) - 30 * DAY)
    with OfficeSite(built, month_old) as site:
        page = opened(site)
        told = page.give_text(month_old.cases["good"].text)

        assert told.outcome == "INDETERMINATE"
        assert (told.code("trust"), told.code("status")) == ("trust.too_old", "status.too_old")
        expected = month_old.expected(month_old.cases["good"].sealed, int(time.time()))
        assert [one for one in told.checks if one[0] != "document"] == as_told(expected)


def test_a_known_forgery_stays_invalid_under_stale_trust_data(opened: Opener, built: Built) -> None:
    month_old = World(now=int(time.time()) - 30 * DAY)
    with OfficeSite(built, month_old) as site:
        page = opened(site)
        assert page.give_text(month_old.cases["a changed name"].text).outcome == "INVALID"


@pytest.mark.parametrize("minutes", [7, 60, 24 * 60])  # the first is later than the bundle's time
def test_a_clock_set_back_is_indeterminate(
    opened: Opener, site: OfficeSite, own_world: World, minutes: int
) -> None:
    page = opened(site)
    assert good(page, own_world) == VALID

    page.page.clock.set_system_time(own_world.now - minutes * 60)
    page.reload()

    told = page.give_text(own_world.cases["good"].text)
    assert (told.outcome, told.code("trust")) == ("INDETERMINATE", "trust.clock_behind")


def test_a_clock_set_back_does_not_bring_an_expired_document_back(
    opened: Opener, site: OfficeSite, own_world: World
) -> None:
    page = opened(site)
    page.page.clock.set_system_time(own_world.now - 3 * DAY)
    page.reload()

    assert page.give_text(own_world.cases["expired"].text).outcome != "VALID"
