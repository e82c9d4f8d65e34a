"""A credential of a registry that ours recognises: judged by that one, and named as its own."""

import json
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from credential.ids import UnixTime
from registry.anchor_file import encode_trust_anchor
from registry.bundle import open_bundle
from registry.bundle_file import GuestFile
from registry.errors import RollbackError
from registry.trust_data import TrustData
from tests.simulated_registries import move
from tests.simulator import Simulator
from tests.vectors.make_guest_vectors import NORTH, abroad
from verifier import Outcome, Policy, verify, verify_many
from verifier.cli import main
from verifier.explain import explain
from verifier.sources import gather
from verifier.store import TrustStore
from verifier.verdict import CheckName

NAME = {1: "Anna"}


class Counter(NamedTuple):
    """Files on a counter: what is asked about, the bundle, the trust anchor, the store."""

    home: Simulator
    north: Simulator
    folder: Path
    ours: bytes
    foreign: bytes
    namesake: bytes

    @property
    def anchor(self) -> Path:
        path = self.folder / "anchor"
        path.write_bytes(encode_trust_anchor(self.home.trust_anchor))
        return path

    def bundle(self, guest: bytes | None = None) -> Path:
        path = self.folder / "bundle"
        own = self.north.lite_bundle() if guest is None else guest
        path.write_bytes(self.home.lite_bundle([GuestFile(1, own)]))
        return path

    def trust(self) -> TrustData:
        return open_bundle(self.bundle().read_bytes(), anchor=self.home.trust_anchor)

    def command(self, sealed: bytes, *options: str, guest: bytes | None = None) -> int:
        document = self.folder / "a.sealed"
        document.write_bytes(sealed)
        words = [str(document), "--bundle", str(self.bundle(guest))]
        held = ["--trust-anchor", str(self.anchor), "--at", str(self.home.now)]
        return main([*words, *held, *options])


@pytest.fixture
def counter(tmp_path: Path) -> Counter:
    home = Simulator()
    office = home.office("A1")
    ours = home.issue(office, {1: "王小明"})
    home.anchor(ours)
    north, offices = abroad(886, NORTH, "N1", "A1")
    foreign, namesake = north.issue(offices["N1"], NAME), north.issue(offices["A1"], NAME)
    for batch in (foreign, namesake):
        north.anchor(batch)
    north.checkpoint()
    home.now = max(home.now, north.now)
    home.recognise(north)
    home.checkpoint()
    return Counter(home, north, tmp_path, ours.sealed[0], foreign.sealed[0], namesake.sealed[0])


