import csv
import io
import json
import re
import stat
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.errors import UsageError
from verifier.many.csv_report import COLUMNS, CsvReport, harmless
from verifier.many.facts import Facts
from verifier.many.files import ReportFile
from verifier.many.html_report import HtmlReport
from verifier.many.json_reports import JsonReport, NdjsonReport
from verifier.many.run import SUFFIXES, open_reports
from verifier.many.tally import Tally
from verifier.many.told import Told, decode_told, encode_told
from verifier.reasons import Reason
from verifier.report import Setting
from verifier.verdict import Outcome
from verifier.words import reason_words

SETTING = Setting("en", None, 1_795_000_000)
EVIL = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</td></tr></table><svg/onload=alert(1)>",
    "</style><script>",
    "javascript:alert(1)",
    "{0.__class__}",
    "{9}",
    "&lt;b&gt;",
    '=HYPERLINK("http://x")',
]


def told(name: str = "a.pdf", outcome: Outcome = Outcome.VALID, **facts: object) -> Told:
    row = Facts(name, outcome.value, "document.read")._replace(**facts)
    return Told(outcome, row, f"{outcome.value} {name}", "", json.dumps({"input": name}))


def written(path: Path, *all_told: Told, total: int | None = None) -> str:
    """The report of these documents under its final name, or the incomplete one."""
    names = [one.facts.input for one in all_told]
    names += ["not reached"] * ((total or len(names)) - len(names))
    tally = Tally(names, 2)
    sink = SUFFIXES[path.suffix](ReportFile(path), SETTING)
    for one in all_told:
        sink.add(tally.add(one))
    sink.end(tally.summary(is_complete=len(names) == len(all_told)))
    (there,) = path.parent.iterdir()
    return there.read_bytes().decode()


def rows(text: str, separator: str = ",") -> list[list[str]]:
    return [*csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=separator)]


def test_what_is_told_crosses_between_processes_unchanged() -> None:
    one = told("名.pdf", codes=("status.revoked", "trust.weak"), confirmed=True)

    assert decode_told(encode_told(one)) == one


