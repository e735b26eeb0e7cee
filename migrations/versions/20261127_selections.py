"""selections: imports of what the workspace has already

Revision ID: 20261127_selections
Revises: 20261127_streams
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261127_selections"
down_revision = "20261127_streams"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    document = postgresql.JSONB(astext_type=sa.Text())
    op.add_column("imports", sa.Column("selection", document, nullable=True))


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.drop_column("imports", "selection")
