"""One local chain for all tests of the registry's rim, and a registry deployed on it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from registry.home import RegistryHome
from registry.kinds import AlgorithmPhase
from registry.local_chain import LocalChain, running_local_chain
from registry.open_registry import OpenRegistry, open_registry
from registry.operations import governance
from registry.operations.deployment import DeploymentPlan, deploy_home
from registry.payloads import Names

ES256 = -7


@pytest.fixture(scope="session")
def local_chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalChain]:
    with running_local_chain(tmp_path_factory.mktemp("chain")) as chain:
        yield chain


@pytest.fixture(scope="session")
def new_registry(
    local_chain: LocalChain, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., OpenRegistry]:
    """Return a function that deploys another registry on the shared chain."""

    def make(delay_seconds: int = 0, pause_threshold: int = 0) -> OpenRegistry:
        home = RegistryHome(tmp_path_factory.mktemp("home"))
        names = Names("測試登錄處", "Test Registry")
        plan = DeploymentPlan(
            names,
            (local_chain.url,),
            delay_seconds=delay_seconds,
            pause_threshold=pause_threshold,
        )
        deploy_home(home, plan)
        return open_registry(home)

    return make


@pytest.fixture(scope="session")
def registry(new_registry: Callable[..., OpenRegistry]) -> OpenRegistry:
    """Return a registry that tests share: each uses agencies of its own."""
    made = new_registry()
    governance.set_algorithm(made, ES256, AlgorithmPhase.START)
    return made


@pytest.fixture
def home(registry: OpenRegistry) -> Path:
    return registry.home.path
