"""An office whose batch key is in a hardware module (SoftHSM), by the commands alone."""

import json
import os
import shutil
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from registry.local_chain import running_local_chain
from tests.issuer.office_bench import write_business_csv
from tests.issuer.test_real_chain import AGENCY, found_registry

MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")
TOOL = shutil.which("softhsm2-util")
PIN = "4711-0815"
URI = f"pkcs11:token=Office;object=batch-2026?module-path={MODULE}"

pytestmark = [
    pytest.mark.chain,
    pytest.mark.allow_hosts(["127.0.0.1"]),
    pytest.mark.filterwarnings("ignore::UserWarning"),
    pytest.mark.skipif(
        TOOL is None or not MODULE.is_file(),
        reason="needs SoftHSM: `apt-get install softhsm2`",
    ),
]


class Ended(NamedTuple):
    """How a command ended."""

    code: int
    told: Any
    words: str


Run = Callable[..., Ended]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run `sealroot` with a token of its own."""
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    configuration = folder / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {folder / 'tokens'}\nlog.level = ERROR\n")
    given = {**os.environ, "SOFTHSM2_CONF": str(configuration)}
    init = [str(TOOL), "--init-token", "--free", "--label", "Office", "--so-pin", PIN, "--pin", PIN]
    subprocess.run(init, check=True, capture_output=True, env=given)

    def run(*words: object, pin: str = PIN) -> Ended:
        done = subprocess.run(
            [str(Path(sys.executable).parent / "sealroot"), *map(str, words), "--json"],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            env={**given, "SEALROOT_PKCS11_PIN": pin},
        )
        return Ended(
            done.returncode, json.loads(done.stdout) if done.stdout.strip() else {}, done.stderr
        )

    return run


@pytest.fixture(scope="module")
def office(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An office founded with a key in the module; the council has added its public half."""
    folder = tmp_path_factory.mktemp("office")
    with (
        warnings.catch_warnings(),
        running_local_chain(tmp_path_factory.mktemp("chain")) as chain,
    ):
        warnings.simplefilter("ignore", UserWarning)
        registry = found_registry(tmp_path_factory.mktemp("registry"), chain.url)
        home = ("--home", registry.path)
        for words in (
            ("registry", "key", "new", URI, *home),
            ("registry", "key", "add", AGENCY, URI, *home),
            (
                *("issuer", "--home", folder, "init", "--agency", AGENCY, "--batch-key", URI),
                *("--registry", registry.path, "--anchor-account"),
                next(registry.accounts.glob(f"{AGENCY}-anchor*")),
            ),
        ):
            ended = run(*words)
            assert ended.code == 0, ended.words
        yield folder


def test_office_issues_with_a_key_that_never_leaves_the_module(
    run: Run, office: Path, tmp_path: Path
) -> None:
    rows = write_business_csv(tmp_path / "rows.csv", 3)

    ended = run(
        *("issuer", "--home", office, "issue", "--type", "business-registration"),
        *(rows, "--out", tmp_path / "out"),
    )

    assert ended.code == 0, ended.words
    assert len(list((tmp_path / "out").rglob("*.sealed"))) == 3
    assert "unencrypted signing key" not in ended.words


def test_wrong_pin_issues_nothing_and_says_so(run: Run, office: Path, tmp_path: Path) -> None:
    rows = write_business_csv(tmp_path / "rows.csv", 2)

    ended = run(
        *("issuer", "--home", office, "issue", "--type", "business-registration"),
        *(rows, "--out", tmp_path / "out"),
        pin="0000-0000",
    )

    assert ended.code != 0
    assert "PIN is wrong" in ended.words + json.dumps(ended.told)
    assert not list((tmp_path / "out").rglob("*.sealed"))
