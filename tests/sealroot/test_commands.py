"""The command line as a person or a program meets it: exit codes, three sentences, and JSON."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from registry.local_chain import running_local_chain
from sealroot.commands import EXIT_FAILED, EXIT_USAGE, run
from sealroot.failure_words import words_for

CHAIN = [
    pytest.mark.chain,
    pytest.mark.allow_hosts(["127.0.0.1"]),
    pytest.mark.filterwarnings("ignore::registry.account_files.InsecureAccountFileWarning"),
    pytest.mark.filterwarnings("ignore::registry.key_files.InsecureKeyFileWarning"),
]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A registry with an office, made by the commands themselves."""
    folder = tmp_path_factory.mktemp("home")
    with running_local_chain(folder):
        for line in (
            "deploy",
            "algorithm set es256 start",
            "agency register MOI --name-zh 內政部 --name-en Interior",
            "agency register OFFICE --name-zh 戶政 --name-en Office",
            "type register driver-licence",
            "accredit grant MOI 2 --depth 1",
            "accredit delegate 1 OFFICE",
            "key new batch",
            "key new one",
            "key new two --alg ed25519",
            "key add OFFICE batch",
            "checkpoint signers --key one --key two --threshold 2",
        ):
            words = line.split()
            assert run(["registry", *words, "--home", str(folder), "--json"]) == 0, line
        yield folder


def answer(capsys: pytest.CaptureFixture[str], home: Path, *words: str) -> Any:  # noqa: ANN401 - whatever JSON holds
    capsys.readouterr()
    assert run(["registry", *words, "--home", str(home), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


class TestOnAChain:
    pytestmark = CHAIN

    @pytest.mark.parametrize(
        ("words", "rows"),
        [
            ("agency list", 2),
            ("key list", 1),
            ("key list MOI", 0),
            ("accredit list", 2),
            ("type list", 1),
            ("status list", 0),
            ("algorithm list", 1),
            ("journal show --last 3", 3),
            ("council show", 7),
        ],
    )
    def test_lists_are_json_for_programs(
        self, capsys: pytest.CaptureFixture[str], home: Path, words: str, rows: int
    ) -> None:
        assert len(answer(capsys, home, *words.split())) == rows

    @pytest.mark.parametrize("words", ["agency list", "key list", "status list", "show"])
    def test_lists_are_tables_for_people(
        self, capsys: pytest.CaptureFixture[str], home: Path, words: str
    ) -> None:
        capsys.readouterr()

        assert run(["registry", *words.split(), "--home", str(home)]) == 0

        told = capsys.readouterr().out
        assert told.strip()
        assert not told.startswith(("[", "{"))

    def test_registry_is_shown_with_its_council(
        self, capsys: pytest.CaptureFixture[str], home: Path
    ) -> None:
        shown = answer(capsys, home, "show")

        assert (shown["council_threshold"], len(shown["council_members"])) == (2, 3)
        assert shown["journal_size"] == shown["finalized_size"]

    def test_checkpoint_bundle_and_anchor_open_as_a_verifier_opens_them(
        self, capsys: pytest.CaptureFixture[str], home: Path, tmp_path: Path
    ) -> None:
        digest = answer(capsys, home, "trust-anchor", "write")["digest"]
        statement = answer(capsys, home, "checkpoint", "create")["file"]
        signed = answer(
            capsys, home, "checkpoint", "sign", statement, "--key", "one", "--key", "two"
        )
        run(["registry", "checkpoint", "assemble", statement])
        bundle = tmp_path / "lite.bundle"
        answer(capsys, home, "bundle", "make", "--lite", "--out", str(bundle))
        anchor = str(home / "trust-anchor.cbor")
        capsys.readouterr()

        code = run(["registry", "bundle", "show", str(bundle), "--trust-anchor", anchor, "--json"])

        shown = json.loads(capsys.readouterr().out)
        assert code == 0
        assert len(signed["files"]) == 2
        assert (shown["kind"], shown["evidence_strength"]) == ("lite", 2)
        assert digest.count("-") == 5

    def test_journal_copy_is_checked_against_chain_and_bundle(
        self, capsys: pytest.CaptureFixture[str], home: Path, tmp_path: Path
    ) -> None:
        copy, bundle = tmp_path / "journal.bin", tmp_path / "full.bundle"
        answer(capsys, home, "journal", "export", str(copy))
        answer(capsys, home, "bundle", "make", "--out", str(bundle))

        genuine = answer(capsys, home, "journal", "check", str(copy))
        from_bundle = answer(capsys, home, "journal", "check", str(copy), "--against", str(bundle))
        *whole, last = copy.read_bytes()
        copy.write_bytes(bytes([*whole, last ^ 1]))
        capsys.readouterr()
        code = run(["registry", "journal", "check", str(copy), "--home", str(home), "--json"])
        tampered = json.loads(capsys.readouterr().out)

        assert genuine["result"] == from_bundle["result"] == "genuine"
        assert code == 1
        assert (tampered["fault"], tampered["entry"]) == ("changed", genuine["entries"] - 1)

    def test_refusal_is_told_in_three_sentences(
        self, capsys: pytest.CaptureFixture[str], home: Path
    ) -> None:
        capsys.readouterr()

        code = run(["registry", "agency", "suspend", "NOBODY", "--home", str(home)])

        told = capsys.readouterr().err
        assert code == EXIT_FAILED
        assert "no agency NOBODY is registered" in told
        assert "What it means:" in told
        assert "What to do:" in told

    def test_deploying_again_says_it_is_done(
        self, capsys: pytest.CaptureFixture[str], home: Path
    ) -> None:
        capsys.readouterr()

        assert run(["registry", "deploy", "--home", str(home)]) == 0

        assert "was deployed before" in capsys.readouterr().out


@pytest.mark.parametrize(
    "words",
    [
        ["registry", "nosuch"],
        ["registry", "agency", "register", "lower case", "--name-zh", "x", "--name-en", "y"],
        ["registry", "agency", "register", "A", "--name-zh", "", "--name-en", "y"],
        ["registry", "key", "end", "12"],
        ["registry", "journal", "check", "no-such-file"],
        ["registry", "key", "new", "x", "--alg", "rsa"],
        ["nosuch"],
    ],
)
def test_wrong_usage_ends_with_three(tmp_path: Path, words: list[str]) -> None:
    rest = [] if words[0] != "registry" or words[1] == "nosuch" else ["--home", str(tmp_path)]

    assert run([*words, *rest]) == EXIT_USAGE


def test_folder_without_a_registry_is_said_with_a_way_out(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert run(["registry", "show", "--home", str(tmp_path)]) == EXIT_FAILED

    assert "sealroot registry deploy" in capsys.readouterr().err


def test_help_names_every_part(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0

    told = capsys.readouterr().out
    assert all(part in told for part in ("registry", "issuer", "verify", "demo"))


def test_error_without_words_of_its_own_gets_those_of_its_class() -> None:
    means, way_out = words_for(OSError("disk full"))

    assert means
    assert "free space" in way_out


def test_verifying_starts_without_the_chain_client() -> None:
    import subprocess  # noqa: PLC0415 - only this test needs a process of its own

    script = (
        "import sys; from sealroot.commands import build_app; build_app(['verify']);"
        "sys.exit('web3' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
