"""The calendar of algorithms through thirteen years, and the page that tells it."""

import json
from pathlib import Path

import pytest

from credential.keys import ALG_MLDSA44
from sealroot.commands import run
from sealroot.demo.thirteen_years import (
    ANCHORED,
    BARE,
    CLASSICAL_ONLY,
    DANGER,
    LATE,
    LEFT,
    NEVER_HANDED_ON,
    REWRITTEN,
    SMALL,
    SUCCESSOR,
    WARNED,
    LongKeys,
    Row,
    table,
    thirteen_years,
)
from tests.simulated_keys import SimulatedKey

PAGE = Path(__file__).resolve().parents[2] / "docs" / "thirteen-years.md"


def lattice(name: str) -> SimulatedKey:
    return SimulatedKey(name, ALG_MLDSA44)


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    keys = LongKeys(
        SimulatedKey("office 2026"),
        lattice("office 2033"),
        (SimulatedKey("signer 1"), SimulatedKey("signer 2")),
        (lattice("signer 3"), lattice("signer 4")),
        (lattice("later 1"), lattice("later 2"), lattice("later 3")),
    )
    return thirteen_years(keys)


def last(rows: list[Row], what: object) -> Row:
    return [row for row in rows if row.what == what][-1]


def test_page_holds_the_table_that_the_program_gives(rows: list[Row]) -> None:
    page = PAGE.read_text("utf-8").splitlines()
    head, *_ = expected = table(rows, "en")
    start = page.index(head)

    assert page[start : start + len(expected) + 1] == [*expected, ""]


def test_certificate_anchored_in_2026_is_valid_in_2039_by_hashes_alone(rows: list[Row]) -> None:
    for what in (ANCHORED, BARE, SMALL):
        row = last(rows, what)
        assert (row.day, row.outcome) == ("2039-11-23", "VALID")
        assert row.reason == "proof.anchored, key.safe"


@pytest.mark.parametrize("what", [LEFT, LATE])
def test_es256_counts_no_more_after_the_stop_unless_anchored_before(
    rows: list[Row], what: object
) -> None:
    row = last(rows, what)

    assert (row.outcome, row.reason) == ("INVALID", "key.algorithm_stopped")


@pytest.mark.parametrize(
    ("what", "because"),
    [
        (CLASSICAL_ONLY, "0 signatures of the post-quantum"),
        (REWRITTEN, "0 signatures of the post-quantum"),
        (NEVER_HANDED_ON, "without algorithms that the journal has stopped"),
    ],
)
def test_checkpoint_with_es256_signatures_alone_is_not_believed(
    rows: list[Row], what: object, because: str
) -> None:
    row = last(rows, what)

    assert (row.outcome, row.reason) == ("INDETERMINATE", "trust.malformed")
    assert because in row.note


def test_rewritten_journal_differs_from_the_dangerous_one_only_by_the_co_signers(
    rows: list[Row],
) -> None:
    assert last(rows, DANGER).outcome == "VALID"
    assert last(rows, REWRITTEN).outcome == "INDETERMINATE"


def test_warning_is_mentioned_and_the_next_algorithm_takes_over(rows: list[Row]) -> None:
    assert last(rows, WARNED).reason == "proof.anchored, key.algorithm_warned"
    assert {row.outcome for row in rows if row.what == SUCCESSOR} == {"VALID"}


def test_command_shows_the_same_verdicts_with_keys_of_its_own(
    rows: list[Row], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["demo", "thirteen-years", "--json"]) == 0

    shown = json.loads(capsys.readouterr().out)
    assert [(one["day"], one["outcome"], one["reason"]) for one in shown] == [
        (row.day, row.outcome, row.reason) for row in rows
    ]
    assert shown[0]["what"]["zh-Hant"].startswith("2026 年")
