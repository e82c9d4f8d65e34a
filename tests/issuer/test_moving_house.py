"""The whole move by the commands, on two chains: an office goes on, and old documents stay valid.

Both chains are gone when the documents are checked, under the trust anchor from before the move.
"""

import json
import subprocess
import sys
import warnings
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from credential.keys import ALG_ES256
from registry.anchor_file import decode_trust_anchor
from registry.bundle import open_bundle
from registry.errors import ChainUnavailableError
from registry.home import RegistryHome
from registry.journal import read_journal_file
from registry.key_files import InsecureKeyFile, make_insecure_key
from registry.local_chain import running_local_chain
from registry.open_registry import open_registry
from registry.operations import bundles, checkpoints, governance, moving
from registry.operations.moving import MovePlan, Stage
from registry.rim_errors import HomeError
from registry.trust_data import EvidenceStrength
from tests.issuer.office_bench import write_business_csv
from tests.issuer.test_real_chain import AGENCY, found_registry
from verifier import Outcome, verify

pytestmark = [
    pytest.mark.chain,
    pytest.mark.allow_hosts(["127.0.0.1"]),
    pytest.mark.filterwarnings("ignore::UserWarning"),
]
LATER = 600


def sealroot(*words: object) -> tuple[int, Any, str]:
    """Run a command; its exit code, what it told as JSON, and its words."""
    program = str(Path(sys.executable).parent / "sealroot")
    done = subprocess.run(
        [program, *map(str, words), "--json"],
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    told = json.loads(done.stdout) if done.stdout.strip() else {}
    return done.returncode, told, done.stderr


class Realm:
    """A registry at home on one chain, an office of it, and a second chain to move to."""

    def __init__(self, folder: Path, old: ExitStack, new: ExitStack) -> None:
        self.folder, self.old, self.new = folder, old, new
        first = old.enter_context(running_local_chain(folder / "chain-1"))
        self.home = found_registry(folder / "registry", first.url)
        self.second = new.enter_context(running_local_chain(folder / "chain-2"))
        make_insecure_key(self.home.keys / "signer.key", ALG_ES256)
        self.signer = InsecureKeyFile(self.home.keys / "signer.key")
        registry = open_registry(self.home)
        governance.set_checkpoint_signers(registry, 1, [self.signer.cose_key])
        self.anchor = decode_trust_anchor(checkpoints.write_trust_anchor(registry))
        self.documents: list[bytes] = []

    def office(self, *words: object) -> tuple[int, Any, str]:
        return sealroot("issuer", "--home", self.folder / "office", *words)

    def move(self, *words: object) -> tuple[int, Any, str]:
        return sealroot("registry", "move", *words, "--home", self.home.path)

    def issue(self, rows: int, *more: object) -> None:
        """So many documents more, kept as their holders keep them."""
        out = self.folder / f"out{rows}"
        records = write_business_csv(self.folder / f"records{rows}.csv", rows)
        wishes = ("--type", "business-registration", "--out", out, "--files", "sealed", *more)
        code, told, said = self.office("issue", records, *wishes)
        assert code == 0, (told, said)
        found = [path.read_bytes() for path in sorted(out.glob("*.sealed"))]
        assert len(found) == rows
        self.documents += found

    def bundle(self, *, full: bool) -> bytes:
        """A bundle as of now, vouched for by the signer."""
        registry = open_registry(self.home)
        now = registry.chain.next_block_time()
        checkpoints.make(registry, now, [self.signer])
        make = bundles.make_full if full else bundles.make_lite
        return make(registry, now)[0]


@pytest.fixture(scope="module")
def realm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Realm]:
    with warnings.catch_warnings(), ExitStack() as old, ExitStack() as new:
        warnings.simplefilter("ignore", UserWarning)
        made = Realm(tmp_path_factory.mktemp("realm"), old, new)
        account = next(made.home.accounts.glob(f"{AGENCY}-anchor*"))
        key = made.home.keys / f"{AGENCY}.key"
        known = ("--agency", AGENCY, "--batch-key", key, "--anchor-account", account)
        code, _, said = made.office("init", *known, "--registry", made.home.path)
        assert code == 0, said
        yield made


def test_a_registry_moves_and_every_document_stays_valid(realm: Realm) -> None:
    realm.issue(3)
    realm.issue(2, "--wait", "none")
    old_entries = open_registry(realm.home).followed().journal.entries
    assert realm.move("show")[1]["stage"] == "at home"

    # begun, and interrupted there
    moving.begin(open_registry(realm.home), MovePlan((realm.second.url,)))
    assert realm.move("show")[1]["stage"] == Stage.BEGUN
    code, told, said = realm.move("start", "--rpc", realm.second.url)
    assert (code, told.get("stage")) == (0, "at home"), (told, said)
    assert len(told["earlier_homes"]) == 1
    assert realm.home.move() is None

    # the old chain is gone, and the office goes on at the new one
    realm.old.close()
    assert realm.office("run")[0] == 0
    realm.issue(1)
    after = open_registry(realm.home).followed()
    assert after.journal.entries[: len(old_entries)] == old_entries
    kinds = [entry.kind for entry in after.journal.entries[len(old_entries) :]]
    assert kinds[:2] == [0x90, 0x91]
    assert kinds.count(0x50) == 2
    full, lite = realm.bundle(full=True), realm.bundle(full=False)

    # both chains are gone, and so is the office
    realm.new.close()
    with pytest.raises(ChainUnavailableError):
        open_registry(realm.home).chain.head()
    for bundle in (full, lite):
        trust = open_bundle(bundle, anchor=realm.anchor)
        assert trust.evidence.strength is EvidenceStrength.CHECKPOINT
        assert trust.state.homes[0].registry == (realm.anchor.chain_id, realm.anchor.contract)
        at = trust.evidence.as_of + LATER
        found = [verify(document, trust, at).outcome for document in realm.documents]
        assert found == [Outcome.VALID] * 6
    copy = read_journal_file(realm.home.journal_copy.read_bytes())
    assert (copy.chain_id, copy.contract) == (realm.anchor.chain_id, realm.anchor.contract)


def test_nothing_goes_on_where_no_move_was_begun(tmp_path: Path) -> None:
    with running_local_chain(tmp_path / "chain") as chain:
        registry = open_registry(found_registry(tmp_path / "registry", chain.url))
        with pytest.raises(HomeError, match="no move was begun"):
            moving.go_on(registry)


def test_the_old_chain_may_vanish_once_it_has_named_its_successor(tmp_path: Path) -> None:
    with ExitStack() as old, running_local_chain(tmp_path / "chain-2") as second:
        first = old.enter_context(running_local_chain(tmp_path / "chain-1"))
        home: RegistryHome = found_registry(tmp_path / "registry", first.url)
        registry = open_registry(home)
        planned = moving.begin(registry, MovePlan((second.url,)))
        assert moving.begin(registry, MovePlan(("http://127.0.0.1:1",))) == planned
        there = home.chain_of(planned).address("CarriedRegistry")
        governance.set_successor(registry, planned.chain_id, there)
        size = len(registry.followed().journal.entries)
        assert moving.standing(registry).stage is Stage.ANNOUNCED
        old.close()
        code, told, said = sealroot("registry", "move", "continue", "--home", home.path)
        assert (code, told.get("entries")) == (0, size + 1), (told, said)
        assert sealroot("registry", "move", "show", "--home", home.path)[1]["stage"] == "at home"
        assert home.settings().contract == planned.contract
