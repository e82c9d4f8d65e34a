"""The schema this release needs, and how Alembic brings a database there.

Alembic is slow to import.
"""

from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection

if TYPE_CHECKING:
    from alembic.config import Config

SCHEMA_REVISION: Final = "0002"
"""The newest revision in issuer/migrations; a test compares the two."""
VERSION_TABLE: Final = "alembic_version"


def upgrade(connection: Connection) -> None:
    """The schema behind the connection is that of this release."""
    from alembic import command  # noqa: PLC0415 - half a second, and only migrations need it

    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def known_revisions() -> frozenset[str]:
    """Return the revisions this release knows, the newest among them."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - as above

    scripts = ScriptDirectory.from_config(_config())
    return frozenset(script.revision for script in scripts.walk_revisions())


def newest_revision() -> str | None:
    """Return the revision that `upgrade` ends at."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - as above

    return ScriptDirectory.from_config(_config()).get_current_head()


def _config() -> "Config":
    from alembic.config import Config  # noqa: PLC0415 - as above

    config = Config()
    config.set_main_option("script_location", "issuer:migrations")
    return config
