"""Two registries on a real chain: a foreign document counts while ours recognises the other."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from typer.testing import CliRunner

from credential.batch import seal_batch
from credential.entry import Entry, encode_entry
from credential.ids import AgencyCode, UnixTime
from credential.keys import ALG_ES256
from credential.sealed import registry_aad
from credential.status import encode_status_list, new_status_list
from registry.anchor_file import decode_trust_anchor, short_digest
from registry.bundle import open_bundle
from registry.call_arguments import parse_arguments
from registry.cli import registry_app
from registry.errors import BundleError
from registry.key_files import InsecureKeyFile, make_insecure_key
from registry.kinds import AlgorithmPhase
from registry.open_registry import OpenRegistry
from registry.operations import accreditations, agencies, checkpoints, governance, keys, types
from registry.payload_codec import encode_agency_code
from registry.payloads import Names
from registry.public_folder import Document
from registry.recognition import decode_tail
from tests.simulator import PERMIT
from verifier import Outcome, Verdict, verify

pytestmark = [
    pytest.mark.chain,
    pytest.mark.allow_hosts(["127.0.0.1"]),
    pytest.mark.filterwarnings("ignore::registry.account_files.InsecureAccountFileWarning"),
    pytest.mark.filterwarnings("ignore::registry.key_files.InsecureKeyFileWarning"),
]
CODE = AgencyCode("ABROAD")


class Nation(NamedTuple):
    """A registry with its checkpoint signer and the time of its last checkpoint."""

    registry: OpenRegistry
    signer: InsecureKeyFile

    @property
    def anchor_file(self) -> Path:
        return self.registry.home.trust_anchor

    def checkpoint(self) -> int:
        at = self.registry.chain.next_block_time()
        checkpoints.make(self.registry, at, [self.signer])
        return at

    def command(self, *words: str) -> str:
        told = CliRunner().invoke(
            registry_app, [*words, "--home", str(self.registry.home.path)], catch_exceptions=False
        )
        assert told.exit_code == 0, told.output
        return told.stdout


@pytest.fixture
def nation(new_registry: Callable[..., OpenRegistry]) -> Callable[[], Nation]:
    def make() -> Nation:
        registry = new_registry()
        registry.home.keys.mkdir(exist_ok=True)
        path = registry.home.keys / "signer.key"
        make_insecure_key(path, ALG_ES256)
        signer = InsecureKeyFile(path)
        governance.set_algorithm(registry, ALG_ES256, AlgorithmPhase.START)
        governance.set_checkpoint_signers(registry, 1, [signer.cose_key])
        checkpoints.write_trust_anchor(registry)
        return Nation(registry, signer)

    return make


def issued(nation: Nation, folder: Path) -> bytes:
    """One sealed and anchored credential of type 1 of this registry."""
    registry = nation.registry
    make_insecure_key(folder / "batch.key", ALG_ES256)
    key = InsecureKeyFile(folder / "batch.key")
    types.register(registry, PERMIT)
    agencies.register(registry, CODE, Names("外國機關", "Foreign office"))
    accreditations.grant(registry, CODE, 1)
    kid = keys.add(registry, CODE, key.cose_key)
    listed = encode_status_list(new_status_list(CODE, 1, 100))
    digest = registry.home.public.publish(Document.STATUS_LIST, listed)
    account = agencies.anchor_account_name(CODE)
    registry.act(
        "publishStatus",
        [encode_agency_code(CODE), 1, 1, digest],
        account,
        is_done=lambda: registry.chain.status_version(CODE, 1) >= 1,
    )
    now = UnixTime(registry.chain.next_block_time())
    entry = Entry(CODE, now, None, None, bytes(range(16)), 1, 1, 1, 0, {1: "Anna"}, {})
    batch = seal_batch(
        [encode_entry(entry)],
        alg=ALG_ES256,
        kid=kid,
        aad=registry_aad(registry.chain.chain_id, registry.chain.contract),
        sign=key.sign,
    )
    registry.chain.send(
        "anchor",
        [encode_agency_code(CODE), 1, batch.root, 1, kid],
        registry.home.account(account),
        is_done=lambda: registry.chain.batch_key(CODE, 1) is not None,
    )
    return batch.sealed[0]


def show(bundle: Path) -> str:
    told = CliRunner().invoke(registry_app, ["bundle", "show", str(bundle)])
    return told.stdout


def judged(home: Nation, bundle: Path, sealed: bytes, at: int) -> Verdict:
    anchor = decode_trust_anchor(home.registry.home.trust_anchor.read_bytes())
    return verify(sealed, open_bundle(bundle.read_bytes(), anchor=anchor), at)


def test_a_foreign_document_counts_until_recognition_ends(
    nation: Callable[[], Nation], tmp_path: Path
) -> None:
    home, abroad = nation(), nation()
    sealed = issued(abroad, tmp_path)
    abroad.checkpoint()
    guest, bundle = tmp_path / "guest.bundle", tmp_path / "home.bundle"
    abroad.command("bundle", "make", "--out", str(guest), "--lite")
    digest = short_digest(abroad.anchor_file.read_bytes())
    anchor = ("--trust-anchor", str(abroad.anchor_file), "--types", "1,2")

    made = home.command("recognise", *anchor, "--digest", digest, "--json")
    home.command("recognise", *anchor, "--digest", digest, "--json")
    at = home.checkpoint()
    home.command("bundle", "make", "--out", str(bundle), "--guest", str(guest))
    verdict = judged(home, bundle, sealed, at)

    assert json.loads(made) == {"recognition": 1, "types": [1, 2], "digest": digest}
    assert (verdict.outcome, verdict.guest and verdict.guest.number) == (Outcome.VALID, 1)
    (listed,) = json.loads(home.command("recognition", "list", "--json"))
    assert (listed["number"], listed["types"], listed["in_force"]) == (1, [1, 2], True)
    assert "recognition 1 (in force)" in show(bundle)

    home.command("recognition", "end", "1")
    at = home.checkpoint()
    home.command("bundle", "make", "--out", str(bundle), "--guest", str(guest), "--lite")
    refused = judged(home, bundle, sealed, at)

    assert refused.outcome is Outcome.INVALID
    assert refused.checks[2].reason == "issuer.not_recognised"


def test_a_bundle_of_a_registry_that_is_not_recognised_cannot_be_a_guest(
    nation: Callable[[], Nation], tmp_path: Path
) -> None:
    home, abroad = nation(), nation()
    for one in (home, abroad):
        one.checkpoint()
    guest = tmp_path / "guest.bundle"
    abroad.command("bundle", "make", "--out", str(guest))

    with pytest.raises(BundleError, match="does not recognise that registry"):
        home.command("bundle", "make", "--out", str(tmp_path / "b"), "--guest", str(guest))

    assert not (tmp_path / "b").exists()


def test_nothing_is_recognised_where_the_digest_is_another(
    nation: Callable[[], Nation],
) -> None:
    home, abroad = nation(), nation()
    words = ["--trust-anchor", str(abroad.anchor_file), "--types", "1"]
    folder = ["--home", str(home.registry.home.path)]

    other = CliRunner().invoke(
        registry_app, ["recognise", *words, "--digest", "0000-0000", *folder]
    )
    declined = CliRunner().invoke(registry_app, ["recognise", *words, *folder], input="n\n")

    assert (other.exit_code, declined.exit_code) == (2, 1)
    assert "nothing was recognised" in " ".join(other.output.replace("│", " ").split())
    assert short_digest(abroad.anchor_file.read_bytes()) in declined.output
    assert home.registry.state().recognitions == ()


def test_a_council_on_separate_machines_gets_the_arguments_to_propose(
    nation: Callable[[], Nation],
) -> None:
    home, abroad = nation(), nation()
    digest = short_digest(abroad.anchor_file.read_bytes())

    told = home.command(
        "recognise",
        "--trust-anchor",
        str(abroad.anchor_file),
        "--types",
        "3",
        "--digest",
        digest,
        "--arguments-only",
    )

    contract, function = parse_arguments("Registry", "recogniseRegistry", told)
    assert contract == "Registry"
    assert decode_tail(function[3]).type_nos == (3,)
    assert home.registry.state().recognitions == ()
