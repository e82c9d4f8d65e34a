"""The first schema.

One installation, jobs of credentials in batches, and status lists with their versions.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make every table; a database without them holds nothing that could be lost."""
    _installation()
    _jobs()
    _status_lists()
    _batches()
    _credentials()
    _status_changes()


def downgrade() -> None:
    """Refuse: numbers and slots that were given away must never be forgotten."""
    raise NotImplementedError("the first schema cannot be taken back; restore a backup instead")


def _one_of(column: str, *values: str) -> sa.CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


def _installation() -> None:
    op.create_table(
        "installation",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("agency", sa.String(16), nullable=False),
        sa.Column("chain_id", sa.String(78), nullable=False),
        sa.Column("contract", sa.LargeBinary, nullable=False),
        sa.Column("first_list_no", sa.BigInteger, nullable=False),
        sa.Column("first_anchor_no", sa.BigInteger, nullable=False),
        sa.Column("followed_at", sa.BigInteger, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.CheckConstraint("id = 1", name="only_one"),
    )
    op.create_table(
        "journal_entry",
        sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("time", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.Integer, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
    )


def _jobs() -> None:
    op.create_table(
        "job",
        sa.Column("id", ROW_ID, primary_key=True),
        sa.Column("input_key", sa.LargeBinary, nullable=False),
        sa.Column("repeat_no", sa.Integer, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("type_no", sa.BigInteger, nullable=False),
        sa.Column("type_version", sa.Integer, nullable=False),
        sa.Column("type_digest", sa.LargeBinary, nullable=False),
        sa.Column("out_dir", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("wait_for", sa.String(16), nullable=False),
        sa.Column("files", sa.String(80), nullable=False),
        sa.Column("batch_size", sa.Integer, nullable=False),
        sa.Column("credentials", sa.Integer, nullable=False),
        sa.Column("refused_rows", sa.Integer, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("done_at", sa.BigInteger),
        sa.UniqueConstraint("input_key", "repeat_no"),
        _one_of("state", "open", "done"),
        _one_of("wait_for", "none", "anchor"),
    )


def _status_lists() -> None:
    op.create_table(
        "status_list",
        sa.Column("list_no", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("capacity", sa.BigInteger, nullable=False),
        sa.Column("seed", sa.LargeBinary, nullable=False),
        sa.Column("taken", sa.BigInteger, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.CheckConstraint("taken >= 0 AND taken <= capacity", name="within_capacity"),
    )
    op.create_table(
        "status_version",
        sa.Column("list_no", sa.BigInteger, sa.ForeignKey("status_list.list_no"), primary_key=True),
        sa.Column("version", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("document", sa.LargeBinary, nullable=False),
        sa.Column("details", sa.LargeBinary, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("planned_at", sa.BigInteger, nullable=False),
        sa.Column("published_at", sa.BigInteger),
        _one_of("state", "planned", "published"),
    )


def _batches() -> None:
    op.create_table(
        "batch",
        sa.Column("id", ROW_ID, primary_key=True),
        sa.Column("job_id", sa.BigInteger, sa.ForeignKey("job.id"), nullable=False),
        sa.Column("root", sa.LargeBinary, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("alg", sa.Integer),
        sa.Column("kid", sa.LargeBinary),
        sa.Column("signature", sa.LargeBinary),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("anchor_no", sa.BigInteger),
        sa.Column("refusal", sa.Text),
        sa.Column("planned_at", sa.BigInteger, nullable=False),
        sa.Column("anchored_at", sa.BigInteger),
        sa.UniqueConstraint("anchor_no"),
        _one_of("state", "to-sign", "signed", "checked", "anchoring", "anchored"),
    )
    op.create_index("ix_batch_state", "batch", ["state"])


def _credentials() -> None:
    op.create_table(
        "credential",
        sa.Column("id", ROW_ID, primary_key=True),
        sa.Column("job_id", sa.BigInteger, sa.ForeignKey("job.id"), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("number", sa.String(40), nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("cti", sa.LargeBinary, nullable=False),
        sa.Column("list_no", sa.BigInteger, sa.ForeignKey("status_list.list_no"), nullable=False),
        sa.Column("slot_index", sa.BigInteger, nullable=False),
        sa.Column("claims", sa.LargeBinary),
        sa.Column("record", sa.LargeBinary),
        sa.Column("entry", sa.LargeBinary),
        sa.Column("batch_id", sa.BigInteger, sa.ForeignKey("batch.id")),
        sa.Column("leaf_index", sa.Integer),
        sa.Column("sealed", sa.LargeBinary),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("released_at", sa.BigInteger),
        sa.UniqueConstraint("number"),
        sa.UniqueConstraint("cti"),
        sa.UniqueConstraint("list_no", "slot_index"),
        sa.UniqueConstraint("job_id", "position"),
        sa.UniqueConstraint("batch_id", "leaf_index"),
        _one_of("state", "recorded", "in-batch", "sealed", "released"),
    )
    op.create_index("ix_credential_job_id_state", "credential", ["job_id", "state"])


def _status_changes() -> None:
    op.create_table(
        "status_change",
        sa.Column("id", ROW_ID, primary_key=True),
        sa.Column("credential_id", sa.BigInteger, sa.ForeignKey("credential.id"), nullable=False),
        sa.Column("list_no", sa.BigInteger, nullable=False),
        sa.Column("action", sa.String(16), nullable=False),
        sa.Column("status_after", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(24), nullable=False),
        sa.Column("effective_at", sa.BigInteger, nullable=False),
        sa.Column("replaced_by", sa.String(40)),
        sa.Column("recorded_at", sa.BigInteger, nullable=False),
        sa.Column("version", sa.BigInteger),
        sa.ForeignKeyConstraint(
            ["list_no", "version"], ["status_version.list_no", "status_version.version"]
        ),
        _one_of("action", "revoke", "suspend", "resume", "supersede"),
        _one_of("status_after", "valid", "suspended", "revoked"),
        _one_of(
            "reason",
            "superseded",
            "key-compromise",
            "issued-in-error",
            "ceased",
            "withdrawn",
            "death",
            "fraud",
            "other",
        ),
    )
    op.create_index("ix_status_change_list_no_version", "status_change", ["list_no", "version"])
    op.create_index("ix_status_change_credential_id", "status_change", ["credential_id"])
