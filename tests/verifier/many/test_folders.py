"""The command on folders: order, reports, Ctrl-C, and what a crash costs."""

import csv
import io
import json
import os
import signal
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.verifier.paper import Counter, page, pdf, saved, symbol
from verifier import cli
from verifier.cli import main


@pytest.fixture
def counter(tmp_path: Path) -> Counter:
    return Counter(tmp_path)


@pytest.fixture
def folder(counter: Counter) -> Path:
    """Six documents: three good (two of one credential), a broken one, a blank one, a note."""
    folder = counter.folder / "documents"
    folder.mkdir()
    sheet = pdf(page(symbol(counter.mine)), attachments=[("a.sealed", counter.mine)])
    files = {
        "1.sealed": counter.mine,
        "2.sealed": counter.other,
        "3.pdf": sheet,
        "4.sealed": counter.mine[:-1],
        "5.png": saved(page(size=(60, 60))),
        "note.docx": b"",
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def words(counter: Counter, folder: Path, *more: object) -> list[str]:
    return [str(folder), "--bundle", str(counter.bundle), "--lang", "en", *map(str, more)]


@pytest.mark.parametrize("jobs", [1, 3])
def test_results_come_in_order_with_a_summary(
    counter: Counter, folder: Path, capsys: pytest.CaptureFixture[str], jobs: int
) -> None:
    code = main(words(counter, folder, "--jobs", jobs))

    told = capsys.readouterr().out
    names = [line.split()[0] for line in told.splitlines()[:5]]
    assert code == 1
    assert names == ["VALID", "VALID", "VALID", "INVALID", "INDETERMINATE"]
    assert f"3.pdf  (the same credential as {folder / '1.sealed'})" in told
    assert "5 documents checked; 1 files of other kinds were not read." in told
    counts = [line.split()[-1] for line in told.split("Summary\n")[1].splitlines()]
    assert counts == ["3", "1", "1", "1", "1", "1"]


def test_all_reports_of_one_run_agree(
    counter: Counter, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kinds = ("csv", "html", "json", "ndjson")
    reports = [counter.folder / f"checks.{kind}" for kind in kinds]
    options = [word for report in reports for word in ("--report", report)]

    code = main(words(counter, folder, "--json", *options))

    printed = json.loads(capsys.readouterr().out)
    table, html, whole, lines = (report.read_text("utf-8-sig") for report in reports)
    rows = [*csv.DictReader(table.splitlines())]
    assert code == printed["exit_code"] == 1
    assert json.loads(whole) == printed
    assert [json.loads(line) for line in lines.splitlines()[:-1]] == printed["documents"]
    assert [row["outcome"] for row in rows] == [one["outcome"] for one in printed["documents"]]
    assert [row["certificate_number"] for row in rows][:2] == [
        "A15030000C-1-000000",
        "A15030000C-1-000001",
    ]
    assert rows[2]["duplicate_of"] == printed["documents"][2]["duplicate_of"]
    assert rows[3]["codes"] == "form.encoding"
    assert html.count("<tr class=") == 3 + 5
    assert "王小明" not in table + html


def test_one_document_with_a_report_is_reported(counter: Counter, folder: Path) -> None:
    report = counter.folder / "one.csv"

    assert main(words(counter, folder / "1.sealed", "--report", report)) == 0
    assert len(report.read_text("utf-8-sig").splitlines()) == 2


@pytest.mark.parametrize(
    "option",
    [("--report", "x.txt"), ("--report", "none/x.csv"), ("--jobs", "0"), ("--jobs", "257")],
)
def test_what_cannot_be_reported_is_said_before_anything_is_checked(
    counter: Counter,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    option: tuple[str, str],
) -> None:
    assert main(words(counter, folder, *option)) == 3
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith("sealroot verify: ")


def test_a_crash_costs_one_document(
    counter: Counter,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    honest = cli.read_document

    def crash(content: bytes, name: str) -> object:
        if name.endswith("2.sealed"):
            os.kill(os.getpid(), signal.SIGKILL)
        return honest(content, name)

    monkeypatch.setattr("verifier.cli.read_document", crash)
    (folder / "4.sealed").unlink()

    code = main(words(counter, folder, "--json"))

    second = json.loads(capsys.readouterr().out)["documents"][1]
    assert code == 2
    assert (second["outcome"], second["document"]["code"]) == (
        "INDETERMINATE",
        "document.unreadable",
    )
    assert "signal 9" in second["document"]["detail"]


def broken_off(
    counter: Counter, folder: Path, monkeypatch: pytest.MonkeyPatch, number: int, *more: object
) -> int:
    """The exit code of a run whose process gets that signal while the third document is read."""
    parent = os.getpid()
    honest: Any = cli.read_document

    def interrupting(content: bytes, name: str) -> object:
        if name.endswith("3.pdf"):
            os.kill(parent, number)
            time.sleep(3600)
        return honest(content, name)

    monkeypatch.setattr("verifier.cli.read_document", interrupting)
    return main(words(counter, folder, *more))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_broken_off_what_was_done_is_kept_and_marked(
    counter: Counter,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    number: int,
) -> None:
    report = counter.folder / "checks.ndjson"
    report.write_text("an older report")

    code = broken_off(
        counter, folder, monkeypatch, number, "--report", report, "--jobs", 1, "--json"
    )

    kept = (counter.folder / "checks.incomplete.ndjson").read_text().splitlines()
    printed = json.loads(capsys.readouterr().out)
    assert code == 2
    assert report.read_text() == "an older report"
    assert len(kept) == 3
    assert json.loads(kept[-1])["summary"]["checked"] == 2
    assert (printed["complete"], len(printed["documents"])) == (False, 2)
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_a_reader_that_has_gone_leaves_incomplete_reports(
    counter: Counter, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = counter.folder / "checks.csv"

    class Gone:
        def isatty(self) -> bool:
            return False

        def fileno(self) -> int:
            return gone

        def write(self, _text: str) -> int:
            raise BrokenPipeError

    gone = os.open(os.devnull, os.O_WRONLY)
    with monkeypatch.context() as patched:
        patched.setattr("sys.stdout", Gone())
        code = main(words(counter, folder, "--report", report))
    os.close(gone)

    assert code == 2
    assert not report.exists()
    assert (counter.folder / "checks.incomplete.csv").exists()


def test_standard_input_is_one_of_many(
    counter: Counter,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(counter.mine)))

    main(["-", *words(counter, folder, "--json")])

    first = json.loads(capsys.readouterr().out)["documents"][0]
    assert (first["input"], first["outcome"]) == ("(standard input)", "VALID")
