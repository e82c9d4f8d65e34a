"""The commands on a real chain.

An office is made, issues, is killed, carries on, revokes, and meets a new chain.
"""

import json
import os
import signal
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from credential.keys import ALG_ES256
from registry.home import RegistryHome
from registry.key_files import InsecureKeyFile, make_insecure_key
from registry.kinds import AlgorithmPhase
from registry.local_chain import running_local_chain
from registry.open_registry import open_registry
from registry.operations import accreditations, agencies, governance, keys, types
from registry.operations.deployment import DeploymentPlan, deploy_home
from registry.payloads import Names
from tests.fault_proxy import FaultProxy, HangUp, Result
from tests.issuer.office_bench import write_business_csv

SEALROOT = [str(Path(sys.executable).parent / "sealroot")]
Ended = tuple[int, dict[str, Any], str]
Run = Callable[..., Ended]

pytestmark = [
    pytest.mark.chain,
    pytest.mark.allow_hosts(["127.0.0.1"]),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]

AGENCY = "COMMERCE"
STEPS = (
    "after-record-commit",
    "after-signature-commit",
    "after-anchor-send",
    "after-files-renamed",
)


def found_registry(folder: Path, url: str) -> RegistryHome:
    """A registry with one agency that may issue business registrations."""
    home = RegistryHome(folder)
    deploy_home(home, DeploymentPlan(Names("測試登錄處", "Test Registry"), (url,)))
    registry = open_registry(home)
    governance.set_algorithm(registry, ALG_ES256, AlgorithmPhase.START)
    agencies.register(registry, AGENCY, Names("商業發展署", "Commerce"))
    make_insecure_key(home.keys / f"{AGENCY}.key", ALG_ES256)
    keys.add(registry, AGENCY, InsecureKeyFile(home.keys / f"{AGENCY}.key").cose_key)
    kind = types.register(registry, types.catalog_document("business-registration"))
    accreditations.grant(registry, AGENCY, kind.type_no)
    return home


@pytest.fixture(scope="module")
def registry_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RegistryHome]:
    with (
        warnings.catch_warnings(),
        running_local_chain(tmp_path_factory.mktemp("chain")) as chain,
    ):
        warnings.simplefilter("ignore", UserWarning)
        yield found_registry(tmp_path_factory.mktemp("registry"), chain.url)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("office")


@pytest.fixture(scope="module")
def office(registry_home: RegistryHome, folder: Path) -> Run:
    """Run `sealroot issuer` in one office's home folder."""

    def run(*words: object, crash_at: str = "") -> Ended:
        done = subprocess.run(
            [
                str(Path(sys.executable).parent / "sealroot"),
                "issuer",
                "--home",
                str(folder),
                *map(str, words),
                "--json",
            ],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
            env={**os.environ, "SEALROOT_TEST_CRASH_AT": crash_at},
        )
        told = json.loads(done.stdout) if done.stdout.strip() else {}
        return done.returncode, told, done.stderr

    code, made, words = run(
        "init",
        "--agency",
        AGENCY,
        "--batch-key",
        registry_home.keys / f"{AGENCY}.key",
        "--anchor-account",
        next(registry_home.accounts.glob(f"{AGENCY}-anchor*")),
        "--registry",
        registry_home.path,
    )
    assert code == 0, words
    assert made["agency"] == AGENCY
    return run


def issue(office: Run, folder: Path, rows: int, *more: object, crash_at: str = "") -> Ended:
    records = write_business_csv(folder / f"records{rows}.csv", rows)
    return office(
        "issue",
        records,
        "--type",
        "business-registration",
        "--out",
        folder / "out",
        "--files",
        "png",
        *more,
        crash_at=crash_at,
    )


def test_a_killed_office_carries_on_and_ends_in_order(office: Run, tmp_path: Path) -> None:
    endings = [issue(office, tmp_path, 5, crash_at=step)[0] for step in STEPS]

    code, told, words = issue(office, tmp_path, 5)

    assert endings == [-signal.SIGKILL] * len(STEPS)
    assert (code, told["counts"]) == (0, {"released": 5}), words
    assert office("show", told["numbers"][0])[1]["batch_state"] == "anchored"
    assert [one for one in office("doctor")[1]["findings"] if not one["is_well"]] == []


