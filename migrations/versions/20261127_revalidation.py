"""revalidation: the age from which on a workspace has its addresses checked again

Revision ID: 20261127_revalidation
Revises: 20261127_valid_requires
"""

import sqlalchemy as sa
from alembic import op

revision = "20261127_revalidation"
down_revision = "20261127_valid_requires"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    zero = sa.text("0")
    days = sa.Column(
        "validation_max_age_days", sa.BigInteger(), server_default=zero, nullable=False
    )
    op.add_column("workspaces", days)


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.drop_column("workspaces", "validation_max_age_days")
