"""streams: tickets for browsers, which cannot send a key

Revision ID: 20261127_streams
Revises: 20261126_repeated_rows
"""

import sqlalchemy as sa
from alembic import op

revision = "20261127_streams"
down_revision = "20261126_repeated_rows"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.create_table(
        "stream_tickets",
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("key_id", sa.BigInteger(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("stream_tickets_pkey")),
    )
    op.create_index(
        op.f("stream_tickets_workspace_id_created_at_idx"),
        "stream_tickets",
        ["workspace_id", "created_at"],
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.drop_table("stream_tickets")
