"""Following a chain: read on from a copy, and refuse a copy that is not its beginning."""

from collections.abc import Callable
from pathlib import Path

import pytest

from credential.ids import AgencyCode
from registry.errors import ChainMismatchError
from registry.home import RegistryHome
from registry.payloads import AgencyRegistered, AgencySuspended, Names
from registry.sync import follow, follow_home, read_copy
from tests.registry.memory_chain import MemoryChain


def registered(code: str, name: str = "Office") -> AgencyRegistered:
    return AgencyRegistered(AgencyCode(code), bytes([1] * 20), bytes([2] * 20), Names("所", name))


def chain_with(*codes: str) -> MemoryChain:
    chain = MemoryChain()
    for code in codes:
        chain.append(registered(code))
    return chain


def test_only_what_is_missing_in_the_copy_is_read() -> None:
    chain = chain_with("A", "B")
    copy = follow(chain).journal
    chain.append(registered("C"))
    chain.reads.clear()

    followed = follow(chain, copy)

    assert chain.reads == [(2, 3)]
    assert followed.state.head == chain.head().head


def test_progress_is_told_up_to_the_end() -> None:
    told: list[tuple[int, int]] = []

    follow(chain_with("A", "B", "C"), progress=lambda done, whole: told.append((done, whole)))

    assert told[-1] == (3, 3)


@pytest.mark.parametrize(
    ("copied", "now"),
    [
        pytest.param(["A", "B"], ["A"], id="the chain is shorter"),
        pytest.param(["A", "B"], ["A", "C"], id="another last entry"),
        pytest.param(["A", "B"], ["C", "B", "D"], id="another first entry"),
        pytest.param(["A", "B"], ["C", "A", "B"], id="what comes next breaks a rule"),
    ],
)
def test_copy_of_another_chain_at_the_same_address_is_refused(
    copied: list[str], now: list[str]
) -> None:
    copy = follow(chain_with(*copied)).journal

    with pytest.raises(ChainMismatchError, match="do not belong together") as caught:
        follow(chain_with(*now), copy)

    assert "--home" in caught.value.__notes__[1]


def test_copy_of_another_contract_is_refused() -> None:
    copy = follow(chain_with("A")).journal

    with pytest.raises(ChainMismatchError, match="another registry"):
        follow(MemoryChain(bytes([9] * 20)), copy)


def test_chain_that_hides_its_last_entries_is_refused() -> None:
    chain = chain_with("A", "B")
    whole: Callable[..., object] = chain.entries
    chain.entries = lambda first, stop=None: whole(first, stop)[:0]  # type: ignore[method-assign,index]

    with pytest.raises(ChainMismatchError):
        follow(chain, follow(chain_with("A")).journal)


def test_home_keeps_the_copy_it_read(tmp_path: Path) -> None:
    home = RegistryHome(tmp_path)
    chain = chain_with("A")
    follow_home(home, chain)
    chain.append(AgencySuspended(AgencyCode("A")))

    follow_home(home, chain)

    copy = read_copy(home)
    assert copy is not None
    assert list(copy.entries) == chain.journal


@pytest.mark.parametrize("damage", [b"", b"SEALJNL1", b"nonsense"])
def test_damaged_copy_is_read_again(tmp_path: Path, damage: bytes) -> None:
    home = RegistryHome(tmp_path)
    home.journal_copy.write_bytes(damage)
    chain = chain_with("A")

    followed = follow_home(home, chain)

    assert followed.state.size == 1
    assert read_copy(home) == followed.journal
