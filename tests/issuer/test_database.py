import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, inspect, text
from sqlalchemy.exc import IntegrityError

from issuer.database import Database
from issuer.errors import SettingsError
from issuer.models import metadata
from issuer.repository.installations import Installation
from issuer.schema import SCHEMA_REVISION, newest_revision


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'issuer.sqlite3'}"


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    database = Database(url)
    database.migrate()
    yield database
    database.close()


INSTALLATION = Installation("A1", 31337, b"\1" * 20, 1, 1, 0, 1_800_000_000)


def described(engine: Engine) -> dict[str, object]:
    """Tables, columns, uniqueness and references, as the engine itself tells them."""
    found = inspect(engine)
    return {
        table: (
            [(c["name"], str(c["type"]), c["nullable"]) for c in found.get_columns(table)],
            sorted(tuple(u["column_names"]) for u in found.get_unique_constraints(table)),
            sorted(tuple(i["column_names"]) for i in found.get_indexes(table)),
            sorted(
                (tuple(f["constrained_columns"]), f["referred_table"])
                for f in found.get_foreign_keys(table)
            ),
            sorted(str(c["sqltext"]) for c in found.get_check_constraints(table)),
        )
        for table in found.get_table_names()
        if table != "alembic_version"
    }


def test_the_migrations_make_exactly_the_tables_the_code_uses(url: str, tmp_path: Path) -> None:
    database = Database(url)
    database.migrate()
    database.close()
    by_models = create_engine(f"sqlite:///{tmp_path / 'models.sqlite3'}")
    metadata.create_all(by_models)
    by_migrations = create_engine(url)

    assert described(by_migrations) == described(by_models)

    by_models.dispose()
    by_migrations.dispose()


def test_migrating_twice_changes_nothing(database: Database) -> None:
    with database.transaction() as repository:
        repository.installations.add(INSTALLATION)

    database.migrate()

    with database.reading() as repository:
        assert repository.installations.get() == INSTALLATION


def test_the_database_file_is_readable_by_its_owner_alone(url: str, tmp_path: Path) -> None:
    database = Database(url)
    database.migrate()
    database.close()

    assert stat.S_IMODE((tmp_path / "issuer.sqlite3").stat().st_mode) == 0o600


def test_sqlite_keeps_what_it_commits_and_enforces_references(database: Database) -> None:
    with database.reading() as repository:
        connection = repository.installations._connection
        pragmas = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }

    assert pragmas == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 30_000,
    }


def test_a_transaction_that_fails_leaves_nothing(database: Database) -> None:
    def fail_halfway() -> None:
        with database.transaction() as repository:
            repository.installations.add(INSTALLATION)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_halfway()

    with database.reading() as repository:
        assert repository.installations.find() is None


def test_a_database_belongs_to_one_installation_only(database: Database) -> None:
    with database.transaction() as repository:
        repository.installations.add(INSTALLATION)

    with pytest.raises(IntegrityError), database.transaction() as repository:
        repository.installations.add(INSTALLATION)


def test_a_database_without_a_schema_says_what_to_run(url: str) -> None:
    empty = Database(url)

    with pytest.raises(SettingsError, match="sealroot issuer migrate"):
        empty.require_current_schema()

    empty.close()


@pytest.mark.parametrize("use", [Database.require_current_schema, Database.migrate])
def test_a_database_of_a_newer_release_is_left_alone(
    url: str, database: Database, use: Callable[[Database], None]
) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()

    with pytest.raises(SettingsError, match="newer release"):
        use(database)


def test_a_database_that_was_never_bound_says_what_to_run(database: Database) -> None:
    with (
        database.reading() as repository,
        pytest.raises(SettingsError, match="sealroot issuer init"),
    ):
        repository.installations.get()


@pytest.mark.parametrize("url", ["mysql://x/y", "not an address", ""])
def test_another_engine_is_refused(url: str) -> None:
    with pytest.raises(SettingsError):
        Database(url)


def test_a_password_in_a_wrong_address_is_not_shown() -> None:
    with pytest.raises(SettingsError) as refused:
        Database("nonsense:secret@host")

    assert "secret" not in str(refused.value)


def test_the_schema_revision_is_the_newest_migration() -> None:
    assert newest_revision() == SCHEMA_REVISION
