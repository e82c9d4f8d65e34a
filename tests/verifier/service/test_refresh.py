"""A service's trust data: in order, never back, never without a word of how it stands."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credential.ids import UnixTime
from registry.bundle import open_bundle
from registry.errors import ChainUnavailableError
from registry.journal import JournalEntry
from registry.lite_of_full import lite_of
from registry.mirror.sources import FolderSource
from registry.trust_data import BundleKind, EvidenceStrength
from tests.registry.mirror.worlds import busy, mirror_of
from tests.simulator import Simulator
from verifier.errors import StoreError
from verifier.reasons import Reason
from verifier.service.refresh import FIRST_RETRY_SECONDS, Pace, Refresher
from verifier.service.refresh_desk import WatchingDesk
from verifier.service.refresh_folder import FolderStanding, TrustFolder
from verifier.service.refresh_sources import ChainSource, FileSource, MirrorSource, TrustSource

OLD_AFTER = 86_400


class Chain:
    """The simulator's journal as a node tells it."""

    def __init__(self, sim: Simulator) -> None:
        self._sim = sim
        self.chain_id, self.contract = sim.chain_id, sim.contract
        self.is_gone = False
        self.asked = 0

    def finalized_size(self) -> int:
        self.asked += 1
        if self.is_gone:
            raise ChainUnavailableError("no node answers")
        return len(self._sim.entries)

    def entries(self, first: int, stop: int | None = None) -> list[JournalEntry]:
        return self._sim.entries[first:stop]


