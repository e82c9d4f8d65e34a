"""The operator's own mirror: it follows the chain, and serves on when that is gone."""

from pathlib import Path

import pytest

from credential.ids import AgencyCode
from registry.errors import ChainUnavailableError
from registry.home import RegistryHome, RegistrySettings
from registry.mirror.errors import MirrorFolderError
from registry.mirror.folder import MirrorFolder
from registry.mirror.from_home import refresh_from_home
from registry.mirror.range_file import RegistryId
from registry.mirror.refresher import Refresher
from registry.payloads import AgencyRegistered, Names
from tests.registry.memory_chain import CHAIN_ID, CONTRACT, MemoryChain

NOW = 1_800_000_100


class Chain(MemoryChain):
    """A chain in memory that can go away."""

    def __init__(self, contract: bytes = CONTRACT) -> None:
        super().__init__(contract)
        self.is_gone = False
        self.block = 7

    def newest_block(self) -> int:
        if self.is_gone:
            raise ChainUnavailableError("nobody answers")
        return self.block

    def register(self, code: str) -> None:
        names = Names("所", "Office")
        self.append(AgencyRegistered(AgencyCode(code), b"\1" * 20, b"\2" * 20, names))


class Home(RegistryHome):
    """A home folder on that chain."""

    def __init__(self, path: Path, chain: Chain) -> None:
        super().__init__(path)
        self._chain = chain

    def open_chain(self) -> Chain:  # type: ignore[override]  # a chain in memory
        return self._chain


@pytest.fixture
def chain() -> Chain:
    made = Chain()
    made.register("A1")
    return made


@pytest.fixture
def home(tmp_path: Path, chain: Chain) -> Home:
    made = Home(tmp_path / "home", chain)
    made.save_settings(
        RegistrySettings(
            name_zh_hant="登錄處",
            name_en="Registry",
            rpc_urls=("http://127.0.0.1:1",),
            chain_id=CHAIN_ID,
            registry=f"0x{CONTRACT.hex()}",
            manager=f"0x{'00' * 20}",
            council=f"0x{'00' * 20}",
            first_block=0,
        )
    )
    return made


def test_folder_has_what_the_chain_has(tmp_path: Path, home: Home, chain: Chain) -> None:
    folder = MirrorFolder(tmp_path / "mirror")

    refreshed = refresh_from_home(home, chain, folder, NOW)

    assert (refreshed.size, refreshed.fresh) == (1, 1)
    assert folder.held(RegistryId(CHAIN_ID, CONTRACT)).entries == chain.journal


def test_only_new_entries_are_written(tmp_path: Path, home: Home, chain: Chain) -> None:
    folder = MirrorFolder(tmp_path / "mirror")
    refresh_from_home(home, chain, folder, NOW)
    chain.register("B2")

    assert refresh_from_home(home, chain, folder, NOW).fresh == 1


def test_folder_of_another_journal_is_left_alone(tmp_path: Path, home: Home, chain: Chain) -> None:
    folder = MirrorFolder(tmp_path / "mirror")
    other = Chain()
    other.register("OTHER")
    refresh_from_home(Home(tmp_path / "other", other), other, folder, NOW)

    with pytest.raises(MirrorFolderError, match="another journal"):
        refresh_from_home(home, chain, folder, NOW)


def test_mirror_without_a_checkpoint_says_that_nobody_vouches(
    tmp_path: Path, home: Home, chain: Chain
) -> None:
    folder = MirrorFolder(tmp_path / "mirror")

    refresh_from_home(home, chain, folder, NOW)

    standing = folder.standing()
    assert standing is not None
    assert standing.vouched_size is None


def test_chain_that_is_gone_leaves_the_folder_as_it_was(
    tmp_path: Path, home: Home, chain: Chain
) -> None:
    folder = MirrorFolder(tmp_path / "mirror")
    refresher = Refresher(home, folder, lambda: NOW, lambda _line: None)
    refresher.refresh()
    before = folder.standing()
    chain.is_gone = True

    refresher.refresh()

    assert folder.standing() == before
    assert (refresher.upstream().state, refresher.upstream().lag_blocks) == ("unreachable", None)


def test_chain_that_comes_back_is_followed_again(tmp_path: Path, home: Home, chain: Chain) -> None:
    folder = MirrorFolder(tmp_path / "mirror")
    refresher = Refresher(home, folder, lambda: NOW, lambda _line: None)
    chain.is_gone = True
    refresher.refresh()
    chain.is_gone = False

    refresher.refresh()

    assert (refresher.upstream().state, refresher.upstream().lag_blocks) == ("reachable", 0)
    assert folder.standing() is not None


def test_trouble_other_than_the_chain_shows_as_blocks_behind(
    tmp_path: Path, home: Home, chain: Chain
) -> None:
    folder = MirrorFolder(tmp_path / "mirror")
    told: list[str] = []
    refresher = Refresher(home, folder, lambda: NOW, told.append)
    refresher.refresh()
    chain.block += 5
    chain.journal.pop()

    refresher.refresh()

    assert (refresher.upstream().lag_blocks, refresher.upstream().trouble is None) == (5, False)
    assert told
