"""repeated rows: the ledger's indexes by which they are found

Nothing is in them yet, but the whole ledger is looked through: so beside the writing, and in a
migration of their own, which can be begun again.

Revision ID: 20261126_repeated_rows
Revises: 20261126_imports
"""

import sqlalchemy as sa
from alembic import op

revision = "20261126_repeated_rows"
down_revision = "20261126_imports"
branch_labels = None
depends_on = None

INDEXES = {
    "import_rows_taken_idx": ("email", "taken"),
    "import_rows_linkedin_idx": ("linkedin_key", "linkedin_key is not null"),
}


def upgrade() -> None:
    downgrade()  # one that was cut off is there, and of no use
    with op.get_context().autocommit_block():
        for name, (column, condition) in INDEXES.items():
            op.create_index(
                name,
                "import_rows",
                ["workspace_id", "import_id", "run", column],
                postgresql_where=sa.text(condition),
                postgresql_concurrently=True,
            )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        for name in INDEXES:
            op.drop_index(
                name, table_name="import_rows", postgresql_concurrently=True, if_exists=True
            )
