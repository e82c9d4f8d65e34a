"""Following a chain: read on from a copy, and refuse a copy that is not its beginning."""

from collections.abc import Callable
from pathlib import Path

import pytest

from credential.ids import AgencyCode
from registry import payloads as p
from registry.errors import ChainMismatchError
from registry.home import RegistryHome
from registry.payload_codec import decode_payload
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


def moved(chain: MemoryChain) -> MemoryChain:
    """The chain to which this one's registry has moved, with its whole journal."""
    new = MemoryChain(bytes(range(21, 41)), begun_at=(chain.chain_id, chain.contract))
    chain.append(p.SuccessorRegistrySet(new.chain_id, new.contract))
    for entry in chain.journal:
        new.append(decode_payload(entry.kind, entry.data), entry.time)
    new.append(p.JournalCarried(chain.chain_id, chain.contract))
    return new


def test_a_copy_from_before_a_move_goes_on_at_the_new_home() -> None:
    old = chain_with("A", "B")
    copy, first = follow(old).journal, (old.chain_id, old.contract)
    new = moved(old)
    new.append(registered("C"))
    for known in (copy, None, follow(old).journal):
        followed = follow(new, known, first_home=first)
        assert followed.state.head == new.head().head
        assert followed.state.contract == new.contract
        assert (followed.journal.chain_id, followed.journal.contract) == first


def test_a_chain_that_is_not_where_the_journal_has_moved_is_refused() -> None:
    old = chain_with("A")
    first = (old.chain_id, old.contract)
    new = moved(old)
    elsewhere = MemoryChain(bytes(range(61, 81)), begun_at=first)
    elsewhere.journal = new.journal
    with pytest.raises(ChainMismatchError, match="and not on this chain"):
        follow(elsewhere, first_home=first)
    with pytest.raises(ChainMismatchError, match="of another registry"):
        follow(new, follow(old).journal)


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
