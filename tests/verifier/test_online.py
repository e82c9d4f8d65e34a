"""The same checks with a real chain behind them."""

import json
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from credential.batch import seal_batch
from credential.entry import Entry, encode_entry
from credential.ids import AgencyCode, UnixTime
from credential.keys import ALG_ES256
from credential.sealed import registry_aad
from credential.status import (
    SlotState,
    StatusList,
    changed,
    encode_status_list,
    new_status_list,
)
from registry.home import RegistryHome
from registry.key_files import InsecureKeyFile, make_insecure_key
from registry.kinds import AlgorithmPhase
from registry.local_chain import running_local_chain
from registry.open_registry import OpenRegistry, open_registry
from registry.operations import (
    accreditations,
    agencies,
    checkpoints,
    governance,
    keys,
    types,
)
from registry.operations.deployment import DeploymentPlan, deploy_home
from registry.payload_codec import encode_agency_code
from registry.payloads import Names
from registry.public_folder import Document
from verifier.cli import main

pytestmark = [
    pytest.mark.chain,
    pytest.mark.allow_hosts(["127.0.0.1"]),
    pytest.mark.filterwarnings("ignore::registry.account_files.InsecureAccountFileWarning"),
    pytest.mark.filterwarnings("ignore::registry.key_files.InsecureKeyFileWarning"),
]

OFFICE = AgencyCode("OFFICE-1")
TYPE = "business-registration"


class Standing(NamedTuple):
    """A registry on a chain with one office, and the address of its node."""

    registry: OpenRegistry
    url: str
    key: InsecureKeyFile
    type_no: int


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standing]:
    folder = tmp_path_factory.mktemp("online")
    with running_local_chain(folder / "chain") as chain:
        home = RegistryHome(folder / "home")
        deploy_home(home, DeploymentPlan(Names("測試", "Test"), (chain.url,)))
        registry = open_registry(home)
        governance.set_algorithm(registry, ALG_ES256, AlgorithmPhase.START)
        agencies.register(registry, OFFICE, Names("商業處", "Commerce office"))
        types.register(registry, types.catalog_document(TYPE))
        type_no = next(iter(registry.state().content.types))[0]
        accreditations.grant(registry, OFFICE, type_no)
        make_insecure_key(folder / "batch.key", ALG_ES256)
        key = InsecureKeyFile(folder / "batch.key")
        keys.add(registry, OFFICE, key.cose_key)
        governance.set_checkpoint_signers(registry, 1, [key.cose_key])
        checkpoints.write_trust_anchor(registry)
        yield Standing(registry, chain.url, key, type_no)


def publish(standing: Standing, status_list: StatusList) -> None:
    """The list is in the public folder and its digest on the chain."""
    encoded = encode_status_list(status_list)
    digest = standing.registry.home.public.publish(Document.STATUS_LIST, encoded)
    assert digest == sha256(encoded).digest()
    standing.registry.act(
        "publishStatus",
        [encode_agency_code(OFFICE), status_list.list_no, status_list.version, digest],
        f"{OFFICE}-anchor",
        is_done=lambda: standing.registry.chain.status_version(OFFICE, 1) >= status_list.version,
    )


def sealed_and_anchored(standing: Standing, *, anchored: bool) -> bytes:
    """A credential in a batch of its own."""
    fields = {1: "22099131", 2: "台灣積體電路製造股份有限公司", 4: "TPE", 5: "LS"}
    now = UnixTime(int(time.time()))
    slot = (standing.type_no, 1, 1, 0 if anchored else 1)
    entry = encode_entry(Entry(OFFICE, now, None, None, bytes(range(16)), *slot, fields, {}))
    batch = seal_batch(
        [entry],
        alg=ALG_ES256,
        kid=standing.key.kid,
        aad=registry_aad(standing.registry.chain.chain_id, standing.registry.chain.contract),
        sign=standing.key.sign,
    )
    if anchored:
        standing.registry.act(
            "anchor",
            [encode_agency_code(OFFICE), 1, batch.root, 1, standing.key.kid],
            f"{OFFICE}-anchor",
            is_done=lambda: standing.registry.chain.batch_key(OFFICE, 1) is not None,
        )
    return batch.sealed[0]


def checked(
    standing: Standing, path: Path, capsys: pytest.CaptureFixture[str], *more: str
) -> tuple[int, Any]:
    """Exit code and JSON of the document."""
    home = standing.registry.home
    words = [str(path), "--online", standing.url, "--trust-anchor", str(home.trust_anchor)]
    code = main([*words, "--public", str(home.public.root), "--json", *more])
    return code, json.loads(capsys.readouterr().out)["documents"][0]


def test_online_says_valid_then_revoked_with_fresh_sources(
    standing: Standing, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = new_status_list(OFFICE, 1, 64)
    publish(standing, first)
    path = tmp_path / "a.sealed"
    path.write_bytes(sealed_and_anchored(standing, anchored=True))
    signed = tmp_path / "b.sealed"
    signed.write_bytes(sealed_and_anchored(standing, anchored=False))

    code, document = checked(standing, path, capsys)

    assert (code, document["checks"][1]["code"]) == (0, "proof.anchored")
    assert checked(standing, signed, capsys)[1]["checks"][4]["code"] == "anchor.fresh"

    publish(standing, changed(first, {0: SlotState.REVOKED}, 2))
    code, document = checked(standing, path, capsys)

    assert (code, document["checks"][6]["code"]) == (1, "status.revoked")


def test_online_remembers_in_a_store_and_refuses_an_older_bundle_afterwards(
    standing: Standing, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.txt"
    path.write_text("1")
    store = ["--store", str(tmp_path / "store")]

    checked(standing, path, capsys, *store)

    memory = json.loads((tmp_path / "store" / "floor.json").read_text())
    assert memory["size"] == standing.registry.chain.finalized_size()


def test_a_node_of_another_chain_is_foreign_and_a_dead_one_unavailable(
    standing: Standing, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    anchor = standing.registry.home.trust_anchor.read_bytes()
    assert anchor.count(standing.registry.chain.contract) == 1
    other = tmp_path / "other-anchor"
    other.write_bytes(anchor.replace(standing.registry.chain.contract, b"\x01" * 20))
    path = tmp_path / "a.sealed"
    path.write_bytes(sealed_and_anchored(standing, anchored=False))

    main([str(path), "--online", standing.url, "--trust-anchor", str(other), "--json"])
    foreign = json.loads(capsys.readouterr().out)["documents"][0]
    main([str(path), "--online", "http://127.0.0.1:9", "--trust-anchor", str(other), "--json"])
    dead = json.loads(capsys.readouterr().out)["documents"][0]

    assert (foreign["outcome"], foreign["checks"][-1]["code"]) == ("INDETERMINATE", "trust.foreign")
    assert (dead["outcome"], dead["checks"][-1]["code"]) == ("INDETERMINATE", "trust.unavailable")
