"""mailbox stage: who waits for their domain, and who, behind that, for a provider

Revision ID: 20261127_mailbox_stage
Revises: 20261127_given_validations
"""

import sqlalchemy as sa
from alembic import op

revision = "20261127_mailbox_stage"
down_revision = "20261127_given_validations"
branch_labels = None
depends_on = None

BEFORE, AFTER = ["due_at", "domain"], ["stage", "due_at", "domain"]


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    stage = sa.Column("stage", sa.Text(), server_default=sa.text("'domain'"), nullable=False)
    op.add_column("unvalidated", stage)
    anew = sa.Column("anew", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    op.add_column("unvalidated", anew)
    move_index(BEFORE, AFTER)


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    # What is known of their domains holds.
    op.execute("delete from unvalidated where stage = 'mailbox'")
    move_index(AFTER, BEFORE)
    op.drop_column("unvalidated", "anew")
    op.drop_column("unvalidated", "stage")


def move_index(before: list[str], after: list[str]) -> None:
    op.drop_index(name_of(before), table_name="unvalidated")
    op.create_index(name_of(after), "unvalidated", ["workspace_id", *after])


def name_of(columns: list[str]) -> str:
    return f"unvalidated_workspace_id_{'_'.join(columns)}_idx"