@pytest.mark.parametrize(
    "answer", [b"", b"[]", b"{}", b"[1,2,3,4,5]", b'["VALID",["a"],1]', b"\xff"]
)
def test_what_is_no_answer_is_refused(answer: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  (JSON's own errors are of it)
        decode_told(answer)


def test_csv_has_a_mark_headings_and_a_line_for_each_document(tmp_path: Path) -> None:
    text = written(
        tmp_path / "r.csv",
        told("a.pdf", confirmed=True),
        told("b.pdf", Outcome.INVALID, codes=("status.revoked", "trust.weak")),
    )

    head, first, second = rows(text)
    assert text.startswith('\ufeff"no","input"')
    assert text.count("\r\n") == 3
    assert tuple(head) == COLUMNS
    assert dict(zip(head, first, strict=True))["confirmed"] == "true"
    assert dict(zip(head, second, strict=True)) | {
        "no": "2",
        "outcome": "INVALID",
        "codes": "status.revoked trust.weak",
        "says": "The agency has revoked this document. It is no longer valid.",
        "checked_at": "2026-11-18T11:06:40Z",
    } == dict(zip(head, second, strict=True))


@given(st.text(alphabet="=+-@＝＋－＠;,|\t\"' \r\n\u2068a1(", max_size=12))
def test_no_cell_is_a_formula_at_whatever_separator_it_is_cut(text: str) -> None:
    line = io.StringIO()
    csv.writer(line, quoting=csv.QUOTE_ALL).writerow(["1", harmless(text), harmless(text)])

    for separator in ",;\t|":
        for row in rows(line.getvalue(), separator):
            for cell in row:
                assert not re.match("[\\s\u2066-\u2069]*[=+\\-@＝＋－＠]", cell)


def test_a_harmless_cell_stays_as_it_is() -> None:
    for cell in ("A15030000C-1-000001", "2026-11-18T11:06:40Z", "C:/a - b/c+d.pdf", "王=明"):
        assert harmless(cell) == cell


class Page(HTMLParser):
    """The tags, attributes and texts of a page; fails on one that is not closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.texts: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in {"meta", "br"}:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_nothing_in_a_page_is_markup_but_ours(tmp_path: Path) -> None:
    evil = [
        told(
            text,
            Outcome.INVALID,
            codes=("status.revoked",),
            certificate_number=text,
            agency_name=text,
            registry=text,
            type_zh_hant=text,
            type_en=text,
            issued_at=text,
            expires_at=text,
            page_state=text,
            url=text,
            leaf_hash="aa",
        )
        for text in EVIL
    ]

    text = written(tmp_path / "r.html", *evil)

    page = Page(text)
    assert not {"script", "img", "svg", "a href", "iframe", "link", "object"} & set(page.tags)
    assert not [name for name, _ in page.attributes if name.startswith("on") or name == "style"]
    links = [value or "" for name, value in page.attributes if name in {"href", "src"}]
    assert all(link.startswith("#") for link in links)
    assert all(shown in page.texts for shown in EVIL)
    assert "default-src 'none'" in text


def test_the_style_is_the_one_the_policy_of_the_page_allows(tmp_path: Path) -> None:
    text = written(tmp_path / "r.html", told())

    style = text[text.index("<style>") + 7 : text.index("</style>")]
    allowed = b64encode(sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{allowed}'" in text
    assert text.count("<style") == 1


def test_a_page_says_everything_in_both_languages_summary_first(tmp_path: Path) -> None:
    text = written(
        tmp_path / "r.html",
        told("a.pdf", leaf_hash="aa"),
        told("b.pdf", leaf_hash="aa", page_state="fields_as_issued", certificate_number="X-1"),
        told("c.pdf", Outcome.INVALID, codes=("status.revoked",)),
    )

    shown = " ".join(Page(text).texts)
    said = ("有效", "valid", "為同一份憑證", "the same credential as", "欄位與核發時相同，頁面不同")
    for words in (
        *said,
        reason_words(Reason.STATUS_REVOKED, "zh-Hant").says,
        "has revoked this document",
        "NOT confirmed",
    ):
        assert words in shown
    assert text.index("摘要") < text.index("b.pdf")


def test_json_and_ndjson_name_the_first_file_with_the_same_credential(tmp_path: Path) -> None:
    both = (told("a.pdf", leaf_hash="aa"), told("b.pdf", leaf_hash="aa"))
    for name in ("json", "lines"):
        (tmp_path / name).mkdir()

    whole = json.loads(written(tmp_path / "json" / "r.json", *both))
    lines = written(tmp_path / "lines" / "r.ndjson", *both).splitlines()

    first, second, last = map(json.loads, lines)
    assert whole["documents"] == [first, second]
    assert whole["documents"][1] == {"input": "b.pdf", "duplicate_of": "a.pdf"}
    assert last == {name: value for name, value in whole.items() if name != "documents"}
    assert last["summary"]["duplicates"] == 1
    assert (last["outcome"], last["exit_code"], last["complete"]) == ("VALID", 0, True)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("r.csv", "INCOMPLETE: the run was broken off; 1 of 5 documents were checked."),
        ("r.html", "INCOMPLETE: the run was broken off; <bdi>1</bdi> of <bdi>5</bdi> documents"),
        ("r.json", '"complete": false'),
        ("r.ndjson", '"outcome": "INDETERMINATE", "exit_code": 2, "complete": false'),
    ],
)
def test_what_was_broken_off_is_kept_under_another_name_and_says_so(
    tmp_path: Path, name: str, said: str
) -> None:
    text = written(tmp_path / name, told(), total=5)

    (there,) = tmp_path.iterdir()
    assert there.name == name.replace("r.", "r.incomplete.")
    assert said in text


def test_a_report_of_no_documents_reached_is_still_a_report(tmp_path: Path) -> None:
    assert json.loads(written(tmp_path / "r.json", total=1))["documents"] == []


def test_a_report_takes_its_place_only_at_the_end_and_is_its_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text("of yesterday")
    file = ReportFile(path)
    file.write("of today")

    assert path.read_text() == "of yesterday"
    file.end(is_complete=True)
    assert path.read_text() == "of today"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [*tmp_path.iterdir()] == [path]


def test_where_one_report_cannot_be_written_none_is_begun(tmp_path: Path) -> None:
    (tmp_path / "folder.html").mkdir()

    for bad in (tmp_path / "none" / "r.html", tmp_path / "folder.html"):
        with pytest.raises(UsageError, match="cannot be written"):
            open_reports([tmp_path / "r.csv", bad], SETTING)
    assert [path.name for path in tmp_path.iterdir()] == ["folder.html"]


def test_a_full_disk_is_an_error_in_words(tmp_path: Path) -> None:
    file = ReportFile(tmp_path / "r.csv")
    file._file.close()
    file._file = open("/dev/full", "w", encoding="utf-8")  # noqa: SIM115, PTH123

    with pytest.raises(UsageError, match="could not be written to its end"):
        file.write("x" * 100_000)
    assert [*tmp_path.iterdir()] == []


def test_every_kind_of_report_has_its_ending() -> None:
    assert list(SUFFIXES.values()) == [CsvReport, HtmlReport, JsonReport, NdjsonReport]
