from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from credential.ids import Kid
from issuer.doctor import examine
from issuer.errors import ForeignChainError
from issuer.issue import Ending
from issuer.office import Office
from issuer.queue import backlog
from issuer.states import WaitFor
from registry.payloads import AgencySuspended, KeyCompromised, KeyEnded
from registry.public_folder import Document
from tests.issuer.file_chain import FileChain
from tests.issuer.office_bench import OfficeAndChain, found_office, issue_rows, open_office
from tests.issuer.test_sealing import damage


@pytest.fixture
def office_and_chain(tmp_path: Path) -> OfficeAndChain:
    office, chain = found_office(tmp_path)
    office = replace(office, account=chain)
    issue_rows(office, tmp_path, rows=5, batch_size=2)
    return office, chain


def bad(office: Office) -> dict[str, str]:
    return {one.question: one.detail for one in examine(office) if not one.is_well}


def test_an_office_in_order_has_nothing_but_good_findings(office_and_chain: OfficeAndChain) -> None:
    assert bad(office_and_chain[0]) == {}


@pytest.mark.parametrize(
    ("change", "question"),
    [
        (lambda chain, _: chain.append(AgencySuspended(chain.agency)), "registered and active"),
        (lambda chain, kid: chain.append(KeyEnded(kid)), "registered and healthy"),
        (lambda chain, kid: chain.append(KeyCompromised(kid, 1)), "registered and healthy"),
    ],
)
def test_what_the_registry_holds_against_the_office_is_named(
    office_and_chain: OfficeAndChain, change: Callable[[FileChain, Kid], None], question: str
) -> None:
    office, chain = office_and_chain
    change(chain, office.signer().kid)

    assert [question in found for found in bad(office)] == [True]


def test_the_key_of_another_office_is_named(
    tmp_path: Path, office_and_chain: OfficeAndChain
) -> None:
    office, _ = office_and_chain
    stranger = found_office(tmp_path / "other")[0].signer()

    assert any(
        "does not know it" in one for one in bad(replace(office, signer=lambda: stranger)).values()
    )


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE credential SET entry = zeroblob(50) WHERE id = 2",
        "UPDATE credential SET sealed = zeroblob(50) WHERE id = 2",
        "UPDATE credential SET sealed = NULL WHERE id = 2",
        "UPDATE credential SET batch_id = NULL WHERE id = 2",
        "UPDATE batch SET root = zeroblob(32) WHERE id = 1",
    ],
)
def test_a_flipped_bit_in_the_database_is_found(
    tmp_path: Path, office_and_chain: OfficeAndChain, statement: str
) -> None:
    office, _ = office_and_chain
    damage(tmp_path, statement)

    assert any("batch 1 is damaged" in detail for detail in bad(office).values())


def test_a_batch_the_chain_does_not_hold_is_named(
    tmp_path: Path, office_and_chain: OfficeAndChain
) -> None:
    office, _ = office_and_chain
    damage(tmp_path, "UPDATE batch SET anchor_no = 9 WHERE id = 2")

    assert "number 9" in bad(office)["database and chain hold the same batches"]


def test_a_missing_list_file_is_named(office_and_chain: OfficeAndChain) -> None:
    office, _ = office_and_chain
    digest = office.public_folder.digests(Document.STATUS_LIST)[0]
    office.public_folder.path(Document.STATUS_LIST, digest).unlink()

    assert "list 1" in bad(office)["every published list is in the public folder"]


def test_a_chain_of_others_ends_the_examination(
    tmp_path: Path, office_and_chain: OfficeAndChain
) -> None:
    office, chain = office_and_chain
    chain.path.unlink()
    office, _ = open_office(tmp_path)

    with pytest.raises(ForeignChainError):
        examine(office)


def test_while_the_chain_is_away_that_is_said(office_and_chain: OfficeAndChain) -> None:
    office, _ = office_and_chain
    office.journal._chain.is_away = True

    assert "no endpoint answers" in bad(office)["the chain answers"]


def test_the_queue_says_what_waits_and_for_what(
    office_and_chain: OfficeAndChain, tmp_path: Path
) -> None:
    office, chain = office_and_chain
    chain.is_away = True
    waiting = issue_rows(office, tmp_path, rows=3)
    issue_rows(office, tmp_path, rows=2, wait_for=WaitFor.NONE)

    found = {(one.what, one.waits_for) for one in backlog(office)}

    assert waiting.ending is Ending.WAITING
    assert found == {
        ("documents of job 2", "their anchor to be final"),
        ("batch 4, 3 documents", "to be anchored"),
        ("batch 5, 2 documents", "to be anchored"),
    }


def test_an_empty_queue_is_empty(office_and_chain: OfficeAndChain) -> None:
    assert backlog(office_and_chain[0]) == []
