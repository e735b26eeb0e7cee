"""undo: what it made of an import and of each of its rows

Revision ID: 20261127_undo
Revises: 20261127_drafts
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261127_undo"
down_revision = "20261127_drafts"
branch_labels = None
depends_on = None

INDEXES = {
    "import_rows_kept_idx": (
        "import_rows",
        ["workspace_id", "import_id", "run", "row_no"],
        "undo not in ('lead_removed', 'member_removed', 'restored')",
    ),
    "imports_undoing_idx": ("imports", ["workspace_id", "job_id", "id"], "state = 'undoing'"),
}


def upgrade() -> None:
    # Whoever comes meanwhile waits behind us.
    op.execute("set local lock_timeout = '2s'")
    # What was cut off in its indexes below begins again.
    document = postgresql.JSONB(astext_type=sa.Text())
    op.add_column("imports", sa.Column("undo", document, nullable=True), if_not_exists=True)
    op.add_column("import_rows", sa.Column("undo", sa.Text(), nullable=True), if_not_exists=True)
    drop_indexes()
    # Nothing is in them yet, but the whole ledger is looked through: so beside the writing.
    with op.get_context().autocommit_block():
        for name, (table, columns, condition) in INDEXES.items():
            op.create_index(
                name,
                table,
                columns,
                postgresql_where=sa.text(condition),
                postgresql_concurrently=True,
            )


def drop_indexes() -> None:
    with op.get_context().autocommit_block():
        for name, (table, _, _) in INDEXES.items():
            op.drop_index(name, table_name=table, postgresql_concurrently=True, if_exists=True)


def downgrade() -> None:
    drop_indexes()
    op.execute("set local lock_timeout = '2s'")
    op.drop_column("import_rows", "undo", if_exists=True)
    op.drop_column("imports", "undo", if_exists=True)
