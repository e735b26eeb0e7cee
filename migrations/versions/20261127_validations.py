"""validations: what was found out about each lead's address, and who waits for it

Revision ID: 20261127_validations
Revises: 20261127_mail_domains
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261127_validations"
down_revision = "20261127_mail_domains"
branch_labels = None
depends_on = None


def flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), server_default=sa.text("false"), nullable=False)


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.create_table(
        "validations",
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("lead_id", sa.BigInteger(), nullable=False),
        sa.Column("email", sa.Text(collation="C"), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        flag("disposable"),
        flag("role"),
        flag("free"),
        flag("privacy_relay"),
        sa.Column("catch_all", sa.Boolean(), nullable=True),
        sa.Column("suggestion", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("rules_version", sa.Integer(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("evidence", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.PrimaryKeyConstraint("workspace_id", "lead_id", name=op.f("validations_pkey")),
    )
    op.create_table(
        "unvalidated",
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("lead_id", sa.BigInteger(), nullable=False),
        sa.Column("domain", sa.Text(collation="C"), nullable=False),
        sa.Column(
            "due_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("'epoch'"),
            nullable=False,
        ),
        sa.Column("tries", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "lead_id", name=op.f("unvalidated_pkey")),
    )
    # Nobody was checked yet.
    op.execute(
        "insert into unvalidated (workspace_id, lead_id, domain)"
        " select workspace_id, id, split_part(email, '@', 2) from leads"
    )
    op.create_index(
        op.f("unvalidated_workspace_id_due_at_domain_idx"),
        "unvalidated",
        ["workspace_id", "due_at", "domain"],
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.drop_table("unvalidated")
    op.drop_table("validations")
