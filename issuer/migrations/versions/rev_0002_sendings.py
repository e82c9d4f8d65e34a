"""What waits for the chain.

Signed transactions until they took effect, failed attempts in words, and how the watch fares.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add three tables; the release before this one neither reads nor misses them."""
    op.create_table(
        "sending",
        sa.Column("key", sa.LargeBinary, primary_key=True),
        sa.Column("signed", sa.LargeBinary, nullable=False),
        sa.Column("kept_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "attempt",
        sa.Column("what", sa.String(80), primary_key=True),
        sa.Column("failures", sa.BigInteger, nullable=False),
        sa.Column("first_at", sa.BigInteger, nullable=False),
        sa.Column("last_at", sa.BigInteger, nullable=False),
        sa.Column("last_error", sa.Text, nullable=False),
    )
    op.create_table(
        "watch",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("round_at", sa.BigInteger, nullable=False),
        sa.Column("next_at", sa.BigInteger, nullable=False),
        sa.Column("failures", sa.BigInteger, nullable=False),
        sa.Column("last_error", sa.Text),
        sa.Column("clock_trouble", sa.Text),
        sa.Column("alarm", sa.Text),
        sa.Column("alarm_at", sa.BigInteger),
        sa.CheckConstraint("id = 1", name="only_one"),
    )


def downgrade() -> None:
    """Drop the tables; whoever sends next looks at the chain first and signs anew."""
    for name in ("watch", "attempt", "sending"):
        op.drop_table(name)
