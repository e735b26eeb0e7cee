"""waiting reason: why the last try found nothing out about those who wait

Revision ID: 20261127_waiting_reason
Revises: 20261127_queue_index
"""

import sqlalchemy as sa
from alembic import op

revision = "20261127_waiting_reason"
down_revision = "20261127_queue_index"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.add_column("unvalidated", sa.Column("reason", sa.Text(), nullable=True))


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.drop_column("unvalidated", "reason")
