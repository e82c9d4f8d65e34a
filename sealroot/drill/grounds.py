"""The grounds of a drill: four QBFT validators, a registry on them, and some offices."""

import warnings
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from credential.keys import ALG_ES256
from credential.rules import refuse_business_no
from issuer.cli import found_office
from issuer.settings import OfficeSettings
from network.founding import Wish, found_network, usual_hosts
from network.lab import Isolation, Lab
from network.software import Software
from registry.account_files import find_account_file
from registry.home import RegistryHome
from registry.key_files import InsecureKeyFile, make_insecure_key
from registry.kinds import AlgorithmPhase
from registry.open_registry import OpenRegistry, open_registry
from registry.operations import accreditations, agencies, governance, keys, types
from registry.operations.deployment import DeploymentPlan, deploy_home
from registry.payloads import Names

VALIDATORS: Final = 4
CHAIN_ID: Final = 20_261_124
BLOCK_SECONDS: Final = 1
ROUND_SECONDS: Final = 4
TYPE: Final = "business-registration"
Say = Callable[[str], None]


class Ground(NamedTuple):
    """One office of the drill: its agency, its home folder, its input and its output."""

    agency: str
    home: Path
    records: list[Path]
    out: Path


class Size(NamedTuple):
    """How large a drill is."""

    issues: int
    offices: int
    job_rows: int
    batch_size: int

    def rows_of(self, number: int) -> int:
        """Return how many records the office of this number, counted from 1, is given."""
        return self.issues // self.offices + (number <= self.issues % self.offices)


class Grounds(NamedTuple):
    """Everything a drill needs."""

    lab: Lab
    registry: RegistryHome
    offices: list[Ground]


def start_network(folder: Path, isolation: Isolation) -> Lab:
    """Four validators make blocks; whoever calls this takes them down."""
    found_network(
        folder,
        Wish(
            Software.GOQUORUM,
            chain_id=CHAIN_ID,
            block_seconds=BLOCK_SECONDS,
            round_seconds=ROUND_SECONDS,
            hosts=usual_hosts(VALIDATORS),
        ),
    )
    lab = Lab(folder)
    lab.up(isolation)
    return lab


def lay_grounds(folder: Path, lab: Lab, size: Size, say: Say) -> Grounds:
    """The registry stands on the network, with so many offices and so many records in all."""
    home = RegistryHome(folder / "registry")
    with warnings.catch_warnings():
        # A drill's keys are plain files, and live as long as it does.
        warnings.simplefilter("ignore", UserWarning)
        say("The registry is deployed, with three council members of whom two decide")
        deploy_home(
            home,
            DeploymentPlan(
                Names("演習登錄簿", "Drill Registry"),
                lab.urls(),
                engine=lab.plan.engine,
                validators=VALIDATORS,
            ),
        )
        registry = open_registry(home)
        governance.set_algorithm(registry, ALG_ES256, AlgorithmPhase.START)
        type_no = types.register(registry, types.catalog_document(TYPE)).type_no
        made = []
        for number in range(1, size.offices + 1):
            code = f"DRILL-{number}"
            _register(registry, code, number, type_no)
            made.append(_office(folder, home, code, size.rows_of(number), size))
            say(f"Office {code} has {size.rows_of(number)} records, {size.batch_size} a batch")
    return Grounds(lab, home, made)


def _register(registry: OpenRegistry, code: str, number: int, type_no: int) -> None:
    """The registry knows the agency, its key, and what it may issue."""
    key = registry.home.keys / f"{code}.key"
    agencies.register(registry, code, Names(f"演習機關{number}", f"Drill Office {number}"))
    make_insecure_key(key, ALG_ES256)
    keys.add(registry, code, InsecureKeyFile(key).cose_key)
    accreditations.grant(registry, code, type_no)


def _office(folder: Path, home: RegistryHome, code: str, rows: int, size: Size) -> Ground:
    key = home.keys / f"{code}.key"
    account = find_account_file(home.accounts, agencies.anchor_account_name(code))
    place = folder / "offices" / code
    settings = OfficeSettings(
        agency=code,
        batch_key=str(key),
        anchor_account=str(account),
        registry=str(home.path),
        batch_size=size.batch_size,
        finality_seconds=30,
    )
    found_office(place, settings, False)
    return Ground(
        code, place, _records(folder / "records" / code, rows, size.job_rows), place / "out"
    )


def _records(folder: Path, rows: int, job_rows: int) -> list[Path]:
    """Files of so many records each, every record another."""
    folder.mkdir(parents=True)
    numbers = (
        text
        for text in map(str, range(10_000_000, 100_000_000))
        if refuse_business_no(text) is None
    )
    written = []
    for start in range(0, rows, job_rows):
        path = folder / f"{start // job_rows + 1:04d}.csv"
        lines = ["unified_business_no,name,name_en,city,kind"]
        lines += [
            f"{number},演習股份有限公司,Drill Company {number} Ltd.,新竹市,股份有限公司"
            for number in islice(numbers, min(job_rows, rows - start))
        ]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        written.append(path)
    return written
