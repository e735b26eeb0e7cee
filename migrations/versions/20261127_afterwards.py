"""afterwards: the campaigns that stood in the way of an import, and the index of pushes

The index is made beside the writing; the whole can be begun again.

Revision ID: 20261127_afterwards
Revises: 20261127_selections
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261127_afterwards"
down_revision = "20261127_selections"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Whoever comes meanwhile waits behind us.
    op.execute("set local lock_timeout = '2s'")
    op.add_column(
        "imports",
        sa.Column(
            "in_the_way",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        if_not_exists=True,
    )
    drop_index()  # one that was cut off is there, and of no use
    with op.get_context().autocommit_block():
        op.create_index(
            "imports_push_idx",
            "imports",
            ["workspace_id", "push", "id"],
            postgresql_where=sa.text("push is not null"),
            postgresql_concurrently=True,
        )


def drop_index() -> None:
    with op.get_context().autocommit_block():
        op.drop_index(
            "imports_push_idx", table_name="imports", postgresql_concurrently=True, if_exists=True
        )


def downgrade() -> None:
    drop_index()
    op.execute("set local lock_timeout = '2s'")
    op.drop_column("imports", "in_the_way")
