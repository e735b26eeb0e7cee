"""provider budgets: what is spent in a day with a service that looks at mailboxes

Revision ID: 20261127_provider_budgets
Revises: 20261127_validations
"""

import sqlalchemy as sa
from alembic import op

revision = "20261127_provider_budgets"
down_revision = "20261127_validations"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.create_table(
        "provider_budgets",
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("spent", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("provider", "day", name=op.f("provider_budgets_pkey")),
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.drop_table("provider_budgets")
