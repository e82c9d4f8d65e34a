"""The examples of docs/integrate.md, run as they stand against a real service."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.verifier.paper import page, pdf, symbol
from tests.verifier.service.running import Running, running
from verifier.receipt_keys import new_receipt_key
from verifier.service.key_store import KeyStore

pytestmark = [
    pytest.mark.allow_hosts(["127.0.0.1"]),
    pytest.mark.filterwarnings("ignore::registry.key_files.InsecureKeyFileWarning"),
]
PAGE = Path(__file__).parents[3] / "docs" / "integrate.md"
ADDRESS = "http://127.0.0.1:8080/"
SECONDS = 240


def examples(language: str) -> list[str]:
    """The blocks of a language on the page, in their order."""
    return re.findall(
        rf"^```{language}\n(.*?)^```$", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE
    )


def objects(told: str) -> Iterator[dict[str, object]]:
    """The JSON objects that follow each other in an output."""
    decoder, at = json.JSONDecoder(), 0
    while at < len(told.rstrip()):
        one, at = decoder.raw_decode(told, at)
        yield one
        at += len(told[at:]) - len(told[at:].lstrip())


class Desk:
    """A folder with the files that the examples name, and a service that asks for a key."""

    def __init__(self, folder: Path, service: Running, secret: str) -> None:
        self.folder = folder
        self.service = service
        self.secret = secret
        counter = service.counter
        files = {
            "licence.txt": service.text.encode(),
            "licence.sealed": counter.mine,
            "licence.png": symbol(counter.mine),
            "licence.pdf": pdf(page(symbol(counter.mine))),
            "many.ndjson": f'{{"text": "{service.text}"}}\n'.encode() * 500,
            "bundle.srb": counter.bundle.read_bytes(),
            "trust-anchor.cbor": counter.anchor_file.read_bytes(),
        }
        for name, content in files.items():
            (folder / name).write_bytes(content)

    def run(self, *command: str, example: str, file: str) -> str:
        """What the example prints; it must end with 0."""
        assert ADDRESS in example or "http" not in example
        (self.folder / file).write_text(example.replace(ADDRESS, self.service.url), "utf-8")
        tools = str(Path(sys.executable).parent)
        done = subprocess.run(
            [*command, file],
            cwd=self.folder,
            env={
                **os.environ,
                "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
                "SEALROOT_KEY": self.secret,
                "PYTHONPATH": str(PAGE.parents[1]),
            },
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("integrate")
    new_receipt_key(str(folder / "receipts.key"))
    keys = folder / "keys.db"
    secret = KeyStore(keys).add("examples", per_second=1000, per_day=100_000, at=0)
    options = ("--keys", keys, "--receipt-key", folder / "receipts.key")
    with running(folder / "service", *options) as service:
        yield Desk(folder, service, secret)


def test_curl(desk: Desk) -> None:
    asking, _ = examples("bash")

    told = desk.run("bash", "-e", "-o", "pipefail", example=asking, file="ask.sh")

    assert [one["outcome"] for one in objects(told)] == ["VALID"] * 502  # text, files, 500 lines
    assert json.loads((desk.folder / "answer.json").read_text())["outcome"] == "VALID"


def test_python_and_the_receipt_it_keeps(desk: Desk) -> None:
    asking, _ = examples("python")
    _, checking = examples("bash")

    told = desk.run(sys.executable, example=asking, file="ask.py")
    checked = desk.run("bash", "-e", example=checking, file="check.sh")

    assert told.startswith("VALID []")
    assert "1000 of 1000 VALID" in told
    assert desk.service.told["receipts_signed_by"] in checked


def test_python_offline(desk: Desk) -> None:
    _, offline = examples("python")

    assert desk.run(sys.executable, example=offline, file="offline.py").startswith("VALID")


def test_javascript(desk: Desk) -> None:
    node = str(Path(sys.executable).with_name("node"))
    (asking,) = examples("javascript")

    told = desk.run(node, example=asking, file="ask.mjs")

    assert "王小明" in told
    assert told.rstrip().endswith("VALID")


def test_java(desk: Desk) -> None:
    java = shutil.which("java")
    if java is None:
        pytest.skip("no Java on this machine: `apt-get install default-jdk-headless`")
    (asking,) = examples("java")

    assert '"outcome":"VALID"' in desk.run(java, example=asking, file="Check.java")


def test_every_refusal_the_service_can_give_is_on_the_page_with_its_status() -> None:
    from verifier.service.problems import PROBLEMS  # noqa: PLC0415

    rows = [row for row in PAGE.read_text("utf-8").splitlines() if row.startswith("| `")]

    def is_told(kind: str, status: int) -> bool:
        return any(f"`{kind}`" in row and str(status) in row.split("|")[2] for row in rows)

    assert [p.kind for p in PROBLEMS if not is_told(p.kind.rpartition(":")[2], p.status)] == []
