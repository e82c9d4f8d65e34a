import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import typer

from credential.qr_text import qr_encode
from credential.sealed import without_signature
from registry.errors import ChainUnavailableError
from tests.simulator import Simulator
from tests.verifier.paper import URL, Counter, page, pdf, saved, symbol
from verifier.cli import main
from verifier.command import add_to
from verifier.words import Language

Check = Callable[..., tuple[int, Any]]


@pytest.fixture
def counter(tmp_path: Path) -> Counter:
    return Counter(tmp_path)


@pytest.fixture
def check(counter: Counter, capsys: pytest.CaptureFixture[str]) -> Check:
    """Run the command on one document with the counter's bundle: exit code and JSON."""

    def run(path: object, *options: object) -> tuple[int, Any]:
        words = [str(path), "--bundle", str(counter.bundle), "--json", *map(str, options)]
        code = main(words)
        return code, json.loads(capsys.readouterr().out)["documents"][0]

    return run


@pytest.mark.parametrize("which", ["bundle", "lite"])
def test_a_genuine_sealed_file_ends_with_0(
    counter: Counter, which: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = counter.write("a.sealed", counter.mine)

    code = main([str(path), "--bundle", str(getattr(counter, which)), "--lang", "en"])

    assert code == 0
    assert "VALID. The agency named below" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("a.png", symbol),
        ("a.txt", lambda sealed: qr_encode(sealed, URL).encode() + b"\n"),
        ("a.sealed", lambda sealed: sealed),
        ("b.sealed", without_signature),
        ("a.pdf", lambda sealed: pdf(page(symbol(sealed)), attachments=[("a.sealed", sealed)])),
        (
            "photo.jpg",
            lambda sealed: saved(
                page(symbol(sealed)).rotate(20, expand=True, fillcolor=200), "JPEG"
            ),
        ),
    ],
)
def test_every_kind_of_document_is_read(
    counter: Counter, check: Check, name: str, make: Callable[[bytes], bytes]
) -> None:
    code, document = check(counter.write(name, make(counter.mine)))

    assert (code, document["outcome"]) == (0, "VALID")
    assert document["credential"]["fields"]["1"] == "王小明"


def test_standard_input_takes_text_and_bytes(
    counter: Counter, check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    for content in (qr_encode(counter.mine).encode(), counter.mine):
        monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(content)))
        assert check("-")[0] == 0


def test_a_code_of_another_person_pasted_on_a_pdf_is_refused(
    counter: Counter, check: Check
) -> None:
    pasted = pdf(page(symbol(counter.other)), attachments=[("a.sealed", counter.mine)])

    code, document = check(counter.write("pasted.pdf", pasted))

    assert code == 1
    assert document["document"]["code"] == "document.attachment_disagrees"
    assert [place["outcome"] for place in document["places"]] == ["VALID", "VALID"]


def test_pages_of_two_documents_are_refused(counter: Counter, check: Check) -> None:
    put_together = pdf(page(symbol(counter.mine)), page(symbol(counter.other)))

    code, document = check(counter.write("two.pdf", put_together))

    assert code == 1
    assert document["document"]["code"] == "document.pages_disagree"
    assert [place["page"] for place in document["places"]] == [1, 2]


def test_a_page_may_show_the_smaller_code_without_the_signature(
    counter: Counter, check: Check
) -> None:
    smaller = without_signature(counter.mine)
    document = pdf(page(symbol(smaller)), attachments=[("a.sealed", counter.mine)])

    assert check(counter.write("a.pdf", document))[0] == 0


def test_an_unreadable_picture_says_nothing_against_the_document(
    counter: Counter, check: Check
) -> None:
    code, document = check(counter.write("empty.png", saved(page(size=(200, 200)))))

    assert code == 2
    assert (document["outcome"], document["document"]["code"]) == (
        "INDETERMINATE",
        "document.no_code",
    )
    assert document["checks"] == []


