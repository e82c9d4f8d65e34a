"""The commands: `serve` in a process of its own, `mirror sync` and its exit codes, `statistics`."""

import json
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner, Result

from registry.cli import registry_app
from tests.registry.mirror.worlds import anchor_of, busy, mirror_of

WORLD = busy(now=int(time.time()) - 3_600)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    mirror_of(WORLD, tmp_path / "mirror")
    (tmp_path / "anchor.cbor").write_bytes(anchor_of(WORLD))
    return tmp_path


def called(*words: object) -> Result:
    return CliRunner().invoke(registry_app, [str(word) for word in words])


def sync(place: Path, source: str, *more: object) -> Result:
    into, anchor = place / "copy", place / "anchor.cbor"
    return called(
        "mirror", "sync", "--from", source, "--into", into, "--trust-anchor", anchor, *more
    )


def test_sync_says_what_came_of_each_source(place: Path) -> None:
    done = sync(place, str(place / "mirror"), "--json")

    told = json.loads(done.stdout)
    assert (done.exit_code, told["entries"]) == (0, len(WORLD.entries))
    assert told["sources"][0]["result"] == "synced"


def test_refused_source_is_exit_1(place: Path) -> None:
    (place / "mirror/checkpoints.cbor").write_bytes(b"\x80")

    done = sync(place, str(place / "mirror"))

    assert done.exit_code == 1
    assert "unvouched" in done.stdout


def test_nothing_fresh_is_exit_2(place: Path) -> None:
    assert sync(place, str(place / "mirror"), "--max-age", 5).exit_code == 2


def test_nobody_there_is_exit_2(place: Path) -> None:
    assert sync(place, str(place / "nothing")).exit_code == 2


@pytest.mark.parametrize("source", ["mirror", "mirror/bundles/full.srb"])
def test_statistics_are_counted_again_from_folder_or_bundle(place: Path, source: str) -> None:
    done = called("statistics", place / source, "--json")

    assert json.loads(done.stdout) == json.loads((place / "mirror/statistics.json").read_text())


def test_statistics_as_a_table_name_what_was_left_out(place: Path) -> None:
    done = called("statistics", place / "mirror")

    assert "left out" in done.stdout


def test_lite_bundle_cannot_be_counted(place: Path) -> None:
    assert called("statistics", place / "mirror/bundles/lite.srb").exit_code != 0


def test_serve_without_anything_to_serve_says_so() -> None:
    assert called("serve").exit_code != 0


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_served_mirror_can_be_synced_from(place: Path) -> None:
    words = ["registry", "serve", "--folder", str(place / "mirror"), "--port", "0", "--json"]
    command = [sys.executable, "-c", "from sealroot.cli import main; main()", *words]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        try:
            assert server.stdout is not None
            url = json.loads("".join(iter(server.stdout.readline, "}\n")) + "}")["url"]
            health = httpx.get(f"{url}health.json").json()

            done = sync(place, url)
        finally:
            server.terminate()

    assert (done.exit_code, health["status"]) == (0, "fresh")
