"""What a network's folder holds: keys only where they belong, and files a program can read."""

import json
import stat
import tomllib
from pathlib import Path

import pytest

from network.errors import NetworkError
from network.founding import HostAddress, Wish, add_host, drop_host, found_network, usual_hosts
from network.genesis import qbft_extra
from network.node_keys import identity_of
from network.plan import load_plan
from network.software import Software

SENDER = "0x" + "ab" * 20
HOSTS = [HostAddress(f"192.0.2.{number}", 30_303) for number in (1, 2, 3, 4)]


def founded(folder: Path, software: Software, senders: tuple[str, ...] = ()) -> Path:
    found_network(folder, Wish(software, 4_242, 2, 4, HOSTS, senders))
    return folder


def test_the_plan_on_disk_is_the_one_that_was_made(tmp_path: Path) -> None:
    made = found_network(tmp_path, Wish(Software.GOQUORUM, 4_242, 2, 4, HOSTS))

    assert load_plan(tmp_path) == made
    assert load_plan(tmp_path / "validator-3") == made


def test_each_key_is_in_its_own_folder_alone_and_for_its_owner_alone(tmp_path: Path) -> None:
    plan = load_plan(founded(tmp_path, Software.GOQUORUM))

    for validator in plan.validators:
        path = tmp_path / validator.name / "node.key"
        secret = path.read_text("ascii")
        identity = identity_of(bytes.fromhex(secret))
        holders = [
            file
            for file in tmp_path.rglob("*")
            if file.is_file() and secret in file.read_text("utf-8")
        ]
        assert identity.address.hex() == validator.address[2:]
        assert identity.public_key.hex() == validator.public_key
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert holders == [path]


def test_a_second_network_never_replaces_the_first(tmp_path: Path) -> None:
    founded(tmp_path, Software.GOQUORUM)

    with pytest.raises(NetworkError, match="holds a network already"):
        founded(tmp_path, Software.GOQUORUM)


def test_all_hosts_have_the_same_first_block(tmp_path: Path) -> None:
    plan = load_plan(founded(tmp_path, Software.BESU))

    blocks = {path.read_bytes() for path in tmp_path.rglob("genesis.json")}

    assert len(blocks) == 1
    extra = json.loads(blocks.pop())["extraData"]
    assert extra == "0x" + qbft_extra([one.address_bytes for one in plan.validators]).hex()


class TestBesu:
    def test_config_is_toml_that_listens_for_rpc_on_the_loopback_only(self, tmp_path: Path) -> None:
        folder = founded(tmp_path, Software.BESU, (SENDER,)) / "validator-2"

        config = tomllib.loads((folder / "config.toml").read_text("utf-8"))

        assert config["rpc-http-host"] == "127.0.0.1"
        assert config["p2p-host"] == "192.0.2.2"
        assert config["min-gas-price"] == 0
        assert config["discovery-enabled"] is False
        assert config["permissions-nodes-config-file-enabled"] is True
        assert config["permissions-accounts-config-file-enabled"] is True

    def test_permissions_list_all_validators_and_only_the_given_senders(
        self, tmp_path: Path
    ) -> None:
        folder = founded(tmp_path, Software.BESU, (SENDER,))
        plan = load_plan(folder)

        lists = tomllib.loads((folder / "validator-1" / "permissions.toml").read_text("utf-8"))

        assert lists["accounts-allowlist"] == [SENDER]
        assert lists["nodes-allowlist"] == [validator.enode() for validator in plan.validators]

    def test_without_senders_there_is_no_list_of_accounts(self, tmp_path: Path) -> None:
        folder = founded(tmp_path, Software.BESU) / "validator-1"

        config = tomllib.loads((folder / "config.toml").read_text("utf-8"))

        assert config["permissions-accounts-config-file-enabled"] is False
        assert "accounts-allowlist" not in (folder / "permissions.toml").read_text("utf-8")

    def test_static_peers_are_the_three_others(self, tmp_path: Path) -> None:
        folder = founded(tmp_path, Software.BESU)
        own = load_plan(folder).named(2)

        peers = json.loads((folder / "validator-2" / "static-nodes.json").read_text("utf-8"))

        assert len(peers) == 3
        assert own.enode() not in peers

    def test_compose_and_service_name_the_validator(self, tmp_path: Path) -> None:
        folder = founded(tmp_path, Software.BESU) / "validator-4"

        assert "validator-4:" in (folder / "docker-compose.yml").read_text("utf-8")
        assert "validator-4 (Besu" in (folder / "sealroot-validator.service").read_text("utf-8")


