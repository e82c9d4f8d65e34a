from pathlib import Path

import pytest

from issuer.errors import ForeignChainError
from issuer.following import JournalFollower
from registry.journal import JournalEntry
from registry.payloads import AgencyRenamed, Names
from tests.issuer.file_chain import FileChain
from tests.issuer.office_bench import (
    AGENCY,
    OfficeAndChain,
    found_office,
    found_registry,
    open_office,
)


@pytest.fixture
def office_and_chain(tmp_path: Path) -> OfficeAndChain:
    return found_office(tmp_path)


def rename(chain: FileChain, name: str) -> None:
    chain.append(AgencyRenamed(chain.agency, Names(name, name)))


def test_following_keeps_every_final_entry(office_and_chain: OfficeAndChain) -> None:
    office, chain = office_and_chain

    followed = office.journal.follow()

    assert followed.state.size == len(chain.all_entries())
    assert followed.state.head == chain.head().head
    assert followed.unreachable is None


def test_an_entry_that_is_not_final_is_not_believed(office_and_chain: OfficeAndChain) -> None:
    office, chain = office_and_chain
    rename(chain, "new")
    chain.unfinal = 1

    followed = JournalFollower(office.database, chain, office.clock).follow()

    assert followed.state.agency(AGENCY).name.en == "Test agency"


def test_a_new_process_goes_on_from_the_copy(office_and_chain: OfficeAndChain) -> None:
    office, chain = office_and_chain
    office.journal.follow()
    rename(chain, "new")
    asked = []
    chain.entries = lambda first, stop: asked.append(first) or FileChain.entries(chain, first, stop)

    followed = JournalFollower(office.database, chain, office.clock).follow()

    assert asked == [len(chain.all_entries()) - 1]
    assert followed.state.agency(AGENCY).name.en == "new"


def test_without_the_chain_the_copy_is_what_is_known(office_and_chain: OfficeAndChain) -> None:
    office, chain = office_and_chain
    before = office.journal.follow()
    chain.is_away = True

    follower = JournalFollower(office.database, chain, office.clock)
    followed = follower.follow()

    assert followed.state.head == before.state.head
    assert followed.as_of == before.as_of
    assert followed.unreachable is not None


def test_a_chain_restarted_empty_is_recognised(office_and_chain: OfficeAndChain) -> None:
    office, chain = office_and_chain
    office.journal.follow()
    chain.path.unlink()
    empty = FileChain(chain.path)

    with pytest.raises(ForeignChainError, match="sealroot issuer init"):
        JournalFollower(office.database, empty, office.clock).follow()


def test_a_chain_restarted_and_set_up_again_at_the_same_address_is_recognised(
    office_and_chain: OfficeAndChain,
) -> None:
    office, chain = office_and_chain
    office.journal.follow()
    chain.path.unlink()
    other = FileChain(chain.path, clock=lambda: 1_700_000_000)
    found_registry(other, office.signer())
    rename(other, "later")

    with pytest.raises(ForeignChainError, match="does not continue"):
        JournalFollower(office.database, other, office.clock).follow()


def test_the_registry_at_another_address_is_recognised(office_and_chain: OfficeAndChain) -> None:
    office, chain = office_and_chain
    office.journal.follow()
    other = FileChain(chain.path, contract=b"\x99" * 20)

    with pytest.raises(ForeignChainError, match="another registry"):
        JournalFollower(office.database, other, office.clock).follow()


def test_nothing_is_kept_of_a_chain_that_is_not_ours(office_and_chain: OfficeAndChain) -> None:
    office, chain = office_and_chain
    size = office.journal.follow().state.size
    lying = FileChain(chain.path)
    rename(chain, "x")
    lying.head = lambda: chain.head()._replace(head=b"\0" * 32)

    with pytest.raises(ForeignChainError):
        JournalFollower(office.database, lying, office.clock).follow()

    with office.database.reading() as repository:
        assert repository.installations.journal_size() == size


def test_a_journal_that_breaks_its_own_rules_is_not_kept(office_and_chain: OfficeAndChain) -> None:
    office, chain = office_and_chain
    size = office.journal.follow().state.size
    rename(chain, "x")
    connection = chain._open()
    connection.execute("UPDATE entry SET kind = 255 WHERE position = ?", (size,))
    connection.close()

    with pytest.raises(ForeignChainError, match="breaks its own rules"):
        JournalFollower(office.database, chain, office.clock).follow()

    with office.database.reading() as repository:
        assert repository.installations.journal_size() == size


def test_two_processes_that_follow_at_once_keep_one_copy(
    tmp_path: Path, office_and_chain: OfficeAndChain
) -> None:
    office, chain = office_and_chain
    other, _ = open_office(tmp_path)
    original = chain.entries

    def while_the_other_is_faster(first: int, stop: int | None) -> list[JournalEntry]:
        other.journal.follow()
        return original(first, stop)

    chain.entries = while_the_other_is_faster

    followed = JournalFollower(office.database, chain, office.clock).follow()

    assert followed.state.size == len(chain.all_entries())
