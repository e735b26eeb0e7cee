"""valid_requires: how deep a check must go before a workspace counts an address as valid

Revision ID: 20261127_valid_requires
Revises: 20261127_mailbox_stage
"""

import sqlalchemy as sa
from alembic import op

revision = "20261127_valid_requires"
down_revision = "20261127_mailbox_stage"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    default = sa.text("'domain'")
    op.add_column(
        "workspaces", sa.Column("valid_requires", sa.Text(), server_default=default, nullable=False)
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.drop_column("workspaces", "valid_requires")
