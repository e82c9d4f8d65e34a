"""The operator's mirror on a real local chain: what was decided there is served, then synced."""

from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from credential.keys import ALG_ES256
from registry.kinds import AlgorithmPhase
from registry.mirror.app import make_app
from registry.mirror.folder import MirrorFolder
from registry.mirror.refresher import Refresher
from registry.mirror.sources import FolderSource
from registry.mirror.sync import sync
from registry.open_registry import OpenRegistry
from registry.operations import agencies, checkpoints, governance
from registry.payloads import Names
from tests.simulated_keys import SimulatedKey

pytestmark = [
    pytest.mark.chain,
    pytest.mark.allow_hosts(["127.0.0.1"]),
    pytest.mark.filterwarnings("ignore::registry.account_files.InsecureAccountFileWarning"),
]


def test_what_the_council_decides_is_served_and_synced(
    new_registry: Callable[..., OpenRegistry], tmp_path: Path
) -> None:
    registry = new_registry()
    governance.set_algorithm(registry, ALG_ES256, AlgorithmPhase.START)
    agencies.register(registry, "TPE-MVO", Names("臺北市區監理所", "Taipei Motor Vehicles Office"))
    signers = [SimulatedKey(f"signer {number}") for number in range(2)]
    governance.set_checkpoint_signers(registry, 2, [key.cose_key for key in signers])
    anchor = checkpoints.write_trust_anchor(registry)
    now = registry.state().time + 60
    checkpoints.make(registry, now, signers)
    folder = MirrorFolder(tmp_path / "mirror")
    refresher = Refresher(registry.home, folder, lambda: now, lambda _line: None)

    refresher.refresh()

    client = TestClient(make_app(folder, refresher.upstream, clock=lambda: now))
    report = sync([FolderSource(folder.root)], MirrorFolder(tmp_path / "copy"), anchor, now=now)
    assert "臺北市區監理所" in client.get("/agencies").text
    assert client.get("/health.json").json()["source"] == "reachable"
    assert report.size == registry.state().size
