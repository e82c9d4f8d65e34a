"""Putting a registry on a chain.

Three contracts and their roles, in a fixed order of transactions of one fresh account.

The account is used for nothing else, so its nonce says how far the deployment came: transaction n
is sent with nonce n, which the chain accepts once. Running the deployment again goes on where it
stopped.
"""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import rlp
from web3 import Web3

from registry.artifacts import ContractName, artifact, selector_of
from registry.chain import Deployment, encode_call
from registry.chain_protocol import ChainAccount
from registry.endpoints import EndpointPool, mismatch, reading
from registry.finality import Engine
from registry.lineage import RegistryId
from registry.transactions import Sender

ADMIN_ROLE: Final = 0
COUNCIL_ROLE: Final = 1
DELAYED_ROLE: Final = 2

COUNCIL_FUNCTIONS: Final = (
    "renameAgency", "suspendAgency", "resumeAgency", "closeAgency",
    "addKey", "endKey", "compromiseKey", "confirmBatch",
    "grantAccreditation", "endAccreditation", "registerType",
    "warnAlgorithm", "stopAlgorithm",
    "publishStatusForClosed", "endRecognition",
)  # fmt: skip
CARRYING_FUNCTIONS: Final = ("expectJournal",)
DELAYED_FUNCTIONS: Final = (
    "registerAgency", "changeAgencyAccounts",
    "startAlgorithm", "setCheckpointSigners", "setSuccessor", "recogniseRegistry",
)  # fmt: skip


class CouncilPlan(NamedTuple):
    """Who shall govern.

    The members' addresses, how many must agree, the delay of dangerous acts, and how many are
    enough to suspend an agency (0: half of those who must agree, rounded up). `carries` is where a
    journal began that the new registry shall go on with; without it the registry begins its own.
    """

    members: Sequence[str]
    threshold: int
    delay_seconds: int
    pause_threshold: int = 0
    carries: RegistryId | None = None

    @property
    def enough_to_pause(self) -> int:
        """How many members suspend an agency."""
        return self.pause_threshold or (self.threshold + 1) // 2

    @property
    def registry_contract(self) -> ContractName:
        """The contract that shall keep the journal."""
        return "CarriedRegistry" if self.carries else "Registry"

    @property
    def council_functions(self) -> tuple[str, ...]:
        """What the council may do at once."""
        return (*COUNCIL_FUNCTIONS, *(CARRYING_FUNCTIONS if self.carries else ()))


class Step(NamedTuple):
    """One transaction of the deployment; `to` None makes a contract."""

    label: str
    to: str | None
    call: bytes


class Addresses(NamedTuple):
    """Where the contracts will be.

    Known before the first transaction, from the account and its nonces.
    """

    manager: str
    council: str
    registry: str


def deploy(
    urls: Sequence[str],
    deployer: ChainAccount,
    plan: CouncilPlan,
    *,
    engine: Engine = Engine.HARDHAT,
    validators: int = 1,
    progress: Callable[[str], None] = lambda _: None,
) -> Deployment:
    """The registry stands on the chain, governed by the council alone.

    The deployer has no power left.

    Run again with the same account after a crash it goes on. Raises `ChainMismatchError` when what
    stands there is not what the plan asks for.
    """
    pool = EndpointPool(urls, chain_id=None, registry=None)
    chain_id = int(reading(pool, lambda web3: web3.eth.chain_id))
    first_block = int(reading(pool, lambda web3: web3.eth.block_number))
    addresses = addresses_of(deployer.address)
    sender = Sender(pool, chain_id)
    for nonce, step in enumerate(steps(deployer.address, plan)):
        progress(step.label)
        sender.send(
            step.to,
            step.call,
            deployer,
            nonce=nonce,
            # A crash anywhere leaves a nonce: transactions below it are made, those above are not.
            is_done=lambda nonce=nonce: _nonce(pool, deployer.address) > nonce,  # type: ignore[misc] # mypy cannot infer a lambda's default
        )
    _check(pool, addresses, deployer.address, plan)
    return Deployment(
        chain_id=chain_id,
        registry=bytes.fromhex(addresses.registry[2:]),
        manager=bytes.fromhex(addresses.manager[2:]),
        council=bytes.fromhex(addresses.council[2:]),
        first_block=_block_of_first_code(pool, addresses.registry, first_block),
        engine=engine,
        validators=validators,
        first_home=plan.carries,
    )


def addresses_of(deployer: str) -> Addresses:
    """Return where the three contracts of this account will be, or are."""
    return Addresses(*(contract_address(deployer, nonce) for nonce in range(3)))


def contract_address(deployer: str, nonce: int) -> str:
    """Return the address of the contract an account makes with this nonce."""
    made = Web3.keccak(rlp.encode([bytes.fromhex(deployer[2:]), nonce]))[12:]
    return str(Web3.to_checksum_address(made))


