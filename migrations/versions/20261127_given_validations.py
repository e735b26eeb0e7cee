"""given validations: what other tools said of an address, until it is stored

Revision ID: 20261127_given_validations
Revises: 20261127_provider_budgets
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261127_given_validations"
down_revision = "20261127_provider_budgets"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    document = postgresql.JSONB(astext_type=sa.Text())
    op.add_column("unvalidated", sa.Column("given", document, nullable=True))


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.drop_column("unvalidated", "given")
