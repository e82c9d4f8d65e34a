"""A paper held before the camera, never still, turned, tilted and now and then blurred."""

from collections.abc import Callable
from pathlib import Path

import pytest

from credential.qr_symbol import draw_png
from tests.browser import papers
from tests.browser.conftest import Opener
from tests.browser.office import OfficeSite
from tests.browser.scan_page import ScanPage, as_told
from tests.browser.world import World

WithCamera = Callable[[Path], Opener]
FRAMES = 6


def filmed(world: World, path: Path, *names: str, degrees: float = 0) -> Path:
    """A film of printed documents, one after the other."""
    scenes = []
    for name in names:
        page = papers.page_picture(papers.printed(world.cases[name].sealed), 200)
        scenes.append((papers.close_up(page), papers.moving_poses(FRAMES, degrees)))
    return papers.film(path, scenes, hold=1 if len(names) == 1 else 6)


def before_camera(opener: Opener, office: OfficeSite, **wishes: object) -> ScanPage:
    page = opener(office, **wishes)
    page.start_camera()
    return page


@pytest.mark.parametrize(
    ("name", "degrees"),
    [("good", 25), ("revoked", 90), ("a changed name", 180), ("with an unknown key", -40)],
)
def test_a_paper_in_a_moving_hand_is_judged(  # noqa: PLR0917  (two of them are the table)
    with_camera: WithCamera,
    office: OfficeSite,
    world: World,
    tmp_path: Path,
    name: str,
    degrees: float,
) -> None:
    case = world.cases[name]
    film = filmed(world, tmp_path / "film.mjpeg", name, degrees=degrees)

    page = before_camera(with_camera(film), office)
    told = page.verdict()

    assert [one for one in told.checks if one[0] != "document"] == as_told(
        world.expected(case.sealed)
    )
    assert (told.outcome, case.code in told.codes) == (case.outcome, True)


def test_one_paper_after_the_other_makes_a_list(
    with_camera: WithCamera, office: OfficeSite, world: World, tmp_path: Path
) -> None:
    film = filmed(world, tmp_path / "film.mjpeg", "good", "revoked")

    page = before_camera(with_camera(film), office, query="?continuous")
    page.page.wait_for_selector("#list [data-row][data-outcome=VALID]", state="attached")
    page.page.wait_for_selector("#list [data-row][data-outcome=INVALID]", state="attached")


def test_a_paper_that_stays_before_the_camera_is_no_new_one_with_every_frame(
    with_camera: WithCamera, office: OfficeSite, world: World, tmp_path: Path
) -> None:
    film = filmed(world, tmp_path / "film.mjpeg", "good")

    page = before_camera(with_camera(film), office, query="?continuous")
    page.page.wait_for_selector("#list [data-row]", state="attached")
    page.page.wait_for_timeout(4_000)

    assert page.page.locator("#list [data-row]").count() <= 2  # a hand may have left the picture


def test_a_foreign_symbol_is_no_document_and_the_camera_goes_on(
    with_camera: WithCamera, office: OfficeSite, world: World, tmp_path: Path
) -> None:
    import io  # noqa: PLC0415

    from PIL import Image  # noqa: PLC0415

    foreign = Image.open(io.BytesIO(draw_png("https://evil.example/menu", 12))).convert("RGB")
    page = papers.page_picture(papers.printed(world.cases["good"].sealed), 200)
    film = papers.film(
        tmp_path / "film.mjpeg",
        [
            (foreign, papers.moving_poses(FRAMES)),
            (papers.close_up(page), papers.moving_poses(FRAMES)),
        ],
    )

    told = before_camera(with_camera(film), office).verdict()

    assert told.outcome == "VALID"


def test_the_camera_stops_when_asked_and_its_light_goes_out(
    with_camera: WithCamera, office: OfficeSite, tmp_path: Path
) -> None:
    from PIL import Image  # noqa: PLC0415

    blank = Image.new("RGB", (400, 400), "white")
    film = papers.film(tmp_path / "film.mjpeg", [(blank, papers.moving_poses(2))])
    page = before_camera(with_camera(film), office)
    held = "(globalThis.tracks ??= document.querySelector('video')?.srcObject?.getTracks())"
    states = f"{held}?.map((track) => track.readyState) ?? []"
    page.wait_until(lambda: page.page.evaluate(states) == ["live"])

    page.page.click("#camera-stop")

    page.wait_until(lambda: page.page.evaluate(states) == ["ended"])


def test_without_a_camera_the_page_says_so_and_stays_usable(
    opened: Opener, office: OfficeSite, world: World
) -> None:
    page = opened(office)

    page.start_camera()
    page.page.wait_for_selector("[data-camera-fault]")

    assert page.give_text(world.cases["good"].text).outcome == "VALID"
