"""`sealroot verifier receipt`, as a person and as a program meet it."""

import json
from pathlib import Path

import pytest

from sealroot.commands import EXIT_FAILED, run
from tests.vectors.make_receipt_vectors import KEY, KEYS, STRANGER, World
from tests.verifier.paper import page, pdf, symbol
from verifier.receipt import decode_key_set, open_receipt, sign_receipt
from verifier.receipt_keys import receipt_signer

pytestmark = pytest.mark.filterwarnings("ignore::registry.key_files.InsecureKeyFileWarning")


class Drawer:
    """A folder with a receipt, the service's key set, and the document it is about."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.world = World()
        self.keys = self.write("service.keys", KEYS)
        self.sealed = self.write("mine.sealed", self.world.sealed)
        self.receipt = self.kept(self.world.sealed)

    def kept(self, *sealed: bytes) -> Path:
        finding = self.world.finding(*sealed)
        return self.write("x.receipt", sign_receipt(self.world.receipt(finding), KEY))

    def write(self, name: str, content: bytes) -> Path:
        path = self.folder / name
        path.write_bytes(content)
        return path

    def check(self, *options: object) -> int:
        words = ["verifier", "receipt", "check", self.receipt, "--key", self.keys, *options]
        return run([str(word) for word in words])


@pytest.fixture
def drawer(tmp_path: Path) -> Drawer:
    return Drawer(tmp_path)


def test_says_when_and_against_which_journal(
    drawer: Drawer, capsys: pytest.CaptureFixture[str]
) -> None:
    code = drawer.check("--sealed", drawer.sealed, "--json")
    told = json.loads(capsys.readouterr().out)

    assert code == 0
    assert told["about_the_document"] == "same bytes"
    assert told["checked_at"] == "2023-11-14T22:16:08Z"
    assert told["journal"]["size"] == len(drawer.world.sim.entries)
    assert told["outcome_then"] == "VALID"


@pytest.mark.parametrize(("language", "words"), [("en", "not a document"), ("zh-Hant", "不是文件")])
def test_says_first_of_all_that_it_is_no_document(
    drawer: Drawer, capsys: pytest.CaptureFixture[str], language: str, words: str
) -> None:
    drawer.check("--lang", language)

    assert words in "".join(capsys.readouterr().out.splitlines()[:2])


def test_a_picture_of_the_document_will_do(
    drawer: Drawer, capsys: pytest.CaptureFixture[str]
) -> None:
    picture = drawer.write("photo.png", symbol(drawer.world.sealed))

    assert drawer.check("--sealed", picture, "--json") == 0
    assert json.loads(capsys.readouterr().out)["about_the_document"] == "same bytes"


def test_a_receipt_about_another_document_ends_with_1(
    drawer: Drawer, capsys: pytest.CaptureFixture[str]
) -> None:
    other = drawer.write("other.sealed", drawer.world.other)

    assert drawer.check("--sealed", other, "--lang", "en") == 1
    assert "ANOTHER DOCUMENT" in capsys.readouterr().out


def test_a_document_with_a_second_credential_is_another_one(
    drawer: Drawer, capsys: pytest.CaptureFixture[str]
) -> None:
    both = page(symbol(drawer.world.sealed), symbol(drawer.world.other))
    held = drawer.write("both.pdf", pdf(both))

    assert drawer.check("--sealed", held, "--json") == 1
    assert json.loads(capsys.readouterr().out)["about_the_document"] == "another document"


def test_the_same_credential_in_another_packing_is_told_apart(
    drawer: Drawer, capsys: pytest.CaptureFixture[str]
) -> None:
    spoilt = drawer.world.sealed[:-1] + bytes((drawer.world.sealed[-1] ^ 1,))
    drawer.receipt = drawer.kept(spoilt)

    code = drawer.check("--sealed", drawer.sealed, "--json")
    told = json.loads(capsys.readouterr().out)

    assert (code, told["outcome_then"]) == (1, "INVALID")
    assert told["about_the_document"] == "same credential, other packing"


def test_a_receipt_about_bytes_without_an_entry_is_about_no_document(
    drawer: Drawer, capsys: pytest.CaptureFixture[str]
) -> None:
    cut = drawer.write("cut.sealed", drawer.world.sealed[:-1])
    drawer.receipt = drawer.kept(cut.read_bytes())

    assert drawer.check("--sealed", cut, "--json") == 1
    assert json.loads(capsys.readouterr().out)["about_the_document"] == "another document"


def test_an_altered_receipt_ends_with_1(drawer: Drawer, capsys: pytest.CaptureFixture[str]) -> None:
    genuine = drawer.receipt.read_bytes()
    drawer.receipt.write_bytes(genuine[:-1] + bytes((genuine[-1] ^ 1,)))

    assert drawer.check("--json") == 1
    assert json.loads(capsys.readouterr().out)["receipt"] == "not_genuine"


def test_a_receipt_by_an_unknown_service_ends_with_2(
    drawer: Drawer, capsys: pytest.CaptureFixture[str]
) -> None:
    receipt = drawer.world.receipt(drawer.world.finding(drawer.world.sealed))
    drawer.receipt.write_bytes(sign_receipt(receipt, STRANGER))

    assert drawer.check() == 2
    assert "What to do:" in capsys.readouterr().out


def test_a_document_is_no_receipt(drawer: Drawer, capsys: pytest.CaptureFixture[str]) -> None:
    drawer.receipt = drawer.sealed

    assert drawer.check("--json") == 1
    assert json.loads(capsys.readouterr().out)["receipt"] == "malformed"


@pytest.mark.parametrize("missing", ["receipt", "keys"])
def test_a_file_that_is_not_there_is_told_in_three_sentences(
    drawer: Drawer, capsys: pytest.CaptureFixture[str], missing: str
) -> None:
    setattr(drawer, missing, drawer.folder / "nowhere")

    assert drawer.check() == EXIT_FAILED
    assert "What it means:" in capsys.readouterr().err


def test_a_private_key_is_no_key_set(drawer: Drawer, capsys: pytest.CaptureFixture[str]) -> None:
    key = drawer.folder / "service.key"
    run(["verifier", "receipt", "new-key", str(key)])
    drawer.keys = key

    assert drawer.check() == EXIT_FAILED
    assert "/receipt-key" in capsys.readouterr().err


def test_a_new_key_signs_and_its_key_set_checks(drawer: Drawer) -> None:
    key, keys = drawer.folder / "service.key", drawer.folder / "new.keys"

    assert run(["verifier", "receipt", "new-key", str(key)]) == 0
    assert run(["verifier", "receipt", "key-set", str(keys), "--key", str(key)]) == 0

    signed = sign_receipt(
        drawer.world.receipt(drawer.world.finding(drawer.world.sealed)), receipt_signer(str(key))
    )
    assert key.stat().st_mode & 0o777 == 0o600
    assert open_receipt(signed, decode_key_set(keys.read_bytes())).receipt.checked_at
