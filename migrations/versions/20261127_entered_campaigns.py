"""entered campaigns: no foreign key from memberships to their campaign

Whoever writes memberships holds the campaign already, with the lock that the key would take again
for each of them.

Revision ID: 20261127_entered_campaigns
Revises: 20261127_list_overrides
"""

from alembic import op

revision = "20261127_entered_campaigns"
down_revision = "20261127_list_overrides"
branch_labels = None
depends_on = None

NAME = "campaign_leads_workspace_id_campaign_id_fkey"
KEY = ["workspace_id", "campaign_id"]


def upgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.drop_constraint(NAME, "campaign_leads", type_="foreignkey")


def downgrade() -> None:
    op.execute("set local lock_timeout = '2s'")
    op.create_foreign_key(NAME, "campaign_leads", "campaigns", KEY, ["workspace_id", "id"])
