"""sheets: which sheet of a workbook an upload is, and which others it has

Revision ID: 20261127_sheets
Revises: 20261127_invalid_from
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261127_sheets"
down_revision = "20261127_invalid_from"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.add_column("uploads", sa.Column("sheet", sa.Text(), nullable=True))
    op.add_column(
        "uploads",
        sa.Column(
            "other_sheets",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.drop_column("uploads", "other_sheets")
    op.drop_column("uploads", "sheet")
