"""A verifier's bundle, brought up to date from a mirror: by delta, whole, or not at all."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from registry.bundle import open_bundle
from registry.cli import registry_app
from registry.errors import BundleError, RollbackError
from registry.mirror.errors import RefusedError, SourceError
from registry.mirror.fetch_bundle import fetch_bundle
from registry.mirror.sources import FolderSource
from tests.registry.mirror.worlds import anchor_of, busy, mirror_of
from tests.simulator import Simulator


@pytest.fixture
def grown(tmp_path: Path) -> tuple[Simulator, bytes]:
    """Return a registry whose mirror has gone on, and the lite bundle of before."""
    sim = busy()
    mirror_of(sim, tmp_path)
    held = (tmp_path / "bundles/lite.srb").read_bytes()
    old = len(sim.entries)
    sim.revoke(sim.office("C3"), 3)
    sim.checkpoint()
    mirror_of(sim, tmp_path, old=old)
    return sim, held


@pytest.mark.parametrize("kind", ["full", "lite"])
def test_first_bundle_comes_whole(
    tmp_path: Path, grown: tuple[Simulator, bytes], kind: str
) -> None:
    sim, _ = grown

    found = fetch_bundle(FolderSource(tmp_path), kind, sim.trust_anchor)

    assert (found.way, found.trust.state.size) == ("whole", len(sim.entries))


def test_next_bundle_comes_by_delta_and_is_smaller_than_the_whole(
    tmp_path: Path, grown: tuple[Simulator, bytes]
) -> None:
    sim, held = grown

    found = fetch_bundle(FolderSource(tmp_path), "lite", sim.trust_anchor, held)

    assert found.way == "delta"
    assert found.received < len(found.bundle)
    assert open_bundle(found.bundle, anchor=sim.trust_anchor).state.size == len(sim.entries)


def test_nothing_newer_costs_nothing(tmp_path: Path, grown: tuple[Simulator, bytes]) -> None:
    sim, _ = grown
    newest = (tmp_path / "bundles/lite.srb").read_bytes()

    found = fetch_bundle(FolderSource(tmp_path), "lite", sim.trust_anchor, newest)

    assert (found.way, found.received, found.bundle) == ("held", 0, newest)


@pytest.mark.parametrize("spoiled", [b"", b"not a delta", bytes(100)])
def test_false_delta_is_left_aside_for_the_whole_bundle(
    tmp_path: Path, grown: tuple[Simulator, bytes], spoiled: bytes
) -> None:
    sim, held = grown
    for path in (tmp_path / "bundles").glob("lite-*.srd"):
        path.write_bytes(spoiled)

    assert fetch_bundle(FolderSource(tmp_path), "lite", sim.trust_anchor, held).way == "whole"


def test_older_bundle_than_the_one_held_is_a_rollback(tmp_path: Path) -> None:
    sim = busy()
    mirror_of(sim, tmp_path)
    sim.office("C3")
    sim.checkpoint()

    with pytest.raises(RollbackError):
        fetch_bundle(FolderSource(tmp_path), "lite", sim.trust_anchor, sim.lite_bundle())


def test_false_bundle_is_refused(tmp_path: Path, grown: tuple[Simulator, bytes]) -> None:
    sim, _ = grown
    (tmp_path / "bundles/lite.srb").write_bytes(b"nonsense")

    with pytest.raises(BundleError):
        fetch_bundle(FolderSource(tmp_path), "lite", sim.trust_anchor)


def test_bundle_of_another_registry_is_refused(tmp_path: Path) -> None:
    mirror_of(busy(chain_id=99), tmp_path)

    with pytest.raises(RefusedError):
        fetch_bundle(FolderSource(tmp_path), "lite", busy().trust_anchor)


def test_mirror_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError):
        fetch_bundle(FolderSource(tmp_path / "nothing"), "lite", busy().trust_anchor)


def test_command_brings_the_file_up_to_date(tmp_path: Path, grown: tuple[Simulator, bytes]) -> None:
    sim, held = grown
    out, anchor = tmp_path / "mine.srb", tmp_path / "anchor.cbor"
    out.write_bytes(held)
    anchor.write_bytes(anchor_of(sim))
    words = ["mirror", "bundle", "--from", str(tmp_path), "--out", str(out)]

    done = CliRunner().invoke(registry_app, [*words, "--trust-anchor", str(anchor), "--json"])

    assert '"way": "delta"' in done.stdout
    assert open_bundle(out.read_bytes(), anchor=sim.trust_anchor).state.size == len(sim.entries)


def test_command_leaves_the_file_alone_where_the_mirror_is_false(
    tmp_path: Path, grown: tuple[Simulator, bytes]
) -> None:
    sim, _ = grown
    out, anchor = tmp_path / "mine.srb", tmp_path / "anchor.cbor"
    anchor.write_bytes(anchor_of(sim))
    (tmp_path / "bundles/lite.srb").write_bytes(b"nonsense")
    words = ["mirror", "bundle", "--from", str(tmp_path), "--out", str(out)]

    done = CliRunner().invoke(registry_app, [*words, "--trust-anchor", str(anchor)])

    assert isinstance(done.exception, BundleError)
    assert not out.exists()
