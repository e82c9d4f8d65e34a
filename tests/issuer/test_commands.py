"""The commands as a person or a program meets them: what is printed, and the exit code."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

from issuer.cli import issuer_app
from issuer.commands import counter, pipeline, queue, setup, statuses
from issuer.commands.session import Session
from issuer.office import Office
from issuer.ports import ReportProgress
from registry.key_files import InsecureKeyFileWarning
from registry.payloads import KeyEnded
from tests.issuer.file_chain import FileChain
from tests.issuer.office_bench import found_office, open_office, write_business_csv

Run = Callable[..., Result]

EXIT_DONE, EXIT_REFUSED, EXIT_WAITING, EXIT_USAGE, EXIT_FOREIGN, EXIT_DAMAGED = range(6)


@pytest.fixture
def chain(tmp_path: Path) -> FileChain:
    return found_office(tmp_path)[1]


@pytest.fixture
def run(tmp_path: Path, chain: FileChain) -> Run:
    """Run one command in a process of its own; return what it printed and its exit code."""
    app = typer.Typer()
    for part in (setup.app, pipeline.app, queue.app, counter.app, statuses.app):
        app.registered_commands += part.registered_commands

    @contextmanager
    def opened(_home: Path, _report: ReportProgress) -> Iterator[Office]:
        office, own_chain = open_office(tmp_path)
        own_chain.is_away = chain.is_away
        yield office
        office.database.close()

    @app.callback()
    def begin(ctx: typer.Context) -> None:
        ctx.obj = Session(tmp_path, lambda: int(time.time()), opened, lambda *_: {"made": True})

    (tmp_path / "issuer.json").write_text(
        json.dumps(
            {
                "agency": "A15030000C",
                "batch_key": "batch.key",
                "anchor_account": "anchor.json",
                "registry": "registry",
            }
        )
    )
    return lambda *words, **more: CliRunner().invoke(app, [str(word) for word in words], **more)


@pytest.fixture
def records(tmp_path: Path) -> Path:
    return write_business_csv(tmp_path / "records.csv", 3)


def issue_words(tmp_path: Path, records: Path, *more: object) -> tuple[object, ...]:
    return (
        "issue",
        records,
        "--type",
        "business-registration",
        "--out",
        tmp_path / "out",
        "--files",
        "png",
        *more,
    )


def issued_numbers(run: Run, tmp_path: Path, records: Path) -> list[str]:
    done = run(*issue_words(tmp_path, records, "--json"))
    assert done.exit_code == EXIT_DONE, done.output
    return json.loads(done.stdout)["numbers"]


def test_issuing_tells_where_the_documents_are(run: Run, tmp_path: Path, records: Path) -> None:
    done = run(*issue_words(tmp_path, records))

    assert done.exit_code == EXIT_DONE
    assert "3 released" in done.stdout
    assert str(tmp_path / "out") in done.stdout


def test_issuing_as_json_is_one_object_with_the_numbers(
    run: Run, tmp_path: Path, records: Path
) -> None:
    done = run(*issue_words(tmp_path, records, "--json"))

    told = json.loads(done.stdout)
    assert told["ending"] == "done"
    assert told["counts"] == {"released": 3}
    assert {f"{number}.sealed" for number in told["numbers"]} <= {
        path.name for path in (tmp_path / "out").iterdir()
    }


def test_the_same_file_again_says_that_nothing_was_issued_twice(
    run: Run, tmp_path: Path, records: Path
) -> None:
    numbers = issued_numbers(run, tmp_path, records)

    again = run(*issue_words(tmp_path, records))

    assert again.exit_code == EXIT_DONE
    assert "nothing was issued twice" in again.stdout
    assert issued_numbers(run, tmp_path, records) == numbers


def test_bad_rows_are_refused_with_row_column_and_reason(
    run: Run, tmp_path: Path, records: Path
) -> None:
    lines = records.read_text(encoding="utf-8").splitlines()
    records.write_text("\n".join([lines[0], "1" + lines[1], *lines[2:]]), encoding="utf-8")

    done = run(*issue_words(tmp_path, records))

    assert done.exit_code == EXIT_REFUSED
    assert "row 2, unified_business_no" in done.stderr
    assert not (tmp_path / "out").exists()


def test_bad_rows_as_json_are_a_list_of_problems(run: Run, tmp_path: Path, records: Path) -> None:
    lines = records.read_text(encoding="utf-8").splitlines()
    records.write_text("\n".join([lines[0], "1" + lines[1], *lines[2:]]), encoding="utf-8")

    told = json.loads(run(*issue_words(tmp_path, records, "--json")).stdout)

    assert (told["error"], told["exit_code"]) == ("InputError", EXIT_REFUSED)
    assert [(p["row"], p["column"]) for p in told["problems"]] == [(2, "unified_business_no")]


def test_a_chain_that_is_away_leaves_documents_waiting_and_the_exit_code_says_so(
    run: Run, tmp_path: Path, chain: FileChain, records: Path
) -> None:
    issued_numbers(run, tmp_path, records)
    write_business_csv(records, 4)
    chain.is_away = True

    done = run(*issue_words(tmp_path, records))

    assert done.exit_code == EXIT_WAITING
    assert "nothing is lost" in done.stderr
    assert "sealroot issuer run" in done.stderr
    assert run("queue").exit_code == EXIT_DONE
    assert "documents of job 2" in run("queue", "--json").stdout
    assert run("run").exit_code == EXIT_WAITING

    chain.is_away = False
    carried_on = run("run", "--json")
    assert carried_on.exit_code == EXIT_DONE
    assert json.loads(carried_on.stdout)["waiting"] == []


def test_a_chain_that_forgot_everything_is_named_by_every_command_that_needs_it(
    run: Run, tmp_path: Path, chain: FileChain, records: Path
) -> None:
    number = issued_numbers(run, tmp_path, records)[0]
    chain.path.unlink()

    for words in (
        issue_words(tmp_path, records),
        ("run",),
        ("continue",),
        ("doctor",),
        ("revoke", number, "--reason", "fraud"),
    ):
        done = run(*words)
        assert done.exit_code == EXIT_FOREIGN, words
        assert "sealroot issuer init" in done.stderr


def test_a_document_is_found_and_shown_with_its_anchor(
    run: Run, tmp_path: Path, records: Path
) -> None:
    number = issued_numbers(run, tmp_path, records)[0]

    shown = json.loads(run("show", number, "--json").stdout)

    assert (shown["status"], shown["state"], shown["batch_state"]) == (
        "valid",
        "released",
        "anchored",
    )
    assert shown["anchor_number"] == 1
    assert number in run("show", number).stdout
    assert number in run("list", "--json", "--number", number[-4:]).stdout
    assert run("list").exit_code == EXIT_DONE


def test_a_status_goes_from_suspended_to_valid_to_revoked(
    run: Run, tmp_path: Path, records: Path
) -> None:
    number, other, *_ = issued_numbers(run, tmp_path, records)

    endings = [
        run("suspend", number, "--reason", "other").exit_code,
        run("resume", number).exit_code,
        run("revoke", number, "--reason", "death", "--effective", "2030-01-01").exit_code,
        run("supersede", number, "--by", other, "--json").exit_code,
        run("revoke", number, "--reason", "death").exit_code,
        run("resume", number).exit_code,
    ]

    assert endings == [EXIT_DONE, EXIT_DONE, EXIT_REFUSED, EXIT_DONE, EXIT_REFUSED, EXIT_REFUSED]
    shown = json.loads(run("show", number, "--json").stdout)
    assert shown["status"] == "revoked"
    assert [change["action"] for change in shown["status_changes"]] == [
        "suspend",
        "resume",
        "supersede",
    ]


def test_a_change_that_could_not_be_published_says_that_verifiers_do_not_know_it_yet(
    run: Run, tmp_path: Path, chain: FileChain, records: Path
) -> None:
    number = issued_numbers(run, tmp_path, records)[0]
    chain.is_away = True

    done = run("revoke", number, "--reason", "fraud")

    assert done.exit_code == EXIT_WAITING
    assert "verifiers do not know it yet" in done.stderr


def test_an_office_in_order_passes_its_examination(run: Run, tmp_path: Path, records: Path) -> None:
    issued_numbers(run, tmp_path, records)

    assert run("doctor").exit_code == EXIT_DONE
    assert all(one["is_well"] for one in json.loads(run("doctor", "--json").stdout)["findings"])


def test_an_office_that_cannot_issue_fails_its_examination(
    run: Run, tmp_path: Path, chain: FileChain, records: Path
) -> None:
    issued_numbers(run, tmp_path, records)
    with open_office(tmp_path)[0].database.reading() as repository:
        kid = repository.batches.all()[0].kid
    chain.append(KeyEnded(kid))

    done = run("doctor")

    assert done.exit_code == EXIT_USAGE
    assert "NOT OK" in done.stdout


def test_a_new_key_is_made_once_and_prints_what_the_council_registers(
    run: Run, tmp_path: Path
) -> None:
    with pytest.warns(InsecureKeyFileWarning):
        made = run("new-key", tmp_path / "new.key", "--json")

    told = json.loads(made.stdout.splitlines()[-1])
    assert made.exit_code == EXIT_DONE
    assert bytes.fromhex(told["cose_key"])
    assert run("new-key", tmp_path / "new.key").exit_code == EXIT_USAGE
    assert run("new-key", tmp_path / "x.key", "--alg", "rsa").exit_code == EXIT_REFUSED


def test_migrating_says_that_it_is_done(run: Run) -> None:
    assert run("migrate").exit_code == EXIT_DONE
    assert json.loads(run("migrate", "--json").stdout) == {"migrated": True}


def test_init_hands_over_what_was_given(run: Run) -> None:
    words = ["--agency", "A1", "--batch-key", "k", "--anchor-account", "a", "--registry", "r"]

    assert json.loads(run("init", *words, "--json").stdout) == {"made": True}
    assert run("init", *words).exit_code == EXIT_DONE


@pytest.mark.parametrize(
    "words",
    [
        ("issue",),
        ("issue", "x.csv"),
        ("revoke", "A-1-000001"),
        ("revoke", "A-1-000001", "--reason", "because"),
        ("nonsense",),
        ("list", "--limit", "0"),
        ("show",),
    ],
)
def test_wrong_usage_ends_with_a_code_of_its_own(run: Run, words: object) -> None:
    assert run(*words).exit_code in (EXIT_USAGE, 2)
    assert run(*words).exit_code == EXIT_USAGE or words == ("nonsense",)


def test_a_date_that_is_none_is_refused(run: Run, tmp_path: Path, records: Path) -> None:
    number = issued_numbers(run, tmp_path, records)[0]

    done = run("revoke", number, "--reason", "fraud", "--effective", "yesterday")

    assert done.exit_code == EXIT_REFUSED


def test_files_of_an_unknown_kind_are_refused(run: Run, tmp_path: Path, records: Path) -> None:
    assert run(*issue_words(tmp_path, records), "--files", "docx").exit_code == EXIT_REFUSED


def test_a_number_nobody_knows_is_refused(run: Run) -> None:
    assert run("show", "A15030000C-1-000001").exit_code == EXIT_REFUSED


def test_without_an_office_the_real_command_says_how_to_make_one(tmp_path: Path) -> None:
    done = CliRunner().invoke(issuer_app, ["--home", str(tmp_path / "none"), "queue"])

    assert done.exit_code == EXIT_USAGE
    assert "sealroot issuer init" in done.stderr


def test_help_names_every_command() -> None:
    done = CliRunner().invoke(issuer_app, ["--help"])

    words = "init issue run queue list show revoke suspend resume supersede doctor migrate new-key"
    assert all(word in done.stdout for word in words.split())


def test_a_counter_hands_over_each_line_and_goes_on_after_a_bad_one(
    run: Run, tmp_path: Path, records: Path
) -> None:
    header, first, second, _ = records.read_text("utf-8").splitlines()
    lines = [header, first, second.replace(second[:8], "12345678"), "", first, second]

    words = ("counter", "--type", "business-registration", "--out", tmp_path / "out", "--json")
    result = run(*words, input="\n".join(lines) + "\n")

    told = [json.loads(line) for line in result.stdout.splitlines()]
    assert [one.get("ending", "refused") for one in told] == ["done", "refused", "done", "done"]
    assert [one.get("was_known") for one in told] == [False, None, True, False]
    assert told[1]["problems"]
    assert len(list((tmp_path / "out").glob("*.pdf"))) == 2