class TestGeth:
    @pytest.mark.parametrize("software", [Software.GOQUORUM, Software.GETH])
    def test_on_a_host_rpc_is_on_the_loopback_and_answers_no_operator(
        self, tmp_path: Path, software: Software
    ) -> None:
        start = (founded(tmp_path, software) / "validator-1" / "start.sh").read_text("utf-8")

        assert "--http.addr 127.0.0.1 --http.port 8545 --http.api eth,net,web3" in start
        assert "admin" not in start

    def test_goquorum_lets_only_validators_connect(self, tmp_path: Path) -> None:
        folder = founded(tmp_path, Software.GOQUORUM)

        listed = json.loads((folder / "validator-1" / "permissioned-nodes.json").read_text("utf-8"))

        assert listed == [validator.enode() for validator in load_plan(folder).validators]
        assert "--permissioned" in (folder / "validator-1" / "start.sh").read_text("utf-8")

    @pytest.mark.parametrize("software", [Software.GOQUORUM, Software.GETH])
    def test_a_list_of_senders_that_nobody_would_keep_is_refused(
        self, tmp_path: Path, software: Software
    ) -> None:
        with pytest.raises(ValueError, match="keeps no list of who may send"):
            founded(tmp_path, software, (SENDER,))

    def test_geth_is_told_to_take_transactions_without_a_price(self, tmp_path: Path) -> None:
        start = (founded(tmp_path, Software.GETH) / "validator-1" / "start.sh").read_text("utf-8")

        assert "miner.setGasPrice('0x0')" in start

    def test_peers_are_in_the_config_as_toml(self, tmp_path: Path) -> None:
        folder = founded(tmp_path, Software.GETH) / "validator-1"

        config = tomllib.loads((folder / "config.toml").read_text("utf-8"))

        assert len(config["Node"]["P2P"]["StaticNodes"]) == 3
        assert config["Node"]["P2P"]["NoDiscovery"] is True


@pytest.mark.parametrize("software", list(Software))
def test_every_host_has_a_page_in_both_languages(tmp_path: Path, software: Software) -> None:
    page = (founded(tmp_path, software) / "validator-1" / "README.md").read_text("utf-8")

    assert "## 中文" in page
    assert "## English" in page
    assert "`192.0.2.2`:30303 (validator-2)" in page
    assert "$" not in page


def test_a_validator_more_is_known_to_all_and_can_be_dropped(tmp_path: Path) -> None:
    founded(tmp_path, Software.GOQUORUM)

    added = add_host(tmp_path, HostAddress("192.0.2.5"))

    assert added.number == 5
    assert added.enode() in (tmp_path / "validator-1" / "permissioned-nodes.json").read_text()
    assert added.address not in load_plan(tmp_path).genesis_validators
    assert len(drop_host(tmp_path, 5).validators) == 4
    assert added.enode() not in (tmp_path / "validator-1" / "permissioned-nodes.json").read_text()


def test_validators_on_one_machine_have_ports_of_their_own() -> None:
    ports = [host.port for host in usual_hosts(4)]

    assert len(set(ports)) == 4


@pytest.mark.parametrize(
    ("spoilt", "named"),
    [
        ('{"version":2}', "version"),
        ("{", "Invalid JSON"),
        ('{"version":1,"software":"parity"}', "software"),
    ],
)
def test_a_damaged_plan_is_refused_and_named(tmp_path: Path, spoilt: str, named: str) -> None:
    (tmp_path / "network.json").write_text(spoilt, "utf-8")

    with pytest.raises(NetworkError, match=named):
        load_plan(tmp_path)


def test_a_folder_without_a_network_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(NetworkError) as caught:
        load_plan(tmp_path)

    assert "sealroot network init" in caught.value.__notes__[1]
