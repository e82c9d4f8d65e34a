"""The tables of the issuer's database, as SQLAlchemy sees them.

Migrations/ makes them and changes them.
"""

from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from issuer.states import (
    BatchState,
    CredentialState,
    CredentialStatus,
    JobState,
    StatusAction,
    StatusReason,
    VersionState,
    WaitFor,
)

# Named constraints, so that a later migration can drop or change each of them on every engine.
metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite counts a primary key up by itself only when its type is INTEGER.
RowId = BigInteger().with_variant(Integer, "sqlite")


def one_of(column: str, values: type[StrEnum]) -> CheckConstraint:
    """Return the rule that the column holds one of the enum's values (or nothing.

    Where it may be null).
    """
    listed = ", ".join(f"'{value.value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


installation = Table(
    "installation",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("agency", String(16), nullable=False),
    Column("chain_id", String(78), nullable=False),  # decimal: it may need 256 bits
    Column("contract", LargeBinary, nullable=False),
    Column("first_list_no", BigInteger, nullable=False),
    Column("first_anchor_no", BigInteger, nullable=False),
    Column("followed_at", BigInteger, nullable=False),  # when the journal below was last compared
    Column("created_at", BigInteger, nullable=False),
    CheckConstraint("id = 1", name="only_one"),
)

# A copy of the registry's journal: signing goes on while the chain is away, and a chain that was
# restarted empty, or another one, is recognised.
journal_entry = Table(
    "journal_entry",
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("time", BigInteger, nullable=False),
    Column("kind", Integer, nullable=False),
    Column("data", LargeBinary, nullable=False),
)

job = Table(
    "job",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("input_key", LargeBinary, nullable=False),
    Column("repeat_no", Integer, nullable=False),
    Column("source", Text, nullable=False),
    Column("type_no", BigInteger, nullable=False),
    Column("type_version", Integer, nullable=False),
    Column("type_digest", LargeBinary, nullable=False),
    Column("out_dir", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("wait_for", String(16), nullable=False),
    Column("files", String(80), nullable=False),
    Column("batch_size", Integer, nullable=False),
    Column("credentials", Integer, nullable=False),
    Column("refused_rows", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("done_at", BigInteger),
    UniqueConstraint("input_key", "repeat_no"),
    one_of("state", JobState),
    one_of("wait_for", WaitFor),
)

status_list = Table(
    "status_list",
    metadata,
    Column("list_no", BigInteger, primary_key=True, autoincrement=False),
    Column("capacity", BigInteger, nullable=False),
    Column("seed", LargeBinary, nullable=False),
    Column("taken", BigInteger, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    CheckConstraint("taken >= 0 AND taken <= capacity", name="within_capacity"),
)

status_version = Table(
    "status_version",
    metadata,
    Column("list_no", BigInteger, ForeignKey(status_list.c.list_no), primary_key=True),
    Column("version", BigInteger, primary_key=True, autoincrement=False),
    Column("digest", LargeBinary, nullable=False),
    Column("document", LargeBinary, nullable=False),
    Column("details", LargeBinary, nullable=False),
    Column("state", String(16), nullable=False),
    Column("planned_at", BigInteger, nullable=False),
    Column("published_at", BigInteger),
    one_of("state", VersionState),
)

batch = Table(
    "batch",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("job_id", BigInteger, ForeignKey(job.c.id), nullable=False),
    Column("root", LargeBinary, nullable=False),
    Column("size", Integer, nullable=False),
    Column("alg", Integer),
    Column("kid", LargeBinary),
    Column("signature", LargeBinary),
    Column("state", String(16), nullable=False),
    Column("anchor_no", BigInteger),
    Column("refusal", Text),  # why the registry would not take it; null: it was never refused
    Column("planned_at", BigInteger, nullable=False),
    Column("anchored_at", BigInteger),
    UniqueConstraint("anchor_no"),
    one_of("state", BatchState),
    Index("ix_batch_state", "state"),
)

credential = Table(
    "credential",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("job_id", BigInteger, ForeignKey(job.c.id), nullable=False),
    Column("position", Integer, nullable=False),
    Column("number", String(40), nullable=False),
    Column("title", Text, nullable=False),  # what a clerk knows it by; personal data
    Column("cti", LargeBinary, nullable=False),
    Column("list_no", BigInteger, ForeignKey(status_list.c.list_no), nullable=False),
    Column("slot_index", BigInteger, nullable=False),
    Column("claims", LargeBinary),  # until the entry is made
    Column(
        "record", LargeBinary
    ),  # the full record that travels in the PDF, where the type has one
    Column("entry", LargeBinary),
    Column("batch_id", BigInteger, ForeignKey(batch.c.id)),
    Column("leaf_index", Integer),
    Column("sealed", LargeBinary),
    Column("state", String(16), nullable=False),
    Column("released_at", BigInteger),
    UniqueConstraint("number"),
    UniqueConstraint("cti"),
    UniqueConstraint("list_no", "slot_index"),
    UniqueConstraint("job_id", "position"),
    UniqueConstraint("batch_id", "leaf_index"),
    one_of("state", CredentialState),
    Index("ix_credential_job_id_state", "job_id", "state"),
)

status_change = Table(
    "status_change",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("credential_id", BigInteger, ForeignKey(credential.c.id), nullable=False),
    Column("list_no", BigInteger, nullable=False),
    Column("action", String(16), nullable=False),
    Column("status_after", String(16), nullable=False),
    Column("reason", String(24), nullable=False),
    Column("effective_at", BigInteger, nullable=False),
    Column("replaced_by", String(40)),
    Column("recorded_at", BigInteger, nullable=False),
    Column("version", BigInteger),  # the list version that carries it; null: not in one yet
    ForeignKeyConstraint(
        ["list_no", "version"], [status_version.c.list_no, status_version.c.version]
    ),
    one_of("action", StatusAction),
    one_of("status_after", CredentialStatus),
    one_of("reason", StatusReason),
    Index("ix_status_change_list_no_version", "list_no", "version"),
    Index("ix_status_change_credential_id", "credential_id"),
)

# A transaction from before its first sending until it took effect: whoever sends again sends these
# bytes, which cannot take effect twice.
sending = Table(
    "sending",
    metadata,
    Column("key", LargeBinary, primary_key=True),
    Column("signed", LargeBinary, nullable=False),
    Column("kept_at", BigInteger, nullable=False),
)

attempt = Table(
    "attempt",
    metadata,
    Column("what", String(80), primary_key=True),
    Column("failures", BigInteger, nullable=False),
    Column("first_at", BigInteger, nullable=False),
    Column("last_at", BigInteger, nullable=False),
    Column("last_error", Text, nullable=False),
)

watch = Table(
    "watch",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("round_at", BigInteger, nullable=False),
    Column("next_at", BigInteger, nullable=False),
    Column("failures", BigInteger, nullable=False),  # rounds in a row that the chain failed
    Column("last_error", Text),
    Column("clock_trouble", Text),
    Column("alarm", Text),  # while one stands nothing is sent; a person clears it
    Column("alarm_at", BigInteger),
    CheckConstraint("id = 1", name="only_one"),
)