def test_of_several_documents_the_worst_counts(
    counter: Counter, capsys: pytest.CaptureFixture[str]
) -> None:
    good = counter.write("good.sealed", counter.mine)
    bad = counter.write("bad.sealed", counter.mine[:-1])
    unclear = counter.write("unclear.png", saved(page(size=(100, 100))))
    bundle = ["--bundle", str(counter.bundle)]

    assert main([str(good), *bundle]) == 0
    assert main([str(good), str(unclear), *bundle]) == 2
    assert main([str(good), str(unclear), str(bad), *bundle]) == 1
    assert main([str(counter.folder), *bundle, "--lang", "en"]) == 1
    assert "3 documents checked; 3 files of other kinds were not read." in capsys.readouterr().out


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["{folder}/a.sealed"],
        ["{folder}/a.sealed", "--bundle", "{folder}/none"],
        ["{folder}/none.sealed", "--bundle", "{bundle}"],
        ["{folder}/a.sealed", "--bundle", "{bundle}", "--no-such-option"],
        ["{folder}/a.sealed", "--bundle", "{bundle}", "--at", "yesterday"],
        ["{folder}/a.sealed", "--bundle", "{bundle}", "--lang", "fr"],
        ["{folder}/a.sealed", "--bundle", "{bundle}", "--policy", "lax"],
        ["{folder}/a.sealed", "--bundle", "{bundle}", "--min-evidence", "4"],
        ["{folder}/a.sealed", "--bundle", "{bundle}", "--max-trust-age", "1w"],
        ["{folder}/a.sealed", "--bundle", "{bundle}", "--trust-anchor", "{bundle}"],
        ["{folder}/a.sealed", "--bundle", "{bundle}", "--public", "{folder}"],
        ["{folder}/a.sealed", "--online", "http://127.0.0.1:1"],
    ],
)
def test_wrong_usage_ends_with_3_and_says_why(
    counter: Counter, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    counter.write("a.sealed", counter.mine)
    filled = [word.format(folder=counter.folder, bundle=counter.bundle) for word in words]

    assert main(filled) == 3
    assert capsys.readouterr().err.startswith("sealroot verify: ")


def test_at_judges_as_of_another_time(counter: Counter, check: Check) -> None:
    path = counter.write("a.sealed", counter.mine)

    assert check(path, "--at", counter.sim.now + 8 * 86_400)[0] == 2
    assert (
        check(
            path,
            "--at",
            counter.sim.now + 8 * 86_400,
            "--max-trust-age",
            "9d",
            "--max-status-age",
            "9d",
        )[0]
        == 0
    )
    assert check(path, "--at", "2020-01-01T00:00:00Z")[0] != 0


def test_policy_flags_replace_single_settings(counter: Counter, check: Check) -> None:
    path = counter.write("a.sealed", counter.mine)
    lite = ["--bundle", counter.lite]

    assert check(path, *lite)[0] == 0
    assert check(path, *lite, "--require-anchor")[0] == 2
    assert check(path, "--policy", "strict", "--trust-anchor", counter.anchor_file)[0] == 0
    assert check(path, "--policy", "strict")[0] == 2
    assert check(path, "--policy", "strict", "--min-evidence", 1)[0] == 0


def test_with_a_trust_anchor_a_bundle_without_checkpoints_is_too_weak(
    counter: Counter, check: Check
) -> None:
    path = counter.write("a.sealed", counter.mine)
    bare = counter.write("bare.bundle", counter.sim.full_bundle(read_at=counter.sim.now))
    anchor = ["--trust-anchor", counter.anchor_file]

    code, document = check(path, "--bundle", bare, *anchor)

    assert (code, document["checks"][-1]["code"]) == (2, "trust.weak")
    assert check(path, "--bundle", bare)[0] == 0
    assert check(path, "--bundle", bare, *anchor, "--min-evidence", 1)[0] == 0


def test_a_foreign_bundle_leaves_every_document_open(counter: Counter, check: Check) -> None:
    elsewhere = Simulator(chain_id=99)
    elsewhere.checkpoint()
    bundle = counter.write("foreign.bundle", elsewhere.full_bundle())
    path = counter.write("a.sealed", counter.mine)

    code, document = check(path, "--bundle", bundle, "--trust-anchor", counter.anchor_file)

    assert code == 2
    assert document["checks"][-1]["code"] == "trust.foreign"
    assert [found["result"] for found in document["checks"]] == [
        *["PASS", "SKIPPED", "SKIPPED", "SKIPPED", "SKIPPED", "PASS", "SKIPPED", "UNKNOWN"]
    ]


def test_a_foreign_bundle_without_an_anchor_does_not_know_the_key(
    counter: Counter, check: Check
) -> None:
    elsewhere = Simulator(chain_id=99, now=counter.sim.now)
    elsewhere.checkpoint()
    bundle = counter.write("foreign.bundle", elsewhere.full_bundle())

    code, document = check(counter.write("a.sealed", counter.mine), "--bundle", bundle)

    assert code == 2
    assert document["checks"][1]["code"] == "proof.key_unknown"


def test_a_damaged_bundle_leaves_every_document_open(counter: Counter, check: Check) -> None:
    damaged = counter.write("damaged.bundle", counter.bundle.read_bytes()[:-1])

    code, document = check(counter.write("a.sealed", counter.mine), "--bundle", damaged)

    assert (code, document["checks"][-1]["code"]) == (2, "trust.malformed")


def test_a_store_refuses_to_go_back(counter: Counter, check: Check) -> None:
    path = counter.write("a.sealed", counter.mine)
    old = counter.write("old.bundle", counter.bundle.read_bytes())
    counter.sim.revoke(counter.office, 0)
    counter.renew()
    store = ["--store", counter.folder / "store"]

    assert check(path, *store)[1]["checks"][6]["code"] == "status.revoked"
    code, document = check(path, *store, "--bundle", old)

    assert (code, document["checks"][-1]["code"]) == (2, "trust.rollback")


@pytest.mark.parametrize(
    ("language", "headline", "remains"),
    [
        ("en", "INVALID. Do not rely on this document.", "Compare the name"),
        ("zh-Hant", "無效（INVALID）。請勿採信本文件。", "請將上列姓名"),
    ],
)
def test_the_report_speaks_both_languages(
    counter: Counter,
    capsys: pytest.CaptureFixture[str],
    language: Language,
    headline: str,
    remains: str,
) -> None:
    counter.sim.revoke(counter.office, 0)
    counter.renew()
    path = counter.write("a.sealed", counter.mine)

    main([str(path), "--bundle", str(counter.bundle), "--lang", language])

    told = capsys.readouterr().out
    assert headline in told
    assert remains in told
    assert "status.revoked" in told
    assert "王小明" in told
    assert "2010-01-01 (民國 99 年 1 月 1 日)" in told
    assert "A15030000C-1-000000" in told


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"LANG": "zh_TW.UTF-8"}, "有效"),
        ({"LANG": "en_GB.UTF-8"}, "VALID. The agency"),
        ({"LANG": "zh_TW.UTF-8", "LC_ALL": "C"}, "VALID. The agency"),
    ],
)
def test_the_language_comes_from_the_environment(
    counter: Counter,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    settings: dict[str, str],
    expected: str,
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, setting in settings.items():
        monkeypatch.setenv(name, setting)
    path = counter.write("a.sealed", counter.mine)

    main([str(path), "--bundle", str(counter.bundle)])

    assert expected in capsys.readouterr().out


def test_nothing_signed_can_act_on_the_terminal(
    counter: Counter, capsys: pytest.CaptureFixture[str]
) -> None:
    batch = counter.sim.issue(counter.office, {1: "王\x1b[2J\x1b]0;x\x07\u202e明", 9: "\r\n過關"})
    counter.sim.anchor(batch)
    counter.renew()
    path = counter.write("a.txt", qr_encode(batch.sealed[0], "https://e.example/").encode())

    code = main([str(path), "--bundle", str(counter.bundle), "--lang", "en", "--explain"])

    told = capsys.readouterr().out
    assert code == 0
    assert not set(told) & {"\x1b", "\x07", "\r", "\u202e"}
    assert "[U+001B]" in told
    assert "U+202E RIGHT-TO-LEFT OVERRIDE" in told


def test_fields_nobody_signed_are_marked_as_such(
    counter: Counter, capsys: pytest.CaptureFixture[str]
) -> None:
    forged = Simulator(chain_id=5, now=counter.sim.now)
    batch = forged.issue(forged.office("A15030000C"), {1: "駭客"})
    path = counter.write("a.sealed", batch.sealed[0])

    main([str(path), "--bundle", str(counter.bundle), "--lang", "en"])

    told = capsys.readouterr().out
    assert "What the document says of itself (NOT confirmed)" in told
    assert "Signed fields" not in told


def test_explain_prints_the_ten_numbered_steps_with_their_values(
    counter: Counter, capsys: pytest.CaptureFixture[str]
) -> None:
    path = counter.write("a.sealed", counter.mine)

    main([str(path), "--bundle", str(counter.bundle), "--explain"])

    told = capsys.readouterr().out.splitlines()
    steps = [line.split()[0] for line in told if line[:1].isdigit()]
    assert steps == [str(number) for number in range(1, 11)]
    assert f"  root = {counter.root.hex()}" in told
    assert "verdict: VALID" in told


def test_the_screen_is_coloured_on_terminals_only(
    counter: Counter, capsys: pytest.CaptureFixture[str]
) -> None:
    path = counter.write("a.sealed", counter.mine)

    main([str(path), "--bundle", str(counter.bundle)])

    assert "\x1b" not in capsys.readouterr().out


OFFLINE = """
import socket, sys

def refuse(*_args, **_kwargs):
    raise AssertionError("a socket was opened")

socket.socket = refuse
socket.create_connection = refuse
from verifier.cli import main
code = main(sys.argv[1:])
network = {"web3", "httpx", "requests", "urllib3", "aiohttp", "typer", "sqlalchemy"}
loaded = network & set(sys.modules)
assert not loaded, loaded
sys.exit(code)
"""


@pytest.mark.parametrize("name", ["a.sealed", "a.png", "a.pdf"])
def test_offline_opens_no_socket_and_loads_no_network_library(counter: Counter, name: str) -> None:
    sheet = pdf(page(symbol(counter.mine)), attachments=[("a.sealed", counter.mine)])
    made = {"a.sealed": counter.mine, "a.png": symbol(counter.mine), "a.pdf": sheet}
    path = counter.write(name, made[name])
    anchor = ["--trust-anchor", str(counter.anchor_file)]

    done = subprocess.run(
        [sys.executable, "-c", OFFLINE, str(path), "--bundle", str(counter.bundle), *anchor],
        check=False,
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
    )

    assert (done.returncode, done.stderr) == (0, b"")


def test_a_node_that_does_not_answer_leaves_every_document_open(
    counter: Counter, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class SilentChain:
        chain_id, contract = counter.sim.chain_id, counter.sim.contract

        def finalized_size(self) -> int:
            raise ChainUnavailableError("no endpoint answered")

        entries = finalized_size

    monkeypatch.setattr("verifier.sources.open_chain", lambda *_: SilentChain())
    path = counter.write("a.sealed", counter.mine)
    anchor = ["--trust-anchor", str(counter.anchor_file)]

    code = main([str(path), "--online", "http://127.0.0.1:1", *anchor, "--json"])

    document = json.loads(capsys.readouterr().out)["documents"][0]
    assert (code, document["checks"][-1]["code"]) == (2, "trust.unavailable")


def test_many_documents_are_one_line_each_with_the_reasons_of_those_not_valid(
    counter: Counter, capsys: pytest.CaptureFixture[str]
) -> None:
    good = counter.write("good.sealed", counter.mine)
    bad = counter.write("bad.sealed", counter.mine[:-1])

    main([str(good), str(bad), "--bundle", str(counter.bundle), "--lang", "en"])

    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["VALID", "A15030000C-1-000000", str(good)]
    assert lines[1].split() == ["INVALID", str(bad), "form.encoding"]
    assert "  No fields could be read." in "\n".join(lines)


def test_a_name_of_a_file_cannot_act_on_the_terminal(
    counter: Counter, capsys: pytest.CaptureFixture[str]
) -> None:
    path = counter.write("a\x1b[2J.sealed", counter.mine)

    main([str(path), "--bundle", str(counter.bundle)])

    assert "\x1b" not in capsys.readouterr().out


def test_a_fault_of_our_own_costs_one_document_and_is_never_invalid(
    counter: Counter, check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("verifier.cli.examine", fail)

    code, document = check(counter.write("a.sealed", counter.mine))

    assert (code, document["document"]["code"]) == (2, "document.unreadable")


def test_a_crash_of_the_command_does_not_end_with_the_code_for_invalid(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("verifier.cli.fetch_trust", fail)
    path = counter.write("a.sealed", counter.mine)

    assert main([str(path), "--bundle", str(counter.bundle)]) == 2


def test_the_whole_command_line_hands_its_words_on(
    counter: Counter, capsys: pytest.CaptureFixture[str]
) -> None:
    path = counter.write("a.sealed", counter.mine)
    app = typer.Typer()
    app.callback()(lambda: None)
    add_to(app)

    with pytest.raises(SystemExit) as ending:
        app(["verify", str(path), "--bundle", str(counter.bundle), "--at", "2020-01-01", "--json"])

    document = json.loads(capsys.readouterr().out)["documents"][0]
    assert ending.value.code == 1
    assert document["checks"][5]["code"] == "dates.issued_in_future"
    assert document["checks"][-1]["code"] == "trust.clock_behind"


def test_a_file_that_cannot_be_opened_says_nothing_against_the_document(
    counter: Counter, capsys: pytest.CaptureFixture[str]
) -> None:
    (counter.folder / "loop.sealed").symlink_to("nowhere")
    folder = counter.folder / "empty"
    folder.mkdir()

    assert main([str(counter.folder / "loop.sealed"), "--bundle", str(counter.bundle)]) == 3
    assert main([str(folder), "--bundle", str(counter.bundle)]) == 3
    assert "no document to check" in capsys.readouterr().err
