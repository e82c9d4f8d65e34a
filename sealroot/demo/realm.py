"""The registry of the demonstration: a council, a ministry, and the offices it has delegated to."""

import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

from credential.ids import Kid
from credential.keys import ALG_ES256, ALG_MLDSA44
from registry.finality import Engine
from registry.home import RegistryHome
from registry.key_files import InsecureKeyFile, InsecureKeyFileWarning, make_insecure_key
from registry.kinds import AlgorithmPhase
from registry.open_registry import OpenRegistry, open_registry
from registry.operations import accreditations, agencies, checkpoints, governance, keys, types
from registry.operations.bundles import make_full, make_lite
from registry.operations.deployment import DeploymentPlan, deploy_home
from registry.payloads import Names
from registry.public_folder import write_atomically

MINISTRY: Final = "MOI"
FINALITY_SECONDS: Final = 60
COUNCIL_MEMBERS: Final = 3
COUNCIL_THRESHOLD: Final = 2
CHECKPOINT_SIGNERS: Final = (ALG_ES256, ALG_ES256, ALG_MLDSA44, ALG_MLDSA44)
"""Two of each family, and all four sign: what was anchored stays safe from quantum computers."""
CHECKPOINT_THRESHOLD: Final = 2
TYPES: Final = (
    "household-registration",
    "driver-licence",
    "business-registration",
    "professional-licence",
    "birth-registration",
)


class ChainPlace(NamedTuple):
    """The chain of the story: where its nodes answer, and who validates its blocks."""

    urls: tuple[str, ...]
    engine: Engine = Engine.HARDHAT
    validators: int = 1


class OfficePlan(NamedTuple):
    """One office of the demonstration."""

    code: str
    names: Names
    type_id: str


ZHONGSHAN: Final = OfficePlan(
    "TPE-ZS-HRO",
    Names(
        "臺北市中山區戶政事務所",
        "Zhongshan District Household Registration Office, Taipei City",
    ),
    "household-registration",
)
LINGYA: Final = OfficePlan(
    "KHH-LY-HRO",
    Names(
        "高雄市苓雅區戶政事務所",
        "Lingya District Household Registration Office, Kaohsiung City",
    ),
    "household-registration",
)
MOTOR_VEHICLES: Final = OfficePlan(
    "TPE-MVO",
    Names("臺北市區監理所", "Taipei City Motor Vehicles Office"),
    "driver-licence",
)
COMMERCE: Final = OfficePlan(
    "COMMERCE", Names("商業發展署", "Administration of Commerce"), "business-registration"
)
OFFICES: Final = (ZHONGSHAN, LINGYA, MOTOR_VEHICLES, COMMERCE)


class Realm:
    """A registry with its home folder; every act is one that `sealroot registry` does too."""

    def __init__(self, home: RegistryHome, registry: OpenRegistry) -> None:
        self.home = home
        self.registry = registry
        self.accreditation_of: dict[str, int] = {}

    @property
    def trust_anchor(self) -> Path:
        """The file a verifier begins from."""
        return self.home.trust_anchor

    def key_file(self, code: str) -> Path:
        """Where the batch key of an office lies."""
        return self.home.keys / f"{code}.key"

    def bundle(self, path: Path, *, lite: bool = False) -> Path:
        """A fresh checkpoint is signed, and a bundle as of it is at `path`."""
        self._wait_until_final()
        now = int(time.time())
        checkpoints.make(self.registry, now, self._signers())
        made, missing = (make_lite if lite else make_full)(self.registry, now)
        if missing:
            raise RuntimeError(f"the public folder lacks {', '.join(missing)}")
        write_atomically(path, made)
        return path

    def _wait_until_final(self) -> None:
        """No entry of the journal can change any more; on some chains that takes a few blocks."""
        chain = self.registry.chain
        deadline = time.monotonic() + FINALITY_SECONDS
        while chain.finalized_size() < chain.head().size:
            if time.monotonic() > deadline:
                raise RuntimeError("the chain makes no blocks: nothing becomes final")
            time.sleep(0.1)

    def end_accreditation(self, code: str) -> None:
        """The ministry takes back what it had delegated to the office."""
        accreditations.end(self.registry, self.accreditation_of[code], by_agency=MINISTRY)

    def declare_compromised(self, code: str, since: int) -> None:
        """The office declares its own key unsafe since a time."""
        keys.compromise(self.registry, self.kid_of(code), since, by_agency=code)

    def kid_of(self, code: str) -> Kid:
        """Return the key id of the office's batch key."""
        return _open_key(self.key_file(code)).kid

    def journal_time(self) -> int:
        """Return the block time of the last entry, Unix seconds."""
        return self.registry.state().time

    def _signers(self) -> list[InsecureKeyFile]:
        return [_open_key(path) for path in sorted(self.home.keys.glob("checkpoint-*.key"))]


def bare_registry(folder: Path, chain: ChainPlace, names: Names) -> Realm:
    """A registry stands on the chain with its council; its journal is empty."""
    home = RegistryHome(folder)
    deploy_home(
        home,
        DeploymentPlan(
            names,
            chain.urls,
            members_made_here=COUNCIL_MEMBERS,
            threshold=COUNCIL_THRESHOLD,
            delay_seconds=1,
            engine=chain.engine,
            validators=chain.validators,
        ),
    )
    return Realm(home, open_registry(home))


def found_registry(folder: Path, chain: ChainPlace, names: Names) -> Realm:
    """A registry stands on the chain, with council, algorithms, checkpoint signers and anchor."""
    realm = bare_registry(folder, chain, names)
    home = realm.home
    for alg in (ALG_ES256, ALG_MLDSA44):
        governance.set_algorithm(realm.registry, alg, AlgorithmPhase.START)
    made = [
        make_key(home.keys / f"checkpoint-{number}.key", alg)
        for number, alg in enumerate(CHECKPOINT_SIGNERS, 1)
    ]
    governance.set_checkpoint_signers(
        realm.registry, CHECKPOINT_THRESHOLD, [key.cose_key for key in made]
    )
    checkpoints.write_trust_anchor(realm.registry)
    return realm


def found_agencies(realm: Realm, say: Callable[[str], None]) -> None:
    """The ministry is accredited by the council, and has delegated one type to each office."""
    registry = realm.registry
    numbers = {
        type_id: types.register(registry, types.catalog_document(type_id)).type_no
        for type_id in TYPES
    }
    agencies.register(registry, MINISTRY, Names("內政部", "Ministry of the Interior"))
    granted = {
        type_id: accreditations.grant(registry, MINISTRY, numbers[type_id], depth=1)
        for type_id in sorted({office.type_id for office in OFFICES})
    }
    for office in OFFICES:
        agencies.register(registry, office.code, office.names)
        realm.accreditation_of[office.code] = accreditations.delegate(
            registry, granted[office.type_id], office.code
        )
        keys.add(registry, office.code, make_key(realm.key_file(office.code), ALG_ES256).cose_key)
        say(f"{office.names.zh_hant} ({office.code}): {office.type_id}")


def make_key(path: Path, alg: int) -> InsecureKeyFile:
    """A new signing key is at `path`, as a plain file; returns it."""
    make_insecure_key(path, alg)
    return _open_key(path)


def _open_key(path: Path) -> InsecureKeyFile:
    with warnings.catch_warnings():
        # The demonstration says once, in words, that its keys are plain files.
        warnings.simplefilter("ignore", InsecureKeyFileWarning)
        return InsecureKeyFile(path)
