"""`sealroot verify` tells of the pages in words, in JSON, as pictures and by its exit code."""

import json
from pathlib import Path
from typing import Any

import pytest

from registry.anchor_file import encode_trust_anchor
from tests.verifier.pages import altering, issued
from verifier.cli import main


class Desk:
    """A folder with a bundle, a trust anchor, and files to check."""

    def __init__(self, folder: Path, document: issued.Issued) -> None:
        sim = document.world.sim
        self.folder = folder
        self.anchor = self.write("anchor", encode_trust_anchor(sim.trust_anchor))
        self.bundle = self.write("bundle", sim.full_bundle())
        self.at = str(document.at)

    def write(self, name: str, content: bytes) -> Path:
        path = self.folder / name
        path.write_bytes(content)
        return path

    def check(self, path: Path, *options: object) -> int:
        trust = ["--bundle", str(self.bundle), "--trust-anchor", str(self.anchor), "--at", self.at]
        return main([str(path), *trust, *map(str, options)])


@pytest.fixture(scope="module")
def licence() -> issued.Issued:
    return issued.licence()


@pytest.fixture
def desk(tmp_path: Path, licence: issued.Issued) -> Desk:
    return Desk(tmp_path, licence)


def covered(pdf: bytes) -> bytes:
    box = b"q 1 1 1 rg 134 629 66 18 re f Q"
    return altering.edited(pdf, lambda opened: altering.overlay(opened, box))


def pages_of(out: str) -> Any:  # noqa: ANN401  (JSON)
    return json.loads(out)["documents"][0]["pages"]


def test_a_genuine_file_ends_with_0_and_is_said_to_be_as_issued(
    desk: Desk, licence: issued.Issued, capsys: pytest.CaptureFixture[str]
) -> None:
    code = desk.check(desk.write("a.pdf", licence.pdf), "--lang", "en")

    assert code == 0
    assert "pages: The file is as issued" in capsys.readouterr().out


def test_an_altered_page_ends_with_1_and_shows_the_signed_fields_as_signed(
    desk: Desk, licence: issued.Issued, capsys: pytest.CaptureFixture[str]
) -> None:
    code = desk.check(desk.write("a.pdf", covered(licence.pdf)), "--lang", "en")

    out = capsys.readouterr().out
    assert code == 1
    assert "page 1, Name: something issued is gone or changed  [page.differs]" in out
    assert "[document.page_altered]" in out
    assert "Signed fields" in out
    assert "NOT confirmed" not in out


def test_the_report_is_in_chinese_too(
    desk: Desk, licence: issued.Issued, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.check(desk.write("a.pdf", covered(licence.pdf)), "--lang", "zh-Hant")

    assert "第 1 頁 姓名: 核發之內容已不見或已更改" in capsys.readouterr().out


def test_json_names_each_difference_with_its_place_and_boxes(
    desk: Desk, licence: issued.Issued, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.check(desk.write("a.pdf", covered(licence.pdf)), "--json", "--lang", "en")

    pages = pages_of(capsys.readouterr().out)
    found = pages["findings"][0]
    assert pages["state"] == "fields_as_issued"
    assert (found["code"], found["grade"], found["page"]) == ("page.differs", "changed", 1)
    assert found["place"] == {"zh_hant": "姓名", "en": "Name"}
    left, top, right, bottom = found["boxes_mm"][0]
    assert 47 < left < right < 71
    assert 68 < top < bottom < 76


def test_a_boxed_picture_is_written_for_a_page_that_differs(
    desk: Desk, licence: issued.Issued
) -> None:
    folder = desk.folder / "differences"

    desk.check(desk.write("my file.pdf", covered(licence.pdf)), "--differences", folder)

    (picture,) = folder.iterdir()
    assert picture.name.startswith("my_file-")
    assert picture.name.endswith("-page-1.png")
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_no_picture_is_written_for_a_page_as_issued(desk: Desk, licence: issued.Issued) -> None:
    folder = desk.folder / "differences"

    desk.check(desk.write("a.pdf", altering.saved(licence.pdf)), "--differences", folder)

    assert [*folder.iterdir()] == []


def test_without_comparing_the_report_says_so(
    desk: Desk, licence: issued.Issued, capsys: pytest.CaptureFixture[str]
) -> None:
    code = desk.check(desk.write("a.pdf", covered(licence.pdf)), "--no-compare-pages", "--json")

    pages = pages_of(capsys.readouterr().out)
    assert code == 0
    assert pages["state"] == "not_compared"
    assert [found["code"] for found in pages["findings"]] == ["compare.not_asked"]


def test_differences_without_comparing_are_wrong_usage(
    desk: Desk, licence: issued.Issued, capsys: pytest.CaptureFixture[str]
) -> None:
    path = desk.write("a.pdf", licence.pdf)

    code = desk.check(path, "--no-compare-pages", "--differences", desk.folder / "d")

    assert code == 3
    assert "--differences" in capsys.readouterr().err


def test_a_sealed_file_has_no_pages(
    desk: Desk, licence: issued.Issued, capsys: pytest.CaptureFixture[str]
) -> None:
    code = desk.check(desk.write("a.sealed", licence.document.sealed), "--json")

    assert code == 0
    assert "pages" not in json.loads(capsys.readouterr().out)["documents"][0]
