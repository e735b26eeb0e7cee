"""trust: idempotency keys, what jobs are asked and answer, rate limits, retention

Revision ID: 20261124_trust
Revises: 20261123_lead_gate
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "20261124_trust"
down_revision = "20261123_lead_gate"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Whoever comes meanwhile waits behind us.
    op.execute("set local lock_timeout = '2s'")
    op.create_table(
        "idempotency_keys",
        sa.Column("workspace_id", sa.BigInteger(), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("workspace_id", "key_hash", name=op.f("idempotency_keys_pkey")),
    )
    op.create_index(op.f("idempotency_keys_created_at_idx"), "idempotency_keys", ["created_at"])
    op.add_column("jobs", sa.Column("wish", sa.Text(), nullable=True))
    op.add_column(
        "jobs", sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), nullable=True)
    )
    op.add_column("api_keys", sa.Column("rate_limit_per_minute", sa.BigInteger(), nullable=True))
    op.add_column(
        "workspaces",
        sa.Column(
            "ledger_retention_days", sa.BigInteger(), server_default=sa.text("90"), nullable=False
        ),
    )
    op.add_column(
        "workspaces",
        sa.Column(
            "event_retention_days", sa.BigInteger(), server_default=sa.text("0"), nullable=False
        ),
    )
    op.add_column(
        "imports", sa.Column("ledger_removed_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.create_index(
        "imports_ledger_idx",
        "imports",
        ["workspace_id", "finished_at"],
        postgresql_where=sa.text("ledger_removed_at is null"),
    )
    op.drop_index("jobs_singleton_key", table_name="jobs")
    op.create_index(
        "jobs_singleton_key",
        "jobs",
        ["workspace_id", "kind"],
        unique=True,
        postgresql_where=sa.text("singleton and state = 'queued' and attempt = 0"),
    )
    op.create_index(
        "jobs_singleton_idx",
        "jobs",
        ["workspace_id", "kind"],
        postgresql_where=sa.text("singleton and state = 'queued'"),
    )


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.drop_index("jobs_singleton_idx", table_name="jobs")
    op.drop_index("jobs_singleton_key", table_name="jobs")
    op.execute(
        "update jobs set singleton = false where singleton and state = 'queued' and attempt > 0"
    )
    op.create_index(
        "jobs_singleton_key",
        "jobs",
        ["workspace_id", "kind"],
        unique=True,
        postgresql_where=sa.text("singleton and state = 'queued'"),
    )
    op.drop_index("imports_ledger_idx", table_name="imports")
    op.drop_column("imports", "ledger_removed_at")
    op.drop_column("workspaces", "event_retention_days")
    op.drop_column("workspaces", "ledger_retention_days")
    op.drop_column("api_keys", "rate_limit_per_minute")
    op.drop_column("jobs", "result")
    op.drop_column("jobs", "wish")
    op.drop_index(op.f("idempotency_keys_created_at_idx"), table_name="idempotency_keys")
    op.drop_table("idempotency_keys")
