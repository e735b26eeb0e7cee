"""drafts: the index by which those are found that nobody finished

Beside the writing, and in a migration of its own, which can be begun again.

Revision ID: 20261127_drafts
Revises: 20261127_lists
"""

import sqlalchemy as sa
from alembic import op

revision = "20261127_drafts"
down_revision = "20261127_lists"
branch_labels = None
depends_on = None

INDEX = "imports_draft_idx"


def upgrade() -> None:
    downgrade()  # one that was cut off is there, and of no use
    with op.get_context().autocommit_block():
        op.create_index(
            INDEX,
            "imports",
            ["workspace_id", "created_at"],
            postgresql_where=sa.text("state = 'draft'"),
            postgresql_concurrently=True,
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index(INDEX, table_name="imports", postgresql_concurrently=True, if_exists=True)
