"""lists: imports that fill a suppression list

Revision ID: 20261127_lists
Revises: 20261127_afterwards
"""

import sqlalchemy as sa
from alembic import op

revision = "20261127_lists"
down_revision = "20261127_afterwards"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Whoever comes meanwhile waits behind us.
    op.execute("set local lock_timeout = '2s'")
    op.alter_column("imports", "campaign_id", nullable=True)
    op.add_column("imports", sa.Column("suppresses", sa.Text(), nullable=True))


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.execute("delete from imports where suppresses is not null")
    op.drop_column("imports", "suppresses")
    op.alter_column("imports", "campaign_id", nullable=False)
