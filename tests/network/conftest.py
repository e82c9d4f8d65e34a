"""Networks of real validators, and a registry with one office on them."""

import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from credential.keys import ALG_ES256
from network.founding import Wish, found_network, usual_hosts
from network.lab import Lab
from network.software import Software
from registry.account_files import InsecureAccountFileWarning
from registry.key_files import InsecureKeyFileWarning
from registry.kinds import AlgorithmPhase
from registry.operations import accreditations, agencies, governance, keys, types
from registry.payloads import Names
from sealroot.demo.offices import Desk
from sealroot.demo.realm import COMMERCE, ChainPlace, Realm, bare_registry, make_key

CHAIN_ID = 77_001
MEASURED: list[tuple[str, float]] = []


def found(folder: Path, software: Software) -> Lab:
    found_network(folder, Wish(software, CHAIN_ID, 1, 4, usual_hosts(4)))
    return Lab(folder)


@pytest.fixture(scope="module")
def qbft(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Return four validators that run; every test leaves them so."""
    lab = found(tmp_path_factory.mktemp("qbft"), Software.GOQUORUM)
    lab.up()
    yield lab
    lab.down()


@pytest.fixture(scope="module")
def realm(qbft: Lab, tmp_path_factory: pytest.TempPathFactory) -> Realm:
    """Return a registry on the network, with one office that may issue company extracts."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InsecureAccountFileWarning)
        warnings.simplefilter("ignore", InsecureKeyFileWarning)
        plan = qbft.plan
        made = bare_registry(
            tmp_path_factory.mktemp("registry"),
            ChainPlace(tuple(qbft.urls()), plan.engine, len(plan.validators)),
            Names("測試登錄簿", "Registry under Test"),
        )
        governance.set_algorithm(made.registry, ALG_ES256, AlgorithmPhase.START)
        document = types.catalog_document(COMMERCE.type_id)
        number = types.register(made.registry, document).type_no
        agencies.register(made.registry, COMMERCE.code, COMMERCE.names)
        accreditations.grant(made.registry, COMMERCE.code, number, depth=0)
        key = make_key(made.key_file(COMMERCE.code), ALG_ES256)
        keys.add(made.registry, COMMERCE.code, key.cose_key)
    return made


@pytest.fixture(scope="module")
def desk(realm: Realm, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(COMMERCE, realm, tmp_path_factory.mktemp("office"))


@pytest.fixture
def measured() -> Callable[[str, float], None]:
    """Return what writes a time down for the summary."""
    return lambda what, seconds: MEASURED.append((what, seconds))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if MEASURED:
        terminalreporter.section("times on this network")
        for what, seconds in MEASURED:
            terminalreporter.write_line(f"{seconds:7.1f} s  {what}")