def documents(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    told = json.loads(capsys.readouterr().out)["documents"][0]
    assert isinstance(told, dict)
    return told


def test_the_report_names_the_other_registry_in_both_languages(
    counter: Counter, capsys: pytest.CaptureFixture[str]
) -> None:
    assert counter.command(counter.foreign, "--lang", "en") == 0
    english = capsys.readouterr().out
    assert counter.command(counter.foreign, "--lang", "zh-Hant") == 0
    chinese = capsys.readouterr().out

    assert "外國登錄 886 / Registry 886 (ANOTHER registry, recognised by ours: number 1)" in english
    assert english.index("ANOTHER registry") < english.index("pass     document")
    assert "機關 N1 / Agency N1" in english
    assert "Recognised by our council (number 1) since" in english
    assert "另一登錄簿，經本登錄簿承認，第 1 號" in chinese
    assert "CAUTION" not in english


def test_the_report_names_home_by_its_trust_anchor(
    counter: Counter, capsys: pytest.CaptureFixture[str]
) -> None:
    assert counter.command(counter.ours, "--lang", "en") == 0

    told = capsys.readouterr().out
    assert "Registry: 模擬登錄 / Simulated registry" in told
    assert "ANOTHER registry" not in told


def test_an_agency_with_the_code_of_one_of_ours_is_said_to_be_another(
    counter: Counter, capsys: pytest.CaptureFixture[str]
) -> None:
    assert counter.command(counter.namesake, "--lang", "en") == 0

    told = capsys.readouterr().out
    assert "our own registry has an agency A1 too. This document is NOT from that one" in told


def test_json_gives_the_registry_the_recognition_and_both_strengths(
    counter: Counter, capsys: pytest.CaptureFixture[str]
) -> None:
    assert counter.command(counter.namesake, "--json") == 0
    told = documents(capsys)

    registry = told["credential"]["registry"]
    assert (registry["is_home"], registry["name_en"]) == (False, "Registry 886")
    assert registry["recognition"]["in_force"] is True
    assert (registry["trust"]["chain_id"], registry["trust"]["strength"]) == (886, 2)
    assert (told["trust"]["chain_id"], told["trust"]["strength"]) == (31337, 2)
    assert told["trust"]["guests"][0]["trust"] == registry["trust"]
    assert told["credential"]["agency_code_is_also_at_home"] is True

    assert counter.command(counter.ours, "--json") == 0
    ours = documents(capsys)["credential"]
    assert (ours["registry"]["is_home"], ours["registry"]["recognition"]) == (True, None)
    assert ours["agency_code_is_also_at_home"] is False


def test_explain_shows_the_values_of_the_registry_that_judged(counter: Counter) -> None:
    trust = counter.trust()
    at = counter.home.now
    told = "\n".join(explain(counter.foreign, verify(counter.foreign, trust, at), trust, Policy()))

    assert "it is known to the guest of recognition 1" in told
    assert f"journal of chain 886, contract 0x{NORTH.hex()}" in told
    assert "counted: the weaker, 2, and the older" in told
    assert "agency unknown" not in told


def test_once_recognition_has_ended_the_document_is_refused(
    counter: Counter, capsys: pytest.CaptureFixture[str]
) -> None:
    counter.home.end_recognition(1)
    counter.home.checkpoint()

    assert counter.command(counter.foreign, "--lang", "en") == 1

    assert "[issuer.not_recognised]" in capsys.readouterr().out


def test_a_store_notices_an_old_guest_in_a_newer_home(
    counter: Counter, capsys: pytest.CaptureFixture[str]
) -> None:
    store = ("--store", str(counter.folder / "store"), "--json")
    old = counter.north.lite_bundle()
    counter.north.office("N7")
    counter.north.checkpoint()
    counter.home.now = max(counter.home.now, counter.north.now)
    counter.home.office("A7")
    counter.home.checkpoint()
    assert counter.command(counter.foreign, *store) == 0
    counter.home.office("A8")
    counter.home.checkpoint()
    capsys.readouterr()

    assert counter.command(counter.foreign, *store, guest=old) == 2

    assert "trust.rollback" in capsys.readouterr().out
    assert counter.command(counter.foreign, *store) == 0


def test_a_store_remembers_a_guest_that_a_bundle_leaves_out(counter: Counter) -> None:
    store = TrustStore(counter.folder / "store")
    home = counter.home.trust_anchor
    with_guest = counter.trust()
    store.accept(with_guest)
    store.accept(open_bundle(counter.home.lite_bundle(), anchor=home))

    assert store.guest_floors() == with_guest.guest_floors
    counter.north.checkpoint(at=counter.home.now + 60)
    store.accept(counter.trust())
    with pytest.raises(RollbackError):
        store.accept(with_guest)


@pytest.mark.parametrize("recognised", [True, False])
def test_many_verdicts_at_once_are_those_of_one_by_one(
    counter: Counter, *, recognised: bool
) -> None:
    if not recognised:
        counter.home.end_recognition(1)
        counter.home.checkpoint()
    trust, at = counter.trust(), counter.home.now
    sealed = [counter.ours, counter.foreign, counter.namesake, counter.foreign, counter.ours]

    together = verify_many(sealed, trust, at)

    assert together == [verify(one, trust, at) for one in sealed]
    outcome = Outcome.VALID if recognised else Outcome.INVALID
    assert [verdict.outcome for verdict in together[1:4]] == [outcome] * 3


def test_online_a_bundles_guest_counts_as_the_chain_recognises_it(counter: Counter) -> None:
    bundle, at = counter.trust(), UnixTime(counter.home.now)
    before = gather(counter.home.state(), None, bundle, at)
    counter.home.end_recognition(1)
    after = gather(counter.home.state(), None, bundle, UnixTime(counter.home.now))

    assert verify(counter.foreign, before, at).check(CheckName.ISSUER).reason == "issuer.accredited"
    refused = verify(counter.foreign, after, counter.home.now)
    assert refused.outcome is Outcome.INVALID
    assert refused.check(CheckName.ISSUER).reason == "issuer.not_recognised"


def test_without_a_guest_the_key_is_unknown_even_where_types_differ(counter: Counter) -> None:
    trust = open_bundle(counter.home.lite_bundle(), anchor=counter.home.trust_anchor)

    verdict = verify(counter.foreign, trust, counter.home.now)

    assert verdict.outcome is Outcome.INDETERMINATE
    assert verdict.check(CheckName.PROOF).reason == "proof.key_unknown"


def test_documents_of_a_registry_that_has_moved_house_count_from_both_its_homes(
    counter: Counter,
) -> None:
    north = counter.north
    before = verify(counter.foreign, counter.trust(), counter.home.now)
    move(north, 5)
    moved = north.office("N5")
    after = north.issue(moved, NAME)
    north.checkpoint()
    counter.home.now = max(counter.home.now, north.now)
    counter.home.checkpoint()

    trust = counter.trust()
    verdicts = [verify(one, trust, counter.home.now) for one in (counter.foreign, after.sealed[0])]

    assert before.outcome is Outcome.VALID
    assert [verdict.outcome for verdict in verdicts] == [Outcome.VALID] * 2
    assert {verdict.guest and verdict.guest.number for verdict in verdicts} == {1}
