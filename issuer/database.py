"""One door to the database: engines, transactions and the state of its schema."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import (
    Connection,
    Engine,
    column,
    create_engine,
    event,
    inspect,
    make_url,
    select,
    table,
)
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry

from issuer.errors import SettingsError
from issuer.repository import Repository
from issuer.schema import SCHEMA_REVISION, VERSION_TABLE, known_revisions, upgrade

BUSY_TIMEOUT_MS = 30_000
# SQLite: take the write lock at once, so that "read the next number, write it back" is one step.
_BEGIN_OPTION = "sealroot_begin"


class Database:
    """The issuer's database; every use of it is one transaction that commits or leaves nothing."""

    def __init__(self, url: str) -> None:
        """Make the engine.

        Nothing is opened yet. Raises SettingsError for a URL of no known engine.
        """
        self.url = url
        self._engine = _engine(url)
        self._writer = self._engine.execution_options(**{_BEGIN_OPTION: "BEGIN IMMEDIATE"})

    @contextmanager
    def transaction(self) -> Iterator[Repository]:
        """Yield a repository bound to one writing transaction.

        It commits when the block ends well.
        """
        with self._writer.begin() as connection:
            yield Repository(connection)

    @contextmanager
    def reading(self) -> Iterator[Repository]:
        """Yield a repository for reading one consistent picture.

        Nothing is ever written through it.
        """
        with self._engine.connect() as connection:
            yield Repository(connection)

    def migrate(self) -> None:
        """The schema is that of this release; raises SettingsError when a newer release made it."""
        _create_private_file(self.url)
        with self._writer.begin() as connection:
            current = _current_revision(connection)
            if current is not None and current not in known_revisions():
                raise SettingsError(_NEWER_SCHEMA)
            upgrade(connection)

    def require_current_schema(self) -> None:
        """Raise SettingsError when the schema is missing, older or newer than this release's."""
        try:
            with self._engine.connect() as connection:
                current = _current_revision(connection)
        except DBAPIError as error:
            raise SettingsError(
                f"the database at {make_url(self.url).render_as_string()} cannot be opened: "
                f"{error.orig}. "
                "Nothing was changed. Start it, or correct the address, and give the command again."
            ) from error
        if current == SCHEMA_REVISION:
            return
        if current is not None and current not in known_revisions():
            raise SettingsError(_NEWER_SCHEMA)
        raise SettingsError(
            "the database has an older schema than this release needs. Back it up, then run "
            "`sealroot issuer migrate`."
        )

    def close(self) -> None:
        """No connection is open any more."""
        self._engine.dispose()


_NEWER_SCHEMA = (
    "the database was made by a newer release of Sealroot than this one. Nothing was changed. "
    "Use the newer release; an older one must not write into it."
)


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise SettingsError(f"not a database address: {url.rsplit('@', maxsplit=1)[-1]}") from error
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        engine = create_engine(parsed)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    if backend == "postgresql":
        return create_engine(parsed.set(drivername="postgresql+psycopg"), pool_pre_ping=True)
    raise SettingsError(f"the issuer's database is SQLite or PostgreSQL, not {backend}")


def _prepare_sqlite(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    """The connection keeps what it commits, enforces references, and waits for other writers."""
    # The driver would otherwise begin transactions on its own, and only at the first write.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get(_BEGIN_OPTION, "BEGIN"))


def _create_private_file(url: str) -> None:
    """An SQLite file that does not exist yet is there, readable by its owner alone.

    It will hold personal data.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or parsed.database in (None, "", ":memory:"):
        return
    path = Path(str(parsed.database))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    except OSError as error:
        raise SettingsError(f"the database file {path} cannot be made: {error.strerror}") from error


def _current_revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    found: str | None = connection.execute(
        select(column("version_num")).select_from(table(VERSION_TABLE))
    ).scalar()
    return found
