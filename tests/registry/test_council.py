"""The council one step at a time, with a delay, on a chain whose clock the test moves."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from credential.ids import AgencyCode
from registry.chain_protocol import ChainAccount
from registry.council import ProposalState
from registry.deploy import CouncilPlan, deploy
from registry.errors import ChainMismatchError
from registry.home import RegistryHome
from registry.local_chain import (
    LocalChain,
    find_local_chain,
    running_local_chain,
    start_local_chain,
    stop_local_chain,
)
from registry.open_registry import OpenRegistry, open_registry
from registry.operations import agencies
from registry.operations.deployment import DeploymentPlan, deploy_home
from registry.payload_codec import encode_agency_code
from registry.payloads import Names
from registry.rim_errors import (
    ActScheduledError,
    ContractRefusedError,
    CouncilError,
    LocalChainError,
)

pytestmark = [
    pytest.mark.chain,
    pytest.mark.allow_hosts(["127.0.0.1"]),
    pytest.mark.filterwarnings("ignore::registry.account_files.InsecureAccountFileWarning"),
]

DAY = 86_400
NAMES = Names("臺北市戶政事務所", "Taipei Household Office")


@pytest.fixture(scope="module")
def own_chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalChain]:
    with running_local_chain(tmp_path_factory.mktemp("chain")) as chain:
        yield chain


@pytest.fixture(scope="module")
def slow_registry(own_chain: LocalChain, tmp_path_factory: pytest.TempPathFactory) -> OpenRegistry:
    """Return a registry whose dangerous acts wait a day."""
    home = RegistryHome(tmp_path_factory.mktemp("home"))
    plan = DeploymentPlan(NAMES, (own_chain.url,), delay_seconds=DAY)
    deploy_home(home, plan)
    return open_registry(home, patience_seconds=1.0)


@pytest.fixture
def members(slow_registry: OpenRegistry) -> list[ChainAccount]:
    return [slow_registry.home.account(f"council-{number}") for number in (1, 2, 3)]


def test_dangerous_act_is_scheduled_then_done_once_by_running_it_again(
    slow_registry: OpenRegistry, own_chain: LocalChain
) -> None:
    with pytest.raises(ActScheduledError, match="waits for its delay") as caught:
        agencies.register(slow_registry, "LATER", NAMES)
    assert slow_registry.chain.agency(AgencyCode("LATER")) is None
    assert "council execute" in caught.value.__notes__[1]

    own_chain.advance(DAY)
    agencies.register(slow_registry, "LATER", NAMES)

    assert slow_registry.chain.agency(AgencyCode("LATER")) is not None
    assert slow_registry.council().latest()[0].state is ProposalState.EXECUTED


def test_fewer_members_than_needed_decide_nothing(
    slow_registry: OpenRegistry, members: list[ChainAccount]
) -> None:
    council = slow_registry.council()
    arguments = [1, b"\xa0"]
    proposal = council.propose("Registry", "setCheckpointSigners", arguments, members[0])

    with pytest.raises(ContractRefusedError, match="1 of 2 approvals"):
        council.execute(proposal.number, members[0])
    with pytest.raises(CouncilError, match="2 must approve"):
        council.decide("setCheckpointSigners", arguments, members[:1], is_done=lambda: False)


def test_doomed_act_leaves_no_open_proposal(slow_registry: OpenRegistry) -> None:
    before = [proposal.number for proposal in slow_registry.council().latest()]

    with pytest.raises(ContractRefusedError, match="no agency NOBODY is registered"):
        agencies.suspend(slow_registry, "NOBODY")

    assert [proposal.number for proposal in slow_registry.council().latest()] == before


def test_withdrawn_approval_no_longer_counts(
    slow_registry: OpenRegistry, members: list[ChainAccount]
) -> None:
    council = slow_registry.council()
    call = [encode_agency_code("NOBODY")]
    proposal = council.propose("Registry", "suspendAgency", call, members[0])
    council.approve(proposal, members[1])

    council.withdraw(proposal.number, members[1])

    assert council.proposal(proposal.number).approvals == 1


def test_cancelled_proposal_cannot_be_approved(
    slow_registry: OpenRegistry, members: list[ChainAccount]
) -> None:
    council = slow_registry.council()
    call = [encode_agency_code("NOBODY-2")]
    proposal = council.propose("Registry", "resumeAgency", call, members[0])

    council.cancel(proposal.number, members[0])

    assert council.proposal(proposal.number).state is ProposalState.CANCELLED
    with pytest.raises(ContractRefusedError, match="can no longer be decided"):
        council.approve(proposal, members[1])


def test_same_proposal_is_not_made_twice(
    slow_registry: OpenRegistry, members: list[ChainAccount]
) -> None:
    council = slow_registry.council()
    call = [encode_agency_code("NOBODY-3"), bytes(16)]

    first = council.propose("Registry", "closeAgency", call, members[0])
    second = council.propose("Registry", "closeAgency", call, members[1])

    assert second.number == first.number
    assert council.proposal(first.number).approvals == 2


def test_proposal_is_described_by_function_and_arguments(
    slow_registry: OpenRegistry, members: list[ChainAccount]
) -> None:
    council = slow_registry.council()
    call = [encode_agency_code("NOBODY-4"), 7]
    proposal = council.propose("Registry", "confirmBatch", call, members[0])

    function, arguments = council.describe(proposal)

    assert function == "confirmBatch"
    assert arguments["batchNo"] == 7


def test_half_of_the_council_is_enough_to_suspend_unless_the_plan_says_otherwise(
    slow_registry: OpenRegistry, new_registry: Callable[..., OpenRegistry]
) -> None:
    usual, cautious = slow_registry.council(), new_registry(pause_threshold=2).council()

    assert (usual.threshold(), usual.pause_threshold()) == (2, 1)
    assert (cautious.threshold(), cautious.pause_threshold()) == (2, 2)


def test_deployment_of_another_pause_threshold_than_asked_for_is_refused(
    new_registry: Callable[..., OpenRegistry],
) -> None:
    home = new_registry(pause_threshold=2).home
    members = [home.account(f"council-{number}").address for number in (1, 2, 3)]

    with pytest.raises(ChainMismatchError, match="pause threshold"):
        deploy(
            home.settings().rpc_urls,
            home.account("deployer"),
            CouncilPlan(members, 2, 0, pause_threshold=1),
        )


def test_number_never_used_is_no_proposal(slow_registry: OpenRegistry) -> None:
    with pytest.raises(CouncilError, match="no proposal 4711"):
        slow_registry.council().proposal(4711)


def test_deployment_run_again_is_the_same_registry(
    slow_registry: OpenRegistry, own_chain: LocalChain
) -> None:
    before = slow_registry.home.settings()
    (slow_registry.home.path / "registry.json").unlink()  # as after a crash before it was written

    again = deploy_home(
        slow_registry.home, DeploymentPlan(NAMES, (own_chain.url,), delay_seconds=DAY)
    )

    assert again == before


def test_local_chain_is_started_once_and_gone_when_stopped(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("chain")
    started = start_local_chain(folder)

    assert start_local_chain(folder) == started
    assert stop_local_chain(folder)
    assert find_local_chain(folder) is None
    assert not stop_local_chain(folder)


def test_port_of_another_program_is_refused(
    own_chain: LocalChain, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with pytest.raises(LocalChainError, match="is taken by another program"):
        start_local_chain(tmp_path_factory.mktemp("chain"), own_chain.port)


def test_council_refuses_an_approval_that_was_given_for_another_call(
    slow_registry: OpenRegistry, members: list[ChainAccount]
) -> None:
    council = slow_registry.council()
    call = [encode_agency_code("NOBODY-5")]
    proposal = council.propose("Registry", "suspendAgency", call, members[0])
    shown = replace(proposal, call=proposal.call.replace(b"NOBODY-5", b"SOMEBODY"))

    with pytest.raises(ContractRefusedError, match="another call than the one that was read"):
        council.approve(shown, members[1])

    assert council.proposal(proposal.number).approvals == 1


def test_digest_computed_here_is_the_one_the_council_holds(
    slow_registry: OpenRegistry, members: list[ChainAccount]
) -> None:
    council = slow_registry.council()
    call = [encode_agency_code("NOBODY-6")]
    proposal = council.propose("Registry", "suspendAgency", call, members[0])

    held = slow_registry.chain.read("Council", "proposalDigest", proposal.number)

    assert council.digest_of(proposal) == held
