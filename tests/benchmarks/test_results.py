import json
from io import StringIO

from rich.console import Console

from benchmarks.results import TARGETS, Target, print_results, results_text, written

_ORDER = [
    "verify_over_p256",
    "verify_over_claim169",
    "batch_verify_per_s",
    "signature_path_over_p256",
    "seal_per_s",
    "seal_cost_growth",
    "seal_bytes_per_credential",
    "qr_version_single",
    "qr_version_4096",
    "qr_draw_ms",
    "pdf_pages_per_s",
    "folder_pdfs_per_s",
    "image_to_verdict_ms",
    "anchor_gas",
    "replay_100k_s",
    "lite_bundle_kb",
    "lite_bundle_load_ms",
]


def _at_the_limits() -> dict[str, float]:
    return {target.key: target.limit for target in TARGETS}


def _printed(values: dict[str, float]) -> tuple[bool, str]:
    console = Console(file=StringIO(), width=140)
    met = print_results(console, values)
    assert isinstance(console.file, StringIO)
    return met, console.file.getvalue()


def test_a_time_may_be_as_long_as_its_limit_and_no_longer() -> None:
    target = Target("qr_draw_ms", 3.0, "ms")

    assert target.met(3.0)
    assert not target.met(3.01)


def test_a_rate_may_be_as_low_as_its_limit_and_no_lower() -> None:
    target = Target("seal_per_s", 50_000, "credentials/s", at_least=True)

    assert target.met(50_000)
    assert not target.met(49_999)


def test_results_have_every_key_in_the_agreed_order() -> None:
    values = _at_the_limits()

    found = json.loads(results_text(dict(reversed(values.items())), {"machine": "any"}))

    assert list(found)[: len(_ORDER)] == _ORDER
    assert found["missed"] == []
    assert found["details"] == {"machine": "any"}


def test_a_missed_target_is_named_in_the_results() -> None:
    values = _at_the_limits() | {"seal_per_s": 1.0, "anchor_gas": 75_001}

    found = json.loads(results_text(values, {}))

    assert found["missed"] == ["seal_per_s", "anchor_gas"]


def test_the_table_marks_what_was_missed() -> None:
    met, text = _printed({"anchor_gas": 80_000, "qr_draw_ms": 1.25})

    assert not met
    assert "MISSED" in next(line for line in text.splitlines() if "anchor_gas" in line)
    assert "met" in next(line for line in text.splitlines() if "qr_draw_ms" in line)
    assert "seal_per_s" not in text


def test_values_are_written_with_the_digits_they_are_worth() -> None:
    assert [written(value) for value in (0.45678, 14, 123_456.7)] == ["0.457", "14", "123,457"]
