"""The emergency pause of one agency: by fewer members than anything else, and each reads first."""

import json
from pathlib import Path
from typing import Any

import pytest

from credential.ids import AgencyCode
from registry.home import RegistryHome
from registry.kinds import AgencyState
from registry.local_chain import LocalChain
from registry.open_registry import OpenRegistry, open_registry
from registry.operations import agencies
from registry.operations.deployment import DeploymentPlan, deploy_home
from registry.payloads import Names
from sealroot.commands import EXIT_FAILED, run

pytestmark = [
    pytest.mark.chain,
    pytest.mark.allow_hosts(["127.0.0.1"]),
    pytest.mark.filterwarnings("ignore::registry.account_files.InsecureAccountFileWarning"),
]

NAMES = Names("監理所", "Motor Vehicles Office")


@pytest.fixture(scope="module")
def council_of_three(
    local_chain: LocalChain, tmp_path_factory: pytest.TempPathFactory
) -> OpenRegistry:
    """Return a registry where three decide and two are enough to pause."""
    home = RegistryHome(tmp_path_factory.mktemp("home"))
    plan = DeploymentPlan(NAMES, (local_chain.url,), threshold=3, pause_threshold=2)
    deploy_home(home, plan)
    return open_registry(home)


def agency_of(registry: OpenRegistry, code: str) -> AgencyState:
    found = registry.chain.agency(AgencyCode(code))
    assert found is not None
    return found.state


def command(
    capsys: pytest.CaptureFixture[str], home: Path, expected: int, *words: str
) -> dict[str, Any]:
    capsys.readouterr()
    assert run(["registry", *words, "--home", str(home), "--json"]) == expected
    out = capsys.readouterr().out
    return json.loads(out) if out else {}


def test_second_member_who_reads_pauses_the_agency_and_all_three_resume_it(
    council_of_three: OpenRegistry, capsys: pytest.CaptureFixture[str]
) -> None:
    registry, home = council_of_three, council_of_three.home.path
    agencies.register(registry, "PAUSED", NAMES)

    first = command(capsys, home, 0, "agency", "pause", "PAUSED", "--as", "council-1")
    second_line = ("agency", "pause", "PAUSED", "--as", "council-2", "--read")
    command(capsys, home, EXIT_FAILED, *second_line, "0000-0000")
    still_active = agency_of(registry, "PAUSED")
    second = command(capsys, home, 0, *second_line, first["code"])
    again = command(capsys, home, 0, "agency", "pause", "PAUSED", "--as", "council-3")

    assert (first["is_paused"], first["approvals"], first["needed"]) == (False, 1, 2)
    assert still_active is AgencyState.ACTIVE
    assert second["is_paused"]
    assert again["is_paused"]
    agencies.resume(registry, "PAUSED")
    assert agency_of(registry, "PAUSED") is AgencyState.ACTIVE
    assert registry.council().latest()[0].approvals == 3


def test_two_members_cannot_resume(
    council_of_three: OpenRegistry, capsys: pytest.CaptureFixture[str]
) -> None:
    registry, home = council_of_three, council_of_three.home.path
    agencies.register(registry, "STAYS", NAMES)
    agencies.suspend(registry, "STAYS")
    line = ("council", "propose", "resumeAgency", '["STAYS"]', "--as", "council-1")
    made = command(capsys, home, 0, *line)
    number = str(made["proposal"])
    approve = ("council", "approve", number, "--as", "council-2", "--read", made["code"])
    command(capsys, home, 0, *approve)

    assert run(["registry", "council", "execute", number, "--home", str(home)]) == EXIT_FAILED

    assert "2 of 3 approvals" in capsys.readouterr().err
    assert agency_of(registry, "STAYS") is AgencyState.SUSPENDED


def test_pause_of_nobody_is_refused_and_leaves_nothing_open(
    council_of_three: OpenRegistry, capsys: pytest.CaptureFixture[str]
) -> None:
    registry = council_of_three
    before = len(registry.council().latest())

    line = ["registry", "agency", "pause", "NOBODY", "--home", str(registry.home.path)]
    assert run(line) == EXIT_FAILED

    assert "no agency NOBODY is registered" in capsys.readouterr().err
    assert len(registry.council().latest()) == before


def test_same_call_proposed_by_another_member_is_not_approved_unread(
    council_of_three: OpenRegistry, capsys: pytest.CaptureFixture[str]
) -> None:
    registry, home = council_of_three, council_of_three.home.path
    agencies.register(registry, "TWICE-P", NAMES)
    line = ("council", "propose", "closeAgency", f'["TWICE-P","0x{bytes(16).hex()}"]', "--as")
    made = command(capsys, home, 0, *line, "council-1")

    command(capsys, home, EXIT_FAILED, *line, "council-2")

    assert registry.council().proposal(made["proposal"]).approvals == 1
