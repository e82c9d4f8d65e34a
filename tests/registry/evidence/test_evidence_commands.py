"""`sealroot registry evidence check`: in words and in JSON, from files alone."""

import json
from pathlib import Path

import pytest

from registry.bundle import make_full_bundle
from registry.evidence.file import decode_chain_evidence
from registry.journal import read_journal_file
from registry.trust_data import Documents
from sealroot.commands import EXIT_FAILED, run

VECTORS = Path(__file__).parents[2] / "vectors" / "evidence"


def files(folder: Path, name: str) -> tuple[str, str, str]:
    """The evidence, a bundle with it, and the trust anchor of a vector."""
    vector = json.loads((VECTORS / f"{name}.json").read_text("utf-8"))
    evidence = bytes.fromhex(vector["evidence"])
    bundle = make_full_bundle(
        read_journal_file(bytes.fromhex(vector["journal"])),
        Documents(),
        made_at=0,
        chain=decode_chain_evidence(evidence),
    )
    contents = {
        "evidence.cbor": evidence,
        "bundle.srb": bundle,
        "anchor.cbor": bytes.fromhex(vector["trust_anchor"]),
    }
    for file, content in contents.items():
        (folder / file).write_bytes(content)
    first, second, third = (str(folder / file) for file in contents)
    return first, second, third


def check(file: str, anchor: str, *more: str) -> int:
    return run(["registry", "evidence", "check", file, "--trust-anchor", anchor, *more])


def test_a_bundle_is_told_of_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, bundle, anchor = files(tmp_path, "qbft_removed")

    assert check(bundle, anchor, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert "following their votes to the 4 in force, 3 of 4 validators sealed" in told["proves"]
    assert "journal entries in the bundle give exactly this head" in told["proves"]
    assert (told["engine"], len(told["sealed_by"]), told["journal_size"]) == ("qbft", 3, 3)


def test_evidence_alone_is_told_of_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    evidence, _, anchor = files(tmp_path, "clique_four")

    assert check(evidence, anchor) == 0
    assert "signers built on block" in " ".join(capsys.readouterr().out.split())


def test_bad_evidence_says_what_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    evidence, bundle, anchor = files(tmp_path, "qbft_two_of_four_seals_fail")

    for file in (evidence, bundle):
        assert check(file, anchor) == EXIT_FAILED
        assert "2 seals; 3 to 4 of 4 validators must seal it" in capsys.readouterr().err


def test_a_file_that_is_neither_is_our_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, _, anchor = files(tmp_path, "qbft_four")

    assert check(anchor, anchor) == EXIT_FAILED
    assert "no chain evidence" in capsys.readouterr().err
