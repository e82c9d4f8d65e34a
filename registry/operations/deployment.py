"""Making a registry from a home folder: council accounts, contracts, settings.

Running it again goes on, or changes nothing.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from registry.finality import Engine
from registry.home import COUNCIL_PREFIX, RegistryHome, RegistrySettings
from registry.payloads import Names


class DeploymentPlan(NamedTuple):
    """What shall be deployed.

    Members not given by address are made here, unencrypted, for development. A pause threshold of 0
    is half of the threshold, rounded up.
    """

    names: Names
    rpc_urls: Sequence[str]
    member_addresses: Sequence[str] = ()
    members_made_here: int = 3
    threshold: int = 2
    delay_seconds: int = 0
    engine: Engine = Engine.HARDHAT
    validators: int = 1
    pause_threshold: int = 0


def deploy_home(
    home: RegistryHome, plan: DeploymentPlan, progress: Callable[[str], None] = lambda _: None
) -> RegistrySettings:
    """The registry stands on the chain and registry.json says where.

    What was done before is not done again.

    Raises `ChainMismatchError` when registry.json belongs to another chain than the one that
    answers.
    """
    if home.has_settings():
        home.open_chain().head()  # refuses a chain that is not the one in registry.json
        return home.settings()
    from registry.account_files import make_insecure_account  # noqa: PLC0415 - slow to import
    from registry.deploy import CouncilPlan, deploy  # noqa: PLC0415 - slow to import

    # A crash anywhere below leaves the deployer's account; with it the next run finds how far this
    # one came.
    make_insecure_account(home.accounts, "deployer")
    members = list(plan.member_addresses) or _members_made_here(home, plan.members_made_here)
    made = deploy(
        plan.rpc_urls,
        home.account("deployer"),
        CouncilPlan(members, plan.threshold, plan.delay_seconds, plan.pause_threshold),
        engine=plan.engine,
        validators=plan.validators,
        progress=progress,
    )
    settings = RegistrySettings(
        name_zh_hant=plan.names.zh_hant,
        name_en=plan.names.en,
        rpc_urls=tuple(plan.rpc_urls),
        chain_id=made.chain_id,
        registry=f"0x{made.registry.hex()}",
        manager=f"0x{made.manager.hex()}",
        council=f"0x{made.council.hex()}",
        first_block=made.first_block,
        engine=plan.engine,
        validators=plan.validators,
    )
    home.save_settings(settings)
    return settings


def _members_made_here(home: RegistryHome, count: int) -> list[str]:
    from registry.account_files import (  # noqa: PLC0415 - slow to import
        address_of,
        find_account_file,
        make_insecure_account,
    )

    names = [f"{COUNCIL_PREFIX}{number}" for number in range(1, count + 1)]
    files = [
        find_account_file(home.accounts, name) or make_insecure_account(home.accounts, name)
        for name in names
    ]
    return [address_of(path) for path in files]