def test_at_the_counter_the_anchor_follows_by_itself(office: Run, tmp_path: Path) -> None:
    code, told, words = issue(office, tmp_path, 1, "--wait", "none")
    assert (code, told["ending"]) == (0, "done"), words
    printed = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}

    before = office("show", told["numbers"][0])[1]["batch_state"]
    carried_on = office("run")[0]

    assert (before, carried_on) == ("checked", 0)
    assert office("show", told["numbers"][0])[1]["batch_state"] == "anchored"
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == printed


def test_a_document_is_suspended_resumed_and_revoked(office: Run, tmp_path: Path) -> None:
    number = issue(office, tmp_path, 2)[1]["numbers"][0]

    codes = [
        office("suspend", number, "--reason", "other")[0],
        office("resume", number)[0],
        office("revoke", number, "--reason", "fraud", crash_at="after-status-send")[0],
        office("run")[0],
    ]

    assert codes == [0, 0, -signal.SIGKILL, 0]
    shown = office("show", number)[1]
    assert (shown["status"], [one["version"] for one in shown["status_changes"]]) == (
        "revoked",
        [2, 3, 4],
    )


def test_an_office_whose_chain_was_started_anew_says_so_and_names_the_way_out(
    office: Run, registry_home: RegistryHome, tmp_path: Path
) -> None:
    issue(office, tmp_path, 3)
    settings = registry_home.path / "registry.json"
    ours = settings.read_bytes()
    with running_local_chain(tmp_path / "chain") as chain:
        other = found_registry(tmp_path / "registry", chain.url)
        settings.write_bytes((other.path / "registry.json").read_bytes())
        try:
            code, told, _ = office("run")
        finally:
            settings.write_bytes(ours)

    assert code == 4
    assert "sealroot issuer init" in told["message"]


@pytest.fixture
def proxy(registry_home: RegistryHome) -> Iterator[FaultProxy]:
    """Stand between every office and the chain."""
    settings = registry_home.path / "registry.json"
    ours = settings.read_bytes()
    (url,) = json.loads(ours)["rpc_urls"]
    with FaultProxy(url) as node:
        settings.write_bytes(ours.replace(url.encode(), node.url.encode()))
        try:
            yield node
        finally:
            settings.write_bytes(ours)


def test_what_could_not_be_sent_waits_with_its_reason_and_goes_out_as_the_same_bytes(
    office: Run, tmp_path: Path, proxy: FaultProxy
) -> None:
    proxy.on("eth_sendRawTransaction", HangUp())

    code, told, _ = issue(office, tmp_path, 4)
    queue = office("queue")[1]
    proxy.heal()
    carried_on = office("run")[0]

    assert (code, told["ending"]) == (2, "waiting")
    (batch,) = [one for one in queue["waiting"] if one["what"].startswith("batch")]
    assert batch["failed_attempts"] == 1
    assert "no node of the chain gave a usable answer" in batch["last_error"]
    assert batch["since"] is not None
    assert carried_on == 0
    assert len({bytes_[0] for bytes_ in proxy.parameters["eth_sendRawTransaction"]}) == 1


def test_a_node_of_another_chain_stops_the_watch_from_sending_until_a_person_clears_it(
    office: Run, tmp_path: Path, proxy: FaultProxy, folder: Path
) -> None:
    proxy.on("eth_chainId", Result("0x539"))
    issue(office, tmp_path, 6, "--wait", "none")
    watching = subprocess.Popen(
        [*SEALROOT, "issuer", "--home", str(folder), "run", "--watch", "0.2"],
        stderr=subprocess.PIPE,
        text=True,
    )
    events = [json.loads(watching.stderr.readline())["event"] for _ in range(2)]
    watching.kill()
    watching.communicate()

    code, queue, _ = office("queue")
    still = office("clear-alarm")[0]
    proxy.heal()
    cleared = office("clear-alarm")[0]

    assert events == ["alarm", "alarm"]
    assert (code, queue["sending_stopped"]) == (4, True)
    assert "chain 1337" in queue["alarms"][0]["what"]
    assert (still, cleared) == (4, 0)
    assert office("run")[0] == 0
