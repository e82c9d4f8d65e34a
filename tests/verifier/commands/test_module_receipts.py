"""Receipts whose key is in a hardware module (SoftHSM), by the commands alone."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.verifier.paper import Counter
from tests.verifier.service.running import running
from verifier.client import Client
from verifier.receipt import decode_key_set, open_receipt
from verifier.verdict import Outcome

MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")
TOOL = shutil.which("softhsm2-util")
PIN = "4711-0815"
URI = f"pkcs11:token=Counter;object=receipts-2026?module-path={MODULE}"

pytestmark = [
    pytest.mark.allow_hosts(["127.0.0.1"]),
    pytest.mark.skipif(
        TOOL is None or not MODULE.is_file(),
        reason="needs SoftHSM: `apt-get install softhsm2`",
    ),
]


@pytest.fixture
def token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A token of its own, and its PIN, for every process started here."""
    (tmp_path / "tokens").mkdir()
    configuration = tmp_path / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {tmp_path / 'tokens'}\nlog.level = ERROR\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(configuration))
    monkeypatch.setenv("SEALROOT_PKCS11_PIN", PIN)
    words = ["--init-token", "--free", "--label", "Counter", "--so-pin", PIN, "--pin", PIN]
    subprocess.run([str(TOOL), *words], check=True, capture_output=True)


def command(*words: object, pin: str = PIN) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [str(Path(sys.executable).parent / "sealroot"), "verifier", *map(str, words)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, "SEALROOT_PKCS11_PIN": pin},
    )


@pytest.mark.usefixtures("token")
@pytest.mark.parametrize("workers", [1, 2])
def test_every_worker_signs_with_a_key_that_never_leaves_the_module(
    tmp_path: Path, workers: int
) -> None:
    made = command("receipt", "new-key", URI)
    written = command("receipt", "key-set", tmp_path / "service.keys", "--key", URI)
    assert (made.returncode, written.returncode) == (0, 0), made.stderr + written.stderr
    with running(tmp_path / "at", "--receipt-key", URI, "--workers", workers) as service:
        # Each on a connection of its own: whichever worker is free answers.
        answers = [
            Client(service.url).verify_text(service.text, receipt=True) for _ in range(4 * workers)
        ]
        keys = service.client().receipt_keys()

    opened = [open_receipt(answer.receipt or b"", decode_key_set(keys)) for answer in answers]

    assert {one.receipt.outcome for one in opened} == {Outcome.VALID}
    assert service.told["receipts_signed_by"] == "the key in the hardware module"
    assert [key.kid for key in decode_key_set(keys)] == [opened[0].kid]
    assert (tmp_path / "service.keys").read_bytes() == keys


@pytest.mark.usefixtures("token")
def test_a_wrong_pin_starts_no_service_and_says_so(tmp_path: Path) -> None:
    command("receipt", "new-key", URI)
    counter = Counter(tmp_path)
    given = ("--bundle", counter.bundle, "--trust-anchor", counter.anchor_file, "--port", 0)

    ended = command("serve", *given, "--receipt-key", URI, pin="0000-0000")

    assert ended.returncode != 0
    assert "PIN is wrong" in ended.stderr
