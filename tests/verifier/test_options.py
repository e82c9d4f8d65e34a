from datetime import UTC, datetime
from pathlib import Path

import pytest

from verifier.errors import PolicyError
from verifier.options import overridden, parse_age, parse_time, read_policy
from verifier.policy import DEFAULT_POLICY, STRICT_POLICY, Policy

NOON = int(datetime(2026, 11, 23, 12, tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    "text",
    [
        str(NOON),
        "2026-11-23T12:00:00Z",
        "2026-11-23T20:00:00+08:00",
        "2026-11-23T12:00:00",
        "2026-11-23 12:00",
    ],
)
def test_a_time_is_unix_seconds_or_iso_8601_and_utc_without_an_offset(text: str) -> None:
    assert parse_time(text) == NOON


@pytest.mark.parametrize("text", ["", "now", "-5", "1969-12-31", "٢٠٢٦-11-23", "1e9", " 5"])
def test_anything_else_is_no_time(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_time(text)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("0", 0), ("90", 90), ("90s", 90), ("5m", 300), ("72h", 259_200), ("7d", 604_800)],
)
def test_an_age_may_have_a_unit(text: str, seconds: int) -> None:
    assert parse_age(text) == seconds


@pytest.mark.parametrize("text", ["", "-1", "1w", "7 d", "1.5h", "٧d"])
def test_anything_else_is_no_age(text: str) -> None:
    with pytest.raises(ValueError, match="is not an age"):
        parse_age(text)


def test_policies_have_names() -> None:
    assert read_policy("default") == DEFAULT_POLICY
    assert read_policy("strict") == STRICT_POLICY
    assert STRICT_POLICY.require_anchor


def test_a_policy_file_sets_what_it_names_and_leaves_the_rest(tmp_path: Path) -> None:
    file = tmp_path / "policy.toml"
    file.write_text("max_trust_age = 3600\nrequire_anchor = true\n")

    assert read_policy(str(file)) == Policy(max_trust_age=3600, require_anchor=True)


@pytest.mark.parametrize(
    "content",
    [
        *["max_trust_age = -1", "max_trust_age = 1.5", "max_trust_age = true", "min_evidence = 4"],
        *["require_anchor = 1", "max_trust_agee = 5", "not toml", "min_evidence = 1\n" * 2],
    ],
)
def test_a_policy_file_with_a_fault_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "policy.toml"
    file.write_text(content)

    with pytest.raises(PolicyError):
        read_policy(str(file))


def test_a_policy_that_is_nowhere_is_refused() -> None:
    with pytest.raises(PolicyError, match="neither a policy"):
        read_policy("stricter")


def test_only_settings_that_were_given_replace_those_of_the_policy() -> None:
    assert overridden(STRICT_POLICY, {"min_evidence": 3, "max_trust_age": None}).min_evidence == 3
    assert overridden(STRICT_POLICY, {"max_trust_age": None}) == STRICT_POLICY
