"""The same database work on PostgreSQL.

SEALROOT_TEST_POSTGRES names an empty database that may be overwritten.
"""

import os
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from issuer.database import Database
from issuer.issue import Ending, run
from issuer.models import metadata
from issuer.repository.installations import Installation
from issuer.states import OutputFile, StatusAction, StatusReason, WaitFor
from issuer.status_changes import StatusRequest, change_status
from tests.issuer.office_bench import found_office, issue_rows, open_office
from tests.issuer.outside_check import assert_nothing_lost_nothing_doubled, rows_of
from tests.issuer.test_database import described

URL = os.environ.get("SEALROOT_TEST_POSTGRES", "")

pytestmark = [
    pytest.mark.skipif(not URL, reason="SEALROOT_TEST_POSTGRES names no database"),
    pytest.mark.enable_socket,
]


@pytest.fixture
def url() -> str:
    driver_url = URL.replace("postgresql://", "postgresql+psycopg://", 1)
    engine = create_engine(driver_url)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    return driver_url


def test_the_migrations_make_exactly_the_tables_the_code_uses(url: str) -> None:
    engine = create_engine(url)
    database = Database(url)
    database.migrate()
    database.close()
    by_migrations = described(engine)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    metadata.create_all(engine)

    assert by_migrations == described(engine)

    engine.dispose()


def test_documents_are_issued_anchored_and_revoked(tmp_path: Path, url: str) -> None:
    office, chain = found_office(tmp_path, url=url)

    report = issue_rows(office, tmp_path, rows=10, batch_size=4, files=frozenset({OutputFile.PNG}))
    wish = StatusRequest(report.numbers[0], StatusAction.REVOKE, StatusReason.FRAUD, office.clock())
    revoked = change_status(office, wish)

    assert report.ending is Ending.DONE
    assert revoked.published
    assert_nothing_lost_nothing_doubled(tmp_path, url, chain, 10, revoked=1)
    office.database.close()


def test_many_desks_take_no_number_twice(tmp_path: Path, url: str) -> None:
    office, chain = found_office(tmp_path, url=url)
    issue_rows(office, tmp_path, rows=1, wait_for=WaitFor.NONE, files=frozenset())
    failures = []

    def desk(rows: int) -> None:
        folder = tmp_path / f"desk{rows}"
        folder.mkdir()
        mine, _ = open_office(tmp_path, url=url)
        try:
            issue_rows(mine, folder, rows=rows, files=frozenset(), batch_size=3)
        except BaseException as error:  # noqa: BLE001  (told by the test below)
            failures.append(error)
        mine.database.close()

    desks = [threading.Thread(target=desk, args=(rows,)) for rows in (5, 6, 7, 8)]
    for one in desks:
        one.start()
    for one in desks:
        one.join()
    run(office)

    assert failures == []
    credentials = rows_of(url, "SELECT * FROM credential")
    assert {row["state"] for row in credentials} == {"released"}
    assert len({(row["list_no"], row["slot_index"]) for row in credentials}) == 27
    batches = rows_of(url, "SELECT * FROM batch")
    assert [anchor.batch_no for anchor in chain.anchors()] == list(range(1, len(batches) + 1))
    assert sum(row["taken"] for row in rows_of(url, "SELECT * FROM status_list")) == 27
    office.database.close()


def test_a_transaction_that_waits_for_the_lock_sees_what_the_other_did(url: str) -> None:
    database = Database(url)
    database.migrate()
    made = Installation("A1", 31337, b"\1" * 20, 1, 1, 0, 1_800_000_000)
    with database.transaction() as repository:
        repository.installations.add(made)
    order = []

    def second() -> None:
        with database.transaction() as repository:
            repository.installations.lock()
            order.append(repository.installations.get().followed_at)

    with database.transaction() as repository:
        repository.installations.lock()
        waiting = threading.Thread(target=second)
        waiting.start()
        waiting.join(0.3)
        order.append("first")
        repository.installations.append_journal([], 77)
    waiting.join()

    assert order == ["first", 77]
    assert replace(made, followed_at=77) == _installation(database)
    database.close()


def _installation(database: Database) -> Installation:
    with database.reading() as repository:
        return repository.installations.get()
