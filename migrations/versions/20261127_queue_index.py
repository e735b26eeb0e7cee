"""queue index: one for each stage, along which nobody can be looked up

Revision ID: 20261127_queue_index
Revises: 20261127_entered_campaigns
"""

import sqlalchemy as sa
from alembic import op

revision = "20261127_queue_index"
down_revision = "20261127_entered_campaigns"
branch_labels = None
depends_on = None

BEFORE = "unvalidated_workspace_id_stage_due_at_domain_idx"
STAGES = ("domain", "mailbox")


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.drop_index(BEFORE, table_name="unvalidated")
    for stage in STAGES:
        op.create_index(
            f"unvalidated_{stage}_idx",
            "unvalidated",
            ["workspace_id", "due_at", "domain"],
            postgresql_where=sa.text(f"stage = '{stage}'"),
        )


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    for stage in STAGES:
        op.drop_index(f"unvalidated_{stage}_idx", table_name="unvalidated")
    op.create_index(BEFORE, "unvalidated", ["workspace_id", "stage", "due_at", "domain"])