def steps(deployer: str, plan: CouncilPlan) -> list[Step]:
    """Return the transactions of a deployment, in order.

    Contracts, who may call what, and the deployer's farewell.
    """
    manager, council, registry = addresses_of(deployer)
    to_manager = [
        ("name the council's role", "labelRole", (COUNCIL_ROLE, "COUNCIL")),
        ("name the delayed role", "labelRole", (DELAYED_ROLE, "COUNCIL_DELAYED")),
        (
            "what the council may do",
            "setTargetFunctionRole",
            (registry, selectors("Registry", plan.council_functions), COUNCIL_ROLE),
        ),
        (
            "what is delayed",
            "setTargetFunctionRole",
            (registry, selectors("Registry", DELAYED_FUNCTIONS), DELAYED_ROLE),
        ),
        (
            "the council's own members",
            "setTargetFunctionRole",
            (council, selectors("Council", ["changeMembers"]), DELAYED_ROLE),
        ),
        ("the council decides", "grantRole", (COUNCIL_ROLE, council, 0)),
        (
            "the council decides after the delay",
            "grantRole",
            (DELAYED_ROLE, council, plan.delay_seconds),
        ),
        ("the council governs the roles", "grantRole", (ADMIN_ROLE, council, plan.delay_seconds)),
        ("the deployer gives up its power", "renounceRole", (ADMIN_ROLE, deployer)),
    ]
    return [
        Step("access manager", None, _creation("AccessManager", deployer)),
        Step(
            "council",
            None,
            _creation("Council", manager, list(plan.members), plan.threshold, plan.enough_to_pause),
        ),
        Step("registry", None, _creation(plan.registry_contract, manager, *_begun_at(plan))),
        *(
            Step(label, manager, encode_call("AccessManager", name, arguments))
            for label, name, arguments in to_manager
        ),
    ]


def _begun_at(plan: CouncilPlan) -> list[object]:
    if plan.carries is None:
        return []
    chain_id, contract = plan.carries
    return [chain_id, Web3.to_checksum_address(contract)]


def selectors(contract: ContractName, functions: Sequence[str]) -> list[bytes]:
    """Return the 4-byte selectors of these functions."""
    by_name = {item["name"]: item for item in artifact(contract).abi if item["type"] == "function"}
    return [selector_of(by_name[name]) for name in functions]


def _creation(contract: ContractName, *arguments: object) -> bytes:
    compiled = artifact(contract)
    made = Web3().eth.contract(abi=compiled.abi, bytecode=compiled.bytecode).constructor(*arguments)
    return bytes.fromhex(str(made.data_in_transaction)[2:])


def _nonce(pool: EndpointPool, address: str) -> int:
    return int(
        reading(
            pool, lambda web3: web3.eth.get_transaction_count(Web3.to_checksum_address(address))
        )
    )


def _check(pool: EndpointPool, addresses: Addresses, deployer: str, plan: CouncilPlan) -> None:
    """What stands on the chain is what was planned, whatever an earlier run was told to plan."""
    manager, council, registry = addresses

    def view(contract: ContractName, address: str, function: str, *arguments: object) -> object:
        return reading(
            pool,
            lambda web3: (
                web3.eth.contract(
                    address=Web3.to_checksum_address(address), abi=artifact(contract).abi
                )
                .functions[function](*arguments)
                .call(ccip_read_enabled=False)
            ),
        )

    wanted = {
        "the council's members": (view("Council", council, "members"), list(plan.members)),
        "the council's threshold": (view("Council", council, "threshold"), plan.threshold),
        "the council's pause threshold": (
            view("Council", council, "pauseThreshold"),
            plan.enough_to_pause,
        ),
        **_begun(plan, lambda function: view("CarriedRegistry", registry, function)),
        "the registry's authority": (view("Registry", registry, "authority"), manager),
        "the council's role": (_role(view, manager, COUNCIL_ROLE, council), [True, 0]),
        "the council's delayed role": (
            _role(view, manager, DELAYED_ROLE, council),
            [True, plan.delay_seconds],
        ),
        "the council's power over roles": (
            _role(view, manager, ADMIN_ROLE, council),
            [True, plan.delay_seconds],
        ),
        "the deployer's power": (_role(view, manager, ADMIN_ROLE, deployer), [False, 0]),
        **{
            f"who may call {name}": (
                view("AccessManager", manager, "getTargetFunctionRole", registry, selector),
                role,
            )
            for role, names in (
                (COUNCIL_ROLE, plan.council_functions),
                (DELAYED_ROLE, DELAYED_FUNCTIONS),
            )
            for name, selector in zip(names, selectors("Registry", names), strict=True)
        },
    }
    for what, (found, planned) in wanted.items():
        if found != planned:
            raise mismatch(f"{what} on the chain is {found}, and {planned} was asked for")


def _begun(plan: CouncilPlan, view: Callable[[str], object]) -> dict[str, tuple[object, object]]:
    """Where the journal began, as the contract says and as planned."""
    if plan.carries is None:
        return {}
    told = view("firstHome")
    found = list(told) if isinstance(told, (list, tuple)) else told
    return {"the registry in which the journal began": (found, _begun_at(plan))}


def _role(view: Callable[..., object], manager: str, role: int, account: str) -> list[object]:
    found = view("AccessManager", manager, "hasRole", role, account)
    return list(found) if isinstance(found, (list, tuple)) else [found]


def _block_of_first_code(pool: EndpointPool, address: str, latest_before: int) -> int:
    """The block that made the registry, from which the journal is read."""

    def there(block: int) -> bool:
        checksummed = Web3.to_checksum_address(address)
        return bool(reading(pool, lambda web3: web3.eth.get_code(checksummed, block)))

    low = 0 if there(latest_before) else latest_before + 1  # 0: an earlier run made it
    high = int(reading(pool, lambda web3: web3.eth.block_number))
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if there(middle) else (middle + 1, high)
    return low
