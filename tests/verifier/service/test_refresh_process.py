"""The process that refreshes: beside the service, killable, and gone when the service is."""

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from registry.anchor_file import encode_trust_anchor
from tests.registry.mirror.worlds import busy, lying, mirror_of
from tests.simulator import Simulator
from verifier.errors import SourceError, UsageError
from verifier.service.refresh_folder import FolderStanding, TrustFolder
from verifier.service.refresh_plan import RefreshPlan, plan_from_json
from verifier.service.refresh_process import refreshing

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
PATIENCE_SECONDS = 120.0


class World:
    def __init__(self, root: Path) -> None:
        self.root = root
        self.sim: Simulator = busy()
        self.file, self.anchor_file = root / "given.srb", root / "trust-anchor.cbor"
        self.anchor_file.write_bytes(encode_trust_anchor(self.sim.trust_anchor))
        self.file.write_bytes(self.sim.lite_bundle())
        self.folder = TrustFolder(root / "service")

    def plan(self, **wishes: object) -> RefreshPlan:
        return RefreshPlan(folder=self.folder.root, trust_anchor=self.anchor_file, **wishes)  # type: ignore[arg-type]  # settings of a plan

    def wait(self, is_so: Callable[[FolderStanding], bool]) -> FolderStanding:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not is_so(standing := self.folder.standing()):
            assert time.monotonic() < deadline, standing
            time.sleep(0.05)
        return standing


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_a_file_that_is_renewed_is_taken_in(world: World) -> None:
    with refreshing(world.plan(bundle=world.file)) as first:
        world.sim.publish_status(world.sim.office("NEW"))
        world.sim.checkpoint()
        world.file.write_bytes(world.sim.lite_bundle())

        standing = world.wait(lambda told: told.judged != first.judged)

    assert (first.source, standing.failures) == ("file", 0)


def test_a_mirror_is_asked_over_http(world: World) -> None:
    mirror_of(world.sim, world.root / "mirror")
    with (
        lying(world.root / "mirror", lambda _path, held: held) as url,
        refreshing(world.plan(mirrors=(url,))) as standing,
    ):
        pass

    assert (standing.source, standing.code) == ("mirror 1", "trust.fresh")


def test_a_file_that_is_no_bundle_ends_the_start_in_words(world: World) -> None:
    world.file.write_bytes(b"nonsense")

    with (
        pytest.raises(SourceError, match="cannot be used"),
        refreshing(world.plan(bundle=world.file)),
    ):
        pass


def test_a_mirror_that_is_away_is_no_reason_not_to_start(world: World) -> None:
    with refreshing(world.plan(mirrors=(_closed_port(),))) as standing:
        pass

    assert (standing.judged, standing.code) == (None, "trust.unavailable")
    assert standing.next_at is not None
    assert standing.tried_at is not None
    assert standing.next_at > standing.tried_at


@pytest.fixture
def silent() -> Iterator[str]:
    """A server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


def test_a_round_that_hangs_is_ended_and_told(world: World, silent: str) -> None:
    with refreshing(world.plan(mirrors=(silent,), round_seconds=1.0)) as standing:
        pass

    assert "took too long" in standing.last_failure
    assert standing.failures == 1


def test_a_second_service_may_not_keep_the_same_folder(world: World) -> None:
    with (
        refreshing(world.plan(bundle=world.file)),
        pytest.raises(SourceError, match="ended at once"),
        refreshing(world.plan(bundle=world.file)),
    ):
        pass


def test_it_ends_when_its_service_is_gone_even_while_a_mirror_is_silent(
    world: World, silent: str
) -> None:
    command = [sys.executable, "-m", "verifier.service.cli_refresh"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, text=True)
    assert process.stdin is not None
    process.stdin.write(world.plan(mirrors=(silent,)).to_json() + "\n")
    process.stdin.flush()
    try:
        process.stdin.close()
        assert process.wait(PATIENCE_SECONDS) == 0
    finally:
        process.kill()
        process.wait()


def test_a_line_asks_for_a_round_at_once(world: World) -> None:
    command = [sys.executable, "-m", "verifier.service.cli_refresh"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        process.stdin.write(world.plan(bundle=world.file, every_seconds=3600).to_json() + "\n")
        process.stdin.flush()
        world.wait(lambda told: told.rounds == 1)
        process.stdin.write("now\n")
        process.stdin.flush()
        world.wait(lambda told: told.rounds == 2)
        process.stdin.close()


class TestThePlan:
    def test_it_reads_as_it_was_written(self, world: World) -> None:
        plan = world.plan(bundle=world.file, mirrors=("http://a", "https://b"), rpc="http://c")

        assert plan_from_json(plan.to_json()) == plan

    def test_nothing_to_ask_is_refused(self, world: World) -> None:
        with pytest.raises(UsageError, match="where trust data come from"):
            world.plan()

    @pytest.mark.parametrize("wishes", [{"mirrors": ("ftp://x",)}, {"rpc": "file:///etc/passwd"}])
    def test_what_is_no_address_is_refused(self, world: World, wishes: dict[str, object]) -> None:
        with pytest.raises(UsageError, match="no address"):
            world.plan(**wishes)


def _closed_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return f"http://127.0.0.1:{listening.getsockname()[1]}"
