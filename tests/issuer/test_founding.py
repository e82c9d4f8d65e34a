from pathlib import Path

import pytest

from issuer.database import Database
from issuer.errors import ForeignChainError, SettingsError
from issuer.founding import bind_database, read_state
from tests.issuer.file_chain import FileChain
from tests.issuer.office_bench import AGENCY, OfficeAndChain, found_office, issue_rows


@pytest.fixture
def office_and_chain(tmp_path: Path) -> OfficeAndChain:
    return found_office(tmp_path / "office")


def new_database(tmp_path: Path, name: str = "new") -> Database:
    return Database(f"sqlite:///{tmp_path / name}.sqlite3")


def test_a_new_database_is_bound_to_its_agency_and_registry(
    tmp_path: Path, office_and_chain: OfficeAndChain
) -> None:
    _, chain = office_and_chain
    database = new_database(tmp_path)

    is_new = bind_database(database, read_state(chain), AGENCY, 77, after_loss=False)

    assert is_new
    with database.reading() as repository:
        made = repository.installations.get()
    assert (made.agency, made.chain_id, made.contract) == (AGENCY, chain.chain_id, chain.contract)
    assert (made.first_list_no, made.first_anchor_no) == (1, 1)


def test_binding_again_changes_nothing(tmp_path: Path, office_and_chain: OfficeAndChain) -> None:
    _, chain = office_and_chain
    database = new_database(tmp_path)
    bind_database(database, read_state(chain), AGENCY, 77, after_loss=False)

    assert not bind_database(database, read_state(chain), AGENCY, 99, after_loss=False)

    with database.reading() as repository:
        assert repository.installations.get().created_at == 77


@pytest.mark.parametrize("after_loss", [False, True])
def test_a_database_is_never_bound_to_another_registry(
    tmp_path: Path, office_and_chain: OfficeAndChain, *, after_loss: bool
) -> None:
    office, _ = office_and_chain
    other = FileChain(tmp_path / "other.sqlite3", contract=b"\x99" * 20)

    with pytest.raises(ForeignChainError, match="belongs to agency"):
        bind_database(office.database, read_state(other), AGENCY, 1, after_loss=after_loss)


def test_an_agency_that_has_issued_elsewhere_is_not_begun_anew_by_accident(
    tmp_path: Path, office_and_chain: OfficeAndChain
) -> None:
    office, chain = office_and_chain
    issue_rows(office, tmp_path)

    with pytest.raises(SettingsError, match="--after-loss"):
        bind_database(new_database(tmp_path), read_state(chain), AGENCY, 1, after_loss=False)


def test_after_a_loss_numbers_and_lists_go_on_behind_those_of_the_lost_database(
    tmp_path: Path, office_and_chain: OfficeAndChain
) -> None:
    office, chain = office_and_chain
    issue_rows(office, tmp_path, rows=5, batch_size=2)
    database = new_database(tmp_path)

    bind_database(database, read_state(chain), AGENCY, 1, after_loss=True)

    with database.reading() as repository:
        made = repository.installations.get()
    assert (made.first_list_no, made.first_anchor_no) == (2, 4)


def test_after_a_loss_the_office_issues_again_under_numbers_never_used(
    tmp_path: Path, office_and_chain: OfficeAndChain
) -> None:
    office, chain = office_and_chain
    before = issue_rows(office, tmp_path, rows=3)
    office.database.close()
    for path in (tmp_path / "office").glob("issuer.sqlite3*"):
        path.unlink()
    bind_database(office.database, read_state(chain), AGENCY, 1, after_loss=True)

    after = issue_rows(office, tmp_path, rows=3)

    assert not set(before.numbers) & set(after.numbers)
    assert [anchor.batch_no for anchor in chain.anchors()] == [1, 2]
    assert {number.split("-")[1] for number in after.numbers} == {"2"}
