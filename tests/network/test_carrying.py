"""A registry moves from a local chain to real validators, and goes on there when that is gone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from credential.ids import AgencyCode
from credential.keys import ALG_ES256
from network.founding import Wish, found_network, usual_hosts
from network.lab import Lab
from network.lab_record import Isolation
from network.software import Software
from registry.chain import Web3Chain
from registry.home import RegistryHome
from registry.key_files import InsecureKeyFile, make_insecure_key
from registry.kinds import AlgorithmPhase
from registry.local_chain import running_local_chain
from registry.open_registry import OpenRegistry, open_registry
from registry.operations import agencies, governance, keys, moving
from registry.operations.deployment import DeploymentPlan, deploy_home
from registry.payload_codec import encode_agency_code
from registry.payloads import Names
from registry.trust import replay

pytestmark = [
    pytest.mark.network,
    pytest.mark.allow_hosts(["127.0.0.1"]),
    pytest.mark.timeout(300),
    pytest.mark.filterwarnings("ignore::registry.key_files.InsecureKeyFileWarning"),
    pytest.mark.filterwarnings("ignore::registry.account_files.InsecureAccountFileWarning"),
]

CODE = AgencyCode("OFFICE-1")


@pytest.fixture(params=[Software.GOQUORUM, Software.GETH])
def validator(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Lab]:
    """Return a network of one validator: what counts here is its virtual machine and its limits."""
    found_network(tmp_path / "net", Wish(request.param, 77_002, 1, 4, usual_hosts(1)))
    lab = Lab(tmp_path / "net")
    lab.up(Isolation.PORTS)
    yield lab
    lab.down()


def test_a_moved_registry_goes_on_when_its_old_chain_is_gone(
    validator: Lab, tmp_path: Path
) -> None:
    home = RegistryHome(tmp_path / "home")
    place = moving.MovePlan(tuple(validator.urls()), engine=validator.plan.engine, validators=1)

    with running_local_chain(tmp_path / "chain") as chain:
        deploy_home(home, DeploymentPlan(Names("一", "One"), (chain.url,)))
        old = open_registry(home)
        kid = founded(old, tmp_path)
        for batch_no in range(1, 131):
            anchor(old.chain, home, batch_no, kid)
        entries = old.chain.entries(0)
        moving.begin(old, place)
        moving.go_on(old)
    new = open_registry(home).chain
    anchor(new, home, 131, kid)

    journal = new.entries(0)
    state = replay(*new.deployment.begun_at, journal)
    slot = new.pool.request("eth_getStorageAt", new.address("Registry"), "0x0", "latest")
    assert journal[: len(entries)] == entries
    assert [entry.kind for entry in journal[len(entries) :]] == [0x90, 0x91, 0x50]
    assert (state.size, state.head) == new.head()
    assert slot == f"0x{state.head.hex()}"
    assert (state.chain_id, state.contract) == (77_002, new.contract)


def founded(registry: OpenRegistry, folder: Path) -> bytes:
    """An agency that may issue; return the kid of its key."""
    kid = make_insecure_key(folder / "batch.key", ALG_ES256)
    key = InsecureKeyFile(folder / "batch.key")
    governance.set_algorithm(registry, ALG_ES256, AlgorithmPhase.START)
    agencies.register(registry, CODE, Names("所", "Office"))
    keys.add(registry, CODE, key.cose_key)
    return kid


def anchor(chain: Web3Chain, home: RegistryHome, batch_no: int, kid: bytes) -> None:
    chain.send(
        "anchor",
        [encode_agency_code(CODE), batch_no, batch_no.to_bytes(32, "big"), 5, kid],
        home.account(agencies.anchor_account_name(CODE)),
        is_done=lambda: chain.batch_key(CODE, batch_no) is not None,
    )
