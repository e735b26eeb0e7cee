"""pushes: the index by which the imports of one are found

Beside the writing, and in a migration of its own, which can be begun again.

Revision ID: 20261127_pushes
Revises: 20261127_selections
"""

import sqlalchemy as sa
from alembic import op

revision = "20261127_pushes"
down_revision = "20261127_selections"
branch_labels = None
depends_on = None


def upgrade() -> None:
    downgrade()  # one that was cut off is there, and of no use
    with op.get_context().autocommit_block():
        op.create_index(
            "imports_push_idx",
            "imports",
            ["workspace_id", "push", "id"],
            postgresql_where=sa.text("push is not null"),
            postgresql_concurrently=True,
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index(
            "imports_push_idx", table_name="imports", postgresql_concurrently=True, if_exists=True
        )