class World:
    """A registry, its mirrors in folders, its chain, and a service's folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.sim = busy()
        self.anchor = self.sim.trust_anchor
        self.chain = Chain(self.sim)
        self.folder = TrustFolder(root / "service")
        self.log: list[str] = []
        self.file = root / "given.srb"
        self.write_file()

    def write_file(self, bundle: bytes | None = None) -> None:
        self.file.write_bytes(self.sim.full_bundle() if bundle is None else bundle)

    def grow(self) -> None:
        """The registry goes on, and its signers vouch for it."""
        self.sim.wait(100)
        self.sim.anchor(self.sim.issue(self.sim.office(f"N{len(self.sim.entries)}"), {1: "x"}))
        self.sim.checkpoint()

    def mirror(self, name: str) -> MirrorSource:
        """A mirror that stands where the registry stands now."""
        mirror_of(self.sim, self.root / name)
        return self.mirror_there(name)

    def mirror_there(self, name: str, kind: BundleKind = BundleKind.FULL) -> MirrorSource:
        def opened() -> FolderSource:
            return FolderSource(self.root / name)

        return MirrorSource(1, name, self.anchor, kind, opened)

    def from_file(self) -> FileSource:
        return FileSource(self.file, self.anchor)

    def from_chain(self) -> ChainSource:
        return ChainSource("node", self.anchor, lambda _: self.chain)  # type: ignore[arg-type, return-value]  # it is read, never written

    def refresher(self, *sources: TrustSource, old_after: int = OLD_AFTER) -> Refresher:
        def tell(event: str, facts: dict[str, object]) -> None:
            self.log.append(f"{event} {facts}")

        return Refresher(
            self.folder, self.anchor, sources, pace=Pace(), old_after=old_after, tell=tell
        )

    def round(self, *sources: TrustSource, later: int = 60) -> FolderStanding:
        return self.refresher(*sources).round(self.sim.now + later, 0.5)

    def size(self) -> int:
        """How much of the journal the kept bundle holds."""
        kept = self.folder.read(self.folder.standing().judged)
        assert kept is not None
        return open_bundle(kept, anchor=self.anchor).state.size

    def desk(self) -> WatchingDesk:
        desk = WatchingDesk(self.folder, self.anchor, self.log.append)
        desk.look()
        return desk


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def outcomes(standing: FolderStanding) -> list[tuple[str, str]]:
    return [(attempt.label, attempt.outcome) for attempt in standing.tried]


class TestOrder:
    def test_the_file_is_enough_while_it_is_fresh(self, world: World) -> None:
        told = world.round(world.from_file(), world.mirror("a"), world.from_chain())

        assert outcomes(told) == [("file", "new")]
        assert world.chain.asked == 0

    def test_a_mirror_that_does_not_answer_is_followed_by_the_next(self, world: World) -> None:
        told = world.round(world.mirror_there("nowhere"), world.mirror("b"), world.from_chain())

        assert outcomes(told) == [("mirror 1", "unavailable"), ("mirror 1", "new")]
        assert (told.failures, world.chain.asked) == (0, 0)

    def test_the_chain_is_asked_only_when_all_others_fail(self, world: World) -> None:
        told = world.round(world.mirror_there("nowhere"), world.from_chain())

        assert outcomes(told) == [("mirror 1", "unavailable"), ("chain", "new")]
        assert world.size() == len(world.sim.entries)

    def test_a_frozen_mirror_does_not_hide_the_next_one(self, world: World) -> None:
        frozen = world.mirror("frozen")
        world.round(frozen)
        world.grow()
        world.sim.wait(OLD_AFTER)
        world.sim.checkpoint()

        told = world.round(frozen, world.mirror("fresh"))

        assert outcomes(told) == [("mirror 1", "same"), ("mirror 1", "new")]
        assert world.size() == len(world.sim.entries)

    def test_with_nothing_old_a_mirror_that_has_nothing_new_is_the_end(self, world: World) -> None:
        mirror = world.mirror("a")
        world.round(mirror)

        assert outcomes(world.round(mirror, world.from_chain())) == [("mirror 1", "same")]


class TestNeverBack:
    def test_an_older_bundle_is_refused_and_the_newer_one_stays(self, world: World) -> None:
        old = world.sim.full_bundle()
        world.grow()
        world.write_file()
        world.round(world.from_file())
        world.write_file(old)

        told = world.round(world.from_file())

        assert (outcomes(told), told.tried[0].code) == ([("file", "refused")], "trust.rollback")
        assert (told.code, world.size()) == ("trust.fresh", len(world.sim.entries))

    def test_an_older_mirror_is_refused_also_by_a_service_that_starts_again(
        self, world: World
    ) -> None:
        old = world.mirror("old")
        world.grow()
        world.round(world.mirror("new"))
        (world.root / "service" / "standing.json").unlink()

        told = world.round(old)

        assert (told.tried[0].code, told.judged) == ("trust.rollback", None)

    def test_an_older_mirror_of_the_other_kind_is_refused(self, world: World) -> None:
        world.mirror("old")
        world.grow()
        world.write_file()
        world.round(world.from_file())

        told = world.round(world.mirror_there("old", BundleKind.LITE))

        assert told.tried[0].code == "trust.rollback"

    def test_a_chain_that_shows_less_is_refused(self, world: World) -> None:
        world.round(world.from_file())
        del world.sim.entries[-3:]

        assert world.round(world.from_chain()).tried[0].code == "trust.rollback"

    def test_a_worker_never_goes_back_whatever_the_folder_says(self, world: World) -> None:
        old = world.sim.full_bundle()
        world.grow()
        world.write_file()
        world.round(world.from_file())
        desk = world.desk()
        name = world.folder.write_bundle("judged", old)
        world.folder.write_standing(world.folder.standing()._replace(judged=name))

        desk.look()

        assert desk.current().trust is not None
        assert desk.current().trust.state.size == len(world.sim.entries)


class TestWhatIsRefused:
    def test_a_bundle_nobody_vouches_for(self, world: World) -> None:
        world.write_file(world.sim.full_bundle(read_at=world.sim.now))

        told = world.round(world.from_file())

        assert (told.code, told.judged) == ("trust.weak", None)
        assert world.desk().current().reason is Reason.TRUST_WEAK

    def test_another_registry(self, world: World) -> None:
        world.write_file(busy(chain_id=4).full_bundle())

        assert world.round(world.from_file()).code == "trust.foreign"
        assert world.desk().current().reason is Reason.TRUST_FOREIGN

    def test_nonsense(self, world: World) -> None:
        world.write_file(b"nonsense")

        assert world.round(world.from_file()).code == "trust.malformed"

    def test_a_file_that_is_not_there(self, world: World) -> None:
        world.file.unlink()

        told = world.round(world.from_file())

        assert told.code == "trust.unavailable"
        assert "cannot be read" in told.last_failure

    def test_what_is_held_survives_all_of_it(self, world: World) -> None:
        world.round(world.from_file())
        for bad in (b"", b"nonsense", busy(chain_id=4).full_bundle()):
            world.write_file(bad)
            told = world.round(world.from_file())
            assert (told.code, told.failures > 0) == ("trust.fresh", True)

        assert world.desk().current().trust is not None


class TestTheChain:
    def test_its_word_is_marked_as_nobodys_proof(self, world: World) -> None:
        world.round(world.from_chain())

        trust = world.desk().current().trust

        assert trust is not None
        assert trust.evidence.strength is EvidenceStrength.UNPROVEN
        assert trust.evidence.as_of == world.sim.now + 60

    def test_it_goes_on_with_the_documents_that_are_held(self, world: World) -> None:
        world.round(world.from_file())
        world.chain.asked = 0
        world.sim.anchor(world.sim.issue(world.sim.office("LATER"), {1: "x"}))

        world.round(world.mirror_there("nowhere"), world.from_chain())
        trust = world.desk().current().trust

        assert trust is not None
        assert trust.state.size == len(world.sim.entries)
        assert ("A1", 1) in trust.status_lists
        assert ("LATER", 1) not in trust.status_lists

    def test_when_it_is_gone_too_the_last_good_bundle_stays(self, world: World) -> None:
        world.round(world.from_file())
        world.chain.is_gone = True

        told = world.round(world.mirror_there("nowhere"), world.from_chain())

        assert (told.failures, told.code) == (1, "trust.fresh")
        assert "no node answers" in told.last_failure
        assert world.desk().current().trust is not None


class TestKeeping:
    def test_a_service_that_starts_again_has_what_it_had(self, world: World) -> None:
        world.round(world.from_file())
        world.file.unlink()

        told = world.round(world.from_file())

        assert (told.code, told.source) == ("trust.fresh", "file")
        assert world.desk().current().source == "file"

    def test_a_kept_bundle_that_was_damaged_is_not_used(self, world: World) -> None:
        standing = world.round(world.from_file())
        assert standing.judged is not None
        (world.folder.root / standing.judged).write_bytes(b"damaged")
        world.file.unlink()

        told = world.round(world.from_file())

        assert (told.judged, world.desk().current().trust) == (None, None)

    def test_a_damaged_standing_is_like_a_new_folder(self, world: World) -> None:
        world.round(world.from_file())
        (world.folder.root / "standing.json").write_text("{")

        assert world.folder.standing() == FolderStanding()
        assert world.round(world.from_file()).code == "trust.fresh"

    def test_bundles_that_count_no_more_are_removed(self, world: World) -> None:
        for _ in range(4):
            world.grow()
            world.write_file()
            world.round(world.from_file())

        assert len(list(world.folder.root.glob("*.srb"))) <= 4

    def test_two_services_never_keep_one_folder(self, world: World) -> None:
        with world.folder.keeping(), pytest.raises(StoreError), world.folder.keeping():
            pass

    def test_a_floor_raised_before_a_crash_is_the_next_starts_business(self, world: World) -> None:
        world.round(world.from_file())
        floor = world.folder.root / "seen" / "floor.json"
        before = floor.read_bytes()
        world.grow()
        world.write_file()
        world.round(world.from_file())
        floor.write_bytes(before)  # as a crash between the standing and the floor leaves it

        world.refresher(world.from_file())
        seen = world.folder.store.floor()

        assert seen is not None
        assert seen.size == len(world.sim.entries)


class TestWhatIsHandedOut:
    def test_a_full_bundle_gives_a_lite_one_for_pages(self, world: World) -> None:
        world.round(world.from_file())

        handed = world.desk().bundle()

        assert handed is not None
        trust = open_bundle(handed, anchor=world.anchor)
        assert (trust.kind, trust.state.size) == (BundleKind.LITE, len(world.sim.entries))
        assert handed == lite_of(world.sim.full_bundle())

    def test_a_lite_one_is_handed_out_as_it_is(self, world: World) -> None:
        world.write_file(world.sim.lite_bundle())
        world.round(world.from_file())

        assert world.desk().bundle() == world.sim.lite_bundle()

    def test_what_the_chain_says_is_not_handed_out(self, world: World) -> None:
        world.round(world.from_chain())

        assert world.desk().bundle() is None


class TestTheDesk:
    def test_nothing_is_known_before_the_first_round(self, world: World) -> None:
        standing = world.desk().current()

        assert (standing.trust, standing.reason) == (None, Reason.TRUST_UNAVAILABLE)

    def test_the_same_standing_is_given_until_something_changes(self, world: World) -> None:
        world.round(world.from_file())
        desk = world.desk()
        first, bundle = desk.current(), desk.bundle()
        world.round(world.from_file())
        desk.look()

        assert desk.current() is first
        assert desk.bundle() is bundle

    def test_it_follows_the_folder_by_itself(self, world: World) -> None:
        world.round(world.from_file())
        desk = world.desk()
        desk.start(0.01)
        world.grow()
        world.write_file()
        world.round(world.from_file())
        try:
            _until(lambda: _size(desk) == len(world.sim.entries))
        finally:
            desk.stop()

    def test_it_says_when_the_data_were_taken_in_and_from_where(self, world: World) -> None:
        world.round(world.from_file())
        standing = world.desk().current()

        assert (standing.source, standing.since) == ("file", UnixTime(world.sim.now + 60))
        assert standing.as_of == world.sim.checkpoints[-1].statement.at


def _size(desk: WatchingDesk) -> int:
    trust = desk.current().trust
    return 0 if trust is None else trust.state.size


def _until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


class TestPace:
    @given(st.integers(0, 1000), st.floats(0, 1))
    def test_no_wait_is_longer_than_usual_or_shorter_than_a_second(
        self, failures: int, chance: float
    ) -> None:
        assert 1 <= Pace(300).wait(failures, chance) <= 300 * 1.2

    def test_after_a_failure_it_looks_sooner_and_then_ever_later(self) -> None:
        waits = [Pace(300).wait(failures, 0.5) for failures in range(1, 8)]

        assert waits[:3] == [FIRST_RETRY_SECONDS, 2 * FIRST_RETRY_SECONDS, 4 * FIRST_RETRY_SECONDS]
        assert waits[-1] == 300

    def test_many_services_do_not_ask_at_once(self) -> None:
        assert len({Pace(300).wait(0, n / 10) for n in range(11)}) == 11
