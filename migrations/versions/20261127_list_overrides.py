"""list_overrides: what a workspace knows better; rules_version: by which its addresses were judged

Revision ID: 20261127_list_overrides
Revises: 20261127_revalidation
"""

import sqlalchemy as sa
from alembic import op

revision = "20261127_list_overrides"
down_revision = "20261127_revalidation"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.create_table(
        "list_overrides",
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("list", sa.Text(), nullable=False),
        sa.Column("entry", sa.Text(collation="C"), nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("workspace_id", "list", "entry", name=op.f("list_overrides_pkey")),
    )
    op.add_column(
        "workspaces",
        sa.Column("lists_revision", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
    )
    op.add_column(
        "workspaces",
        sa.Column("rules_version", sa.Integer(), server_default=sa.text("1"), nullable=False),
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.drop_column("workspaces", "rules_version")
    op.drop_column("workspaces", "lists_revision")
    op.drop_table("list_overrides")
