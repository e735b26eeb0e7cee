"""mail domains: what DNS said of them, and who asks for them just now

Revision ID: 20261127_mail_domains
Revises: 20261127_undo
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261127_mail_domains"
down_revision = "20261127_undo"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.create_table(
        "mail_domains",
        sa.Column("domain", sa.Text(collation="C"), nullable=False),
        sa.Column("facts", postgresql.JSONB(), nullable=True),
        sa.Column("fresh_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease", sa.Uuid(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("domain", name="mail_domains_pkey"),
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.drop_table("mail_domains")
